"""A stored report is read back, and a file that is not a report gives an error of one line."""

from __future__ import annotations

import json

import pytest

from constructs_lib.review import (
    FamilyUse,
    PrincipalReport,
    Report,
    ReportError,
    Summary,
    Touches,
    is_report,
    load_report,
    to_json,
)
from constructs_lib.templates import Incomplete, Input

PRINCIPAL = PrincipalReport(
    id="App.template.json#Role",
    name="Role",
    construct_path="App/Role",
    kind="app",
    verdict="data",
    touches=Touches(data=True),
    families={
        "bedrock-runtime": FamilyUse(
            "data", ("bedrock:InvokeModel",), ("arn:aws:bedrock:?::foundation-model/m",)
        )
    },
    incomplete=(Incomplete("/Resources/Role", "managed policy imported from elsewhere"),),
)
INPUTS = (Input("App.template.json", "cfn-template", None), Input("x.json", None, "not JSON"))
REPORT = Report("1", {}, INPUTS, (PRINCIPAL,), (), Summary(1, 0, 0, 0, 0))


def test_principals_and_faults_are_read_back() -> None:
    assert load_report(to_json(REPORT), "r.json") == ((PRINCIPAL,), ("`x.json`: not JSON",))


def test_a_report_is_distinguished_from_a_template() -> None:
    assert is_report(to_json(REPORT))
    assert is_report("\ufeff" + json.dumps({"schema": "bedrock-planes/review/9"}))
    assert not is_report('{"Resources": {}}')


def _without(key: str) -> str:
    value = json.loads(to_json(REPORT))
    del value["principals"][0][key]
    return json.dumps(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "can't be read (line 1: not JSON"),
        ("[" * 100_000, "can't be read (nested too deeply)"),
        ("[]", "is no report"),
        ("{}", "is no report"),
        (
            '{"schema": "bedrock-planes/review/2"}',
            "is of schema `bedrock-planes/review/2`, this version reads",
        ),
        (
            '{"schema": "bedrock-planes/review/1"}',
            "lacks a part of the report format (KeyError: 'principals')",
        ),
        (_without("families"), "lacks a part of the report format (KeyError: 'families')"),
        (_without("verdict"), "lacks a part of the report format (KeyError: 'verdict')"),
    ],
)
def test_a_fault_is_one_line_with_the_remedy(text: str, expected: str) -> None:
    with pytest.raises(ReportError) as caught:
        load_report(text, "r.json")
    message = str(caught.value)
    assert message.startswith("`r.json` ")
    assert expected in message
    assert "bedrock-planes review --format json" in message
    assert "\n" not in message
