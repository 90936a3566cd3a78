"""Render a report as Markdown, for a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.inert import markdown_code, markdown_text
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
            yield from (f"- **cannot read** {markdown_code(item.path)}: {markdown_text(item.error)}", "")
    for line in unread_lines(report):
        yield from (f"- {markdown_text(line)}", "")
    principals, labels = shown_principals(report), labels_of(report)
    if principals:
        families = families_of(principals)
        yield "| principal | kind | verdict | " + " | ".join([*families, "incomplete"]) + " |"
        yield "|---" * (4 + len(families)) + "|"
        for principal in principals:
            cells = [cell(principal, family) for family in families]
            known = str(len(principal.incomplete) or "")
            row = [markdown_code(labels[principal.id]), principal.kind, principal.verdict, *cells, known]
            yield "| " + " | ".join(row) + " |"
        yield ""
    for principal_or_none, findings, same in grouped(report):
        title = markdown_code(labels[principal_or_none.id]) if principal_or_none else "Resources"
        yield from (f"## {title}", "")
        yield from _others(same)
        for finding in findings:
            where = markdown_code(place(finding.location))
            yield f"- **{state_of(finding)} {finding.rule}** {finding.name}, {where}  "
            yield f"  {markdown_text(finding.message)}  "
            if finding.witness:
                resource = markdown_code(finding.witness.resource)
                yield f"  Proof: {markdown_code(finding.witness.action)} on {resource}  "
            if finding.acknowledged:
                reason, place_of = finding.acknowledged.reason, finding.acknowledged.at
                yield f"  Acknowledged: {markdown_text(reason)} ({markdown_code(place_of)})"
            else:
                yield f"  {markdown_text(finding.help)}"
        yield ""
    yield from (f"- {markdown_text(remark)}" for remark in remark_lines(report))


def _others(names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield from (f"The same for {', '.join(map(markdown_code, names))}.", "")
