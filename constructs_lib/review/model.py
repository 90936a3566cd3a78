"""The values that rules produce and every output format renders: findings and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.templates import Acknowledgement, Incomplete, Input, Kind


__all__ = [
    "SEVERITY_RANK",
    "FamilyUse",
    "Finding",
    "Fix",
    "Location",
    "PrincipalReport",
    "Report",
    "Severity",
    "Summary",
    "Touches",
    "Verdict",
    "Witness",
    "summarize",
]

Severity = Literal["error", "warning", "note"]
Verdict = Literal["data", "control", "mixed", "none"]

SEVERITY_RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}
"""The severities' order in reports."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in an input; ``line`` counts from 1, ``None`` where the format has no lines."""

    path: str
    pointer: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete request that the policy allows and should not."""

    action: str
    resource: str
    because: str


@dataclass(frozen=True, slots=True)
class Fix:
    """The statement that ends a finding, ready to paste.

    ``replaces`` is the pointer of the statement that it replaces, ``None`` if it is to be added.
    """

    statement: Mapping[str, Any]
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule. ``principal`` is a principal's id, or ``None`` for findings on resources."""

    rule: str
    name: str
    severity: Severity
    principal: str | None
    message: str
    help: str
    location: Location
    related: tuple[Location, ...] = ()
    witness: Witness | None = None
    conditional: bool = False
    fingerprint: str = ""
    acknowledged: Acknowledgement | None = None
    fix: Fix | None = field(default=None, hash=False)  # a statement is a table, which has no hash


@dataclass(frozen=True, slots=True)
class Touches:
    """Whether a principal may effectively call Bedrock actions of each kind."""

    control_write: bool = False
    control_read: bool = False
    data: bool = False
    data_read: bool = False


@dataclass(frozen=True, slots=True)
class FamilyUse:
    """What a principal may call of one family: actions expanded, ``?`` for unresolved parts of resources."""

    plane: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrincipalReport:
    """One principal as the report shows it. ``families`` is keyed by family name, in the report's order."""

    id: str
    name: str
    construct_path: str | None
    kind: Kind
    verdict: Verdict
    touches: Touches
    families: Mapping[str, FamilyUse]
    incomplete: tuple[Incomplete, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a report. An acknowledged finding counts only as acknowledged.

    ``conditional_denies`` counts the Deny statements on actions held whose conditions could not be decided:
    nothing was removed for them.
    """

    principals: int
    errors: int
    warnings: int
    notes: int
    acknowledged: int
    conditional_denies: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run, sorted; every output format renders this value.

    ``remarks`` are sentences on what the run as a whole could not see, such as the rules that had no marked
    role to judge.
    """

    tool: str
    catalogue: Mapping[str, str]
    inputs: tuple[Input, ...]
    principals: tuple[PrincipalReport, ...]
    findings: tuple[Finding, ...]
    summary: Summary
    remarks: tuple[str, ...] = ()


def summarize(principals: int, findings: Iterable[Finding], conditional_denies: int = 0) -> Summary:
    """Count findings by severity; an acknowledged finding counts only as acknowledged."""
    counts = {"error": 0, "warning": 0, "note": 0, "acknowledged": 0}
    for finding in findings:
        counts["acknowledged" if finding.acknowledged else finding.severity] += 1
    return Summary(
        principals,
        counts["error"],
        counts["warning"],
        counts["note"],
        counts["acknowledged"],
        conditional_denies,
    )
