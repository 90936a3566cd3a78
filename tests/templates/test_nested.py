"""Templates that name each other by relative path are read as the stacks that they make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.templates import Model, read

if TYPE_CHECKING:
    from pathlib import Path

_CHILD: dict[str, Any] = {
    "Parameters": {"Action": {"Type": "String"}},
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                },
                "Policies": [
                    {
                        "PolicyName": "p",
                        "PolicyDocument": {
                            "Statement": [{"Effect": "Allow", "Action": {"Ref": "Action"}, "Resource": "*"}]
                        },
                    }
                ],
            },
        }
    },
    "Outputs": {"Name": {"Value": {"Ref": "Role"}}},
}


def _stack(path: Any, action: str = "bedrock:InvokeModel") -> dict[str, Any]:
    properties = {"TemplateURL": path, "Parameters": {"Action": action}}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


def _application(path: str) -> dict[str, Any]:
    properties = {"Location": path, "Parameters": {"Action": "bedrock:InvokeModel"}}
    return {"Type": "AWS::Serverless::Application", "Properties": properties}


def _attached(output: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "bedrock:CreateGuardrail", "Resource": "*"}
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "own",
            "Roles": [{"Fn::GetAtt": ["Nested", f"Outputs.{output}"]}],
            "PolicyDocument": {"Statement": [statement]},
        },
    }


def _read(folder: Path, files: dict[str, Any], *paths: str) -> Model:
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return read([str(folder / name) for name in paths] or [str(folder)])


def _held(model: Model) -> dict[str, list[str]]:
    return {
        principal.id.rpartition("/")[2]: sorted(
            action
            for policy in principal.policies
            for statement in policy.statements
            for action in statement.actions or ()
        )
        for principal in model.principals
    }


def _gaps(model: Model) -> list[str]:
    return [gap.why for item in model.inputs for gap in item.incomplete]


@pytest.mark.parametrize(
    "nested", [_stack("./sub/child.json"), _stack("sub/child.json"), _application("sub/child.json")]
)
def test_parameters_are_passed_and_outputs_followed(tmp_path: Path, nested: dict[str, Any]) -> None:
    parent = {"Resources": {"Nested": nested, "Policy": _attached("Name")}}
    model = _read(tmp_path, {"parent.json": parent, "sub/child.json": _CHILD})
    assert _held(model) == {"child.json#Role": ["bedrock:CreateGuardrail", "bedrock:InvokeModel"]}
    assert _gaps(model) == []
    assert [item.error for item in model.inputs] == [None, None]


def test_files_named_one_by_one_and_yaml_are_joined_too(tmp_path: Path) -> None:
    parent = """
Resources:
  Nested:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ../child.json # the roles
      Parameters: {Action: "bedrock:InvokeModel"}
"""
    files = {"a/parent.yaml": parent, "child.json": _CHILD}
    model = _read(tmp_path, files, "child.json", "a/parent.yaml")
    assert _held(model) == {"child.json#Role": ["bedrock:InvokeModel"]}
    assert _gaps(model) == []


@pytest.mark.parametrize(
    "path", ["./other.json", "https://s3.amazonaws.com/child.json", {"Ref": "Action"}, "/child.json", 3]
)
def test_a_template_that_is_not_in_the_input_is_said(tmp_path: Path, path: Any) -> None:
    parent = {"Parameters": _CHILD["Parameters"], "Resources": {"Nested": _stack(path)}}
    model = _read(tmp_path, {"parent.json": parent, "child.json": _CHILD})
    assert _gaps(model) == ["the template of nested stack `Nested` is not in the input"]
    assert len(model.principals) == 1


def test_a_template_that_a_stack_set_names_is_read_once(tmp_path: Path) -> None:
    stack_set = {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {
            "StackSetName": "all",
            "PermissionModel": "SELF_MANAGED",
            "TemplateURL": "./child.json",
        },
    }
    model = _read(tmp_path, {"parent.json": {"Resources": {"Set": stack_set}}, "child.json": _CHILD})
    assert _gaps(model) == []
    assert len(model.principals) == 1
    stack_set["Properties"]["TemplateURL"] = "./other.json"  # type: ignore[index] # a table, though its values differ in type
    model = _read(tmp_path, {"parent.json": {"Resources": {"Set": stack_set}}, "child.json": _CHILD})
    assert _gaps(model) == ["the template of StackSet `Set` is not in the input"]


def test_a_template_that_is_not_under_the_given_paths_is_not_read(tmp_path: Path) -> None:
    parent = {"Resources": {"Nested": _stack("child.json")}}
    model = _read(tmp_path, {"parent.json": parent, "child.json": _CHILD}, "parent.json")
    assert len(_gaps(model)) == 1
    assert len(model.inputs) == 1


def test_a_template_in_two_stacks_makes_the_principals_of_both(tmp_path: Path) -> None:
    stacks = {"One": _stack("child.json"), "Two": _stack("child.json", "bedrock:CreateGuardrail")}
    model = _read(tmp_path, {"parent.json": {"Resources": stacks}, "child.json": _CHILD})
    assert [principal.id.rpartition("#")[2] for principal in model.principals] == ["Role", "Two/Role"]
    assert sorted(_held(model).values()) == [["bedrock:CreateGuardrail"], ["bedrock:InvokeModel"]]


def test_a_property_that_only_looks_like_a_path_hides_nothing(tmp_path: Path) -> None:
    parent = {
        "Description": "AWS::CloudFormation::Stack",
        "Resources": {"R": {"Type": "AWS::X::Y", "Properties": {"Location": "child.json"}}},
    }
    files = {"parent.json": parent, "child.json": _CHILD}
    model = _read(tmp_path, files)
    assert len(model.inputs) == 2
    assert [principal.name for principal in model.principals] == ["Role"]


def test_a_child_that_is_damaged_is_a_fault_and_the_parent_is_read(tmp_path: Path) -> None:
    parent = {"Resources": {"Nested": _stack("child.json"), **_CHILD["Resources"]}}
    model = _read(tmp_path, {"parent.json": parent, "child.json": '{"Resources": {"AWS::'})
    assert sorted(item.error is None for item in model.inputs) == [False, True]
    assert [principal.name for principal in model.principals] == ["Role"]
    assert len(_gaps(model)) == 1


def test_templates_that_nest_each_other_or_too_often_end(tmp_path: Path) -> None:
    mutual = {
        "a.json": {"Resources": {"N": _stack("b.json")}},
        "b.json": {"Resources": {"N": _stack("a.json")}},
    }
    assert len(_read(tmp_path, mutual).inputs) == 2
    many = {
        f"{index}.json": {"Resources": {f"N{n}": _stack(f"{index + 1}.json") for n in range(10)}}
        for index in range(8)
    }
    assert len(_read(tmp_path / "many", many).inputs) == 8
