"""Failure messages: the smallest offending statement, the rule and the proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED, may_overlap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.checks.testing._subject import Reviewed
    from constructs_lib.iam import Statement
    from constructs_lib.review import Finding

__all__ = ["explain", "smallest"]


def explain(finding: Finding, reviewed: Reviewed) -> Iterator[str]:
    """Yield the lines of one finding."""
    yield f"{finding.rule} {finding.name}: {finding.message}"
    yield f"  at {finding.location.path}#{finding.location.pointer}"
    statement = reviewed.statement(finding.location)
    witness = finding.witness
    if statement is not None:
        wanted = (witness.action, witness.resource) if witness is not None else (None, None)
        yield f"  {smallest(statement, *wanted)}"
    if witness is not None:
        yield f"  proof: {witness.action} on {witness.resource}, because {witness.because}"
    yield f"  help: {finding.help}"


def smallest(statement: Statement, action: str | None, resource: str | None) -> str:
    """Return a statement as JSON, cut to the patterns that match an action and a resource."""
    small: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    small["Effect"] = statement.effect
    by_action = _chosen(statement.actions, action, ignore_case=True)
    by_resource = _chosen(statement.resources, resource, ignore_case=False)
    parts = {
        "Action": by_action,
        "NotAction": statement.not_actions,
        "Resource": by_resource,
        "NotResource": statement.not_resources,
        "Principal": [f"{kind}: {value}" for kind, value in statement.principals or ()] or None,
    }
    small |= {key: _one_or_many(values) for key, values in parts.items() if values is not None}
    if statement.conditions:
        small["Condition"] = [f"{item.operator} {item.key}" for item in statement.conditions]
    return json.dumps(small, ensure_ascii=False).replace(UNRESOLVED, "?")


def _chosen(patterns: Sequence[str] | None, wanted: str | None, *, ignore_case: bool) -> Sequence[str] | None:
    """Return the patterns that may match, all of them when none does (another statement of it is meant)."""
    if patterns is None or wanted is None:
        return patterns
    fold: Callable[[str], str] = str.lower if ignore_case else str
    return [p for p in patterns if may_overlap(fold(p), fold(wanted))] or patterns


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
