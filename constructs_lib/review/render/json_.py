"""The report as JSON, version 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.report import to_json

if TYPE_CHECKING:
    from constructs_lib.review.model import Report

__all__ = ["render"]


def render(report: Report) -> str:
    """Return the JSON text."""
    return to_json(report)
