"""Service control policies that deny Regions, in the shapes that AWS publishes, against inference profiles.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
https://docs.aws.amazon.com/controltower/latest/userguide/primary-region-deny-policy.html
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
"""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.iam import parse_document
from constructs_lib.review import Options, Report, review
from constructs_lib.templates import read_document

_CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
_US = "us.amazon.nova-lite-v1:0"
_GLOBAL = f"global.{_CLAUDE}"


def _role(profile: str, name: str = "chat") -> dict[str, Any]:
    model = profile.partition(".")[2]
    arns = [
        f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{profile}",
        f"arn:aws:bedrock:*::foundation-model/{model}",
        f"arn:aws:bedrock:::foundation-model/{model}",
    ]
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": arns}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
    }
    return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def _review(template: dict[str, Any], deny: dict[str, Any]) -> Report:
    statement = {"Effect": "Deny", "Resource": "*", **deny}
    scp = parse_document({"Statement": [statement]}, name="scp", path="scp.json", pointer="")
    return review(read_document(template, "t.json"), Options(scps=(scp,)))


def _regions(*regions: str, **more: Any) -> dict[str, Any]:
    return {"StringNotEquals": {"aws:RequestedRegion": list(regions)}, **more}


_EXEMPT = {"ArnNotLike": {"aws:PrincipalARN": ["arn:*:iam::*:role/AWSControlTowerExecution"]}}
_ALL_BUT = {"NotAction": ["iam:*", "organizations:*", "route53:*", "sts:*", "support:*"]}
_INFERENCE = {"Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]}
_THROUGH = "arn:aws:bedrock:*:*:inference-profile/{}.*"

_BROKEN = {
    "all but some": (_US, {**_ALL_BUT, "Condition": _regions("us-east-1", "us-west-2")}, "us-east-2"),
    "with an exempt role": (_US, {**_ALL_BUT, "Condition": _regions("us-east-1", **_EXEMPT)}, "us-west-2"),
    "the Regions denied by name": (
        _US,
        {"Action": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": ["us-west-2"]}}},
        "us-west-2",
    ),
    "by a pattern": (
        _US,
        {"Action": "*", "Condition": {"StringNotLike": {"aws:RequestedRegion": ["*-east-*"]}}},
        "us-west-2",
    ),
    "a global profile": (_GLOBAL, {**_ALL_BUT, "Condition": _regions("us-east-1", **_EXEMPT)}, "unspecified"),
    "except through profiles of another geography": (
        _US,
        {
            **_INFERENCE,
            "Condition": _regions(
                "us-east-1", ArnNotLike={"bedrock:InferenceProfileArn": _THROUGH.format("eu")}
            ),
        },
        "us-east-2",
    ),
    "the caller's Region": (_US, {"Action": "bedrock:*", "Condition": _regions("eu-west-1")}, "us-east-1"),
}

_WORKING = {
    "Bedrock is exempt": (_US, {"NotAction": ["iam:*", "bedrock:*"], "Condition": _regions("us-east-1")}),
    "the role is exempt": (
        _US,
        {
            **_ALL_BUT,
            "Condition": _regions("us-east-1", ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/chat"}),
        },
    ),
    "every Region is admitted": (
        _US,
        {**_ALL_BUT, "Condition": _regions("us-east-1", "us-east-2", "us-west-2", **_EXEMPT)},
    ),
    "a global one": (_GLOBAL, {**_ALL_BUT, "Condition": _regions("us-east-1", "unspecified")}),
    "except through profiles of the geography": (
        _US,
        {
            **_INFERENCE,
            "Condition": _regions(
                "us-east-1", ArnNotLike={"bedrock:InferenceProfileArn": _THROUGH.format("us")}
            ),
        },
    ),
    "a key that is not known": (
        _US,
        {**_ALL_BUT, "Condition": _regions("us-east-1", StringEquals={"aws:PrincipalTag/team": "web"})},
    ),
    "services alone": (
        _US,
        {**_ALL_BUT, "Condition": _regions("us-east-1", Bool={"aws:PrincipalIsAWSService": "true"})},
    ),
}


@pytest.mark.parametrize(("profile", "deny", "region"), _BROKEN.values(), ids=_BROKEN)
def test_a_region_deny_that_breaks_a_profile_is_found(
    profile: str, deny: dict[str, Any], region: str
) -> None:
    report = _review(_role(profile), deny)
    (finding,) = [finding for finding in report.findings if finding.rule == "BP203"]
    assert region in finding.message + finding.help
    assert "`scp.json#/Statement/0`" in finding.message
    assert report.summary.conditional_denies == 0


@pytest.mark.parametrize(("profile", "deny"), _WORKING.values(), ids=_WORKING)
def test_a_region_deny_that_admits_the_calls_is_not_found(profile: str, deny: dict[str, Any]) -> None:
    assert [f.rule for f in _review(_role(profile), deny).findings if f.rule == "BP203"] == []


def test_the_fix_of_a_profile_is_the_missing_statement() -> None:
    arn = f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{_US}"
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": arn}
    document: dict[str, Any] = {"Statement": [statement]}
    (finding,) = [f for f in review(read_document(document, "p.json")).findings if f.rule == "BP203"]
    assert finding.fix is not None
    assert finding.fix.replaces is None
    assert finding.fix.statement == {
        "Effect": "Allow",
        "Action": ["bedrock:InvokeModel"],
        "Resource": [
            f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0"
            for region in ("us-east-1", "us-east-2", "us-west-2")
        ],
        "Condition": {"StringLike": {"bedrock:InferenceProfileArn": arn}},
    }
    fixed = {"Statement": [statement, finding.fix.statement]}
    assert [f.rule for f in review(read_document(fixed, "p.json")).findings] == ["BP305"]


def test_a_deny_of_other_principals_asks_to_admit_the_principal() -> None:
    others = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ml-*"}}
    report = _review(_role(_US), {**_INFERENCE, "Condition": others})
    (found,) = [finding for finding in report.findings if finding.rule == "BP203"]
    assert found.help.startswith("admit the principal in `scp.json#/Statement/0` for")
