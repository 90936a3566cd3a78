"""Whether the inference profiles that a principal holds can answer, from every Region that may.

Bedrock checks a call of a profile on the profile in the Region that is called, and on the model in each
Region that may answer; ``aws:RequestedRegion`` is the Region that answers:
https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html. For a ``global.``
profile these are the model in the Region that is called and the model's ARN without a Region, for which
``aws:RequestedRegion`` is ``unspecified``:
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html.

Each such request is decided by the same engine as everything else, with what is known about it. What is not
known assumes the best of an Allow and of a Deny.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import (
    UNRESOLVED,
    ActionSet,
    Request,
    actions_matching,
    allowed_actions,
    decide,
    denied_actions,
    may_overlap,
    remembered,
    tables,
    undecided_denies,
)
from constructs_lib.review.rules.authoring.models import INVOKE, held_profiles, model_of_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.iam import Origin, Policy, Statement
    from constructs_lib.review.facts import Facts, Held

__all__ = ["ProfileCall", "ProfileGap", "conditional_denies", "profile_calls"]

_UNSPECIFIED = "unspecified"
_REGION_UNKNOWN = "the Region of the stack is not known"
_OF_THE_STACK = " of the stack is not known"


class ProfileGap(NamedTuple):
    """A resource on which a call of a profile is denied.

    Attributes:
        arn: The resource.
        region: The Region that answers; ``unspecified`` for the Region-less model of a global profile, and
            empty where it is not known.
        deny: The statement that denies it, ``None`` where nothing allows it.

    """

    arn: str
    region: str
    deny: Statement | None


class ProfileCall(NamedTuple):
    """What becomes of the calls of one action through one profile.

    Attributes:
        held: The permission on the profile.
        action: The action.
        profile: The ARN of the profile, with the Region for which ``gaps`` is true.
        gaps: Where the call is denied; none if it can work.
        models: The ARNs of all models that may answer.
        misplaced: The Region of the profile's ARN, if profiles of that geography don't exist in it.
        is_dead: Whether every call is denied, rather than those that some Region answers.

    """

    held: Held
    action: str
    profile: str
    gaps: tuple[ProfileGap, ...]
    models: tuple[str, ...] = ()
    misplaced: str | None = None
    is_dead: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether the call can work from every Region."""
        return not self.gaps and not self.misplaced


class _Limits(NamedTuple):
    """The policies of a principal, with only the statements about one action."""

    identity: tuple[Policy, ...]
    boundary: Policy | None
    scps: tuple[tuple[Policy, ...], ...]


class _Calls(NamedTuple):
    calls: tuple[ProfileCall, ...]
    requests: tuple[tuple[ActionSet, Mapping[str, str]], ...]


def profile_calls(facts: Facts) -> tuple[ProfileCall, ...]:
    """Return each call of a model through a profile that the principal holds, with what it lacks."""
    return facts.once(_calls_of).calls


def conditional_denies(facts: Facts) -> Iterator[Origin]:
    """Yield the places of the conditional Denies on what the principal holds that were not applied.

    Those on the Region, the profile or the principal are decided for the profiles held (BP203).
    """
    policies = _all_policies(facts) if facts.mask and facts.has_conditions else ()
    if any(s.effect == "Deny" and s.conditions for policy in policies for s in policy.statements):
        yield from undecided_denies(policies, facts.mask, _known_of(facts), facts.once(_calls_of).requests)


def _all_policies(facts: Facts) -> tuple[Policy, ...]:
    boundary = (facts.principal.boundary,) if facts.principal.boundary else ()
    return (*facts.principal.policies, *boundary, *(policy for level in facts.scps for policy in level))


def _known_of(facts: Facts) -> dict[str, str]:
    """Return what is known about every request of the principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: no principal of a
    policy is a service, and the ARN is the role's also in its sessions.
    """
    arn = facts.principal.arn
    if arn.startswith(f"arn:{UNRESOLVED}:"):
        arn = arn.replace(UNRESOLVED, "aws", 1)
    return {"aws:PrincipalArn": arn, "aws:PrincipalIsAWSService": "false"}


def _calls_of(facts: Facts) -> _Calls:
    calls: list[ProfileCall] = []
    requests: list[tuple[ActionSet, Mapping[str, str]]] = []
    for action in INVOKE:
        profiles = tuple(held_profiles(facts.holds(action)))
        if profiles:
            work = _Work(facts, action)
            calls += (work.call(held) for held in profiles)
            requests += ((tables().bit[action.lower()], context) for context in work.contexts)
    return _Calls(tuple(calls), tuple(requests))


