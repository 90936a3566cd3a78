"""What belongs to which principal of a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.templates import read_document

if TYPE_CHECKING:
    from constructs_lib.iam.model import Statement
    from constructs_lib.templates import Principal

_CASES = yaml.safe_load((Path(__file__).parent / "data" / "principals.yaml").read_text(encoding="utf-8"))


def _statement(item: Statement) -> str:
    actions = ",".join(item.actions or ("not", *(item.not_actions or ())))
    resources = ",".join(item.resources or ("not", *(item.not_resources or ())))
    text = f"{'if ' if item.conditional else ''}{item.effect} {actions} on {resources}"
    return text.replace(UNRESOLVED, "?")


def _lines(principal: Principal) -> list[str]:
    lines = [_statement(item) for policy in principal.policies for item in policy.statements]
    if principal.boundary is not None:
        lines += [f"boundary: {_statement(item)}" for item in principal.boundary.statements]
    return lines + [f"incomplete: {item.why}" for item in principal.incomplete]


def _read(template: dict[str, Any]) -> dict[str, Principal]:
    model = read_document(template, "t.json")
    assert [item.error for item in model.inputs] == [None]
    return {principal.name: principal for principal in model.principals}


@pytest.mark.parametrize("name", _CASES)
def test_a_principal_has_what_attaches_to_it(name: str) -> None:
    case = dict(_CASES[name])
    expected = case.pop("expect")
    assert {key: _lines(item) for key, item in _read(case).items()} == expected


def test_an_aws_managed_policy_that_touches_bedrock_has_its_meaning_at_its_place() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonBedrockFullAccess"
    role = _read(
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [arn]}}}}
    )["R"]
    assert "Allow bedrock:* on *" in _lines(role)
    places = {item.origin.pointer for policy in role.policies for item in policy.statements}
    assert places == {"/Resources/R/Properties/ManagedPolicyArns/0"}


def test_an_aws_managed_policy_by_its_bare_name_in_sam() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Policies": "AmazonBedrockReadOnly"}}
    role = _read({"Resources": {"F": function}})["FRole"]
    assert role.policies
    assert role.policies[0].name == "AmazonBedrockReadOnly"


def test_a_principal_knows_its_name_mark_tags_trust_and_condition() -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}}]}
    role = {
        "Type": "AWS::IAM::Role",
        "Condition": "C",
        "Metadata": {"aws:cdk:path": "App/Chat/Role/Resource", "bedrock-planes:role": {"kind": "app"}},
        "Properties": {
            "AssumeRolePolicyDocument": trust,
            "RoleName": "chat",
            "Path": "/x/",
            "Tags": [{"Key": "team", "Value": {"Ref": "AWS::Region"}}],
        },
    }
    found = _read({"Resources": {"R": role}})["R"]
    assert (found.id, found.type, found.mark, found.conditional) == ("t.json#R", "role", "app", True)
    assert found.arn == f"arn:{UNRESOLVED}:iam::{UNRESOLVED}:role/x/chat"
    assert found.construct_path == "App/Chat/Role"
    assert found.tags == {"team": UNRESOLVED}
    assert found.environment == "unknown"
    assert found.origin.pointer == "/Resources/R"
    assert found.trust is not None
    assert found.trust.statements[0].principals == (("Service", "x"),)


@pytest.mark.parametrize("mark", ["admin", 3, None, ["app"], {"kind": {}}])
def test_a_mark_that_is_no_kind_is_ignored(mark: Any) -> None:
    value = mark if isinstance(mark, dict) else {"kind": mark}
    role = {"Type": "AWS::IAM::Role", "Metadata": {"bedrock-planes:role": value}}
    assert _read({"Resources": {"R": role}})["R"].mark is None


def test_statements_keep_the_pointers_of_the_file() -> None:
    statement = {"Effect": "Allow", "Action": "a:A", "Resource": "*"}
    both = {"Fn::If": ["C", [statement], statement]}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement, both]}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}
    found = _read({"Resources": {"R/1": role}})["R/1"]
    base = "/Resources/R~11/Properties/Policies/0/PolicyDocument/Statement"
    places = [item.origin.pointer for item in found.policies[0].statements]
    assert places == [f"{base}/0", f"{base}/1/Fn::If/1/0", f"{base}/1/Fn::If/2"]


def test_a_sam_role_trusts_its_service_and_stands_at_its_function() -> None:
    machine = {"Type": "AWS::Serverless::StateMachine", "Properties": {}}
    role = _read({"Resources": {"S": machine}})["SRole"]
    assert role.trust is not None
    assert role.trust.statements[0].principals == (("Service", "states.amazonaws.com"),)
    assert role.origin.pointer == "/Resources/S"


def test_a_policy_of_ten_thousand_statements_is_read_in_linear_time() -> None:
    statements = [
        {"Effect": "Allow", "Action": f"a:A{index}", "Resource": {"Fn::Sub": "arn:${AWS::Partition}:x"}}
        for index in range(10_000)
    ]
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": statements}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}
    found = _read({"Resources": {"R": role}})["R"]
    assert len(found.policies[0].statements) == 10_000


def test_a_loop_over_an_unknown_collection_is_one_principal() -> None:
    loop = [
        "Name",
        {"Ref": "Names"},
        {
            "${Name}Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Fn::Sub": "chat-${Name}"},
                    "Policies": [
                        {
                            "PolicyName": "p",
                            "PolicyDocument": {
                                "Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
                            },
                        }
                    ],
                },
            }
        },
    ]
    names = {"Type": "CommaDelimitedList"}
    found = _read({"Parameters": {"Names": names}, "Resources": {"Fn::ForEach::Roles": loop}})
    assert _lines(found["${Name}Role"]) == ["Allow bedrock:* on *"]
    assert found["${Name}Role"].arn.endswith(f":role/chat-{UNRESOLVED}")


def test_properties_that_a_transform_adds_are_unknown() -> None:
    include = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/role.yaml"}}}
    found = _read({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": include}}})
    assert ["macro `AWS::Include` adds" in item.why for item in found["Role"].incomplete] == [True]


def test_policies_of_roles_that_are_not_known_stay_apart() -> None:
    def policy(action: str, role: dict[str, str]) -> dict[str, Any]:
        document = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        properties = {"PolicyName": "p", "Roles": [role], "PolicyDocument": document}
        return {"Type": "AWS::IAM::Policy", "Properties": properties}

    app, deploy = {"Fn::ImportValue": "App"}, {"Fn::ImportValue": "Deploy"}
    resources = {"P": policy("a:P", app), "Q": policy("a:Q", deploy), "R": policy("a:R", app)}
    found = read_document({"Resources": resources}).principals
    assert [(p.name, [s.actions for policy in p.policies for s in policy.statements]) for p in found] == [
        ("external:?", [("a:P",), ("a:R",)]),
        ("external:?", [("a:Q",)]),
    ]
    assert len({p.id for p in found}) == 2


def test_what_a_loop_makes_is_found_where_the_loop_is_written() -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Policies": [
                {"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "a:A"}]}}
            ]
        },
    }
    inner = {"Fn::ForEach::Inner": ["Y", ["1", "2"], {"${X}${Y}/Role": role}]}
    found = read_document(
        {"Resources": {"Fn::ForEach::Outer": ["X", ["A", "B"], inner], "Plain": role}}
    ).principals
    at = "/Resources/Fn::ForEach::Outer/2/Fn::ForEach::Inner/2/${X}${Y}~1Role"
    assert {p.name: p.origin.pointer for p in found} == {
        **dict.fromkeys(("A1/Role", "A2/Role", "B1/Role", "B2/Role"), at),
        "Plain": "/Resources/Plain",
    }
    assert {s.origin.pointer for p in found for policy in p.policies for s in policy.statements} == {
        f"{place}/Properties/Policies/0/PolicyDocument/Statement/0" for place in (at, "/Resources/Plain")
    }
