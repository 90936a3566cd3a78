"""Account authorization details: what each user, group and role carries."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from constructs_lib.templates import read, read_document

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.templates import Model, Principal

_IAM = "arn:aws:iam::111122223333"


def _allow(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


_EXPORT: dict[str, Any] = {
    "UserDetailList": [
        {
            "UserName": "ann",
            "Arn": f"{_IAM}:user/ann",
            "GroupList": ["readers", "gone"],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": _allow("a:Own")}],
            "AttachedManagedPolicies": [],
        }
    ],
    "GroupDetailList": [
        {
            "GroupName": "readers",
            "Arn": f"{_IAM}:group/readers",
            "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": _allow("a:Group")}],
            "AttachedManagedPolicies": [{"PolicyName": "shared", "PolicyArn": f"{_IAM}:policy/shared"}],
        }
    ],
    "RoleDetailList": [
        {
            "RoleName": "chat",
            "Arn": f"{_IAM}:role/app/chat",
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                    }
                ]
            },
            "RolePolicyList": [],
            "AttachedManagedPolicies": [
                {
                    "PolicyName": "AWSLambdaBasicExecutionRole",
                    "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                },
                {"PolicyName": "elsewhere", "PolicyArn": f"{_IAM}:policy/elsewhere"},
            ],
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": f"{_IAM}:policy/edge",
            },
            "Tags": [{"Key": "team", "Value": "blue"}],
        }
    ],
    "Policies": [
        {
            "PolicyName": "shared",
            "Arn": f"{_IAM}:policy/shared",
            "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": _allow("a:Old")},
                {"VersionId": "v2", "IsDefaultVersion": True, "Document": _allow("a:New")},
            ],
        },
        {
            "PolicyName": "edge",
            "Arn": f"{_IAM}:policy/edge",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": _allow("a:*")}],
        },
        {
            "PolicyName": "spare",
            "Arn": f"{_IAM}:policy/spare",
            "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": True, "Document": _allow("a:Spare")}
            ],
        },
    ],
}


def _by_name(model: Model) -> dict[str, Principal]:
    return {principal.name: principal for principal in model.principals}


def _actions(principal: Principal) -> list[str]:
    return [action for p in principal.policies for item in p.statements for action in item.actions or ()]


def test_users_groups_and_roles_carry_their_policies() -> None:
    model = read_document(_EXPORT, "gaad.json")
    found = _by_name(model)
    assert [(item.kind, item.error) for item in model.inputs] == [("gaad", None)]
    assert {name: _actions(item) for name, item in found.items()} == {
        "ann": ["a:Own", "a:Group", "a:New"],
        "readers": ["a:Group", "a:New"],
        "chat": [],
        "unattached:spare": ["a:Spare"],
    }
    assert found["chat"].id == f"gaad.json#{_IAM}:role/app/chat"
    assert found["chat"].tags == {"team": "blue"}
    assert found["chat"].environment == "111122223333/unknown"


def test_boundary_trust_and_what_is_not_known() -> None:
    found = _by_name(read_document(_EXPORT, "gaad.json"))
    chat = found["chat"]
    assert chat.boundary is not None
    assert chat.boundary.statements[0].actions == ("a:*",)
    assert chat.trust is not None
    assert chat.trust.statements[0].principals == (("Service", "lambda.amazonaws.com"),)
    assert [item.why for item in chat.incomplete] == [
        f"managed policy `{_IAM}:policy/elsewhere` is not in the export; export with every --filter"
    ]
    assert [item.why for item in found["ann"].incomplete] == ["group `gone` is not in the export"]


def test_documents_encoded_for_urls_are_read() -> None:
    export = copy.deepcopy(_EXPORT)
    inline = export["UserDetailList"][0]["UserPolicyList"][0]
    inline["PolicyDocument"] = quote(json.dumps(inline["PolicyDocument"]))
    role = export["RoleDetailList"][0]
    role["AssumeRolePolicyDocument"] = quote(json.dumps(role["AssumeRolePolicyDocument"]))
    assert _by_name(read_document(export)).keys() == _by_name(read_document(_EXPORT)).keys()
    assert _actions(_by_name(read_document(export))["ann"]) == ["a:Own", "a:Group", "a:New"]
    assert _by_name(read_document(export))["chat"].trust is not None


def _pages() -> tuple[dict[str, Any], dict[str, Any]]:
    first = {key: _EXPORT[key] for key in ("UserDetailList", "GroupDetailList")}
    second = {key: _EXPORT[key] for key in ("RoleDetailList", "Policies")}
    return {**first, "IsTruncated": True, "Marker": "m"}, second


def test_pages_in_one_list_are_one_account() -> None:
    found = _by_name(read_document(list(_pages()), "gaad.json"))
    assert _actions(found["ann"]) == ["a:Own", "a:Group", "a:New"]
    assert found["ann"].policies[0].origin.pointer == "/0/UserDetailList/0/UserPolicyList/0/PolicyDocument"


def test_pages_in_several_files_are_one_account(tmp_path: Path) -> None:
    for name, page in zip(("1.json", "2.json"), _pages(), strict=True):
        (tmp_path / name).write_text(json.dumps(page), encoding="utf-8")
    model = read([str(tmp_path)])
    assert _actions(_by_name(model)["ann"]) == ["a:Own", "a:Group", "a:New"]
    assert [item.kind for item in model.inputs] == ["gaad", "gaad"]


def test_a_document_that_is_none_makes_its_principal_incomplete() -> None:
    export = copy.deepcopy(_EXPORT)
    export["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = "{"
    found = _by_name(read_document(export))["ann"]
    assert "the policy text is not JSON" in found.incomplete[0].why


def test_a_list_of_one_may_be_written_as_an_object() -> None:
    """The example of AWS's command reference does so for a group's managed policies."""
    export = copy.deepcopy(_EXPORT)
    group = export["GroupDetailList"][0]
    group["AttachedManagedPolicies"] = group["AttachedManagedPolicies"][0]
    expected = {p.name: [s.actions for x in p.policies for s in x.statements] for p in _principals(_EXPORT)}
    found = {p.name: [s.actions for x in p.policies for s in x.statements] for p in _principals(export)}
    assert found == expected


def test_an_export_that_goes_on_says_so_unless_its_last_page_is_there() -> None:
    first, last = {**_EXPORT, "IsTruncated": True}, {**_EXPORT, "IsTruncated": False}
    for export, expected in ((first, {"/IsTruncated"}), ([first, last], set()), (last, set())):
        pointers = {gap.pointer for p in _principals(export) for gap in p.incomplete}
        assert {pointer for pointer in pointers if pointer.endswith("/IsTruncated")} == expected


def _principals(export: Any) -> tuple[Principal, ...]:
    return read_document(export).principals


@pytest.mark.parametrize(
    ("named", "marked", "expected"),
    [("v2", None, "a:Two"), ("v2", "v2", "a:Two"), (None, "v2", "a:Two"), (None, None, "a:One")],
)
def test_the_version_in_force_is_read_by_either_mark(
    named: str | None, marked: str | None, expected: str
) -> None:
    def version(name: str, action: str) -> dict[str, Any]:
        document = {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}
        mark = {"IsDefaultVersion": name == marked} if marked else {}
        return {"VersionId": name, "Document": document, **mark}

    arn = "arn:aws:iam::111122223333:policy/p"
    policy = {
        "PolicyName": "p",
        "Arn": arn,
        "PolicyVersionList": [version("v1", "a:One"), version("v2", "a:Two")],
        **({"DefaultVersionId": named} if named else {}),
    }
    role = {
        "RoleName": "r",
        "Arn": "arn:aws:iam::111122223333:role/r",
        "AttachedManagedPolicies": [{"PolicyName": "p", "PolicyArn": arn}],
    }
    found = read_document({"RoleDetailList": [role], "Policies": [policy], "IsTruncated": False})
    assert _actions(found.principals[0]) == [expected]
