"""The report for a person at a terminal: a matrix of principals and families, then the findings."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from constructs_lib.review.render._shared import (
    cell,
    families_of,
    grouped,
    place,
    shown_principals,
    state_of,
    summary_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def render(report: Report, *, colour: bool = False) -> str:
    """Return the text; ``colour`` adds ANSI codes."""
    faults = [item for item in report.inputs if item.error]
    lines = [_paint(f"cannot read {item.path}: {item.error}", "error", colour) for item in faults]
    principals = shown_principals(report)
    if principals:
        lines += ["", *_matrix(principals, colour), ""]
    for principal, findings in grouped(report):
        lines += [*_group(principal, findings, colour), ""]
    lines.append(_paint(summary_line(report), "bold", colour))
    return "\n".join(lines).lstrip("\n") + "\n"


def _paint(text: str, style: str, colour: bool) -> str:
    code = _CODES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if colour and code else text


def _matrix(principals: tuple[PrincipalReport, ...], colour: bool) -> Iterator[str]:
    """Yield one row per principal with the number of actions per family."""
    families = families_of(principals)
    heads = [_SHORT.get(name, name) for name in families]
    names = [_clip(principal.name, 40) for principal in principals]
    width = max(len("principal"), *(len(name) for name in names))
    planes = {name: use.plane for p in principals for name, use in p.families.items()}
    marks = ["*" if planes[name] == "control" else " " for name in families]
    heads = [head + mark.strip() for head, mark in zip(heads, marks, strict=True)]
    yield _paint(
        f"{'principal':<{width}}  {'kind':<8} {'verdict':<8} " + "  ".join(heads), "dim", colour
    ).rstrip()
    for principal, name in zip(principals, names, strict=True):
        cells = "  ".join(
            f"{cell(principal, family):>{len(head)}}" for family, head in zip(families, heads, strict=True)
        )
        verdict = _paint(f"{principal.verdict:<8}", principal.verdict, colour)
        unknown = "  incomplete" if principal.incomplete else ""
        yield f"{name:<{width}}  {principal.kind:<8} {verdict} {cells}{unknown}".rstrip()
    if families:
        yield _paint("actions per family; * control plane", "dim", colour)


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _group(principal: PrincipalReport | None, findings: list[Finding], colour: bool) -> Iterator[str]:
    title = "resources" if principal is None else principal.name
    if principal and principal.construct_path:
        title += f"  ({principal.construct_path})"
    yield _paint(title, "bold", colour)
    for finding in findings:
        yield from _finding(finding, colour)


def _finding(finding: Finding, colour: bool) -> Iterator[str]:
    head = f"{state_of(finding):<7} {finding.rule} {finding.name}"
    yield f"  {_paint(head, state_of(finding), colour)}  {_paint(place(finding.location), 'dim', colour)}"
    message = finding.message + (" (under a condition of the template)" if finding.conditional else "")
    yield from _wrap(message, "    ")
    if finding.witness:
        yield from _wrap(f"proof: {finding.witness.action} on {finding.witness.resource}", "    ")
    if finding.acknowledged:
        until = f", until {finding.acknowledged.expires}" if finding.acknowledged.expires else ""
        reason = f"acknowledged: {finding.acknowledged.reason} ({finding.acknowledged.at}{until})"
        yield from _wrap(reason, "    ")
    else:
        yield from _wrap(f"help: {finding.help}", "    ")


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
