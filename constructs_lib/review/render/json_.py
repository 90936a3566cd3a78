"""The report as JSON, version 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.report import json_pieces, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.model import Report

__all__ = ["pieces", "render"]


def render(report: Report) -> str:
    """Return the JSON text."""
    return to_json(report)


def pieces(report: Report) -> Iterator[str]:
    """Yield the JSON text piece by piece."""
    return json_pieces(report)
