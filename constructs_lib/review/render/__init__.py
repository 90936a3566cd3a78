"""Output formats: one module per format, each with ``render(report) -> str``, loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.review.model import Report

__all__ = ["FORMATS", "render"]

FORMATS: dict[str, str] = {
    "text": "text",
    "json": "json_",
    "sarif": "sarif",
    "markdown": "markdown",
    "html": "html_",
}


def render(report: Report, format_name: str, *, colour: bool = False, width: int = 110) -> str:
    """Render a report in one of :data:`FORMATS`. ``colour`` and ``width`` (columns) count for text alone.

    Raises:
        KeyError: no such format.

    """
    module = importlib.import_module(f"{__name__}.{FORMATS[format_name]}")
    if format_name == "text":
        return str(module.render(report, colour=colour, width=width))
    return str(module.render(report))
