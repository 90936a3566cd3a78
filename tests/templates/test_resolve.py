"""Each intrinsic function against the values it may have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.templates.resolve import MAX_CHOICES, resolve
from constructs_lib.templates.scope import Assembly, Scope

_DATA = yaml.safe_load((Path(__file__).parent / "data" / "intrinsics.yaml").read_text(encoding="utf-8"))


def _scope(**changes: Any) -> Scope:
    assembly = Assembly()
    body = _DATA["template"]
    given = {"stack": "App", "account": "111122223333", "region": "us-east-1", **changes}
    scope = Scope("t.json", body, assembly, resources=dict(body["Resources"]), **given)
    assembly.scopes.append(scope)
    return scope


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(UNRESOLVED, "?")
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("name", _DATA["cases"])
def test_a_function_gives_its_possible_values(name: str) -> None:
    case = _DATA["cases"][name]
    found = resolve(case["node"], _scope())
    assert _shown(found.values) == case["values"]
    assert found.conditional is case.get("conditional", False)
    if "reason" in case:
        assert case["reason"] in "; ".join(found.reasons)


def test_without_an_environment_only_the_unknown_parts_stay_open() -> None:
    scope = _scope(account=UNRESOLVED, region=UNRESOLVED, stack=UNRESOLVED)
    found = resolve({"Fn::GetAtt": ["Kb", "KnowledgeBaseArn"]}, scope)
    assert _shown(found.values) == ["arn:?:bedrock:?:?:knowledge-base/?"]


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert resolve({"Ref": "AWS::Partition"}, _scope(region=region)).values == [partition]


def test_two_unnamed_roles_have_different_arns() -> None:
    scope = _scope(stack=UNRESOLVED)
    scope.resources["Second"] = {"Type": "AWS::IAM::Role"}
    first, second = (resolve({"Fn::GetAtt": [name, "Arn"]}, scope).values for name in ("Unnamed", "Second"))
    assert first != second


def test_deep_nesting_ends_with_a_reason() -> None:
    node: Any = "x"
    for _ in range(500):
        node = {"Fn::Join": ["", [node, "a"]]}
    found = resolve(node, _scope())
    assert any("too much to resolve" in reason for reason in found.reasons)


def test_choices_that_multiply_are_bounded() -> None:
    node = {"Fn::Join": ["", [{"Fn::If": ["C", str(index), "x"]} for index in range(40)]]}
    found = resolve(node, _scope())
    assert len(found.values) <= MAX_CHOICES
    assert any("combinations" in reason for reason in found.reasons)


def test_choices_nested_in_choices_are_bounded() -> None:
    node: Any = "x"
    for index in range(30):
        node = {"Fn::If": ["C", node, {"Fn::Sub": ["${A}" + str(index), {"A": node}]}]}
    found = resolve(node, _scope())
    assert len(found.values) <= MAX_CHOICES


def test_many_choices_under_an_exclusion_keep_the_fewest_exclusions() -> None:
    items = ["always", *({"Fn::If": ["C", str(index), {"Ref": "AWS::NoValue"}]} for index in range(20))]
    assert resolve({"NotAction": items}, _scope()).values == [{"NotAction": ["always"]}]


@pytest.mark.parametrize("function", ["Fn::Base64", "Fn::ToJsonString", "Fn::Sub", "Fn::Join"])
def test_a_text_that_grows_at_each_level_is_open_and_that_is_said(function: str) -> None:
    node: Any = "a" * 10_000
    for _ in range(40):
        match function:
            case "Fn::Sub":
                node = {function: ["${a}${a}", {"a": node}]}
            case "Fn::Join":
                node = (
                    {function: ["", [node, node]]}
                    if isinstance(node, str)
                    else {function: ["", [node, "a" * 9_999]]}
                )
            case _:
                node = {function: node}
    found = resolve(node, _scope())
    assert all(UNRESOLVED in value for value in found.values)
    assert any(
        "too large" in reason or "too much" in reason or "not known" in reason for reason in found.reasons
    )
