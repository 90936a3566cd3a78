"""What CDK apps look like raises no false alarm: the exact findings on each template are committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read

_HERE = Path(__file__).parent
_EXPECTED = json.loads((_HERE / "expected.json").read_text(encoding="utf-8"))
_TEMPLATES = sorted((_HERE / "templates").glob("*.json"))


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: path.stem)
def test_the_findings_are_exactly_those_expected(path: Path) -> None:
    report = review(read([str(path)]))
    assert [item.error for item in report.inputs] == [None]
    found = [[f.rule, f.severity, f.location.pointer] for f in report.findings]
    assert found == _EXPECTED[path.stem]


def test_there_are_enough_templates() -> None:
    assert len(_TEMPLATES) >= 25
    assert {path.stem for path in _TEMPLATES} == set(_EXPECTED)


def test_only_administrators_are_reported() -> None:
    reported = {name: {rule for rule, _, _ in found} for name, found in _EXPECTED.items() if found}
    assert reported == {"AdministratorRole": {"BP101", "BP201"}, "Bootstrap": {"BP101", "BP201"}}
