"""Write the report as JSON, version 1 (``--format json``), and read it back."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from constructs_lib.review.json_text import indented
from constructs_lib.review.model import FamilyUse, PrincipalReport, Touches
from constructs_lib.templates import Incomplete, UnreadableError, json_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.review.model import Finding, Location, Report, Verdict
    from constructs_lib.templates import Acknowledgement, Kind

__all__ = [
    "SCHEMA",
    "ReportError",
    "baseline_of",
    "is_report",
    "json_pieces",
    "load_report",
    "to_dict",
    "to_json",
]

SCHEMA = "bedrock-planes/review/1"
_REMEDY = "write it again with `bedrock-planes review --format json`"
# Line breaks at the depths of the report.
_DEEPER = "\n  "
_ITEM = "\n    "
_FIELD = "\n      "
_FAMILY = "\n        "
_USE = "\n          "
_ENTRY = "\n            "


class ReportError(ValueError):
    """A file that is not a report of this tool. ``str()`` is one line with the remedy."""


def to_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain values, in the order that the format fixes."""
    return {
        "schema": SCHEMA,
        "tool": report.tool,
        "catalogue": dict(report.catalogue),
        "inputs": [
            {
                "path": item.path,
                "kind": item.kind,
                "error": item.error,
                "incomplete": [{"pointer": gap.pointer, "why": gap.why} for gap in item.incomplete],
            }
            for item in report.inputs
        ],
        "principals": [_principal_dict(principal) for principal in report.principals],
        "findings": [_finding_dict(finding) for finding in report.findings],
        "summary": {
            "principals": report.summary.principals,
            "errors": report.summary.errors,
            "warnings": report.summary.warnings,
            "notes": report.summary.notes,
            "acknowledged": report.summary.acknowledged,
            "conditional_denies": report.summary.conditional_denies,
        },
        "remarks": list(report.remarks),
    }


def to_json(report: Report) -> str:
    """Return the report as JSON text with a final newline."""
    return "".join(json_pieces(report))


def json_pieces(report: Report) -> Iterator[str]:
    """Yield the JSON text piece by piece, so that the report of a large batch is not in memory twice.

    The text is that of :func:`json.dumps` on :func:`to_dict`, indented by two. :mod:`json` indents in Python;
    with thousands of principals that took longer than their review.
    """
    principals, findings = report.principals, report.findings
    head = to_dict(replace(report, principals=(), findings=()))
    summary, remarks = head.pop("summary"), head.pop("remarks")
    for key in ("principals", "findings"):
        del head[key]
    yield indented(head, "\n").removesuffix("\n}")
    yield from _list("principals", map(_principal_text, principals))
    yield from _list("findings", (indented(_finding_dict(finding), _ITEM) for finding in findings))
    yield f',\n  "summary": {indented(summary, _DEEPER)},\n  "remarks": {indented(remarks, _DEEPER)}\n}}\n'


def _list(name: str, items: Iterable[str]) -> Iterator[str]:
    before = f',\n  "{name}": ['
    empty = True
    for item in items:
        yield f"{before}\n    {item}"
        before, empty = ",", False
    yield f"{before}]" if empty else "\n  ]"


def _principal_text(principal: PrincipalReport) -> str:
    """Return a principal as text; parts that are the same for many principals are cached."""
    path = principal.construct_path
    families = f",{_FAMILY}".join(
        f'"{name}": {_family_text(use.plane, use.actions)}{_texts(use.resources)}{_FAMILY}}}'
        for name, use in principal.families.items()
    )
    gaps = "[]"
    if principal.incomplete:
        rows = [{"pointer": item.pointer, "why": item.why} for item in principal.incomplete]
        gaps = indented(rows, _FIELD)
    return (
        f'{{{_FIELD}"id": {encode_basestring(principal.id)},'
        f'{_FIELD}"name": {encode_basestring(principal.name)},'
        f'{_FIELD}"construct_path": {"null" if path is None else encode_basestring(path)},'
        f"{_verdict_text(principal.kind, principal.verdict, principal.touches)}"
        f'{_FIELD}"families": {f"{{{_FAMILY}{families}{_FIELD}}}" if families else "{}"},'
        f'{_FIELD}"incomplete": {gaps}{_ITEM}}}'
    )


@lru_cache(maxsize=64)
def _verdict_text(kind: Kind, verdict: Verdict, touches: Touches) -> str:
    """Return the text between the names and the families of a principal."""
    text = indented(_principal_dict(PrincipalReport("", "", None, kind, verdict, touches, {}, ())), _ITEM)
    return text.partition('"construct_path": null,')[2].partition(f'{_FIELD}"families"')[0]


