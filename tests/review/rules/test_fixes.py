"""The statement of a fix ends its finding when it is pasted as the finding says."""

from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Options, review
from constructs_lib.review.rules import cases, rules
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.review import Finding

_TODAY = date(2026, 1, 1)
_CASES = [
    (rule.id, case)
    for rule in rules()
    for case in cases(rule.id)["flagged"]
    if "Statement" in case.get("document", {})  # cases of code have none
]


def _name(value: object) -> str:
    return value["title"].replace(" ", "-") if isinstance(value, dict) else str(value)


def _findings(document: dict[str, Any], case: dict[str, Any]) -> tuple[Finding, ...]:
    model = read_document(document, "case.json")
    return review(model, Options(today=_TODAY, **case.get("options", {}))).findings


def _with(document: dict[str, Any], finding: Finding) -> dict[str, Any]:
    """Return the document with the statement of a finding's fix."""
    assert finding.fix is not None
    result = copy.deepcopy(document)
    if not isinstance(result["Statement"], list):
        result["Statement"] = [result["Statement"]]
    if finding.fix.replaces is None:
        result["Statement"].append(finding.fix.statement)
    else:
        last = finding.fix.replaces.rpartition("/")[2]
        result["Statement"][int(last) if last.isdecimal() else 0] = finding.fix.statement
    return result


@pytest.mark.parametrize(("rule_id", "case"), _CASES, ids=_name)
def test_a_fix_ends_its_finding(rule_id: str, case: dict[str, Any]) -> None:
    found = [item for item in _findings(case["document"], case) if item.rule == rule_id and item.fix]
    for finding in found:
        left = _findings(_with(case["document"], finding), case)
        assert finding.fingerprint not in {item.fingerprint for item in left}
        assert finding.fix is not None
        if finding.fix.replaces is not None:
            assert finding.fix.replaces == finding.location.pointer


@pytest.mark.parametrize("rule_id", ["BP202", "BP203", "BP301", "BP303", "BP305", "BP307", "BP504"])
def test_a_rule_that_can_compute_the_statement_has_it(rule_id: str) -> None:
    mine = [case for rule, case in _CASES if rule == rule_id]
    assert any(
        item.fix for case in mine for item in _findings(case["document"], case) if item.rule == rule_id
    )


def test_findings_with_fixes_can_be_in_a_set() -> None:
    (_, case) = next(item for item in _CASES if item[0] == "BP305")
    found = _findings(case["document"], case)
    assert any(item.fix for item in found)
    assert len(set(found)) == len(found)


def test_the_rest_of_a_replaced_statement_stays() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
            {
                "Sid": "Ask",
                "Effect": "Allow",
                "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                "Resource": ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"],
                "Condition": {
                    "StringEquals": {
                        "aws:RequestRegion": "us-east-1",
                        "bedrock:GuardrailIdentifier": ["a", "b"],
                    },
                    "Bool": {"aws:SecureTransport": "true"},
                },
            },
        ],
    }
    (finding,) = (item for item in _findings(document, {}) if item.rule == "BP307")
    assert finding.fix is not None
    assert finding.fix.replaces == "/Statement/1"
    assert finding.fix.statement == {
        "Sid": "Ask",
        "Effect": "Allow",
        "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
        "Condition": {
            "StringEquals": {"aws:RequestedRegion": "us-east-1", "bedrock:GuardrailIdentifier": ["a", "b"]},
            "Bool": {"aws:SecureTransport": "true"},
        },
    }


def test_a_wide_pattern_becomes_the_format_of_its_type() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "bedrock:Retrieve",
            "Resource": "arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/*",
        },
    }
    (finding,) = (item for item in _findings(document, {}) if item.rule == "BP202")
    assert finding.fix is not None
    wanted = "arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/<KnowledgeBaseId>"
    assert finding.fix.statement["Resource"] == wanted


def test_a_statement_with_open_parts_has_no_fix() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "bedrock:Retrieve",
        "Resource": {"Fn::Sub": "arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:knowledge-base/*"},
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        },
    }
    (finding,) = (item for item in _findings({"Resources": {"R": role}}, {}) if item.rule == "BP202")
    assert finding.fix is None


@pytest.mark.parametrize(
    "pattern",
    [
        "arn:aws:bedrock:*",
        "arn:aws:bedrock:us-east-1:*",
        "arn:aws:bedrock:us-east-1*",
        "arn:aws:bedrock*",
        "arn:aws:*",
        "arn:*",
        "a*",
        "arn:*:*ock:*",
        "*:foundation-model/*",
        "*foundation-model/*",
        "arn:aws:bedrock:*/*",
        "arn:*:knowledge-base/*",
        "arn:aws:bedrock:us-*knowledge-base/*",
        "arn:aws:bedrock-agentcore:*runtime/*",
    ],
)
@pytest.mark.parametrize("action", ["bedrock:InvokeModel", "bedrock:Retrieve", "bedrock-agentcore:*"])
def test_a_wildcard_that_spans_the_parts_of_an_arn_is_named_as_one_that_does_not(
    action: str, pattern: str
) -> None:
    document = {"Statement": {"Effect": "Allow", "Action": action, "Resource": pattern}}
    for finding in _findings(document, {}):
        if finding.rule == "BP202" and finding.fix:
            named = finding.fix.statement["Resource"]
            texts = [named] if isinstance(named, str) else named
            assert all(text.startswith("arn:") and len(text.split(":", 5)) == 6 for text in texts)
