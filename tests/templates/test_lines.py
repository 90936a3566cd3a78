"""Lines of findings: the same pointer leads to the right line in JSON and in YAML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.templates import STDIN, Sources, read
from constructs_lib.templates.decode import first_duplicate
from constructs_lib.templates.positions import JsonLines
from constructs_lib.templates.yaml import load, positions

_JSON = """{
  "Resources": {
    "A/b~c": {"Type": "x"},
    "R": {
      "Type": "AWS::IAM::Role",
      "Properties": {
        "Tags": [
          {"Key": "a"},

          {"Key": "b"}
        ]
      }
    }
  }
}"""
_YAML = """# comment
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [a:A,
                         a:B]
                Resource: !Sub "${X}"
              - !If
                - C
                - Effect: Allow
                  Action: a:C
                  Resource: '*'
                - !Ref AWS::NoValue
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/Resources", 2),
        ("/Resources/A~1b~0c", 3),
        ("/Resources/R", 4),
        ("/Resources/R/Properties/Tags", 7),
        ("/Resources/R/Properties/Tags/0/Key", 8),
        ("/Resources/R/Properties/Tags/1", 10),
        ("/Resources/R/Properties/Tags/7", 7),  # the nearest that exists
        ("/Resources/R/Type/x", 5),
        ("/Nothing", 1),
        ("nonsense", None),
    ],
)
def test_a_pointer_into_json(pointer: str, line: int | None) -> None:
    assert JsonLines(_JSON).line(pointer) == line


_STATEMENT = "/Resources/R/Properties/Policies/0/PolicyDocument/Statement"


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("/Resources", 2),
        ("/Resources/R/Properties/Policies/0", 7),
        (f"{_STATEMENT}/0", 10),
        (f"{_STATEMENT}/0/Action/1", 12),
        (f"{_STATEMENT}/1", 14),
        (f"{_STATEMENT}/1/Fn::If/1", 16),
        (f"{_STATEMENT}/1/Fn::If/1/Action", 17),
        (f"{_STATEMENT}/9", 9),
    ],
)
def test_a_pointer_into_yaml(pointer: str, line: int) -> None:
    assert Sources({STDIN: _YAML.encode()}).line_of(STDIN, pointer) == line


def test_statements_of_a_yaml_template_lead_to_their_lines() -> None:
    (role,) = read([STDIN], stdin=_YAML.encode()).principals
    sources = Sources({STDIN: _YAML.encode()})
    origins = [item.origin for policy in role.policies for item in policy.statements]
    assert [sources.line_of(origin.path, origin.pointer) for origin in origins] == [10, 16]


def test_a_file_without_lines_has_none() -> None:
    sources = Sources({"x": b"\xff\xff", "y": b""})
    assert sources.line_of("x", "/a") is None
    assert sources.line_of("no/such/file", "/a") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref a", {"Ref": "a"}),
        ("!GetAtt a.b.c", {"Fn::GetAtt": ["a", "b.c"]}),
        ("!GetAtt [a, b]", {"Fn::GetAtt": ["a", "b"]}),
        ("!Condition c", {"Condition": "c"}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Join [',', [a, !Ref b]]", {"Fn::Join": [",", ["a", {"Ref": "b"}]]}),
        ("!If [c, 1, !Ref 'AWS::NoValue']", {"Fn::If": ["c", "1", {"Ref": "AWS::NoValue"}]}),
        ("{a: 012345678901}", {"a": "012345678901"}),
        ("{Version: 2012-10-17}", {"Version": "2012-10-17"}),
        ("{a: true, b: 'true', c: ~, d: no}", {"a": True, "b": "true", "c": None, "d": False}),
        ("a: &x {k: 1}\nb: *x", {"a": {"k": "1"}, "b": {"k": "1"}}),
        ("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3", {"a": {"k": "1", "l": "2"}, "b": {"l": "2", "k": "3"}}),
        ("? [a, b]\n: 1", {"['a', 'b']": "1"}),
    ],
)
def test_yaml_becomes_what_the_long_form_says(text: str, value: Any) -> None:
    found, duplicate = load(text)
    assert found == value
    assert duplicate is None


def test_every_pointer_of_a_yaml_text_has_a_line() -> None:
    lines = positions("a:\n  - 1\n  - b: !Sub\n      - x\n      - {c: 2}\n")
    assert lines == {
        "": 1,
        "/a": 1,
        "/a/0": 2,
        "/a/1": 3,
        "/a/1/b": 3,
        "/a/1/b/Fn::Sub/0": 4,
        "/a/1/b/Fn::Sub/1": 5,
        "/a/1/b/Fn::Sub/1/c": 5,
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n"b": {"a": 2}}', None),
        ('{"a": 1,\n"a": 2}', 2),
        ('{"a": "x",\n"b": {"c": "\\"",\n"c": ","}}', 3),
        ('[{"a": 1}, {"a": 1}]', None),
        ('{"a": "a", "\\u0061": "b"}', 1),
    ],
)
def test_the_first_key_that_stands_twice(text: str, line: int | None) -> None:
    json.loads(text)
    assert first_duplicate(text) == line


@pytest.mark.parametrize(
    "text",
    [
        '{"Resources": {\n"Role": {"Type": "T", "Ref": "Role",\n"Properties": {"a": 1}}}}',
        '{"Outputs": {"Role": 1},\n"Resources": {\n"Role": {"Type": "T",\n"Properties": {"a": 1}}}}',
        '{"x\\"Role": 1,\n"Resources": {\n"Role" : {"Type": "T",\n"Properties": {"a": 1}}}}',
        '{"x": {"Role": 1},\n"Resources": {\n"R\\u006fle" : {"Type": "T",\n"Properties": {"a": 1}}}}',
        '{"Resources": {\n"Role": {"Type": "T",\n"Properties": {"a": 1}},\n"Role": {\n"Properties": {}}}}',
    ],
)
def test_knowing_the_ids_changes_no_line(text: str) -> None:
    ids = json.loads(text)["Resources"]
    pointers = ("/Resources/Role", "/Resources/Role/Properties/a", "/Resources/Role/None", "/Resources/No/x")
    expected = [JsonLines(text).line(pointer) for pointer in pointers]
    assert [JsonLines(text, ids).line(pointer) for pointer in pointers] == expected
    known = JsonLines(text, ids)
    assert [known.line(pointer) for pointer in reversed(pointers)] == expected[::-1]