class _Work:
    """Decide the requests of one action."""

    def __init__(self, facts: Facts, action: str) -> None:
        self.action = action
        self.contexts: list[Mapping[str, str]] = []
        self._known = _known_of(facts)
        boundary = facts.principal.boundary
        self._limits = _Limits(
            tuple(_about(facts.principal.policies, action)),
            next(_about((boundary,), action)) if boundary else None,
            tuple(tuple(_about(level, action)) for level in facts.scps),
        )
        self._placed = any(_in_stack(s) for policy in self._limits.identity for s in policy.statements)

    def call(self, held: Held) -> ProfileCall:
        """Return the call of the profile, from the Region where least is missing."""
        parts = held.resource.split(":", 5)
        identifier = parts[5].partition("/")[2]
        model = model_of_profile(held.resource)
        sources = _sources(identifier, parts[3]) if model else ()
        misplaced = _misplaced(identifier, parts[3]) if model and not sources else None
        if misplaced:
            return ProfileCall(held, self.action, held.resource, (), misplaced=misplaced)
        best: ProfileCall | None = None
        for source in sources or (parts[3] if _is_literal(parts[3]) else "",):
            profile = ":".join((*parts[:3], source or parts[3], *parts[4:]))
            targets = tuple(_targets(identifier, model, source, parts[1]))
            for stack in self._stack_regions(parts[3], source, targets):
                gaps = tuple(self._gaps(profile, source, targets, stack))
                if best is None or len(gaps) < len(best.gaps):
                    dead = len(gaps) >= len(targets) or any(
                        gap.arn == profile or gap.region in {"", _UNSPECIFIED} for gap in gaps
                    )
                    shown = profile if source else held.resource
                    models = tuple(arn for _, arn in targets)
                    best = ProfileCall(held, self.action, shown, gaps, models, is_dead=dead)
                if not gaps:
                    return best
        assert best is not None  # noqa: S101 - there is a source, and a Region of the stack for it
        return best

    def _stack_regions(
        self, segment: str, source: str, targets: tuple[tuple[str, str], ...]
    ) -> Sequence[str]:
        """Return the Regions in which the stack may be, as far as its Region decides something."""
        if not self._placed:
            return ("",)
        if _is_literal(segment):
            return tuple(dict.fromkeys((source, *(region for region, _ in targets if "-" in region))))
        return (source,)

    def _gaps(
        self, profile: str, source: str, targets: tuple[tuple[str, str], ...], stack: str
    ) -> Iterator[ProfileGap]:
        limits = self._limits if not stack else _placed(self._limits, stack)
        for region, arn in ((source, profile), *targets):
            context = dict(self._known)
            if region:
                context["aws:RequestedRegion"] = region
            if arn is not profile:
                context["bedrock:InferenceProfileArn"] = _open(profile)
            self.contexts.append(context)
            request = Request(self.action, _open(arn), context, partial=True)
            decision = decide(request, limits.identity, boundary=limits.boundary, scps=limits.scps)
            if not decision:
                deny = decision.statement if decision.outcome == "explicit_deny" else None
                yield ProfileGap(arn, region, deny)


def _about(policies: Iterable[Policy], action: str) -> Iterator[Policy]:
    """Yield the policies with only those statements that are about an action."""
    flag = actions_matching(action)
    for policy in policies:
        statements = tuple(
            statement
            for statement in policy.statements
            if flag
            & (
                allowed_actions(statement.actions, statement.not_actions)
                if statement.effect == "Allow"
                else denied_actions(statement.actions, statement.not_actions)
            )
        )
        yield replace(policy, statements=statements)


def _in_stack(statement: Statement) -> bool:
    """Whether an open Region in a statement's resources is that of the stack."""
    return _REGION_UNKNOWN in statement.unresolved and all(
        reason.endswith(_OF_THE_STACK) for reason in statement.unresolved
    )


@remembered(64)
def _placed(limits: _Limits, region: str) -> _Limits:
    """Return the policies of a stack in a Region."""
    return limits._replace(identity=tuple(_policy_in(policy, region) for policy in limits.identity))


def _policy_in(policy: Policy, region: str) -> Policy:
    return replace(
        policy, statements=tuple(_statement_in(statement, region) for statement in policy.statements)
    )


def _statement_in(statement: Statement, region: str) -> Statement:
    if statement.resources is None or not _in_stack(statement):
        return statement
    return replace(statement, resources=tuple(_arn_in(text, region) for text in statement.resources))


def _arn_in(text: str, region: str) -> str:
    parts = text.split(":", 5)
    return ":".join((*parts[:3], region, *parts[4:])) if len(parts) == 6 and parts[3] == UNRESOLVED else text


def _is_literal(segment: str) -> bool:
    return bool(segment) and not set(segment) & {"*", "?", UNRESOLVED, "$"}


def _open(arn: str) -> str:
    """Return an ARN pattern as one ARN with open parts."""
    return arn.replace("*", UNRESOLVED).replace("?", UNRESOLVED)


def _sources(identifier: str, segment: str) -> tuple[str, ...]:
    """Return the Regions that a profile can be called in and that its ARN names; none if not known."""
    known = catalogue.profile_sources(identifier)
    return tuple(region for region in known if segment == region or _overlaps(segment, region))


def _overlaps(segment: str, region: str) -> bool:
    return not _is_literal(segment) and may_overlap(segment, region)


def _misplaced(identifier: str, segment: str) -> str | None:
    """Return the Region of a profile's ARN if the catalogue knows no profile of its geography there."""
    regions = catalogue.regions_of_geography(identifier.partition(".")[0])
    return segment if _is_literal(segment) and regions and segment not in regions else None


def _targets(identifier: str, model: str, source: str, partition: str) -> Iterator[tuple[str, str]]:
    """Yield the Region and the ARN of each model on which a call of a profile is checked."""
    gov = "-us-gov" if identifier.startswith("us-gov.") else ""
    partition = partition if _is_literal(partition) else f"aws{gov}"
    arn = f"arn:{partition}:bedrock:{{}}::foundation-model/{model or UNRESOLVED}"
    if identifier.startswith("global."):
        if source:
            yield source, arn.format(source)
        yield _UNSPECIFIED, arn.format("")
        return
    members = catalogue.profile_regions(identifier, source) if source else ()
    for region in members:
        yield region, arn.format(region)
    if not members:
        yield "", arn.format(UNRESOLVED)
