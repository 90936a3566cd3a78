"""Render a report as one HTML page without scripts or references to other files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from constructs_lib.inert import one_line
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

    from constructs_lib.review.model import Finding, Report

__all__ = ["render"]

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse }
td, th { border: 1px solid #d0d7de; padding: .25rem .6rem; text-align: left }
code { background: #f2f4f6; padding: 0 .2rem } .error { color: #b42318 } .warning { color: #8a6100 }
.note { color: #175cd3 } .acknowledged { color: #57606a } li { margin: .6rem 0 } .mixed { color: #b42318 }
""".strip()


def render(report: Report) -> str:
    """Return the page."""
    body = "\n".join(_lines(report))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Bedrock Planes review</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _lines(report: Report) -> Iterator[str]:
    yield "<h1>Bedrock Planes review</h1>"
    yield f"<p>{_shown(summary_line(report))}</p>"
    for item in report.inputs:
        if item.error:
            yield f'<p class="error">cannot read <code>{_shown(item.path)}</code>: {_shown(item.error)}</p>'
    for line in unread_lines(report):
        yield f"<p>{_shown(line)}</p>"
    principals, labels = shown_principals(report), labels_of(report)
    if principals:
        families = families_of(principals)
        heads = "".join(f"<th>{_shown(name)}</th>" for name in ("principal", "kind", "verdict", *families))
        yield f"<table>\n<tr>{heads}</tr>"
        for principal in principals:
            cells = "".join(f"<td>{cell(principal, family)}</td>" for family in families)
            yield (
                f"<tr><td><code>{_shown(labels[principal.id])}</code></td><td>{principal.kind}</td>"
                f'<td class="{principal.verdict}">{principal.verdict}</td>{cells}</tr>'
            )
        yield "</table>"
    for principal_or_none, findings, same in grouped(report):
        yield f"<h2>{_shown(labels[principal_or_none.id]) if principal_or_none else 'Resources'}</h2>"
        if same:
            names = ", ".join(f"<code>{_shown(name)}</code>" for name in same)
            yield f"<p>The same for {names}.</p>"
        yield "<ul>"
        for finding in findings:
            yield _finding(finding)
        yield "</ul>"
    for remark in remark_lines(report):
        yield f"<p>{_shown(remark)}</p>"


def _finding(finding: Finding) -> str:
    state = state_of(finding)
    parts = [
        (
            f'<strong class="{state}">{state} {finding.rule}</strong> {_shown(finding.name)} '
            f"<code>{_shown(place(finding.location))}</code>"
        ),
        _shown(finding.message),
    ]
    if finding.witness:
        action, resource = _shown(finding.witness.action), _shown(finding.witness.resource)
        parts.append(f"Proof: <code>{action}</code> on <code>{resource}</code>")
    if finding.acknowledged:
        parts.append(f"Acknowledged: {_shown(finding.acknowledged.reason)}")
    else:
        parts.append(_shown(finding.help))
    return "<li>" + "<br>".join(parts) + "</li>"


def _shown(text: str) -> str:
    """Return a text as the page's text, on one line."""
    return escape(one_line(text))
