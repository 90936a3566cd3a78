"""One concrete request decided as AWS decides it, statement by statement.

This is the plain reading of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
without tables or shortcuts, so that it can confirm what ``effective_permissions`` concludes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from constructs_lib.iam.conditions import Context, holds, pattern_matches
from constructs_lib.iam.model import UNRESOLVED, Condition, Effect, Policy, Statement
from constructs_lib.iam.patterns import arns_may_overlap, counts_in, covers, matches, may_overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.iam.effective_permissions import Layer

__all__ = ["Decision", "Outcome", "Request", "decide"]

Outcome = Literal["allowed", "explicit_deny", "implicit_deny"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request: an action, a resource (``*`` where the action takes none) and the context.

    A resource that is open in part (the ARN of a role in a template) may be any that fits.
    ``context`` of ``None`` is unknown: the conditions of an Allow are then assumed to hold, and the decision
    lists them, and those of a Deny not to. ``partial`` says that the same goes for each key that the context
    lacks.
    """

    action: str
    resource: str = "*"
    context: Context | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, the statement that decided (``None`` for an implicit deny), and why.

    ``assumed`` lists conditions that the answer takes for granted because the input leaves them open.
    """

    outcome: Outcome
    statement: Statement | None
    because: str
    assumed: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        """Whether the request is allowed."""
        return self.outcome == "allowed"


def decide(
    request: Request,
    identity: Iterable[Policy],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Layer] = (),
) -> Decision:
    """Decide a request against identity policies, a permissions boundary and layers of SCPs.

    Open parts are read in the worst case: an Allow may match by them, a Deny doesn't.
    """
    layers: list[tuple[str, Sequence[Policy]]] = [("the identity policies", tuple(identity))]
    if boundary is not None:
        layers.append(("the permissions boundary", (boundary,)))
    for index, layer in enumerate(scps, 1):
        layers.append((f"SCP layer {index}", (layer,) if isinstance(layer, Policy) else layer))
    for name, policies in layers:
        denied = _first(request, policies, "Deny")
        if denied is not None:
            return Decision("explicit_deny", denied[0], f"{_label(denied[0])} in {name} denies it", denied[1])
    allowing: Statement | None = None
    assumed: tuple[Condition, ...] = ()
    for name, policies in layers:
        allowed = _first(request, policies, "Allow")
        if allowed is None:
            return Decision("implicit_deny", None, f"no statement in {name} allows it", assumed)
        allowing = allowing or allowed[0]
        assumed += allowed[1]
    label = _label(allowing) if allowing is not None else ""
    return Decision("allowed", allowing, f"{label} allows it", assumed)


def _label(statement: Statement) -> str:
    sid = f" `{statement.sid}`" if statement.sid else ""
    return f"the {statement.effect} statement{sid} at {statement.origin.pointer or '/'}"


def _first(
    request: Request, policies: Sequence[Policy], effect: Effect
) -> tuple[Statement, tuple[Condition, ...]] | None:
    """Return the first statement of that effect that applies, one without assumptions preferred."""
    found: tuple[Statement, tuple[Condition, ...]] | None = None
    for policy in policies:
        for statement in policy.statements:
            if statement.effect != effect:
                continue
            assumed = _applies(request, statement)
            if assumed == ():
                return statement, ()
            if assumed is not None:
                found = found or (statement, assumed)
    return found


def _applies(request: Request, statement: Statement) -> tuple[Condition, ...] | None:
    """Return the conditions to assume for the statement to apply, ``None`` when it doesn't."""
    allow = statement.effect == "Allow"
    if statement.conditional and not allow:
        return None
    if not (_action_applies(request, statement) and _resource_applies(request, statement)):
        return None
    if not statement.conditions:
        return ()
    if request.context is None:
        return statement.conditions if allow else None
    result = holds(statement.conditions, request.context, partial=request.partial)
    if result.matched is None:
        return statement.conditions if allow else None
    return () if result.matched else None


def _action_applies(request: Request, statement: Statement) -> bool:
    """Whether the statement names the action; an open or undocumented pattern in the worst case."""
    effect: Effect = statement.effect
    if statement.actions is not None:
        return any(
            UNRESOLVED not in text
            and counts_in(text, effect)
            and matches(text, request.action, ignore_case=True)
            for text in statement.actions
        )
    other: Effect = "Deny" if effect == "Allow" else "Allow"
    return not any(
        counts_in(text, other) and matches(text.replace(UNRESOLVED, "*"), request.action, ignore_case=True)
        for text in statement.not_actions or ()
    )


def _resource_applies(request: Request, statement: Statement) -> bool:
    allow = statement.effect == "Allow"
    if statement.not_resources is not None:
        return not any(_matches(text, request, open_matches=not allow) for text in statement.not_resources)
    if statement.resources is None:
        return True
    return any(_matches(text, request, open_matches=allow) for text in statement.resources)


def _matches(pattern: str, request: Request, *, open_matches: bool) -> bool:
    """Whether a resource pattern matches; an open part matches anything, or nothing at all."""
    if UNRESOLVED in request.resource:
        compare = arns_may_overlap if open_matches else covers
        return compare(pattern, request.resource)
    if UNRESOLVED in pattern and not open_matches:
        start = f"arn:{UNRESOLVED}:"
        rest = pattern.removeprefix(start)
        if rest == pattern or UNRESOLVED in rest:
            return False
        # An open partition is the account's own.
        pattern = f"arn:*:{rest}"
    if "${" in pattern:
        if request.context is None or request.partial:
            return open_matches and may_overlap(pattern, request.resource)
        return pattern_matches(pattern, request.resource, request.context)
    return matches(pattern.replace(UNRESOLVED, "*"), request.resource)
