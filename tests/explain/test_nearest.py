"""The statement of the caller's policies that comes nearest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib.explain import explain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
ALIAS = "arn:aws:bedrock:us-east-1:111122223333:agent-alias/AGENT12345/ALIAS12345"


def _denied(action: str, resource: str, role: str = "ChatRole") -> str:
    return (
        f"User: arn:aws:sts::111122223333:assumed-role/{role}/fn is not authorized to perform: {action} on "
        f"resource: {resource} because no identity-based policy allows the {action} action"
    )


def _policy(folder: Path, *statements: Mapping[str, object]) -> str:
    path = folder / "policy.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1))
    return str(path)


@pytest.mark.parametrize(
    ("allowed", "asked", "why"),
    [
        (
            ("bedrock:InvokeModel", NOVA),
            ("bedrock:InvokeModelWithResponseStream", NOVA),
            "streaming is an action of its own",
        ),
        (
            ("bedrock:InvokeModel", NOVA),
            ("bedrock:InvokeModel", NOVA.replace("us-east-1", "us-west-2")),
            "the Region us-east-1 differs from us-west-2",
        ),
        (("bedrock:InvokeModel", NOVA), ("bedrock:InvokeModel", NOVA.replace("lite", "pro")), "another name"),
        (
            ("bedrock:InvokeAgent", ALIAS.replace("agent-alias/AGENT12345/ALIAS12345", "agent/AGENT12345")),
            ("bedrock:InvokeAgent", ALIAS),
            "`agent` is another resource type than `agent-alias`",
        ),
        (
            ("bedrock:Retrieve", "arn:aws:bedrock:us-east-1:444455556666:knowledge-base/KB12345678"),
            ("bedrock:Retrieve", "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"),
            "the account 444455556666 differs from 111122223333",
        ),
    ],
)
def test_the_reason_is_the_part_that_differs(
    tmp_path: Path, allowed: tuple[str, str], asked: tuple[str, str], why: str
) -> None:
    other = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    path = _policy(tmp_path, other, {"Effect": "Allow", "Action": allowed[0], "Resource": allowed[1]})
    nearest = explain(_denied(*asked), [path]).nearest
    assert nearest is not None
    assert why in nearest.why
    assert (nearest.path, nearest.pointer) == (path, "/Statement/1")
    assert nearest.line is not None


PROJECT = "arn:aws:bedrock:us-east-1:111122223333:project/default"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
PRO = NOVA.replace("lite", "pro")
WEST = NOVA.replace("us-east-1", "us-west-2")


@pytest.mark.parametrize(
    ("held", "asked", "named"),
    [
        ([PROJECT, WEST], NOVA, WEST),
        ([PROFILE, WEST, PROJECT], NOVA, WEST),
        ([PRO, WEST], NOVA, WEST),
        (
            [PROJECT, NOVA.replace("lite", "pro"), WEST.replace("lite", "pro")],
            NOVA,
            NOVA.replace("lite", "pro"),
        ),
        ([PROFILE, NOVA], PROJECT, PROFILE),
        ([PROJECT, PROFILE.replace("us.", "eu.")], PROFILE, PROFILE.replace("us.", "eu.")),
    ],
    ids=[
        "project",
        "profile",
        "name before Region",
        "longest prefix of a type",
        "no such type",
        "own profile",
    ],
)
def test_of_many_resources_the_one_of_the_same_type_and_name_is_compared(
    tmp_path: Path, held: list[str], asked: str, named: str
) -> None:
    path = _policy(tmp_path, {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": held})
    nearest = explain(_denied("bedrock:InvokeModel", asked), [path]).nearest
    assert nearest is not None
    assert nearest.why.startswith(f"it is on `{named}`, and the request is for `{asked}`: ")


def test_a_deny_is_named(tmp_path: Path) -> None:
    path = _policy(
        tmp_path,
        {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*"},
    )
    text = _denied("bedrock:InvokeModel", NOVA).replace(
        "because no identity-based policy allows the bedrock:InvokeModel action",
        "with an explicit deny in an identity-based policy",
    )
    found = explain(text, [path])
    assert found.kind == "explicit-deny"
    assert found.nearest is not None
    assert found.nearest.pointer == "/Statement/1"


def test_a_policy_that_allows_the_request_is_said(tmp_path: Path) -> None:
    path = _policy(tmp_path, {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": NOVA})
    found = explain(_denied("bedrock:InvokeModel", NOVA), [path])
    assert "They allow the request" in found.remedy.text


def test_the_role_is_found_by_the_name_that_cloudformation_makes(tmp_path: Path) -> None:
    def role(action: str) -> dict[str, object]:
        statement = {"Effect": "Allow", "Action": action, "Resource": NOVA}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        policies = [{"PolicyName": "p", "PolicyDocument": document}]
        return {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {}, "Policies": policies},
        }

    template = {
        "Resources": {
            "ChatRole5C1A2B3C": role("bedrock:InvokeModel"),
            "OtherRoleAB12": role("bedrock:CountTokens"),
        }
    }
    path = tmp_path / "App.template.json"
    path.write_text(json.dumps(template))
    text = _denied("bedrock:InvokeModelWithResponseStream", NOVA, role="App-ChatRole5C1A2B3C-XYZ123abcd45")
    nearest = explain(text, [str(path)]).nearest
    assert nearest is not None
    assert "/ChatRole5C1A2B3C/" in nearest.pointer


def test_a_caller_that_the_input_lacks_is_said(tmp_path: Path) -> None:
    template = {"Resources": {name: {"Type": "AWS::IAM::Role", "Properties": {}} for name in ("A", "B")}}
    path = tmp_path / "t.json"
    path.write_text(json.dumps(template))
    found = explain(_denied("bedrock:InvokeModel", NOVA), [str(path)])
    assert found.nearest is None
    assert "`ChatRole` is not among the principals" in found.remedy.text


def test_an_input_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    found = explain(_denied("bedrock:InvokeModel", NOVA), [str(tmp_path / "absent.json")])
    assert "absent.json" in found.remedy.text
