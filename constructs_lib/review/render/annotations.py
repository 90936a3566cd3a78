"""Render a report as annotations of a workflow on GitHub, which the pull request shows beside its lines.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.inert import one_line
from constructs_lib.review.render.shared import headline, remark_lines, summary_line, unread_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.model import Finding, Report

__all__ = ["render"]

_SHOWN: Final = 10
"""Annotations of each kind that GitHub shows for one step.

Source: https://docs.github.com/en/rest/checks/runs
"""
_LINE: Final = re.compile(r"[^\r\n]+")
_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report) -> str:
    """Return a command to a line, the worst findings first, with a final newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"{one_line(headline(report)).replace('::', ': :')} {summary_line(report)}"
    for item in report.inputs:
        if item.error:
            yield _command("error", item.path, None, "not read", item.error)
    for line in (*unread_lines(report), *remark_lines(report)):
        yield one_line(line).replace("::", ": :")
    open_findings = [finding for finding in report.findings if finding.acknowledged is None]
    for severity, command in _COMMANDS.items():
        found = [finding for finding in open_findings if finding.severity == severity]
        # The last one tells of those that GitHub doesn't show.
        cut = len(found) > _SHOWN
        yield from (_of(command, finding) for finding in found[: _SHOWN - cut])
        if cut:
            rules = ", ".join(dict.fromkeys(finding.rule for finding in found[_SHOWN - 1 :]))
            more = f"{len(found) - _SHOWN + 1} more findings of this severity ({rules})"
            yield _command(command, "", None, "more", f"{more}: the report has them")


def _of(command: str, finding: Finding) -> str:
    place = finding.location
    return _command(
        command,
        place.path,
        place.line,
        f"{finding.rule} {finding.name}",
        f"{finding.message}. Help: {finding.help}",
    )


def _command(command: str, path: str, line: int | None, title: str, message: str) -> str:
    properties = {"file": path, "line": str(line or 1) if path else "", "title": title}
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{command} {written}::{_data(message)}"


def _data(text: str) -> str:
    """Escape the text behind a command, as GitHub's own toolkit does, without control characters."""
    shown = _LINE.sub(lambda found: one_line(found[0]), text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
