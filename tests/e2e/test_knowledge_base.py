"""A knowledge base over its life on the local AWS: made, changed, replaced, synced and deleted in one stack.

After each step its documents are found, nothing of what it replaced is left, and no event says FAILED.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from constructs_lib import (
    Chunking,
    DataDeletionPolicy,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    VectorStore,
)
from constructs_lib.review.diff import compare_resources
from constructs_lib.templates import TemplateSource
from tests.e2e.life import ACCOUNT, BUCKET, DOCUMENT, REGION, STACK, Life, build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.local import LocalAws

VECTOR = KnowledgeBaseType.vector


def replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether `bedrock-planes diff` says that knowledge base and data source are replaced."""
    sides = [[TemplateSource("t.json", dict(body), stack=STACK)] for body in (old, new)]
    effects = compare_resources(*sides)
    assert all(one.certain and one.fails is False for one in effects)
    kinds = {one.type for one in effects if one.change == "replaced"}
    return "AWS::Bedrock::KnowledgeBase" in kinds, "AWS::Bedrock::DataSource" in kinds


# What is changed, and whether the knowledge base and the data source are others afterwards.
CHANGES: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "description": ({"description": "Answers"}, False, False),
    "tags": ({"tags": {"team": "search"}}, False, False),
    "dimension": ({"type": VECTOR(dimension=512)}, True, True),
    "model": ({"type": VECTOR(embedding_model="cohere.embed-english-v3")}, True, True),
    "chunking": ({"chunking": Chunking.fixed(max_tokens=100, overlap_percentage=10)}, False, True),
    "policy": ({"deletion_policy": DataDeletionPolicy.RETAIN}, False, False),
    "non-filterable keys": (
        {"type": VECTOR(vector_store=VectorStore.s3_vectors(non_filterable_metadata_keys=["body"]))},
        True,
        True,
    ),
    "name": ({"name": "answers"}, False, False),
}


def _step(life: Life, name: str) -> None:
    props, other_base, other_source = CHANGES[name]
    assert life.deploy() == "UPDATE_COMPLETE" if life.outputs else life.deploy() == "CREATE_COMPLETE"
    assert life.ingest() == "COMPLETE"
    before, deployed = dict(life.outputs), life.template
    assert life.deploy(**props) == "UPDATE_COMPLETE", life.failed
    assert replaced(deployed, life.template) == (other_base, other_source)
    assert (before["KnowledgeBaseId"] != life.outputs["KnowledgeBaseId"]) is other_base
    assert (before["DataSourceId"] != life.outputs["DataSourceId"]) is other_source
    assert life.failed == []
    assert life.left() == (1, 1, 1)
    assert life.ingest() == "COMPLETE"
    assert life.found() == [DOCUMENT]


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_and_the_way_back_lose_nothing_and_leave_nothing(
    aws: LocalAws, tmp_path: Path, name: str
) -> None:
    life = Life(aws, tmp_path)
    _step(life, name)
    assert life.deploy() == "UPDATE_COMPLETE", life.failed
    assert life.ingest() == "COMPLETE"
    assert life.found() == [DOCUMENT]
    assert life.left() == (1, 1, 1)
    assert life.delete() == "DELETE_COMPLETE"
    assert life.failed == []
    assert life.left() == (0, 0, 0)


def test_a_policy_that_moves_to_the_new_index_leaves_the_old_data_source(
    aws: LocalAws, tmp_path: Path
) -> None:
    """What the policy's own name prevents: the test above would see it."""
    life = Life(aws, tmp_path)
    for number, props in enumerate(({}, CHANGES["dimension"][0])):
        template = build(tmp_path / f"t{number}", **props)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::RolePolicy":
                resource["Properties"]["PolicyName"] = "TheSame"
        life.deploy(template)
        if not number:
            life.ingest()
    assert any("DELETE_FAILED" in one for one in life.failed)


