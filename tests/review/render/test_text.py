"""The text report answers first, then shows, and folds what is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.review import Options, Report, parse_config, review
from constructs_lib.review.render import render
from constructs_lib.review.rules import rules
from constructs_lib.templates import read_document

_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def _role(action: str | list[str], resource: str = "*", path: str | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    role: dict[str, Any] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
        },
    }
    if path:
        role["Metadata"] = {"aws:cdk:path": path}
    return role


def _report(roles: dict[str, dict[str, Any]], config: str = "", **more: Any) -> Report:
    options = Options(
        config=parse_config(config, "c.toml", [rule.id for rule in rules()]) if config else None
    )
    return review(read_document({"Resources": roles, **more}, "t.json"), options)


_APART = _role("bedrock:InvokeModel", _MODEL)
_MIXED = _role(["bedrock:InvokeModel", "bedrock:CreateGuardrail"])


def _many(count: int) -> Report:
    """Return a report with five kinds of roles, each many times."""
    others = ["InvokeModel", "CreateAgent", "GetGuardrail", "Retrieve", "DeleteGuardrail"]
    roles = {}
    for number in range(count):
        actions = ["bedrock:InvokeModel", f"bedrock:{others[number % 5]}"]
        roles[f"Role{number}"] = _role(actions, path=f"App/Number{number}/Role/Resource")
    return _report(roles)


@pytest.mark.parametrize(
    ("report", "answer"),
    [
        (_report({"A": _APART}), "The planes are kept apart: no principal reaches both."),
        (_report({"A": _APART, "B": _MIXED}), "not kept apart: one principal reaches both (BP101)"),
        (
            _report({"A": _APART}, Transform="Mine"),
            "No principal is seen to reach both planes, but",
        ),
        (_report({}), "No principal was found"),
    ],
    ids=["kept", "crossed", "not read", "empty"],
)
def test_only_the_date_and_what_was_not_read_come_before_the_answer(report: Report, answer: str) -> None:
    lines = render(report, "text").splitlines()
    assert lines[0].startswith("catalogue of ")
    (line,) = [number for number, text in enumerate(lines) if answer in text]
    assert all(not text or text.startswith("not read") for text in lines[1:line])


def test_an_acknowledged_crossing_is_no_open_one_but_is_said() -> None:
    table = '[[tool.bedrock-planes.acknowledge]]\nrule = "BP101"\nprincipal = "B"\nreason = "break glass"\n'
    text = render(_report({"B": _MIXED}, table), "text")
    assert "not kept apart" not in text
    assert "1 crossing acknowledged" in text


def test_a_rule_that_is_off_keeps_no_planes_apart() -> None:
    text = render(_report({"B": _MIXED}, '[tool.bedrock-planes]\noff = ["BP101"]\n'), "text")
    assert "kept apart" not in text
    assert "1 verdict `mixed` without a finding" in text


def test_quiet_is_one_screen_and_the_beginning_of_the_whole() -> None:
    report = _many(500)
    quiet = render(report, "text", detail="quiet")
    assert len(quiet.splitlines()) <= 24
    assert render(report, "text").startswith(quiet)
    assert sum(" BP" in line and "alike" in line for line in quiet.splitlines()) == 5
    assert "BP101" in quiet


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("detail", ["normal", "verbose"])
def test_no_line_is_wider_than_the_terminal(width: int, detail: Any) -> None:
    lines = render(_many(30), "text", width=width, detail=detail).splitlines()
    assert all(len(line) <= width or " " not in line.strip() for line in lines)  # places stay whole
    assert max(len(line) for line in lines if line.startswith("    ")) <= 110


def test_identical_roles_fold_and_verbose_unfolds() -> None:
    report = _many(500)
    assert len(render(report, "text").splitlines()) < 200
    assert "more (--verbose" not in render(report, "text", detail="verbose")
    assert all(f"App/Number{n}/Role" in render(report, "text", detail="verbose") for n in (0, 250, 499))


def test_principals_have_the_names_that_people_gave_them() -> None:
    text = render(
        _report({"Chat5C1A": {**_MIXED, "Metadata": {"aws:cdk:path": "App/Chat/Resource"}}}), "text"
    )
    assert "\nApp/Chat  " in text
    assert "\nApp/Chat  (Chat5C1A)\n" in text


def test_a_corrected_statement_can_be_pasted() -> None:
    action = "bedrock:ListFoundationModels"
    report = _report({"A": _role([action, "bedrock:InvokeModel"], _MODEL)})
    (fix,) = [finding.fix for finding in report.findings if finding.fix]
    text = render(report, "text", width=60)
    start = text.index("replace the statement by\n")
    value, _ = json.JSONDecoder().raw_decode(text[text.index("{", start) :])
    assert value == fix.statement
