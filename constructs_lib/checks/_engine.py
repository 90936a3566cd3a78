"""The review itself, in a module of its own so that it can be loaded while the CDK is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import tables
from constructs_lib.review import review, to_json
from constructs_lib.review.rules import checks
from constructs_lib.templates import Sources, read

if TYPE_CHECKING:
    from constructs_lib.review import Options, Report

__all__ = ["review_folder", "to_json", "warm"]


def review_folder(folder: str, options: Options) -> Report:
    """Review an assembly, with the lines of what is found."""
    return review(read([folder]), options, Sources().line_of)


def warm() -> None:
    """Load what the first review would have to wait for: the rules, and the tables of the catalogue."""
    checks()
    tables()
