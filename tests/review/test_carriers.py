"""A policy gets the same answer whatever carries it: a file, a template, an export, a Terraform plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Options, review_paths
from constructs_lib.review.rules import cases, rules

if TYPE_CHECKING:
    from pathlib import Path

_POLICIES = [
    (rule.id, case["title"], case["document"])
    for rule in rules()
    for case in cases(rule.id)["flagged"]
    if "Statement" in case.get("document", {}) and not case.get("options")
]
_SERVICE = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
_TRUST = {"Version": "2012-10-17", "Statement": [_SERVICE]}
# Notes and warnings about what has a trust, which a policy alone has not.
_OF_ROLES = {"BP108", "BP305", "BP501", "BP503"}


def _template(policy: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "AssumeRolePolicyDocument": _TRUST,
        "Policies": [{"PolicyName": "p", "PolicyDocument": policy}],
    }
    return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def _attached(policy: dict[str, Any]) -> dict[str, Any]:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _TRUST}}
    properties = {"Roles": [{"Ref": "R"}], "PolicyDocument": policy}
    return {"Resources": {"R": role, "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}}


def _account(policy: dict[str, Any]) -> dict[str, Any]:
    role = {
        "RoleName": "R",
        "Path": "/",
        "Arn": "arn:aws:iam::111122223333:role/R",
        "AssumeRolePolicyDocument": _TRUST,
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
        "AttachedManagedPolicies": [],
    }
    return {"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [], "Policies": []}


def _plan(policy: dict[str, Any]) -> dict[str, Any]:
    inline = [{"name": "p", "policy": json.dumps(policy)}]
    values = {"name": "R", "assume_role_policy": json.dumps(_TRUST), "inline_policy": inline}
    role = {"address": "aws_iam_role.r", "type": "aws_iam_role", "name": "r", "values": values}
    return {"format_version": "1.2", "planned_values": {"root_module": {"resources": [role]}}}


def _answer(body: dict[str, Any], folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, bool]]]:
    """Return findings and verdicts as the command has them, which reads nothing that no rule asks about."""
    path = folder / "input.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    report = review_paths([str(path)], Options())
    found: list[tuple[str, str]] = sorted(
        (f.rule, f.severity) for f in report.findings if f.rule not in _OF_ROLES
    )
    return found, [(p.verdict, bool(p.incomplete)) for p in report.principals]


@pytest.mark.parametrize(("rule_id", "title", "policy"), _POLICIES, ids=lambda value: str(value)[:40])
def test_a_policy_gets_the_same_answer_whatever_carries_it(
    rule_id: str, title: str, policy: dict[str, Any], tmp_path: Path
) -> None:
    expected = _answer(policy, tmp_path)
    for carry in (_template, _attached, _account, _plan):
        assert _answer(carry(policy), tmp_path) == expected, (rule_id, title, carry.__name__)


def test_most_rules_have_a_policy_to_carry() -> None:
    assert len({rule_id for rule_id, *_ in _POLICIES}) > 15
