"""What is read in a folder, what is skipped, what is a fault, and what kind a file is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.templates import STDIN, read, read_document, read_each, read_found
from constructs_lib.templates.files import find_inputs

_TEMPLATE: dict[str, Any] = {"Resources": {"R": {"Type": "AWS::IAM::Role"}}}
_POLICY: dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": "a:A", "Resource": "*"}}
_YAML = "Resources:\n  Y:\n    Type: AWS::IAM::Role\n"


def _write(folder: Path, name: str, value: Any) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def test_a_folder_is_read_in_the_order_of_names_and_others_are_skipped(tmp_path: Path) -> None:
    _write(tmp_path, "b.json", _TEMPLATE)
    _write(tmp_path, "a.yaml", _YAML)
    _write(tmp_path, "c.template", _YAML)
    _write(tmp_path, "sub/d.json", _POLICY)
    for name in ("package.json", "node_modules/x.json", ".git/x.json", "readme.md"):
        _write(tmp_path, name, {"name": "x"} if name == "package.json" else _TEMPLATE)
    _write(tmp_path, "tsconfig.json", "{ // comments\n}")
    _write(tmp_path, "workflow.yml", "on: push\njobs: {}\n")
    _write(tmp_path, "chart.yaml", "a: {{ .Values.x }}\n")
    model = read([str(tmp_path)])
    assert [Path(item.path).relative_to(tmp_path).as_posix() for item in model.inputs] == [
        *("a.yaml", "b.json", "c.template", "sub/d.json")
    ]
    assert [item.error for item in model.inputs] == [None] * 4


def test_a_damaged_file_in_a_folder_is_a_fault_when_it_was_meant_for_us(tmp_path: Path) -> None:
    _write(tmp_path, "bad.json", '{"Resources": {"R": {"Type": "AWS::IAM::Role"}')
    (found,) = read([str(tmp_path)]).inputs
    assert found.error is not None
    assert "not JSON" in found.error


def test_a_folder_without_anything_for_us_is_a_fault(tmp_path: Path) -> None:
    _write(tmp_path, "package.json", {"name": "x"})
    (found,) = read([str(tmp_path)]).inputs
    assert found.error is not None
    assert found.error.startswith("nothing to review in this folder; give a cdk.out folder")


def test_a_folder_of_policies_that_are_damaged_says_so_only_once(tmp_path: Path) -> None:
    _write(tmp_path, "p.json", '{"Statement": [')
    assert len(read([str(tmp_path)]).inputs) == 1


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(read([str(tmp_path)]).inputs) == 1


@pytest.mark.parametrize(
    ("document", "kind", "names"),
    [
        (_TEMPLATE, "cfn-template", ["R"]),
        ({"Resources": {}}, "cfn-template", []),
        (_POLICY, "iam-policy", ["x"]),
        ({"statement": [_POLICY["Statement"]]}, "iam-policy", ["x"]),
        (_POLICY["Statement"], "iam-policy", ["x"]),
        ({"RoleName": "r", "PolicyName": "p", "PolicyDocument": _POLICY}, "aws-cli", ["x"]),
        ({"PolicyVersion": {"Document": _POLICY, "VersionId": "v1"}}, "aws-cli", ["x"]),
        ({"Policy": {"PolicySummary": {}, "Content": json.dumps(_POLICY)}}, "aws-cli", ["x"]),
        ({"InlinePolicy": json.dumps(_POLICY)}, "aws-cli", ["x"]),
        ({"Role": {"RoleName": "r", "AssumeRolePolicyDocument": _POLICY}}, "aws-cli", ["x"]),
        ({"UserDetailList": [], "RoleDetailList": []}, "gaad", []),
        ({"version": "1", "artifacts": {}}, None, []),
        ({"Resources": {"a": 1}}, None, []),
        ([], None, []),
        (None, None, []),
        ("text", None, []),
    ],
)
def test_a_document_says_what_it_is(document: Any, kind: str | None, names: list[str]) -> None:
    model = read_document(document, "x")
    assert [item.kind for item in model.inputs] == [kind]
    assert (model.inputs[0].error is None) == (kind is not None)
    assert [principal.name for principal in model.principals] == names


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (_POLICY["Statement"], [""]),
        ([_POLICY["Statement"]] * 2, ["/0", "/1"]),
        ({"PolicyDocument": _POLICY}, ["/PolicyDocument/Statement"]),
    ],
)
def test_a_statement_is_found_where_it_stands(document: Any, pointers: list[str]) -> None:
    (principal,) = read_document(document).principals
    assert [s.origin.pointer for policy in principal.policies for s in policy.statements] == pointers


def test_a_trust_policy_is_trust_and_grants_nothing() -> None:
    trust = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}}}
    (principal,) = read_document(trust, "x").principals
    assert principal.policies == ()
    assert principal.trust is not None


def test_a_document_of_another_library_is_read() -> None:
    document = {"Version": date(2012, 10, 17), "Statement": ({1: 2, **_POLICY["Statement"]},)}
    (principal,) = read_document(document, "x").principals
    assert principal.policies[0].statements[0].actions == ("a:A",)


def test_a_value_that_contains_itself_is_a_fault() -> None:
    loop: dict[str, Any] = {}
    loop["Statement"] = loop
    (found,) = read_document(loop, "x").inputs
    assert found.error is not None
    assert found.error.startswith("not a JSON value: Circular reference detected; give")


def test_a_document_is_read_as_a_file_is(tmp_path: Path) -> None:
    arn = "arn:aws:bedrock:us-east-1:{{resolve:ssm:account}}:knowledge-base/ABCDEFGHIJ"
    policy = {"Statement": {"Effect": "Allow", "Action": "bedrock:Retrieve", "Resource": arn}}
    path = tmp_path / "p.json"
    _write(tmp_path, "p.json", policy)
    (inline,) = read_document(policy, str(path)).principals
    assert (inline,) == read([str(path)]).principals
    assert "{{" not in str(inline.policies)


def test_a_path_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    path = str(tmp_path / "a.json")
    assert len(read([path, path]).principals) == 1


@pytest.mark.parametrize("folder_first", [True, False])
def test_a_file_that_is_named_beside_its_folder_is_read_once(tmp_path: Path, folder_first: bool) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    paths = [str(tmp_path), str(tmp_path / "a.json")]
    model = read(paths if folder_first else paths[::-1])
    assert len(model.principals) == 1
    assert [item.error for item in model.inputs] == [None]


def test_a_file_that_is_named_must_be_ours_also_beside_its_folder(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    _write(tmp_path, "package.json", {"name": "x"})
    model = read([str(tmp_path), str(tmp_path / "package.json")])
    assert [(Path(item.path).name, item.error is None) for item in model.inputs] == [
        ("a.json", True),
        ("package.json", False),
    ]


def test_links_in_a_circle_do_not_end_a_run(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    (tmp_path / "b.json").symlink_to(tmp_path / "c.json")
    (tmp_path / "c.json").symlink_to(tmp_path / "b.json")
    model = read([str(tmp_path), str(tmp_path / "b.json")])
    assert len(model.principals) == 1
    assert [item.error for item in model.inputs if item.error] == [
        "not readable (Too many levels of symbolic links); check the path"
    ]


def test_a_path_that_is_too_long_does_not_end_a_run(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    model = read(["x" * 5000, str(tmp_path)])
    assert len(model.principals) == 1
    assert model.inputs[0].error == "not readable (File name too long); check the path"


@pytest.mark.parametrize("locked", ["top", "top/below"])
def test_a_folder_that_cannot_be_opened_is_a_fault_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    (tmp_path / "top" / "below").mkdir(parents=True)
    (tmp_path / "rest").mkdir()
    _write(tmp_path / "rest", "a.json", _TEMPLATE)
    _write(tmp_path / "top", "a.json", _TEMPLATE)
    known = os.scandir

    def scandir(folder: str) -> Any:
        if folder == str(tmp_path / locked):
            raise PermissionError(13, "Permission denied")
        return known(folder)

    monkeypatch.setattr(os, "scandir", scandir)  # the superuser may open everything
    model = read([str(tmp_path / "top"), str(tmp_path / "rest")])
    assert {item.path: item.error for item in model.inputs if item.error} == {
        str(tmp_path / locked): "not readable; give read permission"
    }
    assert len(model.principals) == (1 if locked == "top" else 2)


def test_closed_standard_input_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    (found,) = read([STDIN]).inputs
    assert found.error == "standard input is closed; pipe something into it, or name a file"


def test_standard_input_is_named_by_its_sign() -> None:
    model = read([STDIN], stdin=json.dumps(_TEMPLATE).encode())
    assert model.principals[0].id == "-#R"


def test_reading_piece_by_piece_gives_the_same_as_reading_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "a.json", _TEMPLATE)
    _write(tmp_path, "b.yaml", _YAML)
    pieces = list(read_each([str(tmp_path)]))
    assert len(pieces) == 2
    whole = read([str(tmp_path)])
    assert list(read_found(find_inputs([str(tmp_path)]))) == pieces
    assert whole.principals == tuple(item for piece in pieces for item in piece.principals)


def test_reading_json_loads_neither_yaml_nor_aws_cdk() -> None:
    code = (
        "import sys\n"
        "from constructs_lib.templates import read\n"
        'read([\'-\'], stdin=b\'{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}\')\n'
        "print(sorted({'yaml', 'aws_cdk', 'jsii', 'boto3'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_dynamic_reference_is_an_open_part(tmp_path: Path, suffix: str) -> None:
    text = """
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "p",
        "PolicyDocument": {"Statement": [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "{{resolve:ssm:/model}}"},
        {"Effect": "Allow", "Action": "{{resolve:ssm:/action:3}}", "Resource": "x-{{resolve:ssm:/a}}-y"}
        ]}}]}}}}
    """
    path = tmp_path / f"t.{suffix}"
    path.write_text(text if suffix == "json" else f"# YAML too{text}", encoding="utf-8")
    (principal,) = read([str(path)]).principals
    first, second = principal.policies[0].statements
    assert first.resources == (UNRESOLVED,)
    assert (second.actions, second.resources) == ((UNRESOLVED,), (f"x-{UNRESOLVED}-y",))
    assert [item.why for item in principal.incomplete] == ["an action is not known"]


def test_a_file_of_the_serverless_framework_is_refused_with_what_to_give() -> None:
    body = {"service": "chat", "provider": {"name": "aws"}, "functions": {}}
    (refused,) = read_document(body, "serverless.yml").inputs
    assert refused.error is not None
    assert "cloudformation-template-update-stack.json" in refused.error
    (other,) = read_document({"service": "chat"}, "other.yml").inputs
    assert other.error is not None
    assert "Serverless" not in other.error
