"""Each rule's own examples, and what every rule must bring."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.review import Options, review
from constructs_lib.review.rules import cases, rules
from constructs_lib.review.rules.authoring import SECTIONS, Rule
from constructs_lib.templates import read_document
from tests.review.rules.code_cases import code_report

if TYPE_CHECKING:
    from constructs_lib.review import Finding

_TODAY = date(2026, 1, 1)
_SEVERITIES = {r.id: r.severity for r in rules()}
_FLAGGED = [(r.id, case) for r in rules() for case in cases(r.id)["flagged"]]
_ALLOWED = [(r.id, case) for r in rules() for case in cases(r.id)["allowed"]]


def _name(value: object) -> str:
    return value["title"].replace(" ", "-") if isinstance(value, dict) else str(value)


def _findings(rule_id: str, case: dict[str, Any]) -> list[Finding]:
    if "code" in case:
        return [finding for finding in code_report(case).findings if finding.rule == rule_id]
    model = read_document(case["document"], "case.json")
    assert [item.error for item in model.inputs] == [None]
    report = review(model, Options(today=_TODAY, **case.get("options", {})))
    return [finding for finding in report.findings if finding.rule == rule_id]


@pytest.mark.parametrize(("rule_id", "case"), _FLAGGED, ids=_name)
def test_a_flagged_example_is_found(rule_id: str, case: dict[str, Any]) -> None:
    found = _findings(rule_id, case)
    assert found
    assert found[0].severity == case.get("severity", _SEVERITIES[rule_id])
    assert case.get("message", "") in " ".join(finding.message for finding in found)
    assert case.get("help", "") in " ".join(finding.help for finding in found)
    assert case.get("proof", "") in " ".join(str(finding.witness) for finding in found)


@pytest.mark.parametrize(("rule_id", "case"), _ALLOWED, ids=_name)
def test_an_allowed_example_is_not_found(rule_id: str, case: dict[str, Any]) -> None:
    assert _findings(rule_id, case) == []


@pytest.mark.parametrize("record", rules(), ids=lambda record: record.id)
def test_a_rule_explains_itself(record: Rule) -> None:
    titles = re.findall(r"^## (.+)$", record.documentation, re.MULTILINE)
    assert titles == list(SECTIONS)
    assert all(record.section(title) for title in SECTIONS)
    assert "https://docs.aws.amazon.com/" in record.section("References")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", record.name)
    assert cases(record.id)["flagged"]
    assert cases(record.id)["allowed"]


@pytest.mark.parametrize("record", rules(), ids=lambda record: record.id)
def test_a_rule_imports_public_names_alone(record: Rule) -> None:
    source = Path(str(sys.modules[record.module].__file__)).read_text(encoding="utf-8")
    assert re.findall(r"^ *(?:from|import) .*[. ]_[a-z].*$", source, re.MULTILINE) == []
    assert "SLF001" not in source


def test_ids_and_names_are_unique() -> None:
    assert len({r.id for r in rules()}) == len({r.name for r in rules()}) == len(rules())


@pytest.mark.parametrize(("rule_id", "case"), _FLAGGED, ids=_name)
def test_messages_name_the_thing_and_the_remedy(rule_id: str, case: dict[str, Any]) -> None:
    for finding in _findings(rule_id, case):
        assert finding.message
        assert finding.help
        assert not finding.message.endswith(".")
        assert "`" in finding.message
