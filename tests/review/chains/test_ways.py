"""Each way of using what runs as a role leads to a control role, and the nearest policy does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.iam import RUNS_AS, RUNS_AS_SERVICE_ROLE, RunsAs, RunsAsServiceRole
from constructs_lib.review import review
from constructs_lib.templates import read_document

_WAYS = json.loads(Path(__file__).with_name("ways.json").read_text(encoding="utf-8"))
_INVOKE = {
    "Effect": "Allow",
    "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
    "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
}
_CREATE = {"Effect": "Allow", "Action": "bedrock:CreateGuardrail", "Resource": "*"}


def _role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {
                    "PolicyName": "p",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
                }
            ],
        },
    }


def _messages(way: dict[str, Any], action: list[str], resource: Any) -> list[str]:
    given = {"Effect": "Allow", "Action": action, "Resource": resource}
    resources = {
        "App": _role("ec2.amazonaws.com", _INVOKE, given),
        "Admin": _role(way["service"], _CREATE),
        "Reader": _role(way["service"], {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),
        **way.get("resources", {}),
    }
    findings = review(read_document({"Resources": resources}, "t.json")).findings
    return [item.message for item in findings if item.rule == "BP105"]


@pytest.mark.parametrize("way", _WAYS, ids=lambda way: way["title"].replace(" ", "-"))
def test_an_action_on_what_runs_as_a_role_leads_to_it(way: dict[str, Any]) -> None:
    for action in way["actions"]:
        for resource in ["*", *way["has"]]:
            (message,) = _messages(way, [action], resource)
            assert "role `App` may run Bedrock and can become role `Admin`" in message


@pytest.mark.parametrize("way", _WAYS, ids=lambda way: way["title"].replace(" ", "-"))
def test_the_nearest_does_not_lead_to_it(way: dict[str, Any]) -> None:
    assert _messages(way, way["harmless"], "*") == []
    for resource in way["hasnt"]:
        assert _messages(way, way["actions"], resource) == []


def test_each_row_has_a_case_and_a_page() -> None:
    rows: list[RunsAs | RunsAsServiceRole] = [*RUNS_AS, *RUNS_AS_SERVICE_ROLE]
    tried = {action for way in _WAYS for action in way["actions"]}
    assert {action for row in rows for action in row.actions} == tried
    kinds = {item["Type"] for way in _WAYS for item in way.get("resources", {}).values()}
    assert {row.type for row in RUNS_AS} <= kinds
    assert all(row.page.startswith("https://docs.aws.amazon.com/") for row in rows)
