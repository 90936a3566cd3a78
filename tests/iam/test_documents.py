from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.iam.documents import DocumentError, parse_document, parse_statement
from constructs_lib.iam.model import UNRESOLVED, Condition, Statement

MINIMAL = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}


def parse(document: object) -> tuple[Statement, ...]:
    return parse_document(document, name="p", path="f.json", pointer="/Doc").statements


@pytest.mark.parametrize(
    "document",
    [
        {"Statement": MINIMAL},
        {"Statement": [MINIMAL]},
        {"statement": [MINIMAL]},
        json.dumps({"Statement": [MINIMAL]}),
        {"Statement": [{"EFFECT": "allow", "ACTION": ["bedrock:InvokeModel"], "resource": ["*"]}]},
        {"Statement": [[MINIMAL]]},
        {"Statement": {**MINIMAL, "Action": [["bedrock:InvokeModel"]]}},
    ],
    ids=["single", "list", "lower", "text", "any-case", "nested-list", "nested-strings"],
)
def test_every_spelling_means_the_same(document: object) -> None:
    (statement,) = parse(document)
    assert (statement.effect, statement.actions, statement.resources) == (
        "Allow",
        ("bedrock:InvokeModel",),
        ("*",),
    )
    assert (statement.not_actions, statement.not_resources, statement.principals) == (None, None, None)


@pytest.mark.parametrize(
    ("element", "field"), [("NotAction", "not_actions"), ("NotResource", "not_resources")]
)
def test_negated_elements_are_kept_apart(element: str, field: str) -> None:
    rest = {key: value for key, value in MINIMAL.items() if f"Not{key}" != element}
    (statement,) = parse({"Statement": {**rest, element: "x:*"}})
    assert getattr(statement, field) == ("x:*",)
    assert getattr(statement, field.removeprefix("not_")) is None


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", (("AWS", "*"),)),
        ({"AWS": "*"}, (("AWS", "*"),)),
        ({"AWS": 111122223333}, (("AWS", "111122223333"),)),
        (
            {"service": ["a.amazonaws.com", "b.amazonaws.com"], "Federated": "x"},
            (("Service", "a.amazonaws.com"), ("Service", "b.amazonaws.com"), ("Federated", "x")),
        ),
    ],
)
def test_principals_become_pairs(principal: object, expected: object) -> None:
    (statement,) = parse({"Statement": {**MINIMAL, "Principal": principal}})
    assert statement.principals == expected
    (negated,) = parse({"Statement": {**MINIMAL, "NotPrincipal": principal}})
    assert (negated.principals, negated.not_principals) == (None, expected)


def test_conditions_keep_their_spelling_and_become_text() -> None:
    block = {
        "Bool": {"aws:SecureTransport": True},
        "NumericLessThan": {"x": [1, 2.5]},
        "StringEquals": {"k": "v"},
    }
    (statement,) = parse({"Statement": {**MINIMAL, "Condition": block}})
    assert statement.conditions == (
        Condition("Bool", "aws:SecureTransport", ("true",)),
        Condition("NumericLessThan", "x", ("1", "2.5")),
        Condition("StringEquals", "k", ("v",)),
    )


def test_pointers_name_the_place_as_the_input_spells_it() -> None:
    first, second = parse({"statement": [MINIMAL, [MINIMAL]]})
    assert first.origin.pointer == "/Doc/statement/0"
    assert second.origin.pointer == "/Doc/statement/1/0"
    assert parse({"Statement": MINIMAL})[0].origin.pointer == "/Doc/Statement"


def test_open_parts_stay_open_and_carry_their_reasons() -> None:
    wholly = parse(UNRESOLVED)[0]
    assert (wholly.effect, wholly.actions, wholly.resources) == ("Allow", (UNRESOLVED,), (UNRESOLVED,))
    open_block = parse({"Statement": {**MINIMAL, "Condition": UNRESOLVED}})[0]
    assert open_block.conditions == (Condition(UNRESOLVED, UNRESOLVED, (UNRESOLVED,)),)
    marked = parse_statement(
        {**MINIMAL, "Resource": f"arn:{UNRESOLVED}"}, path="f", pointer="", unresolved=["ImportValue X"]
    )
    assert marked.unresolved == ("ImportValue X",)
    assert parse_statement(MINIMAL, path="f", pointer="", unresolved=["ImportValue X"]).unresolved == ()


BAD: list[tuple[object, str, str]] = [
    ([], "/Doc", "a policy is a JSON object, got a list"),
    (None, "/Doc", "got null"),
    ("{", "/Doc", "not JSON"),
    ("[" * 100_000, "/Doc", "nests too deeply"),
    ({}, "/Doc", "`Statement` is missing"),
    ({"Statement": None}, "/Doc/Statement", "a statement is a JSON object, got null"),
    ({"Statement": [MINIMAL, 3]}, "/Doc/Statement/1", "got a number"),
    ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "/Doc/Statement", "`Action` is missing"),
    ({"Statement": {"Action": "*", "Resource": "*"}}, "/Doc/Statement", "`Effect` is missing"),
    ({"Statement": {**MINIMAL, "Effect": "Alow"}}, "/Doc/Statement/Effect", "unknown effect `Alow`"),
    (
        {"Statement": {**MINIMAL, "NotAction": "x"}},
        "/Doc/Statement",
        "`NotAction` exclude each other",
    ),
    ({"Statement": {**MINIMAL, "action": "x"}}, "/Doc/Statement", "`Action` is given twice"),
    ({"Statement": {**MINIMAL, "Resource": {"Ref": "X"}}}, "/Doc/Statement/Resource", "got an object"),
    ({"Statement": {**MINIMAL, "Action": ["a", 1]}}, "/Doc/Statement/Action/1", "got a number"),
    ({"Statement": {**MINIMAL, "Condition": "x"}}, "/Doc/Statement/Condition", "a condition is an object"),
    ({"Statement": {**MINIMAL, "Condition": {"Bool": "x"}}}, "/Doc/Statement/Condition/Bool", "got a string"),
    ({"Statement": {**MINIMAL, "Principal": 3}}, "/Doc/Statement/Principal", "`*` or an object"),
]


@pytest.mark.parametrize(("document", "pointer", "what"), BAD)
def test_what_is_no_policy_is_refused_in_one_line(document: Any, pointer: str, what: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(document)
    error = caught.value
    assert error.pointer == pointer
    assert what in error.what
    assert str(error) == f"{pointer}: {error.what}; {error.remedy}"
    assert "\n" not in str(error)
    assert error.remedy
