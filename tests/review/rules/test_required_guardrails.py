"""A guardrail that a service control policy or a boundary requires has to be applied, too."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.iam import parse_document
from constructs_lib.review import Finding, Options, review
from constructs_lib.templates import read_document

_GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abcdefghijkl"
_CALLS = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
_INVOKE = {
    "Effect": "Allow",
    "Action": _CALLS,
    "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
}
_APPLY = {"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": _GUARDRAIL}
_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _deny(condition: dict[str, Any], actions: object = _CALLS) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition}


_OTHERS = _deny({"StringNotEquals": {"bedrock:GuardrailIdentifier": f"{_GUARDRAIL}:1"}})
_NONE = _deny({"Null": {"bedrock:GuardrailIdentifier": "true"}})
_LIKE = _deny({"ArnNotLike": {"bedrock:GuardrailIdentifier": f"{_GUARDRAIL}*"}}, "bedrock:Invoke*")


def _findings(limit: dict[str, Any], kind: str, *own: dict[str, Any]) -> list[Finding]:
    if kind == "scp":
        scp = parse_document({"Statement": [limit]}, name="scp", path="scp.json", pointer="")
        model = read_document({"Statement": [_INVOKE, *own]}, "p.json")
        report = review(model, Options(scps=((scp,),)))
    else:
        document = {"Version": "2012-10-17", "Statement": [_ALL, limit]}
        role = {
            "AssumeRolePolicyDocument": {"Statement": []},
            "PermissionsBoundary": {"Ref": "Boundary"},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [_INVOKE, *own]}}],
        }
        boundary = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        resources = {"R": {"Type": "AWS::IAM::Role", "Properties": role}, "Boundary": boundary}
        report = review(read_document({"Resources": resources}, "t.json"))
    return [item for item in report.findings if item.rule == "BP504"]


@pytest.mark.parametrize("kind", ["scp", "boundary"])
@pytest.mark.parametrize("limit", [_OTHERS, _NONE, _LIKE])
def test_one_that_may_not_be_applied_is_found(limit: dict[str, Any], kind: str) -> None:
    (finding,) = _findings(limit, kind)
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.statement["Action"] == "bedrock:ApplyGuardrail"


@pytest.mark.parametrize("kind", ["scp", "boundary"])
@pytest.mark.parametrize("limit", [_OTHERS, _NONE, _LIKE])
def test_one_that_may_be_applied_is_not(limit: dict[str, Any], kind: str) -> None:
    assert _findings(limit, kind, _APPLY) == []


@pytest.mark.parametrize("kind", ["scp", "boundary"])
@pytest.mark.parametrize(
    "limit",
    [
        _deny({"StringNotEquals": {"bedrock:GuardrailIdentifier": _GUARDRAIL}}, "bedrock:Retrieve"),
        _deny({"StringNotEqualsIfExists": {"aws:RequestedRegion": "us-east-1"}}),
        _deny(
            {
                "Null": {"bedrock:GuardrailIdentifier": "true"},
                "StringEquals": {"aws:PrincipalTag/guarded": "yes"},
            }
        ),
    ],
)
def test_none_is_required_by_other_denies(limit: dict[str, Any], kind: str) -> None:
    assert _findings(limit, kind) == []


def test_a_deny_of_applying_it_is_named_instead_of_a_statement_to_add() -> None:
    deny = {"Effect": "Deny", "Action": "bedrock:ApplyGuardrail", "Resource": "*"}
    (finding,) = _findings(_OTHERS, "scp", _APPLY, deny)
    assert finding.fix is None
    assert "out of the Deny" in finding.help
    assert "/Statement/2" in {place.pointer for place in finding.related}
