"""Each prop of each construct, absent and present: exact template, CloudFormation's validation, review.

A prop without a value in ``prop_cases.py`` fails; ``python -m tests.control_plane.prop_golden`` keeps what it
changes, to be read.
"""

from __future__ import annotations

import inspect
import json
from functools import cache
from typing import Any

import pytest

import constructs_lib
from constructs_lib.catalogue import handlers
from constructs_lib.deploy.tables import pruning
from constructs_lib.review import review
from constructs_lib.templates import read_document
from tests.control_plane.prop_cases import CASES
from tests.control_plane.prop_golden import GOLDEN, golden, templates
from tests.control_plane.soundness import deployed_by
from tests.control_plane.test_exports import CONSTRUCTS

EXPECTED: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))
# Kept by the tests of knowledge bases, their stores and sources.
ELSEWHERE = {
    "DataSource",
    "KnowledgeBase",
    "KnowledgeBasePolicy",
    "KnowledgeBaseSync",
    "VectorBucket",
    "VectorBucketPolicy",
    "VectorIndex",
}


@cache
def synthesized(name: str) -> dict[str, dict[str, Any]]:
    """Synthesize a construct once; what CloudFormation's validation finds fails it."""
    return templates(name)


def parameters(name: str) -> dict[str, inspect.Parameter]:
    found = inspect.signature(CASES[name].construct.__init__).parameters  # type: ignore[misc]  # of the class itself
    return {prop: one for prop, one in found.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}


def test_every_construct_of_the_control_plane_has_cases() -> None:
    ours = {
        name
        for name in CONSTRUCTS
        if getattr(constructs_lib, name).__module__.startswith("constructs_lib.control_plane")
    }
    assert ours - ELSEWHERE == {*CASES}


@pytest.mark.parametrize("name", CASES)
def test_every_prop_has_a_value(name: str) -> None:
    optional = {prop for prop, one in parameters(name).items() if one.default is not inspect.Parameter.empty}
    others = {*CASES[name].props} - optional
    assert optional - {*CASES[name].props} == set()
    # Another value of a prop is named in words.
    assert {title for title in others if " " not in title} == set()


@pytest.mark.parametrize("name", CASES)
def test_each_prop_changes_exactly_this(name: str) -> None:
    assert golden(name, synthesized(name)) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_each_prop_changes_something(name: str) -> None:
    kept = EXPECTED[name]
    assert {title for title in CASES[name].props if not kept[title]} == set()


def test_nothing_else_is_kept() -> None:
    assert {*EXPECTED} == {*CASES}
    for name, case in CASES.items():
        assert {title for title in EXPECTED[name] if not title.startswith("(")} == {*case.props}


@pytest.mark.parametrize("name", CASES)
def test_the_roles_stay_on_the_data_plane_and_the_review_finds_nothing(name: str) -> None:
    for title, resources in synthesized(name).items():
        report = review(read_document({"Resources": resources}))
        # The function behind `keep` deletes versions, and is a role of the control plane.
        verdicts = {one.name: one.verdict for one in report.principals if "HandlerRole" not in one.name}
        assert set(verdicts.values()) <= {"data", "none"}, (title, verdicts)
        assert [(one.rule, one.message) for one in report.findings if one.severity != "note"] == [], title


@pytest.mark.parametrize("name", CASES)
def test_the_derived_deploy_policy_holds_what_the_schemas_say(name: str) -> None:
    """What CloudFormation's handlers call of Bedrock to make, change and delete each resource."""
    for title, resources in synthesized(name).items():
        wanted: set[str] = set()
        for resource in resources.values():
            row = handlers(resource["Type"])
            if not resource["Type"].startswith("AWS::Bedrock"):
                continue
            assert row is not None, resource["Type"]
            ours = pruning().get(resource["Type"], {})
            pruned = {action for path, actions in ours.items() if path != "page" for action in actions}
            called = {action for calls in row.calls.values() for action in calls} - pruned
            wanted |= {action for action in called if action.startswith("bedrock")}
        # The roles of jobs and the policy of an organization are no resources of Bedrock.
        assert wanted or name in {"JobRole", "OrganizationGuardrail"}
        assert deployed_by({"Resources": resources}, wanted) == set(), title
