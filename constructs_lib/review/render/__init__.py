"""Output formats: one module per format, each with ``render(report) -> str``, loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.review.model import Report

__all__ = ["FORMATS", "pieces", "render"]

FORMATS: dict[str, str] = {
    "text": "text",
    "json": "json_",
    "sarif": "sarif",
    "markdown": "markdown",
    "html": "html_",
}


def pieces(report: Report, format_name: str, *, colour: bool = False, width: int = 110) -> Iterable[str]:
    """Return the text of :func:`render` in pieces, where the format gives them as it goes."""
    module = importlib.import_module(f"{__name__}.{FORMATS[format_name]}")
    if hasattr(module, "pieces"):
        return module.pieces(report)  # type: ignore[no-any-return] # a module's function
    return (render(report, format_name, colour=colour, width=width),)


def render(report: Report, format_name: str, *, colour: bool = False, width: int = 110) -> str:
    """Render a report in one of :data:`FORMATS`. ``colour`` and ``width`` (columns) count for text alone.

    Raises:
        KeyError: no such format.

    """
    module = importlib.import_module(f"{__name__}.{FORMATS[format_name]}")
    if format_name == "text":
        return str(module.render(report, colour=colour, width=width))
    return str(module.render(report))
