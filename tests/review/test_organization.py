"""Service control policies: what limits, what only denies, and what could not be decided."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.iam import parse_document
from constructs_lib.review import Options, Report, review
from constructs_lib.templates import read_document

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
_PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
_ALL = {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
_RUN = {"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": _MODEL}
_REGIONS = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-2", "us-west-2"]}}


def _deny(condition: dict[str, Any] | None = None, action: str = "bedrock:*") -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Action": action,
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }


def _review(statements: list[dict[str, Any]], *levels: list[dict[str, Any]]) -> Report:
    scps = tuple(
        (parse_document({"Statement": level}, name="scp", path=f"scp{index}.json", pointer=""),)
        for index, level in enumerate(levels)
    )
    return review(read_document({"Statement": statements}, "p.json"), Options(scps=scps))


def test_a_level_that_only_denies_is_used_beside_full_access() -> None:
    report = _review([_ALL], [_deny(action="bedrock:CreateGuardrail")])
    (principal,) = report.principals
    assert principal.verdict == "mixed"
    assert "bedrock:CreateGuardrail" not in principal.families["bedrock"].actions


def test_a_level_that_allows_something_limits() -> None:
    report = _review([_ALL], [_RUN, _deny(action="bedrock:CreateGuardrail")])
    assert report.principals[0].verdict == "data"


def test_the_policies_of_one_level_allow_together() -> None:
    files = [
        parse_document({"Statement": [statement]}, name="scp", path="s.json", pointer="")
        for statement in (
            _RUN,
            {**_ALL, "Action": "bedrock:CreateGuardrail"},
            _deny(action="bedrock:GetAgent"),
        )
    ]
    model = read_document({"Statement": [_ALL]}, "p.json")
    assert review(model, Options(scps=(tuple(files),))).principals[0].verdict == "mixed"
    assert review(model, Options(scps=tuple(files))).principals[0].verdict == "none"


_UNDECIDED = {
    "a tag": {"StringNotEquals": {"aws:PrincipalTag/team": "ai"}},
    "a network": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    "MFA": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    "a Region, where no profile is held": _REGIONS,
    "a Region and a tag": {**_REGIONS, "StringEquals": {"aws:PrincipalTag/team": "web"}},
    "an exemption that is not met": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
}
_DECIDED = {
    "an exemption that everybody meets": {"ArnNotLike": {"aws:PrincipalArn": "*"}},
    "a service": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
}


@pytest.mark.parametrize("condition", _UNDECIDED.values(), ids=_UNDECIDED)
def test_a_deny_that_could_not_be_decided_is_counted(condition: dict[str, Any]) -> None:
    report = _review([_RUN], [_deny(condition)])
    assert report.principals[0].verdict == "data"
    assert report.summary.conditional_denies == 1


@pytest.mark.parametrize("condition", _DECIDED.values(), ids=_DECIDED)
def test_a_deny_that_never_concerns_the_principal_is_not_counted(condition: dict[str, Any]) -> None:
    assert _review([_RUN], [_deny(condition)]).summary.conditional_denies == 0


def test_a_region_deny_is_decided_for_a_profile() -> None:
    run = {**_RUN, "Resource": [_PROFILE, "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"]}
    assert _review([run], [_deny(_REGIONS)]).summary.conditional_denies == 0
    region = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert _review([run], [_deny(region)]).summary.conditional_denies == 0
    tagged = {**region, "StringEquals": {"aws:PrincipalTag/team": "web"}}
    assert _review([run], [_deny(tagged)]).summary.conditional_denies == 1


def test_denies_without_a_condition_and_of_actions_not_held_are_not_counted() -> None:
    tag = {"StringNotEquals": {"aws:PrincipalTag/team": "ai"}}
    assert _review([_RUN], [_deny(), _deny(tag, "bedrock:CreateAgent")]).summary.conditional_denies == 0
    assert _review([_RUN], [_deny(tag, "s3:*")]).summary.conditional_denies == 0


def test_each_conditional_deny_is_counted_once_wherever_it_is() -> None:
    tag = {"StringNotEquals": {"aws:PrincipalTag/team": "ai"}}
    assert _review([_RUN, _deny(tag)], [_deny(tag), _deny(tag)]).summary.conditional_denies == 3