@lru_cache(maxsize=1024)
def _family_text(plane: str, actions: tuple[str, ...]) -> str:
    """Return the text of a family up to its resources."""
    return f'{{{_USE}"plane": "{plane}",{_USE}"actions": {_texts(actions)},{_USE}"resources": '


def _texts(items: tuple[str, ...]) -> str:
    """Return texts as a list in a family."""
    return f"[{_ENTRY}{f',{_ENTRY}'.join(map(encode_basestring, items))}{_USE}]" if items else "[]"


def _principal_dict(principal: PrincipalReport) -> dict[str, Any]:
    touches = principal.touches
    return {
        "id": principal.id,
        "name": principal.name,
        "construct_path": principal.construct_path,
        "kind": principal.kind,
        "verdict": principal.verdict,
        "touches": {
            "control_write": touches.control_write,
            "control_read": touches.control_read,
            "data": touches.data,
            "data_read": touches.data_read,
        },
        "families": {
            name: {"plane": use.plane, "actions": list(use.actions), "resources": list(use.resources)}
            for name, use in principal.families.items()
        },
        "incomplete": [{"pointer": item.pointer, "why": item.why} for item in principal.incomplete],
    }


def _finding_dict(finding: Finding) -> dict[str, Any]:
    witness, fix = finding.witness, finding.fix
    value = {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "principal": finding.principal,
        "message": finding.message,
        "help": finding.help,
        "conditional": finding.conditional,
        "location": _location_dict(finding.location),
        "related": [_location_dict(location) for location in finding.related],
        "witness": witness
        and {"action": witness.action, "resource": witness.resource, "because": witness.because},
        "fingerprint": finding.fingerprint,
        "acknowledged": _acknowledged_dict(finding.acknowledged),
    }
    if fix is not None:
        value["fix"] = {"statement": dict(fix.statement), "replaces": fix.replaces}
    return value


def _location_dict(location: Location) -> dict[str, Any]:
    return {"path": location.path, "pointer": location.pointer, "line": location.line}


def _acknowledged_dict(value: Acknowledgement | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"reason": value.reason, "at": value.at, "expires": value.expires}


def is_report(text: str) -> bool:
    """Whether a text begins like a report of this tool, of any version."""
    head = text.lstrip("\ufeff \t\r\n")[:200]
    return head.startswith("{") and '"bedrock-planes/review/' in head


def load_report(text: str, path: str) -> tuple[tuple[PrincipalReport, ...], tuple[str, ...]]:
    """Return the principals of a report, and the faults of the inputs that could not be read for it.

    Args:
        text: The content of the file.
        path: The file's path; messages name it.

    Raises:
        ReportError: The text is not a report of this version, or lacks a part of the format.

    """
    value = _parse(text, path)
    try:
        principals = tuple(_principal_of(item) for item in value["principals"])
        faults = tuple(f"`{item['path']}`: {item['error']}" for item in value["inputs"] if item["error"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _error(path, f"lacks a part of the report format ({type(error).__name__}: {error})") from error
    return principals, faults


def baseline_of(text: str, path: str) -> dict[str, str]:
    """Return the fingerprints of a report's findings, each mapped to the report's path.

    Raises:
        ReportError: The text is not a report of this version, or has no list of findings.

    """
    findings = _parse(text, path).get("findings")
    if not isinstance(findings, list) or not all(isinstance(finding, dict) for finding in findings):
        raise _error(path, "has no list of findings")
    return {str(finding["fingerprint"]): path for finding in findings if finding.get("fingerprint")}


def _parse(text: str, path: str) -> dict[str, Any]:
    """Return the content of a report of this version.

    Args:
        text: The content of the file.
        path: The file's path; messages name it.

    Raises:
        ReportError: The text is not a report of this version.

    """
    try:
        value = json_value(text)
    except UnreadableError as error:
        raise _error(path, f"can't be read ({str(error).partition(';')[0]})") from error
    if not isinstance(value, dict) or "schema" not in value:
        raise _error(path, "is no report")
    if value["schema"] != SCHEMA:
        raise _error(path, f"is of schema `{value['schema']}`, this version reads `{SCHEMA}`")
    return value


def _principal_of(item: dict[str, Any]) -> PrincipalReport:
    """Return a principal from its entry in a report."""
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


def _error(path: str, what: str) -> ReportError:
    return ReportError(f"`{path}` {what}; {_REMEDY}")
