"""What the kept templates of knowledge bases reach of the schemas, and what deploying them needs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.catalogue import Plane
from constructs_lib.catalogue import actions as bedrock_actions
from constructs_lib.deploy import DeployOptions, DeployPolicy, deploy_policy
from constructs_lib.templates import TemplateSource
from tests.cdk import ACCOUNT, REGION
from tests.control_plane.knowledge_bases import CASES
from tests.control_plane.paths import set_paths
from tests.control_plane.property_paths import KEPT
from tests.deploy.templates import actions
from tests.source import ROOT

SNAPSHOTS = Path(__file__).parent / "__snapshots__" / "test_knowledge_base_types.ambr"
PAGE = ROOT / "docs" / "knowledge-bases.md"
TYPES = (
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::KnowledgeBasePolicy",
    "AWS::S3Vectors::Index",
    "AWS::S3Vectors::VectorBucket",
    "AWS::S3Vectors::VectorBucketPolicy",
)
_CONFIGURATION = "AWS::Bedrock::KnowledgeBase /KnowledgeBaseConfiguration"
_SETTINGS = "EmbeddingModelConfiguration/BedrockEmbeddingModelConfiguration/ModelConfiguration"
NOT_REACHED = {
    **dict.fromkeys(
        (
            f"{_CONFIGURATION}/ManagedKnowledgeBaseConfiguration/{_SETTINGS}",
            f"{_CONFIGURATION}/VectorKnowledgeBaseConfiguration/{_SETTINGS}",
        ),
        "free-form JSON of a model, which nothing here could check",
    ),
    **dict.fromkeys(
        (
            "AWS::Bedrock::KnowledgeBase /StorageConfiguration/S3VectorsConfiguration/IndexName",
            "AWS::Bedrock::KnowledgeBase /StorageConfiguration/S3VectorsConfiguration/VectorBucketArn",
        ),
        "the index is named by its ARN instead",
    ),
    **dict.fromkeys(
        (
            "AWS::S3Vectors::Index /VectorBucketName",
            "AWS::S3Vectors::VectorBucketPolicy /VectorBucketName",
        ),
        "the bucket is named by its ARN instead",
    ),
}
"""Paths that no case reaches, with the reason."""


def _kept() -> dict[str, dict[str, Any]]:
    """Read the resources of each case from the snapshots, which the test of each case compares."""
    cases: dict[str, dict[str, Any]] = {}
    for name, text in re.findall(
        r"^# name: \S+\[([^]\n]+)\]\n(.*?)^# ---", SNAPSHOTS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        plain = re.sub(r"\b(?:dict|list)\((?=[{\[]$)", "", text, flags=re.MULTILINE)
        plain = re.sub(r"^(\s*[}\]])\)", r"\1", plain, flags=re.MULTILINE)
        plain = re.sub(r"\b(?:dict|list)\((\{\}|\[\])\)", r"\1", plain)
        cases[name] = ast.literal_eval(plain.strip())
    return cases


GOLDEN = _kept()


def test_every_case_is_kept() -> None:
    assert {*GOLDEN} == {*CASES}


def test_the_cases_reach_all_but_a_few_properties_of_the_schemas_and_the_page_says_how_many() -> None:
    known = json.loads(KEPT.read_text("utf-8"))
    wanted = {f"{kind} {path}" for kind in TYPES for path in known[kind]}
    found = {
        f"{resource['Type']} {path}"
        for resources in GOLDEN.values()
        for resource in resources.values()
        for path in set_paths(resource.get("Properties", {}))
    }
    assert wanted - found == {*NOT_REACHED}
    assert len(NOT_REACHED) <= len(wanted) * 0.05
    assert f"{len(wanted & found)} of {len(wanted)} property paths" in PAGE.read_text("utf-8")


def _policy(case: str) -> DeployPolicy:
    body = {"Resources": GOLDEN[case]}
    source = TemplateSource(f"{case}.json", body, stack="S", account=ACCOUNT, region=REGION)
    return deploy_policy([source], DeployOptions(without_boundary=True))


@pytest.mark.parametrize("case", CASES)
def test_a_deploy_policy_covers_every_resource_and_stays_on_the_control_plane(case: str) -> None:
    policy = _policy(case)
    data = {name for name, one in bedrock_actions().items() if one.plane is Plane.DATA and not one.tagging}
    assert not actions(policy) & data
    assert not [name for name in actions(policy) if "*" in name]
    needed = {who.partition("#")[2] for one in policy.statements for who in one.needed_by}
    assert {*GOLDEN[case]} - needed == set()


def test_deploying_a_collection_needs_its_index_too() -> None:
    held = actions(_policy("open-search-serverless"))
    assert {
        "aoss:APIAccessAll",
        "aoss:CreateAccessPolicy",
        "aoss:CreateCollection",
        "aoss:CreateSecurityPolicy",
    } <= held
    assert not {name for name in actions(_policy("alone")) if name.startswith("aoss:")}
