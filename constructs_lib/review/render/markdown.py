"""Render a report as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.review.render.shared import (
    cell,
    families_of,
    grouped,
    labels_of,
    place,
    remark_lines,
    shown_principals,
    state_of,
    summary_line,
    unread_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.model import Report

__all__ = ["render"]


def render(report: Report) -> str:
    """Return the Markdown text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield from ("# Bedrock Planes review", "", summary_line(report), "")
    for item in report.inputs:
        if item.error:
            yield from (f"- **cannot read** {_code(item.path)}: {_text(item.error)}", "")
    for line in unread_lines(report):
        yield from (f"- {_text(line)}", "")
    principals, labels = shown_principals(report), labels_of(report)
    if principals:
        families = families_of(principals)
        yield "| principal | kind | verdict | " + " | ".join([*families, "incomplete"]) + " |"
        yield "|---" * (4 + len(families)) + "|"
        for principal in principals:
            cells = [cell(principal, family) for family in families]
            known = str(len(principal.incomplete) or "")
            row = [_code(labels[principal.id]), principal.kind, principal.verdict, *cells, known]
            yield "| " + " | ".join(row) + " |"
        yield ""
    for principal_or_none, findings, same in grouped(report):
        yield from (f"## {_code(labels[principal_or_none.id]) if principal_or_none else 'Resources'}", "")
        yield from _others(same)
        for finding in findings:
            where = _code(place(finding.location))
            yield f"- **{state_of(finding)} {finding.rule}** {finding.name}, {where}  "
            yield f"  {_text(finding.message)}  "
            if finding.witness:
                yield f"  Proof: {_code(finding.witness.action)} on {_code(finding.witness.resource)}  "
            if finding.acknowledged:
                reason, place_of = finding.acknowledged.reason, finding.acknowledged.at
                yield f"  Acknowledged: {_text(reason)} ({_code(place_of)})"
            else:
                yield f"  {_text(finding.help)}"
        yield ""
    yield from (f"- {_text(remark)}" for remark in remark_lines(report))


def _others(names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield from (f"The same for {', '.join(map(_code, names))}.", "")


def _text(text: str) -> str:
    """Escape what Markdown or HTML would act on, except the text's own backticks.

    A zero-width space keeps names from mentioning people (`@user`), also where a backtick in a name ends the
    code around it.
    """
    parts = re.sub("`+", "`", text).replace("@", "@\u200b").split("`")
    if len(parts) % 2 == 0:  # nothing closes the last backtick
        parts[-2:] = [f"{parts[-2]}'{parts[-1]}"]
    for index in range(0, len(parts), 2):
        for char in "\\*_[]<>|#":
            parts[index] = parts[index].replace(char, "\\" + char)
    return "`".join(parts).replace("\n", " ").replace("\r", " ")


def _code(text: str) -> str:
    """Return inline code whose content cannot end it or break a table row."""
    clean = text.replace("\n", " ").replace("\r", " ").replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", clean)), default=0))
    return f"{fence} {clean} {fence}" if "`" in clean else f"`{clean}`"
