"""Everything that the rules say, in one file: a reviewer reads it at once, and each change shows in its diff.

``pytest tests/review/rules/test_messages.py --snapshot-update`` renews the file.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from constructs_lib.review import Options, review
from constructs_lib.review.rules import cases, rules
from constructs_lib.templates import read_document
from tests.review.rules.code_cases import code_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syrupy.assertion import SnapshotAssertion

    from constructs_lib.review.rules import Rule


class _Markdown(SingleFileSnapshotExtension):
    """A text file of its own, which opens as a page."""

    _write_mode = WriteMode.TEXT
    file_extension = "md"


def _texts(rule: Rule) -> Iterator[str]:
    """Yield each distinct severity, message, help and reason of the rule's flagged cases, in their order."""
    for case in cases(rule.id)["flagged"]:
        options = Options(today=date(2026, 1, 1), **case.get("options", {}))
        report = (
            code_report(case)
            if "code" in case
            else review(read_document(case["document"], "case.json"), options)
        )
        for finding in report.findings:
            if finding.rule == rule.id:
                lines = [f"- {finding.severity}: {finding.message}", f"  - help: {finding.help}"]
                if finding.witness:
                    lines.append(f"  - because: {finding.witness.because}")
                yield "\n".join(lines)


def _words() -> str:
    parts = ["# What the rules say"]
    for rule in rules():
        parts.append(f"## {rule.id} {rule.name} ({rule.severity})\n\n{rule.summary}")
        parts.append("\n".join(dict.fromkeys(_texts(rule))))
    return "\n\n".join(parts) + "\n"


def test_messages_of_every_rule(snapshot: SnapshotAssertion) -> None:
    assert _words() == snapshot(extension_class=_Markdown)


@pytest.mark.parametrize("word", ["whom", "mend", "stands", "stand beside", "comes to", "met by"])
def test_messages_are_in_plain_english(word: str) -> None:
    texts = [_words(), *(rule.documentation for rule in rules())]
    assert [line for text in texts for line in text.splitlines() if f" {word} " in line.lower()] == []
