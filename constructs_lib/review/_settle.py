"""What becomes of findings once all are there: folded, weighed, acknowledged, numbered, sorted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeAlias

from constructs_lib.review.config import Config, matches_principal
from constructs_lib.templates import Acknowledgement, Resource, resource_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.review.chains import Node
    from constructs_lib.review.model import Finding, Location, Severity
    from constructs_lib.review.options import Options
    from constructs_lib.templates import Principal

__all__ = ["Found", "settled"]

Found: TypeAlias = "tuple[Finding, Resource | None]"
"""A finding beside the resource it is about, if it is one."""

_ORDER = {"error": 0, "warning": 1, "note": 2}
_FOLDED_INTO = ("BP101", "BP201")


def settled(found: Iterable[Found], people: Mapping[str, Node], options: Options) -> list[Finding]:
    """Return the findings of a run as its report shows them.

    Args:
        found: the findings of all rules.
        people: the principals that findings name, by id.
        options: how to review.

    """
    final = (_settle(finding, resource, people, options) for finding, resource in _folded(found, people))
    return sorted(_distinct(final), key=_sort_key)


def _folded(found: Iterable[Found], people: Mapping[str, Node]) -> Iterator[Found]:
    """Leave a full administrator its two findings; the places of all others become related ones."""
    extra: dict[str, dict[Location, None]] = {}
    kept: list[Found] = []
    for finding, resource in found:
        node = people.get(finding.principal or "")
        if node is None or node.administrator is None or finding.rule in _FOLDED_INTO:
            kept.append((finding, resource))
        else:
            extra.setdefault(node.id, {})[finding.location] = None
    for finding, resource in kept:
        folded = extra.get(finding.principal or "") if finding.rule == "BP101" else None
        if folded:
            related = dict.fromkeys((*finding.related, *folded))
            related.pop(finding.location, None)
            yield replace(finding, related=tuple(related)), resource
        else:
            yield finding, resource


def _settle(
    finding: Finding, resource: Resource | None, people: Mapping[str, Node], options: Options
) -> Finding:
    """Give a finding its severity and, where somebody accepted it, the acknowledgement."""
    config = options.config or Config()
    node = people.get(finding.principal or "")
    severity: Severity = config.severity.get(finding.rule, finding.severity)
    if options.strict and finding.rule == "BP102":
        severity = "error"
    if options.admins == "note" and node is not None and node.administrator and finding.rule in _FOLDED_INTO:
        severity = "note"
    subject = node.principal if node else resource
    accepted, remarks = _accepted(finding, subject, options)
    if severity == finding.severity and accepted is None and finding.acknowledged is None and not remarks:
        return finding
    text = finding.help + "".join(f" ({remark})" for remark in remarks)
    return replace(finding, severity=severity, acknowledged=accepted, help=text)


def _acknowledgements(finding: Finding, subject: Principal | Resource | None) -> tuple[Acknowledgement, ...]:
    """Return what was accepted where the finding stands, then what was accepted for its subject.

    The CDK goes by the place, so a policy's own acknowledgement silences what is found in that policy.
    """
    if subject is None:
        return ()
    if isinstance(subject, Resource) or not subject.at_policies:
        return subject.acknowledgements
    at = resource_id(finding.location.path, finding.location.pointer)
    return (*subject.at_policies.get(at, ()), *subject.acknowledgements)


def _accepted(
    finding: Finding, subject: Principal | Resource | None, options: Options
) -> tuple[Acknowledgement | None, list[str]]:
    """Return the acknowledgement that counts, and remarks about those that don't."""
    remarks = []
    for item in _acknowledgements(finding, subject):
        if item.rule.rpartition("::")[2] != finding.rule:
            continue
        if item.reason.strip():
            return item, []
        remarks.append(f"acknowledged at `{item.at}` with an empty reason, which does not count: give one")
        break  # the CDK goes by the nearest alone
    today = options.today or datetime.now(tz=UTC).date()
    for entry in options.config.acknowledge if options.config else ():
        if entry.rule != finding.rule or not _meant(entry.principal, subject):
            continue
        if entry.expires is None or today <= entry.expires:
            expires = entry.expires.isoformat() if entry.expires else None
            return Acknowledgement(entry.rule, entry.reason, entry.at, expires), []
        remarks.append(f"the acknowledgement in `{entry.at}` ({entry.reason}) expired on {entry.expires}")
    if finding.fingerprint in options.baseline:
        return Acknowledgement(finding.rule, "in the baseline", options.baseline[finding.fingerprint]), []
    return None, remarks


def _meant(pattern: str, subject: Principal | Resource | None) -> bool:
    """Whether a pattern of the configuration means the principal or resource."""
    if subject is None:
        return pattern == "*"
    if isinstance(subject, Resource):
        names = (subject.logical_id, subject.construct_path or subject.logical_id)
        return any(fnmatchcase(name, pattern) for name in names)
    return matches_principal(pattern, subject)


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Give equal fingerprints a number, so that each finding of a report has its own."""
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
        _ORDER[finding.severity],
        _steps(place.pointer),
        finding.message,
    )


def _steps(pointer: str) -> tuple[tuple[int, int, str], ...]:
    """Order pointers as people count: statement 2 before statement 10."""
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in pointer.split("/"))
