"""The review itself, in a module of its own so that it can be loaded while the CDK is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.policy._tables import tables
from constructs_lib.review.engine import review
from constructs_lib.review.readers import Sources, read
from constructs_lib.review.report import to_json
from constructs_lib.review.rules import checks

if TYPE_CHECKING:
    from constructs_lib.review.model import Options, Report

__all__ = ["review_folder", "to_json", "warm"]


def review_folder(folder: str, options: Options) -> Report:
    """Review an assembly, with the lines of what is found."""
    return review(read([folder]), options, Sources().line_of)


def warm() -> None:
    """Load what the first review would have to wait for: the rules, and the tables of the catalogue."""
    checks()
    tables()
