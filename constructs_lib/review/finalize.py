"""Finish the findings of a run: fold, weigh, acknowledge, number and sort them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from constructs_lib.review.config import Config, matches_principal
from constructs_lib.review.model import SEVERITY_RANK
from constructs_lib.templates import Acknowledgement, Resource, resource_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.review.chains import Node
    from constructs_lib.review.model import Finding, Location, Severity
    from constructs_lib.review.options import Options
    from constructs_lib.templates import Principal

__all__ = ["RawFinding", "finalize"]

RawFinding: TypeAlias = "tuple[Finding, Resource | None]"
"""A finding as its rule made it, with the resource that it is about (``None``: a principal or the run)."""

# What a full administrator keeps; every other finding on it becomes a related place of the first of these.
_ADMINISTRATOR_RULES = ("BP101", "BP201")


def finalize(found: Iterable[RawFinding], nodes: Mapping[str, Node], options: Options) -> list[Finding]:
    """Return the findings of a run as its report shows them.

    Args:
        found: The findings of all rules.
        nodes: The principals that findings name, by id.
        options: How to review.

    """
    final = (
        _weigh(finding, resource, nodes, options) for finding, resource in _fold_administrators(found, nodes)
    )
    return sorted(_number_duplicates(final), key=_sort_key)


def _fold_administrators(found: Iterable[RawFinding], nodes: Mapping[str, Node]) -> Iterator[RawFinding]:
    """Keep two findings of a full administrator; the places of its other ones become related places."""
    folded: dict[str, dict[Location, None]] = {}
    kept: list[RawFinding] = []
    for finding, resource in found:
        node = nodes.get(finding.principal or "")
        if node is None or node.administrator is None or finding.rule in _ADMINISTRATOR_RULES:
            kept.append((finding, resource))
        else:
            folded.setdefault(node.id, {})[finding.location] = None
    for finding, resource in kept:
        more = folded.get(finding.principal or "") if finding.rule == "BP101" else None
        if more:
            related = dict.fromkeys((*finding.related, *more))
            related.pop(finding.location, None)
            yield replace(finding, related=tuple(related)), resource
        else:
            yield finding, resource


def _weigh(
    finding: Finding, resource: Resource | None, nodes: Mapping[str, Node], options: Options
) -> Finding:
    """Give a finding its severity and, where somebody accepted it, the acknowledgement."""
    config = options.config or Config()
    node = nodes.get(finding.principal or "")
    severity: Severity = config.severity.get(finding.rule, finding.severity)
    if options.strict and finding.rule == "BP102":
        severity = "error"
    is_administrator = node is not None and node.administrator is not None
    if options.admins == "note" and is_administrator and finding.rule in _ADMINISTRATOR_RULES:
        severity = "note"
    subject = node.principal if node else resource
    accepted, remarks = _acknowledgement_of(finding, subject, options)
    if severity == finding.severity and accepted is None and finding.acknowledged is None and not remarks:
        return finding
    text = finding.help + "".join(f" ({remark})" for remark in remarks)
    return replace(finding, severity=severity, acknowledged=accepted, help=text)


def _acknowledgement_of(
    finding: Finding, subject: Principal | Resource | None, options: Options
) -> tuple[Acknowledgement | None, list[str]]:
    """Return the acknowledgement that counts, and remarks about those that don't."""
    remarks = []
    for item in _in_template(finding, subject):
        if item.rule.rpartition("::")[2] != finding.rule:
            continue
        if item.reason.strip():
            return item, []
        remarks.append(f"acknowledged at `{item.at}` with an empty reason, which does not count: give one")
        break  # the CDK uses only the nearest one
    today = options.today or datetime.now(tz=UTC).date()
    for entry in options.config.acknowledge if options.config else ():
        if entry.rule != finding.rule or not _matches_subject(entry.principal, subject):
            continue
        if entry.expires is None or today <= entry.expires:
            expires = entry.expires.isoformat() if entry.expires else None
            return Acknowledgement(entry.rule, entry.reason, entry.at, expires), []
        remarks.append(f"the acknowledgement in `{entry.at}` ({entry.reason}) expired on {entry.expires}")
    if finding.fingerprint in options.baseline:
        return Acknowledgement(finding.rule, "in the baseline", options.baseline[finding.fingerprint]), []
    return None, remarks


def _in_template(finding: Finding, subject: Principal | Resource | None) -> tuple[Acknowledgement, ...]:
    """Return the acknowledgements of the finding's own resource, then those of its principal.

    The CDK acknowledges by place, so an acknowledgement on a policy silences what is found in that policy.
    """
    if subject is None:
        return ()
    if isinstance(subject, Resource) or not subject.at_policies:
        return subject.acknowledgements
    at = resource_id(finding.location.path, finding.location.pointer)
    return (*subject.at_policies.get(at, ()), *subject.acknowledgements)


def _matches_subject(pattern: str, subject: Principal | Resource | None) -> bool:
    """Whether a pattern of the configuration matches the principal or resource."""
    if subject is None:
        return pattern == "*"
    if isinstance(subject, Resource):
        names = (subject.logical_id, subject.construct_path or subject.logical_id)
        return any(fnmatchcase(name, pattern) for name in names)
    return matches_principal(pattern, subject)


def _number_duplicates(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Append a number to repeated fingerprints, so that each finding of a report has its own."""
    seen: dict[str, int] = {}
    for finding in findings:
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        yield finding if count == 1 else replace(finding, fingerprint=f"{finding.fingerprint}-{count}")


def _sort_key(finding: Finding) -> tuple[Any, ...]:
    place = finding.location
    return (
        place.path,
        finding.principal or "",
        finding.rule,
        SEVERITY_RANK[finding.severity],
        _pointer_key(place.pointer),
        finding.message,
    )


@lru_cache(maxsize=4096)
def _pointer_key(pointer: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts indices in pointers as numbers: statement 2 before statement 10."""
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in pointer.split("/"))
