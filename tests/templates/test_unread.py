"""What of a template was not read is said; what adds nothing to a principal is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import Options, review
from constructs_lib.templates import read_document

_STATEMENT = {
    "Effect": "Allow",
    "Action": "bedrock:InvokeModel",
    "Resource": "arn:aws:bedrock:*::foundation-model/a",
}
_ROLE = {
    "Type": "AWS::IAM::Role",
    "Metadata": {"bedrock-planes:role": {"kind": "app"}},
    "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [_STATEMENT]}}]},
}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"R": _ROLE, "X": {"Type": kind, "Properties": properties}}}


def _call(service: str, action: str) -> dict[str, Any]:
    call = json.dumps({"service": service, "action": action, "parameters": {"RoleName": "the-app"}})
    return _resource("Custom::AWS", Create=call)


_SAID: dict[str, tuple[dict[str, Any], str]] = {
    "a macro": ({"Transform": ["CompanyMacro"]}, "macro `CompanyMacro`"),
    "a macro beside SAM": ({"Transform": ["AWS::Serverless-2016-10-31", "Mine"]}, "macro `Mine`"),
    "a macro by name": ({"Transform": {"Name": "AWS::Include", "Parameters": {}}}, "macro `AWS::Include`"),
    "a macro at the top": ({"Fn::Transform": {"Name": "Mine"}}, "macro `Mine`"),
    "an include of resources": (
        {"Resources": {"R": _ROLE, "Fn::Transform": {"Name": "AWS::Include"}}},
        "macro `AWS::Include`",
    ),
    "a macro in a resource": (
        {"Resources": {"R": {**_ROLE, "Fn::Transform": {"Name": "Mine"}}}},
        "macro `Mine`",
    ),
    "a macro among the mappings": (
        {"Resources": {"R": _ROLE}, "Mappings": {"Fn::Transform": {"Name": "Mine"}}},
        "macro `Mine`",
    ),
    "an include in a mapping": (
        {"Resources": {"R": _ROLE}, "Mappings": {"M": {"Fn::Transform": {"Name": "AWS::Include"}}}},
        "macro `AWS::Include`",
    ),
    "a macro among the conditions": (
        {"Resources": {"R": _ROLE}, "Conditions": {"Fn::Transform": {"Name": "Mine"}}},
        "macro `Mine`",
    ),
    "a nested stack": (
        _resource("AWS::CloudFormation::Stack", TemplateURL="https://x/t"),
        "nested stack `X`",
    ),
    "a SAM application": (
        _resource("AWS::Serverless::Application", Location="https://x"),
        "SAM application `X`",
    ),
    "a StackSet": (_resource("AWS::CloudFormation::StackSet", TemplateURL="https://x/t"), "StackSet `X`"),
    "a StackSet's unknown text": (
        _resource("AWS::CloudFormation::StackSet", TemplateBody={"Fn::ImportValue": "T"}),
        "StackSet `X`",
    ),
    "a product": (
        _resource("AWS::ServiceCatalog::CloudFormationProvisionedProduct", ProductName="p"),
        "Service Catalog product `X`",
    ),
    "a module": (_resource("Company::Iam::Role::MODULE"), "module `Company::Iam::Role::MODULE`"),
    "a third party's type": (_resource("Company::Iam::Role"), "type `Company::Iam::Role`"),
    "a call of IAM": (_call("IAM", "putRolePolicy"), "calls `iam:PutRolePolicy`"),
    "a call of IAM's client": (
        _call("@aws-sdk/client-iam", "AttachRolePolicyCommand"),
        "`iam:AttachRolePolicy`",
    ),
    "a boundary's removal": (
        _call("iam", "deleteRolePermissionsBoundary"),
        "`iam:DeleteRolePermissionsBoundary`",
    ),
}

_QUIET: dict[str, dict[str, Any]] = {
    "SAM": {"Transform": "AWS::Serverless-2016-10-31"},
    "language extensions": {"Transform": ["AWS::LanguageExtensions"]},
    "rotation": {"Transform": "AWS::SecretsManager-2024-09-16"},
    "a read of IAM": _call("IAM", "getRole"),
    "another service": _call("S3", "putObject"),
    "a custom resource": _resource("Custom::Thing", ServiceToken="arn"),
    "an ordinary resource": _resource("AWS::S3::Bucket"),
    "CDK's metadata": _resource("AWS::CDK::Metadata"),
}


def _findings(body: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    model = read_document({"Resources": {"R": _ROLE}, **body}, "t.json")
    strict = review(model, Options(strict=True))
    why = [gap.why for item in model.inputs for gap in item.incomplete]
    return (
        why,
        [f.message for f in strict.findings if f.rule == "BP107"],
        [item.error or "" for item in model.inputs],
    )


@pytest.mark.parametrize("name", _SAID)
def test_what_was_not_read_is_said_and_makes_a_marked_role_incomplete(name: str) -> None:
    body, expected = _SAID[name]
    why, messages, errors = _findings(body)
    assert [expected in text for text in why] == [True]
    assert [expected in text for text in messages] == [True]
    assert errors == [""]


@pytest.mark.parametrize("name", _QUIET)
def test_what_changes_no_principal_is_not_said(name: str) -> None:
    assert _findings(_QUIET[name]) == ([], [], [""])


_BODY = {"Resources": {"R": {**_ROLE, "Metadata": {}}}}


@pytest.mark.parametrize(
    "text",
    [json.dumps(_BODY), {"Fn::Sub": json.dumps(_BODY)}, {"Fn::ToJsonString": _BODY}],
    ids=["text", "Fn::Sub", "Fn::ToJsonString"],
)
def test_the_template_in_a_stack_set_is_read(text: Any) -> None:
    body = _resource("AWS::CloudFormation::StackSet", TemplateBody=text)
    model = read_document(body, "t.json")
    assert [principal.id for principal in model.principals] == ["t.json#R", "t.json#X/R"]
    assert model.principals[1].origin.pointer == "/Resources/X/Properties/TemplateBody/Resources/R"
    assert [item.incomplete for item in model.inputs] == [()]


def test_a_loop_among_properties_is_expanded_or_said() -> None:
    def role(collection: Any) -> dict[str, Any]:
        arn = "arn:aws:iam::aws:policy/${Name}"
        loop = ["Name", collection, {"ManagedPolicyArns": [{"Fn::Sub": arn}]}]
        resources = {"R": {"Type": "AWS::IAM::Role", "Properties": {"Fn::ForEach::L": loop}}}
        return {"Transform": "AWS::LanguageExtensions", "Resources": resources}

    known = read_document(role(["AmazonBedrockFullAccess"])).principals[0]
    assert [policy.name for policy in known.policies] == ["AmazonBedrockFullAccess"]
    assert not known.incomplete
    assert read_document(role({"Ref": "Names"})).principals[0].incomplete


def test_what_loops_make_beyond_the_quotas_of_a_template_is_said() -> None:
    def body(values: int, length: int) -> dict[str, Any]:
        collection = [f"v{index}" for index in range(values)]
        loop = ["X", collection, {"R${X}": {**_ROLE, "Description": "d" * length}}]
        return {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::L": loop}}

    for values, length, count in ((500, 10, 500), (501, 10, 500), (400, 20_000, 49)):
        model = read_document(body(values, length), "t.json")
        assert len(model.principals) == count
        said = [gap.why for item in model.inputs for gap in item.incomplete]
        assert bool(said) is (count < values)
        assert all("loops that make more than 500 members or 1 MB" in why for why in said)


@pytest.mark.parametrize(
    "properties",
    [
        {"Fn::Transform": {"Name": "Mine"}},
        {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Fn::Transform": {"Name": "Mine"}}}]},
        {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Fn::Transform": "Mine"}]}}]},
    ],
)
def test_a_macro_inside_a_role_is_named(properties: dict[str, Any]) -> None:
    model = read_document({"Resources": {"R": {**_ROLE, "Properties": properties}}}, "t.json")
    assert [item.why for item in model.principals[0].incomplete if "macro `Mine`" in item.why]
