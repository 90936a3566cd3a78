"""Agreement with the labels of real policies; docs/corpus.md explains every difference."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review import review
from constructs_lib.templates import read_document

_CORPUS = Path(__file__).parents[4] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(
    not (_CORPUS / "labels.json").is_file(), reason="the labelled policies are not beside the repository"
)

# (document, principal, field) where our answer differs from the label, each explained in docs/corpus.md.
_EXPLAINED = {
    ("015", "policy", "touches"),
    ("021", "BedrockAgentCoreStrandsExecutionRole", "touches"),
    ("025", "policy", "touches"),
    ("033", "KbRole", "missing_stream"),
    ("159", "policy", "touches"),
    ("187", "policy", "touches"),
}
_KINDS = ("control_write", "control_read", "data", "data_read")
_NAMES = {"BP301", "BP306"}
_FIELDS = ("touches", "unscoped", "nonexistent", "missing_stream")


@cache
def _answers() -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """Return our answer and the label by document, principal and field."""
    labels = json.loads((_CORPUS / "labels.json").read_text(encoding="utf-8"))
    result: dict[tuple[str, str, str], tuple[Any, Any]] = {}
    for number, principals in labels.items():
        text = (_CORPUS / "policies" / f"{number}.json").read_text(encoding="utf-8")
        report = review(read_document(json.loads(text)["document"], number))
        by_name = {principal.name: principal for principal in report.principals}
        for name, label in principals.items():
            ours = by_name[number if name == "policy" else name]  # a bare policy is named after its file
            found = [finding for finding in report.findings if finding.principal == ours.id]
            # The label lists what IAM doesn't have; what nothing proves wrong may be newer than the data.
            named = [
                f.message.partition(" names ")[2].partition(", which")[0] for f in found if f.rule in _NAMES
            ]
            missing = [name for text in named for name in re.findall("`([^`]*)`", text)]
            rules = {finding.rule for finding in found}
            answers = {
                "touches": {kind: getattr(ours.touches, kind) for kind in _KINDS},
                "unscoped": "BP201" in rules,
                "nonexistent": sorted(set(missing)),
                "missing_stream": "BP305" in rules,
            }
            expected = {
                **label,
                "touches": {kind: label["touches"][kind] for kind in _KINDS},
                "nonexistent": sorted(label["nonexistent"]),
            }
            for field in _FIELDS:
                result[number, name, field] = (answers[field], expected[field])
    return result


@pytest.mark.parametrize("field", _FIELDS)
def test_we_agree_except_where_explained(field: str) -> None:
    differing = {key for key, (ours, label) in _answers().items() if key[2] == field and ours != label}
    assert differing <= _EXPLAINED
    assert len([key for key in _answers() if key[2] == field]) >= 140


def test_each_explanation_is_written_down() -> None:
    text = (Path(__file__).parents[3] / "docs" / "corpus.md").read_text(encoding="utf-8")
    assert [number for number, _, _ in sorted(_EXPLAINED) if f"`{number}`" not in text] == []
