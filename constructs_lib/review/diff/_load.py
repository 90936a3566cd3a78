"""Read the principals of a JSON report back, with one line per fault."""

from __future__ import annotations

from typing import Any

from constructs_lib.review.model import FamilyUse, PrincipalReport, Touches
from constructs_lib.review.report import ReportError, from_json
from constructs_lib.templates import Incomplete

__all__ = ["is_report", "load_report"]

_REMEDY = "write it again with `bedrock-planes review --format json`"


def is_report(text: str) -> bool:
    """Whether a text means to be a report of this tool, of any version."""
    head = text.lstrip("\ufeff \t\r\n")[:200]
    return head.startswith("{") and '"bedrock-planes/review/' in head


def load_report(text: str, path: str) -> tuple[tuple[PrincipalReport, ...], tuple[str, ...]]:
    """Return the principals of a report, and the faults of the inputs that it says it could not read.

    Raises:
        ReportError: no report of this version, or one without the parts that the format fixes.

    """
    value = from_json(text, path)
    try:
        principals = tuple(_principal(item) for item in value["principals"])
        faults = tuple(f"`{item['path']}`: {item['error']}" for item in value["inputs"] if item["error"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"`{path}` lacks a part of the report format ({type(error).__name__}: {error}); {_REMEDY}"
        raise ReportError(message) from error
    return principals, faults


def _principal(item: dict[str, Any]) -> PrincipalReport:
    return PrincipalReport(
        id=item["id"],
        name=item["name"],
        construct_path=item["construct_path"],
        kind=item["kind"],
        verdict=item["verdict"],
        touches=Touches(**item["touches"]),
        families={
            name: FamilyUse(use["plane"], tuple(use["actions"]), tuple(use["resources"]))
            for name, use in item["families"].items()
        },
        incomplete=tuple(Incomplete(entry["pointer"], entry["why"]) for entry in item["incomplete"]),
    )
