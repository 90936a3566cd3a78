"""A role that `sts:AssumeRole` names by an unknown name is said; what can be no role is not."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read_document

_INVOKE = {
    "Effect": "Allow",
    "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
    "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
}


def _said(given: dict[str, Any], resource: Any) -> bool:
    statement = {"Effect": "Allow", **given, "Resource": resource}
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "Stream": {"Type": "AWS::Kinesis::Stream"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {"Statement": []},
                    "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [_INVOKE, statement]}}],
                },
            },
        },
    }
    (role,) = review(read_document(template, "t.json")).principals
    assert role.verdict == "data"
    return bool(role.incomplete)


@pytest.mark.parametrize("given", [{"Action": "*"}, {"NotAction": "iam:*"}, {"Action": "sts:AssumeRole"}])
@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"Fn::Sub": "arn:aws:iam::111122223333:role/${Name}"}, True),
        ({"Fn::GetAtt": ["Stream", "Arn"]}, False),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, False),
        ({"Fn::Sub": "arn:${AWS::Partition}:dynamodb:*:*:table/${Name}"}, False),
        ("arn:*:s3:::*", False),
        ({"Fn::Sub": "arn:*:s3:::${Name}"}, False),
    ],
)
def test_only_what_may_be_a_role_is_said(given: dict[str, Any], resource: Any, said: bool) -> None:
    assert _said(given, resource) is said


def test_a_resource_that_is_open_altogether_may_be_a_role() -> None:
    assert _said({"Action": "sts:AssumeRole"}, {"Ref": "Name"})
