"""Files that can't be read, or only in part: one line each, the rest is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.templates import STDIN, read
from constructs_lib.templates.faults import MAX_BYTES, MAX_YAML_CHARACTERS

if TYPE_CHECKING:
    from pathlib import Path

_ROLE = '"R": {"Type": "AWS::IAM::Role", "Properties": {}}'
_GOOD = f'{{"Resources": {{{_ROLE}}}}}'

# name -> (bytes, what the line says)
_FAULTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty; give a template"),
    "white space": (b" \n\n", "the file is empty"),
    "not JSON": (
        b'{"Resources": {\n "a": }\n}',
        "line 2: not JSON: expecting value in column 7; fix it there",
    ),
    "truncated": (_GOOD[:30].encode(), "line 1: not JSON"),
    "plain text": (b"hello there", "not a template, policy or account export; give a cdk.out folder"),
    "a number": (b"[1, 2]", "not a template, policy or account export"),
    "another document": (b'{"name": "x", "version": "1"}', "not a template, policy or account export"),
    "invalid UTF-8": (
        b'{"Resources":\n "\xff\xfe"}',
        "line 2: byte 16 is not valid UTF-8; save the file as UTF-8",
    ),
    "NUL byte": (b'{"a":\n\n "\0"}', "line 3: a NUL byte: the file is binary or damaged"),
    "binary": (bytes(range(256)) * 4, "line"),
    "deep JSON": (b'{"Resources":' + b'{"a":' * 100_000, "nested too deeply; flatten the document"),
    "deep JSON list": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep YAML": (b"a: " + b"[" * 5_000 + b"]" * 5_000, "line 1: nested more than 200 levels deep; flatten"),
    "deep block YAML": (b"- " * 5_000 + b"x", "line 1: nested more than 200 levels deep"),
    "bad YAML": (b"Resources:\n  A: [\n", "not YAML"),
    "tabs in YAML": (
        b"Resources:\n\tA: 1\n",
        "line 2: not YAML: found character that cannot start any token; indent with spaces",
    ),
    "unknown alias": (
        b"Resources: *x\n",
        "line 1: the alias `*x` names no anchor; define the anchor before it",
    ),
    "alias of itself": (
        b"Resources: &x\n  A: *x\n",
        "line 2: the alias `*x` contains itself; write its value out",
    ),
    "two documents": (
        b"a: 1\n---\nb: 2\n",
        "line 2: a second YAML document begins here; put each in its own file",
    ),
    "bad statement": (
        b'{"Statement": [\n{"Effect": "Allow", "Action": "a:A", "Resource": "*"},\n{"Effect": "Allow"}]}',
        "line 3: /Statement/1: `Action` is missing; name the actions",
    ),
    "duplicate key in JSON": (
        b'{"Statement": [{"Effect": "Allow",\n"Action": "a:A",\n"Action": "b:B", "Resource": "*"}]}',
        "line 3: the key `Action` appears twice in one object; keep one (the last was reviewed)",
    ),
    "duplicate key in YAML": (
        b"Statement:\n- Effect: Allow\n  Action: a:A\n  Resource: '*'\n  Action: b:B\n",
        "line 5: the key `Action` appears twice in one object",
    ),
    "too many digits": (
        b'{"Resources":\n {"a": ' + b"9" * 5_000 + b"}}",
        "line 2: a number with thousands of digits; write it as a text",
    ),
}


@pytest.mark.parametrize("name", _FAULTS)
def test_a_fault_is_one_line(name: str) -> None:
    data, expected = _FAULTS[name]
    (found,) = read([STDIN], stdin=data).inputs
    assert found.error is not None
    assert expected in found.error
    assert "\n" not in found.error


def test_what_is_wrong_in_one_statement_leaves_the_others() -> None:
    model = read([STDIN], stdin=_FAULTS["bad statement"][0])
    assert [item.actions for item in model.principals[0].policies[0].statements] == [("a:A",)]


def test_of_a_key_that_stands_twice_the_last_is_read() -> None:
    for name in ("duplicate key in JSON", "duplicate key in YAML"):
        model = read([STDIN], stdin=_FAULTS[name][0])
        assert [item.actions for item in model.principals[0].policies[0].statements] == [("b:B",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_understood(encoding: str) -> None:
    model = read([STDIN], stdin=_GOOD.encode(encoding))
    assert [(item.kind, item.error) for item in model.inputs] == [("cfn-template", None)]


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    (found,) = read([str(tmp_path / "none.json")]).inputs
    assert found.error == "no such file; check the path"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.json"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    (found,) = read([str(path)]).inputs
    limit = f"52,428,800 bytes, more than the {MAX_BYTES:,} that are read"
    assert found.error == f"{limit}; split the file, or review the stacks one by one"


def test_yaml_that_is_too_large_is_refused() -> None:
    (found,) = read([STDIN], stdin=b"a: 1\n" * (MAX_YAML_CHARACTERS // 5 + 1)).inputs
    assert found.error is not None
    assert "of YAML, more than the" in found.error


def test_aliases_of_aliases_are_refused_before_anything_walks_them() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{index}: &a{index} [{', '.join([f'*a{index - 1}'] * 10)}]" for index in range(1, 12)]
    (found,) = read([STDIN], stdin="\n".join([*lines, "Statement: *a11"]).encode()).inputs
    assert found.error == "line 5: aliases repeat more than 20,071 values; write the values out"


def test_aliases_that_repeat_a_policy_are_read() -> None:
    text = "a: &s {Effect: Allow, Action: a:A, Resource: '*'}\nStatement: [*s, *s]\n"
    (principal,) = read([STDIN], stdin=text.encode()).principals
    assert len(principal.policies[0].statements) == 2


def test_the_rest_of_the_batch_is_read(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text(_GOOD, encoding="utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text("{", encoding="utf-8")
    model = read([str(bad), str(good), str(tmp_path / "none.json")])
    assert [item.error is None for item in model.inputs] == [False, True, False]
    assert [principal.name for principal in model.principals] == ["R"]


@pytest.mark.parametrize(
    "template",
    [
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": None}}},
        {"Resources": {"R": {"Type": ["AWS::IAM::Role"]}, "S": {"Type": "AWS::IAM::Role"}}},
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": "x", "Tags": 3}}}},
        {"Resources": {"P": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": {"Ref": {}}}}}},
        {"Resources": {"R": {"Type": "AWS::IAM::Role"}}, "Outputs": [], "Parameters": 3, "Mappings": "x"},
    ],
)
def test_wrong_shapes_inside_a_template_do_not_stop_it(template: dict[str, object]) -> None:
    (found,) = read([STDIN], stdin=json.dumps(template).encode()).inputs
    assert found.error is None


def test_cyclic_references_end() -> None:
    template: dict[str, Any] = {
        "Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "${B}"}}}}
        | {"B": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "x${A}"}}}},
        "Outputs": {"O": {"Value": {"Fn::ImportValue": "o"}, "Export": {"Name": "o"}}},
    }
    policy = {"Roles": [{"Fn::ImportValue": "o"}], "PolicyDocument": {"Statement": []}}
    template["Resources"]["P"] = {"Type": "AWS::IAM::Policy", "Properties": policy}
    model = read([STDIN], stdin=json.dumps(template).encode())
    assert {principal.name for principal in model.principals} == {"A", "B", "external:?"}
