"""A lean reading leaves out what no rule asks about: the report is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.review import review, to_json
from constructs_lib.templates import Input, Model
from constructs_lib.templates.cloudformation import TemplateSource, read_sources
from constructs_lib.templates.principals.fast_path import is_irrelevant
from constructs_lib.templates.scope import Assembly, Scope

if TYPE_CHECKING:
    from constructs_lib.templates import Principal

_TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
_OTHERS: dict[str, Any] = {
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "bedrock-logs"}},
    "Base": {"Type": "AWS::Bedrock::KnowledgeBase"},
    "Inner": {"Type": "AWS::CloudFormation::Stack"},
    "Untyped": {"Properties": {}},
}
_ACTIONS = st.sampled_from(
    [
        *("s3:GetObject", "s3:*", "sqs:SendMessage", "kms:Decrypt", "iam:GetRole"),  # irrelevant
        *(
            "bedrock:InvokeModel",
            "BEDROCK:CreateAgent",
            "b?drock:*",
            "*:InvokeModel",
            "*",
            "bedrock:Converse",
        ),
        *("iam:PassRole", "iam:PutRole*", "sts:AssumeRole", "lambda:*", "bedrock-runtime:InvokeModel"),
        *("b\u0435drock:InvokeModel", f"s3:{UNRESOLVED}"),
        *("agentcore:InvokeAgentRuntime", "agent-registry:CreateZephyr", "InvokeModel", "mantle:*"),
        *("aws-marketplace:Subscribe", "AWS-Marketplace:*"),
    ]
)
_RESOURCES = st.sampled_from(
    [
        *("*", "", "arn:aws:s3:::x/*", "arn:aws:bedrock:us-east-1::foundation-model/x", "arn:aws:BEDROCK:x"),
        "arn:aws:bedrock:us-east-1:111122223333:foundation-model/x",
        *({"Fn::GetAtt": [name, "Arn"]} for name in (*_OTHERS, "Nobody")),
        {"Fn::GetAtt": ["Base", "KnowledgeBaseArn"]},
        {"Fn::GetAtt": "Bucket.Arn"},
        *({"Ref": name} for name in ("AWS::Region", "Model", "Bucket", "AWS::NoValue", "AWS::StackId")),
        {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]},
        {"Fn::Join": [":", ["arn:aws:bedrock:us-east-1", {"Ref": "AWS::AccountId"}, "foundation-model/x"]]},
        {"Fn::Join": ["", [{"Ref": "Model"}, "/x"]]},
        {"Fn::Sub": "arn:aws:bedrock:us-east-1:${AWS::AccountId}:foundation-model/x"},
        {"Fn::If": ["Either", "*", {"Ref": "Model"}]},
    ]
)
_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.one_of(_ACTIONS, st.lists(_ACTIONS, max_size=3)),
        "Resource": st.one_of(_RESOURCES, st.lists(_RESOURCES, max_size=3)),
    },
    optional={
        "Sid": st.just("One"),
        "Condition": st.just(
            {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/x"}}
        ),
    },
)
_POLICIES = st.lists(_STATEMENTS, min_size=1, max_size=4)


def _template(
    inline: list[Any], attached: list[Any], managed: list[Any], boundary: list[Any]
) -> dict[str, Any]:
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _TRUST,
                "Policies": [{"PolicyName": "inline", "PolicyDocument": {"Statement": inline}}],
                **({"PermissionsBoundary": {"Ref": "Boundary"}} if boundary else {}),
            },
        },
        "Policy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "attached",
                "PolicyDocument": {"Statement": attached},
                "Roles": [{"Ref": "Role"}],
            },
        },
        "Managed": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Statement": managed}},
        },
    }
    if boundary:
        resources["Boundary"] = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Statement": boundary}},
        }
    parameter = {"Type": "String", "Default": "arn:aws:bedrock:us-east-1:111122223333:foundation-model/x"}
    return {"Parameters": {"Model": parameter}, "Resources": {**resources, **_OTHERS}}


def _principals(body: dict[str, Any], *, lean: bool) -> tuple[tuple[Principal, ...], str]:
    found = read_sources([TemplateSource("t.json", body)], lean=lean)
    principals, resources = found.principals, found.resources
    model = Model((Input("t.json", "cfn-template", None),), tuple(principals), tuple(resources))
    return model.principals, to_json(review(model))


@given(_POLICIES, _POLICIES, _POLICIES, st.one_of(st.just([]), _POLICIES))
def test_the_report_is_the_same(
    inline: list[Any], attached: list[Any], managed: list[Any], boundary: list[Any]
) -> None:
    body = _template(inline, attached, managed, boundary)
    assert _principals(body, lean=True)[1] == _principals(body, lean=False)[1]


def test_a_lean_model_holds_no_statement_of_another_service() -> None:
    idle = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}
    ours = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    body = _template([idle, ours], [idle], [idle], [])
    counts = {}
    for lean in (True, False):
        principals, _ = _principals(body, lean=lean)
        counts[lean] = {p.name: sum(len(policy.statements) for policy in p.policies) for p in principals}
    assert counts[True] == {"Role": 1, "unattached:Managed": 0}
    assert counts[False] == {"Role": 3, "unattached:Managed": 1}


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", "*", True),
        ("s3:GetObject", {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}, True),
        ("s3:GetObject", ["arn:aws:s3:::x", {"Ref": "Bucket"}], True),
        ("s3:GetObject", "arn:aws:bedrock:us-east-1::foundation-model/x", False),
        ("s3:GetObject", {"Fn::GetAtt": ["Base", "KnowledgeBaseArn"]}, False),
        ("s3:GetObject", {"Ref": "Model"}, False),
        ("s3:GetObject", {"Fn::GetAtt": ["Inner", "Outputs.Arn"]}, False),
        ("iam:PassRole", "*", False),
        ("?edrock:InvokeModel", "*", False),
        ("*", "*", False),
    ],
)
def test_idle_is_what_no_rule_asks_about(action: str, resource: Any, expected: bool) -> None:
    body = _template([], [], [], [])
    scope = Scope(path="t.json", body=body, assembly=Assembly())
    scope.resources = dict(body["Resources"])
    assert is_irrelevant((action,), resource, scope) is expected
