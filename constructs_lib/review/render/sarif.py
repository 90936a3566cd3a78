"""Render a report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from constructs_lib.review.json_text import indented
from constructs_lib.review.render.shared import remark_lines, unread_lines
from constructs_lib.review.rules import rules

if TYPE_CHECKING:
    from constructs_lib.review.model import Finding, Location, Report
    from constructs_lib.review.rules import Rule

__all__ = ["render"]

_BREAK = "\n        "


def render(report: Report) -> str:
    """Return the SARIF text with a final newline."""
    records = rules()
    index = {rule.id: number for number, rule in enumerate(records)}
    driver = {
        "name": "bedrock-planes",
        "version": report.tool,
        "rules": [_rule(rule) for rule in records],
    }
    faults = [
        {"level": "error", "message": {"text": f"{item.path}: {item.error}"}}
        for item in report.inputs
        if item.error
    ]
    said = [*unread_lines(report), *remark_lines(report)]
    notes = [{"level": "note", "message": {"text": line}} for line in said]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not faults, "toolExecutionNotifications": faults + notes}],
        "results": [],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    # A result to a line: thousands of them, indented, took longer to write than to find. The quotes of a text
    # are escaped, so this is the list and nothing else.
    before, results, after = indented(document).partition('"results": [')
    lines = (
        json.dumps(_result(finding, index[finding.rule]), ensure_ascii=False) for finding in report.findings
    )
    return f"{before}{results}{','.join(f'{_BREAK}{line}' for line in lines)}{after}\n"


def _rule(rule: Rule) -> dict[str, Any]:
    """Return a rule's descriptor with its whole page; ``helpUri`` is the first page that it rests on."""
    text = rule.documentation.strip()
    descriptor: dict[str, Any] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.section("What it does")},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["security", "amazon-bedrock"]},
    }
    if rule.references:
        descriptor["helpUri"] = rule.references[0]
    return descriptor


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": f"{finding.message}. {finding.help}"},
        "locations": [_location(finding.location, finding.principal)],
        "relatedLocations": [_location(location, None) for location in finding.related],
        "partialFingerprints": {"bedrockPlanes/v1": finding.fingerprint},
    }
    if finding.acknowledged:
        result["suppressions"] = [{"kind": "external", "justification": finding.acknowledged.reason}]
    return result


@lru_cache(maxsize=64)
def _uri(path: str) -> str:
    # A URI has slashes on every system. Percent signs encode UTF-8; the name of a file may have other bytes.
    return quote(PurePath(path).as_posix(), errors="replace")


def _location(location: Location, principal: str | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(location.path)}}
    if location.line is not None:
        physical["region"] = {"startLine": location.line}
    names = [{"fullyQualifiedName": location.pointer}] if location.pointer else []
    if principal:
        names.append({"fullyQualifiedName": principal})
    return {"physicalLocation": physical, **({"logicalLocations": names} if names else {})}
