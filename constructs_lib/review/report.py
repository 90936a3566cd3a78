"""The report as JSON, version 1: what the command writes with ``--format json``, and reading it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.review.model import Report, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.review.model import (
        Acknowledgement,
        Finding,
        Location,
        PrincipalReport,
    )

__all__ = ["SCHEMA", "ReportError", "baseline_of", "summarize", "to_dict", "to_json"]

SCHEMA = "bedrock-planes/review/1"


class ReportError(ValueError):
    """A file that is no report of this tool. ``str()`` is one line with the remedy."""


def summarize(principals: int, findings: Iterable[Finding]) -> Summary:
    """Count findings by severity; an acknowledged finding counts as acknowledged alone."""
    counts = {"error": 0, "warning": 0, "note": 0, "acknowledged": 0}
    for finding in findings:
        counts["acknowledged" if finding.acknowledged else finding.severity] += 1
    return Summary(principals, counts["error"], counts["warning"], counts["note"], counts["acknowledged"])


def to_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain values, in the order that the format fixes."""
    return {
        "schema": SCHEMA,
        "tool": report.tool,
        "catalogue": dict(report.catalogue),
        "inputs": [{"path": i.path, "kind": i.kind, "error": i.error} for i in report.inputs],
        "principals": [_principal(principal) for principal in report.principals],
        "findings": [_finding(finding) for finding in report.findings],
        "summary": {
            "principals": report.summary.principals,
            "errors": report.summary.errors,
            "warnings": report.summary.warnings,
            "notes": report.summary.notes,
            "acknowledged": report.summary.acknowledged,
        },
    }


def to_json(report: Report) -> str:
    """Return the report as JSON text with a final newline."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False) + "\n"


def baseline_of(text: str, path: str) -> dict[str, str]:
    """Return the fingerprints of a report's findings, each mapped to the report's path.

    Raises:
        ReportError: the text is no report of this tool.

    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"`{path}` is not JSON ({error}); write it with `bedrock-planes review --format json`"
        raise ReportError(message) from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        remedy = "write it with `bedrock-planes review --format json`"
        message = f"`{path}` is not a report of schema `{SCHEMA}`; {remedy}"
        raise ReportError(message)
    findings = value.get("findings")
    if not isinstance(findings, list) or not all(isinstance(finding, dict) for finding in findings):
        message = (
            f"`{path}` has no list of findings; write it again with `bedrock-planes review --format json`"
        )
        raise ReportError(message)
    return {str(finding["fingerprint"]): path for finding in findings if finding.get("fingerprint")}


def _principal(principal: PrincipalReport) -> dict[str, Any]:
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


def _finding(finding: Finding) -> dict[str, Any]:
    witness = finding.witness
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "principal": finding.principal,
        "message": finding.message,
        "help": finding.help,
        "conditional": finding.conditional,
        "location": _location(finding.location),
        "related": [_location(location) for location in finding.related],
        "witness": witness
        and {"action": witness.action, "resource": witness.resource, "because": witness.because},
        "fingerprint": finding.fingerprint,
        "acknowledged": _acknowledged(finding.acknowledged),
    }


def _location(location: Location) -> dict[str, Any]:
    return {"path": location.path, "pointer": location.pointer, "line": location.line}


def _acknowledged(value: Acknowledgement | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"reason": value.reason, "at": value.at, "expires": value.expires}