def test_a_given_name_collides_as_on_aws_and_the_old_one_goes_on(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(name="answers") == "CREATE_COMPLETE"
    assert life.ingest() == "COMPLETE"
    before = dict(life.outputs)
    deployed = life.template
    assert life.deploy(name="answers", type=VECTOR(dimension=512)) == "UPDATE_ROLLBACK_COMPLETE"
    sides = [[TemplateSource("t.json", dict(one), stack=STACK)] for one in (deployed, life.template)]
    told = [one.collision for one in compare_resources(*sides) if one.fails]
    assert [one and one.name for one in told] == ["answers"]
    assert any("already exists" in one for one in life.failed), life.failed
    assert life.outputs == before
    assert life.left() == (1, 1, 1)
    assert life.found() == [DOCUMENT]


SYNC = {"on_deploy": True}


def test_a_deployment_syncs_and_a_replacement_too(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(sync=SYNC) == "CREATE_COMPLETE", life.failed
    assert life.found() == [DOCUMENT]
    before = life.outputs["KnowledgeBaseId"]
    assert life.deploy(sync=SYNC, type=VECTOR(dimension=512)) == "UPDATE_COMPLETE", life.failed
    assert life.outputs["KnowledgeBaseId"] != before
    assert life.found() == [DOCUMENT]
    life.write("more.md", b"# More\nA third plane there is not.")
    text = {"on_deploy": "the hash of the documents"}
    assert life.deploy(sync=text, type=VECTOR(dimension=512)) == "UPDATE_COMPLETE", life.failed
    assert life.found() == [f"s3://{BUCKET}/more.md", DOCUMENT]
    assert life.delete() == "DELETE_COMPLETE"
    assert life.failed == []
    assert life.left() == (0, 0, 0)


def test_a_document_that_fails_fails_the_deployment_by_name_and_what_was_there_goes_on(
    aws: LocalAws, tmp_path: Path
) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(sync=SYNC) == "CREATE_COMPLETE", life.failed
    before = dict(life.outputs)
    life.write("picture.md", b"\xff\xfe\xff")
    again = {"on_deploy": "again"}
    assert life.deploy(sync=again, type=VECTOR(dimension=512)) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("1 documents failed in the job" in one for one in life.failed), life.failed
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed
    assert life.outputs == before
    assert life.found() == [DOCUMENT]
    assert life.left()[:2] == (1, 1)


def _managed(folder: Path, **props: Any) -> dict[str, Any]:
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, STACK, env=cdk.Environment(account=ACCOUNT, region=REGION))
    base = KnowledgeBase(stack, "Base", **props)
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET)
    source = base.add_data_source("Docs", ManagedSource.s3(bucket))
    cdk.CfnOutput(stack, "KnowledgeBaseId", value=base.knowledge_base_id)
    cdk.CfnOutput(stack, "DataSourceId", value=source.data_source_id)
    app.synth()
    found: dict[str, Any] = json.loads((folder / f"{STACK}.template.json").read_text("utf-8"))
    return found


def test_a_managed_one_is_made_changed_replaced_and_deleted(aws: LocalAws, tmp_path: Path) -> None:
    """Its documents aren't looked for: the local AWS ingests into S3 Vectors only."""
    life = Life(aws, tmp_path)
    plain = KnowledgeBaseType.managed()
    named = KnowledgeBaseType.managed(embedding_model="amazon.titan-embed-text-v2:0")
    steps: tuple[dict[str, Any], ...] = (
        {"type": plain},
        {"type": plain, "description": "Answers"},
        {"type": named},
        {"type": plain},
    )
    ids = []
    for number, props in enumerate(steps):
        status = life.deploy(_managed(tmp_path / f"managed{number}", **props))
        assert (status, life.failed) == ("UPDATE_COMPLETE" if number else "CREATE_COMPLETE", [])
        assert life.left() == (1, 0, 1)
        ids.append((life.outputs["KnowledgeBaseId"], life.outputs["DataSourceId"]))
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))
