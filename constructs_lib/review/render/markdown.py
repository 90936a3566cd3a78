"""Render a report as Markdown, for a comment on a pull request: the answer, and the rest folded below it."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from constructs_lib.inert import markdown_code, markdown_text, one_line, without_commands
from constructs_lib.review.render.shared import (
    alike,
    cell,
    clip,
    families_of,
    grouped,
    headline,
    labels_of,
    names_of,
    place,
    remark_lines,
    shown_principals,
    state_of,
    summary_line,
    unread_lines,
    verdict_line,
    worst_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.review.model import Finding, PrincipalReport, Report
    from constructs_lib.review.render.shared import Group

__all__ = ["render"]

_LIMIT = 65_000
"""GitHub refuses a longer comment: ``Body is too long (maximum is 65536 characters)``."""
_NAME = 120
_ROWS = 40
_FOLD = 20
_LINES = 10
_LEFT_OUT = "The comment is full: {} more findings are in the other formats, such as `--format html`."


def render(report: Report) -> str:
    """Return the Markdown text, short enough for a comment."""
    head = [*_head(report), *_matrix(report)]
    tail = [f"- {markdown_text(remark)}" for remark in remark_lines(report)]
    room = _LIMIT - sum(len(line) + 1 for line in (*head, *tail)) - len(_LEFT_OUT) - 20
    groups = grouped(report)
    body, written = _findings(report, groups, room)
    left_out = sum(len(group.findings) for group in groups) - written
    if left_out:
        body += [_LEFT_OUT.format(left_out), ""]
    return "\n".join([*head, *body, *tail]) + "\n"


def _head(report: Report) -> Iterator[str]:
    """Yield the answer, the counts, what was not read, and the worst findings if there are many."""
    names, groups = names_of(report), grouped(report)
    yield from ("# Bedrock Planes review", "", f"**{markdown_text(headline(report))}**", "")
    data = report.catalogue["date"]
    yield from (f"{summary_line(report)}; {verdict_line(report)}. Data of {data}.", "")
    faults = [
        f"- **cannot read** {_code(item.path)}: {markdown_text(clip(item.error, 600))}"
        for item in report.inputs
        if item.error
    ]
    yield from _some(faults)
    yield from _some([f"- {markdown_text(clip(line, 600))}" for line in unread_lines(report)])
    if sum(len(group.findings) for group in groups) > 5:
        for finding, others in worst_of(groups):
            name = names.get(finding.principal or "", "") or finding.location.pointer
            more = f" and {others} alike" if others else ""
            yield f"1. **{finding.severity} {finding.rule}** {finding.name}: {_code(name)}{more}"
        yield ""


def _some(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines, and how many more there are."""
    yield from lines[:_LINES]
    if len(lines) > _LINES:
        yield f"- and {len(lines) - _LINES} more"
    if lines:
        yield ""


def _matrix(report: Report) -> Iterator[str]:
    principals = shown_principals(report)
    if not principals:
        return
    names, families = names_of(report), families_of(principals)
    rows: list[tuple[PrincipalReport, list[PrincipalReport]]] = [(item, []) for item in principals]
    if len(rows) > _FOLD:
        rows = alike(principals)
    yield from _opened(f"Actions per family of {len(principals)} principals")
    yield "| principal | kind | verdict | " + " | ".join([*families, "incomplete"]) + " |"
    yield "|---" * (4 + len(families)) + "|"
    for principal, others in rows[:_ROWS]:
        cells = [cell(principal, family) for family in families]
        known = str(len(principal.incomplete) or "")
        name = _code(names[principal.id]) + (f" and {len(others)} alike" if others else "")
        yield "| " + " | ".join([name, principal.kind, principal.verdict, *cells, known]) + " |"
    left_out = sum(1 + len(others) for _, others in rows[_ROWS:])
    if left_out:
        yield from ("", f"and {left_out} more principals")
    yield from ("", "</details>", "")


def _findings(report: Report, groups: Iterable[Group], room: int) -> tuple[list[str], int]:
    """Return the lines of as many findings as there is room for, and how many these are."""
    names, labels = names_of(report), labels_of(report)
    lines: list[str] = []
    written = 0
    for group in groups:
        opening = list(_opening(group, names, labels))
        closing = ["", "</details>", ""]
        room -= _size(opening) + _size(closing)
        fitting: list[str] = []
        full = False
        for finding in group.findings:
            text = list(_finding(finding))
            full = _size(text) > room
            if full:
                break
            room -= _size(text)
            fitting += text
            written += 1
        if fitting:
            lines += [*opening, *fitting, *closing]
        if full:
            break
    return lines, written


def _size(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _opening(group: Group, names: dict[str, str], labels: dict[str, str]) -> Iterator[str]:
    principal = group.principal
    states = [state_of(finding) for finding in group.findings]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    title = names[principal.id] if principal else "Resources"
    yield from _opened(f"{clip(title, _NAME)}: {counts}", is_open=states[0] == "error")
    if principal and labels[principal.id] != title:
        yield from (f"It is {_code(labels[principal.id])}.", "")
    if group.same:
        more = f" and {len(group.same) - _LINES} more" if len(group.same) > _LINES else ""
        yield from (f"The same for {', '.join(map(_code, group.same[:_LINES]))}{more}.", "")


def _opened(title: str, *, is_open: bool = False) -> Iterator[str]:
    """Yield the beginning of a folded part; its title is HTML, in which nothing of Markdown has a meaning."""
    shown = escape(one_line(title, " ")).replace("@", "@\u200b")
    for char in "`[]*_|":
        shown = shown.replace(char, f"&#{ord(char)};")
    yield from (f"<details{' open' if is_open else ''}><summary>{without_commands(shown)}</summary>", "")


def _finding(finding: Finding) -> Iterator[str]:
    yield f"- **{state_of(finding)} {finding.rule}** {finding.name}, {_code(place(finding.location), 600)}  "
    condition = " (under a condition of the template)" if finding.conditional else ""
    yield f"  {markdown_text(finding.message)}{condition}  "
    if finding.witness:
        resource = _code(finding.witness.resource, 600)
        yield f"  Proof: {_code(finding.witness.action)} on {resource}  "
    if finding.acknowledged:
        reason, at = finding.acknowledged.reason, finding.acknowledged.at
        yield f"  Acknowledged: {markdown_text(reason)} ({_code(at)})"
        return
    yield f"  {markdown_text(finding.help)}"
    if finding.fix:
        # Escapes keep every name of the statement from ending the block or mentioning anybody.
        text = json.dumps(finding.fix.statement, indent=2).replace("@", "\\u0040").replace("`", "\\u0060")
        yield from ("", "  ```json", *(f"  {line}" for line in text.splitlines()), "  ```")


def _code(text: str, limit: int = _NAME) -> str:
    return markdown_code(clip(text, limit))
