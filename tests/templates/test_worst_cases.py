"""What a template leaves open counts in its worst case; the nearest that it fixes counts as it is."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.iam import UNRESOLVED, effective
from constructs_lib.templates import Principal, TemplateSource, read_document
from constructs_lib.templates.cloudformation import read_sources
from constructs_lib.templates.decode import decode

_ALLOW = {"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:CreateAgent"], "Resource": "*"}
_STACK = {"Ref": "AWS::StackName"}


def _document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _role(*statements: Any, **properties: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "p", "PolicyDocument": _document(*statements)}]
    return {"Type": "AWS::IAM::Role", "Properties": {"Policies": inline, **properties}}


def _policy(role: Any, action: str = "bedrock:CreateAgent") -> dict[str, Any]:
    document = _document({"Effect": "Allow", "Action": action, "Resource": "*"})
    properties = {"PolicyName": "q", "Roles": [role], "PolicyDocument": document}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def _read(resources: dict[str, Any], **sections: Any) -> dict[str, Principal]:
    model = read_document({"Resources": resources, **sections})
    assert [item.error for item in model.inputs] == [None]
    return {principal.name: principal for principal in model.principals}


def _may(principal: Principal) -> set[str]:
    found = effective(principal.policies, boundary=principal.boundary)
    return {action for action in ("bedrock:InvokeModel", "bedrock:CreateAgent") if found.allows(action)}


_BOTH = {"bedrock:InvokeModel", "bedrock:CreateAgent"}


@pytest.mark.parametrize(
    "action",
    [
        "{{resolve:ssm:/app/action}}",
        {"Fn::Join": ["", ["{{resolve:ssm:/", "app", "}}"]]},
        {"Fn::Join": ["", ["{{resolve:ssm-secure:/", _STACK, "}}"]]},
        {"Fn::Join": [":", ["{{resolve", "secretsmanager", "app", "SecretString", "a}}"]]},
        {"Fn::Sub": "{{resolve:ssm:/app/${AWS::StackName}}}"},
        {"Fn::Sub": ["{{resolve:ssm:/${N}}}", {"N": {"Fn::Sub": "app-${AWS::Region}"}}]},
        {"Fn::Join": ["", ["{{resolve:", {"Fn::Join": ["", ["ssm:/", _STACK]]}, "}}"]]},
        {"Fn::Select": [0, [{"Fn::Sub": "{{resolve:ssm:/${AWS::AccountId}}}"}]]},
        {"Fn::If": ["C", {"Fn::Join": ["", ["{{resolve:ssm:/", "a", "}}"]]}, "bedrock:InvokeModel"]},
    ],
)
def test_an_action_that_a_dynamic_reference_gives_is_not_known(action: Any) -> None:
    role = _read({"R": _role({"Effect": "Allow", "Action": action, "Resource": "*"})})["R"]
    assert [item.why.startswith("an action is not known") for item in role.incomplete] == [True]


@pytest.mark.parametrize(
    "action",
    [
        {"Fn::Join": ["", ["bedrock:", "InvokeModel"]]},
        {"Fn::Sub": ["bedrock:${N}", {"N": "InvokeModel"}]},
        {"Fn::Join": ["", ["bedrock:InvokeModel"]]},
    ],
)
def test_an_action_that_is_put_together_is_known(action: Any) -> None:
    role = _read({"R": _role({"Effect": "Allow", "Action": action, "Resource": "*"})})["R"]
    assert not role.incomplete
    assert _may(role) == {"bedrock:InvokeModel"}


def test_a_dynamic_reference_that_a_loop_makes_is_not_known() -> None:
    statement = {"Effect": "Allow", "Action": "{{resolve:ssm:/${Name}}}", "Resource": "*"}
    loop = {"Fn::ForEach::L": ["Name", ["a"], {"${Name}Role": _role(statement)}]}
    assert _read(loop)["aRole"].incomplete


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "{{resolve:ssm:/x}}"}',
        '{"a": "\\u007b\\u007bresolve:ssm:/x}}"}',
        "a: '{{resolve:ssm:/x}}'",
        'a: "\\x7b{resolve:ssm:/x}}"',
        "a: >-\n  {{resolve:ssm:/x:\n  1}}",
    ],
)
def test_a_dynamic_reference_is_found_however_the_file_spells_it(text: str) -> None:
    assert decode(text, yaml_allowed=True).value == {"a": UNRESOLVED}


def test_a_policy_of_a_role_that_a_dynamic_reference_names_is_said() -> None:
    external = _read({"P": _policy("{{resolve:ssm:/role}}")})["external:?"]
    assert [item.pointer for item in external.incomplete] == ["/Resources/P/Properties/Roles/0"]
    assert not _read({"P": _policy("the-app")})["external:the-app"].incomplete


# Name of the role, name in the policy, whether they are one.
@pytest.mark.parametrize(
    ("name", "named", "joined"),
    [
        ({"Ref": "N"}, {"Ref": "N"}, True),
        ({"Ref": "N"}, {"Fn::Sub": "${N}"}, True),
        ({"Fn::Sub": "${N}-app"}, {"Fn::Join": ["-", [{"Ref": "N"}, "app"]]}, True),
        ({"Fn::Sub": "${AWS::StackName}-app"}, {"Fn::Sub": "${AWS::StackName}-app"}, True),
        ({"Ref": "N"}, {"Ref": "M"}, False),
        ({"Fn::Sub": "${N}-app"}, {"Fn::Sub": "${M}-app"}, False),
        ({"Ref": "N"}, "other", False),
    ],
)
def test_names_are_equal_if_they_are_made_of_the_same_parameters(name: Any, named: Any, joined: bool) -> None:
    resources = {"R": _role(RoleName=name), "P": _policy(named)}
    found = _read(resources, Parameters={"N": {"Type": "String"}, "M": {"Type": "String"}})
    assert (_may(found["R"]) == {"bedrock:CreateAgent"}) is joined
    assert (len(found) == 1) is joined


def _source(
    path: str, resources: dict[str, Any], account: str | None, region: str | None, stack: str = "S"
) -> TemplateSource:
    return TemplateSource(path, {"Resources": resources}, stack=stack, account=account, region=region)


def _principals(sources: list[TemplateSource]) -> list[Principal]:
    return read_sources(sources).principals


_ONE, _TWO = "111122223333", "444455556666"


@pytest.mark.parametrize(
    ("account", "region", "joined"),
    [
        (_ONE, "us-east-1", True),
        (_ONE, "eu-west-1", True),
        (_ONE, None, True),
        (None, None, True),
        (_TWO, "us-east-1", False),
    ],
)
def test_a_role_is_the_same_in_every_region_of_its_account(
    account: str | None, region: str | None, joined: bool
) -> None:
    sources = [
        _source("a.json", {"R": _role(RoleName="the-app")}, _ONE, "us-east-1"),
        _source("b.json", {"P": _policy("the-app")}, account, region),
    ]
    principals = _principals(sources)
    assert [p.name for p in principals] == (["R"] if joined else ["R", "external:the-app"])


def test_roles_without_names_of_two_regions_stay_apart() -> None:
    invoke = {"R": _role(), "P": _policy({"Ref": "R"}, "bedrock:InvokeModel")}
    create = {"R": _role(), "P": _policy({"Ref": "R"})}
    principals = _principals(
        [_source("a.json", invoke, _ONE, "us-east-1"), _source("b.json", create, _ONE, "eu-west-1")]
    )
    assert [_may(p) for p in principals] == [{"bedrock:InvokeModel"}, {"bedrock:CreateAgent"}]


def test_stages_that_use_the_same_name_in_unknown_accounts_keep_their_own_policies() -> None:
    def template(action: str) -> dict[str, Any]:
        return {"R": _role(RoleName="the-app"), "P": _policy("the-app", action)}

    principals = _principals(
        [
            _source("dev.json", template("bedrock:InvokeModel"), None, None),
            _source("prod.json", template("bedrock:CreateAgent"), None, None),
        ]
    )
    assert [_may(p) for p in principals] == [{"bedrock:InvokeModel"}, {"bedrock:CreateAgent"}]


_DEFAULT = {"P": {"Type": "String", "Default": "bedrock:CreateAgent"}}


@pytest.mark.parametrize(
    ("deny", "parameter", "expected"),
    [
        ({"Action": {"Ref": "P"}}, "bedrock:CreateAgent", _BOTH),
        ({"Action": {"Fn::Sub": "bedrock:${P}"}}, "CreateAgent", _BOTH),
        ({"Resource": {"Ref": "P"}}, "*", _BOTH),
        ({"Effect": {"Ref": "P"}}, "Deny", _BOTH),
        ({"NotAction": {"Ref": "P"}}, "bedrock:InvokeModel", _BOTH),
        ({}, "", {"bedrock:InvokeModel"}),
        ({"Action": {"Fn::Sub": "bedrock:CreateAgent"}}, "", {"bedrock:InvokeModel"}),
    ],
)
def test_no_deny_is_certain_that_a_parameters_default_makes(
    deny: dict[str, Any], parameter: str, expected: set[str]
) -> None:
    statement: dict[str, Any] = {"Effect": "Deny", "Action": "bedrock:CreateAgent", "Resource": "*", **deny}
    if "NotAction" in deny:
        del statement["Action"]
    role = _read({"R": _role(_ALLOW, statement)}, Parameters={"P": {"Type": "String", "Default": parameter}})
    assert _may(role["R"]) == expected


def test_a_parameters_default_counts_for_an_allow() -> None:
    statement = {"Effect": "Allow", "Action": {"Ref": "P"}, "Resource": "*"}
    role = _read({"R": _role(statement)}, Parameters=_DEFAULT)["R"]
    assert _may(role) == {"bedrock:CreateAgent"}
    assert not role.incomplete


def _bounded(boundary: Any, action: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    document = _document({"Effect": "Allow", "Action": action, "Resource": "*"})
    managed = {"ManagedPolicyName": "limit", "PolicyDocument": document}
    resources = {
        "B": {"Type": "AWS::IAM::ManagedPolicy", "Properties": managed},
        "R": _role(_ALLOW, PermissionsBoundary=boundary),
    }
    return resources, {"P": {"Type": "String", "Default": "bedrock:InvokeModel"}} | {
        "Limit": {"Type": "String", "Default": "arn:aws:iam::111122223333:policy/limit"},
        "One": {"Type": "String", "AllowedValues": ["arn:aws:iam::111122223333:policy/limit"]},
    }


@pytest.mark.parametrize(
    ("boundary", "action", "expected"),
    [
        ({"Ref": "B"}, "bedrock:InvokeModel", {"bedrock:InvokeModel"}),
        ({"Ref": "One"}, "bedrock:InvokeModel", {"bedrock:InvokeModel"}),
        ({"Ref": "Limit"}, "bedrock:InvokeModel", _BOTH),
        ({"Fn::Sub": "arn:aws:iam::111122223333:policy/${P}"}, "bedrock:InvokeModel", _BOTH),
        ({"Ref": "B"}, {"Ref": "P"}, _BOTH),
    ],
)
def test_a_boundary_that_a_parameters_default_names_limits_nothing(
    boundary: Any, action: Any, expected: set[str]
) -> None:
    resources, parameters = _bounded(boundary, action)
    role = _read(resources, Parameters=parameters)["R"]
    assert _may(role) == expected
    assert bool(role.incomplete) is (expected == _BOTH)


def _trusting(principal: Any, **parameter: Any) -> tuple[tuple[str, str], ...]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    role = _role(AssumeRolePolicyDocument=_document(statement))
    trust = _read({"R": role}, Parameters={"P": {"Type": "String", **parameter}})["R"].trust
    assert trust is not None
    return trust.statements[0].principals or ()


def test_a_trust_that_a_parameters_default_names_may_name_anybody() -> None:
    root = {"Fn::Sub": "arn:aws:iam::${P}:root"}
    known, opened = f"arn:aws:iam::{_ONE}:root", f"arn:aws:iam::{UNRESOLVED}:root"
    assert _trusting(root, Default=_ONE) == (("AWS", known), ("AWS", opened))
    assert _trusting(root, AllowedValues=[_ONE]) == (("AWS", known),)
    assert _trusting(known, Default=_ONE) == (("AWS", known),)
