"""An export that another stack imports can't change and can't go, as on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.local.conftest import Stacks


def _owner(name: str, value: str, *, exported: bool = True) -> str:
    output: dict[str, Any] = {"Value": value, **({"Export": {"Name": f"{name}-Id"}} if exported else {})}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}}
    return json.dumps({"Resources": {"Topic": topic}, "Outputs": {"Id": output}})


def _user(value: Any) -> str:
    return json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}}}})


@pytest.mark.parametrize(
    ("name", "exported", "value", "reason"),
    [
        ("changed", True, "other", "Export changed-Id cannot be updated as it is in use by changed-user"),
        ("gone", False, "first", "Export gone-Id cannot be deleted as it is in use by gone-user"),
    ],
)
def test_an_export_in_use_rolls_the_update_back(
    name: str, exported: bool, value: str, reason: str, stacks: Stacks
) -> None:
    stacks.create(name, _owner(name, "first"))
    stacks.create(f"{name}-user", _user({"Fn::ImportValue": f"{name}-Id"}))
    body = json.loads(_owner(name, value, exported=exported))
    body["Resources"]["Topic"]["Properties"]["DisplayName"] = "something else"
    stacks.cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(body))
    assert stacks.settled(name)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert reason in stacks.failures(name)


def test_an_export_that_nobody_imports_changes(stacks: Stacks) -> None:
    stacks.create("free", _owner("free", "first"))
    weak = {"Fn::GetStackOutput": {"StackName": "free", "OutputName": "Id"}}
    stacks.create("free-user", _user(weak))
    stacks.cloudformation.update_stack(StackName="free", TemplateBody=_owner("free", "other"))
    assert stacks.settled("free")["StackStatus"] == "UPDATE_COMPLETE"
