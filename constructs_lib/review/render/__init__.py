"""Render reports: one module per output format, each loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from constructs_lib.inert import without_commands
from constructs_lib.review.render.shared import Detail
from constructs_lib.review.report import json_pieces, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.review.model import Report

__all__ = ["FORMATS", "Detail", "drawn", "pieces", "render"]

FORMATS = ("text", "json", "sarif", "markdown", "html", "github")
"""The names of the formats."""

_MODULES = {
    "text": "text",
    "sarif": "sarif",
    "markdown": "markdown",
    "html": "html_page",
    "github": "annotations",
}


def pieces(
    report: Report, format_name: str, *, colour: bool = False, width: int = 110, detail: Detail = "normal"
) -> Iterable[str]:
    """Return the text of :func:`render` in pieces, so that a large report is not in memory twice."""
    if format_name == "json":
        return json_pieces(report)
    return (render(report, format_name, colour=colour, width=width, detail=detail),)


def render(
    report: Report, format_name: str, *, colour: bool = False, width: int = 110, detail: Detail = "normal"
) -> str:
    """Render a report.

    Args:
        report: The report.
        format_name: One of :data:`FORMATS`.
        colour: Whether to add ANSI codes; only for ``text``.
        width: The number of columns to keep to; only for ``text``.
        detail: How much to say; only for ``text``.

    Raises:
        KeyError: There is no such format.

    """
    if format_name == "json":
        return to_json(report)
    module = importlib.import_module(f"{__name__}.{_MODULES[format_name]}")
    if format_name == "text":
        return str(module.render(report, colour=colour, width=width, detail=detail))
    if format_name == "github":  # its lines are commands, made of escaped texts
        return str(module.render(report))
    return without_commands(str(module.render(report)), format_name)


def drawn(report: Report) -> str:
    """Return the SVG of who reaches which plane; the same report gives the same bytes."""
    from constructs_lib.review.render.drawing import draw  # noqa: PLC0415 - loaded when it is asked for

    return without_commands(draw(report), "html")
