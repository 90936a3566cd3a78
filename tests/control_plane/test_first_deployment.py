"""Permission before use: who runs with a role depends, directly or by a path, on all policies of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk import Stack, template
from tests.control_plane import test_coverage as coverage
from tests.control_plane.data_source.cases import CASES as SOURCES
from tests.control_plane.knowledge_bases import CASES as BASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import aws_cdk as cdk

# A policy document and a key's policy name a role without running with it.
NAMES_ONLY = ("Policy", "AWS::KMS::Key")
# A data source's permissions are on the role of its knowledge base, which is there before: what needs them is
# the data source. A function that serves custom resources acts when one of them is made.
LATER = {
    "AWS::Bedrock::KnowledgeBase": ("AWS::Bedrock::DataSource",),
    "AWS::Lambda::Function": ("AWS::CloudFormation::CustomResource", "Custom::"),
}
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")

MAKERS: dict[str, Callable[[cdk.Stack], object]] = {
    **{make.__name__: make for make, _ in coverage.TYPES.values()},
    **{f"knowledge base {name}": make for name, make in BASES.items()},
    **{f"data source {name}": make for name, make in SOURCES.items()},
}


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids that a value refers to."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict):
        if set(value) == {"Ref"}:
            yield value["Ref"]
        elif set(value) == {"Fn::GetAtt"}:
            at = value["Fn::GetAtt"]
            yield at[0] if isinstance(at, list) else at.partition(".")[0]
        elif set(value) == {"Fn::Sub"}:
            text = value["Fn::Sub"]
            text, given = (text, {}) if isinstance(text, str) else text
            yield from (one.partition("}")[0].partition(".")[0] for one in text.split("${")[1:])
            yield from references(given)
        else:
            for one in value.values():
                yield from references(one)


def paths(resources: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each resource depends on, by paths too."""
    direct = {}
    for name, one in resources.items():
        on = one.get("DependsOn", [])
        direct[name] = {*references(one.get("Properties")), *([on] if isinstance(on, str) else on)} & {
            *resources
        }
    found = {}
    for name, first in direct.items():
        seen, waiting = set(first), list(first)
        while waiting:
            new = direct[waiting.pop()] - seen
            seen |= new
            waiting += new
        found[name] = seen
    return found


def too_early(resources: dict[str, Any]) -> list[str]:
    """Return who may be made before a policy of the role that it runs with."""
    below = paths(resources)
    roles = {name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"}
    policies = {
        name: roles & {*references(one["Properties"].get("Roles", one["Properties"].get("RoleName")))}
        for name, one in resources.items()
        if one["Type"] in POLICIES
    }
    found = []
    for name, one in resources.items():
        kind = one["Type"]
        if kind.startswith("AWS::IAM::") or kind.endswith(NAMES_ONLY):
            continue
        used = roles & {*references(one.get("Properties"))}
        found += [
            f"{name} ({kind}) before {policy}"
            for policy, of in policies.items()
            if of & used and policy not in below[name] and not _is_of_a_later_one(resources, kind, policy)
        ]
    return found


def _is_of_a_later_one(resources: dict[str, Any], kind: str, policy: str) -> bool:
    return any(
        one["Type"].startswith(LATER.get(kind, ())) and policy in one.get("DependsOn", [])
        for one in resources.values()
    )


@pytest.mark.parametrize("name", MAKERS)
def test_who_runs_with_a_role_comes_after_its_policies(name: str) -> None:
    stack = Stack()
    MAKERS[name](stack)
    assert too_early(template(stack)["Resources"]) == []


def _agent(**more: Any) -> dict[str, Any]:
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
        "Grant": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}]}},
        "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": ["Grant"]},
        "Agent": {
            "Type": "AWS::Bedrock::Agent",
            "Properties": {"AgentResourceRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
            **more,
        },
    }


def test_the_check_sees_an_agent_before_its_permission() -> None:
    assert too_early(_agent()) == ["Agent (AWS::Bedrock::Agent) before Grant"]
    assert too_early(_agent(DependsOn="Grant")) == []
    assert too_early(_agent(DependsOn=["Topic"])) == []
    text = json.dumps(_agent()).replace('"Fn::GetAtt": ["Role", "Arn"]', '"Fn::Sub": "${Role.Arn}"')
    assert len(too_early(json.loads(text))) == 1
