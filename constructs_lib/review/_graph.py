"""Which principal can become which: assumed roles, and roles passed to something that runs as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.policy import matching
from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.review._outside import ASSUME_ROLE, PASS_ROLE, RUNNERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.policy._model import Origin, Statement
    from constructs_lib.review._outside import Outside
    from constructs_lib.review.rules._base import Node

__all__ = ["Step", "reaches", "steps_from"]



class Step(NamedTuple):
    """One way from a principal to a role. ``resource`` is concrete or empty."""

    target: Node
    how: str
    action: str
    resource: str
    origin: Origin
    conditional: bool


def steps_from(nodes: Iterable[Node]) -> dict[str, list[Step]]:
    """Return the steps by the id of the principal that can take them."""
    nodes = list(nodes)
    targets = [node for node in nodes if node.trust is not None]
    table: dict[str, list[Step]] = {}
    for node in nodes:
        steps = [*_assumed(node, targets), *_passed(node, targets)]
        if steps:
            table[node.id] = steps
    return table


def reaches(pattern: str, arn: str) -> bool:
    """Whether a resource pattern means the role of that ARN.

    Partition and account may be open on either side; the role's name must be covered for certain: an open
    name in the pattern is some other role unless it is spelled as the role's own.
    """
    if pattern.strip("*") == "" and pattern:
        return True
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return matching.matches(pattern, arn)
    if not all(matching.may_overlap(a, b) for a, b in zip(ours[:5], theirs[:5], strict=True)):
        return False
    return matching.matches(ours[5], theirs[5])


def _assumed(node: Node, targets: list[Node]) -> Iterator[Step]:
    ways = [way for way in node.ways if ASSUME_ROLE in way.actions]
    for target in targets:
        if target.id == node.id or target.trust is None:
            continue
        trusting = [s for s in target.trust.statements if _admits_assume(s)]
        named = next((s for s in trusting if _names(s, node)), None)
        if named is not None and _same_account(node.arn, target.arn):
            yield Step(
                target, "assume (its trust names the caller)", ASSUME_ROLE, _concrete(target.arn), named.origin,
                named.conditional,
            )
            continue
        admitted = next((s for s in trusting if _names(s, node) or _names_account(s, node)), None)
        if admitted is None:
            continue
        way = next((way for way in ways if any(reaches(text, target.arn) for text in way.resources)), None)
        if way is not None:
            conditional = way.statement.conditional or admitted.conditional
            yield Step(target, "assume", ASSUME_ROLE, _concrete(target.arn), way.statement.origin, conditional)


def _passed(node: Node, targets: list[Node]) -> Iterator[Step]:
    passes = [way for way in node.ways if PASS_ROLE in way.actions]
    if not passes:
        return
    held: dict[str, str] = {}
    for service, actions in RUNNERS.items():
        found = next((a for a in actions if any(a in way.actions for way in node.ways)), None)
        if found is not None:
            held[service] = found
    for target in targets:
        if target.id == node.id or target.trust is None:
            continue
        for way in passes:
            if not any(reaches(text, target.arn) for text in way.resources):
                continue
            service = next((s for s in held if _may_pass_to(way, s) and _trusts_service(target, s)), None)
            if service is not None:
                how = f"pass to {service} with {held[service]} and run as"
                yield Step(
                    target, how, PASS_ROLE, _concrete(target.arn), way.statement.origin, way.statement.conditional
                )
                break


def _concrete(arn: str) -> str:
    return "" if UNRESOLVED in arn else arn


def _admits_assume(statement: Statement) -> bool:
    if statement.effect != "Allow" or statement.actions is None:
        return False
    return any(matching.matches(text, ASSUME_ROLE, ignore_case=True) for text in statement.actions)


def _names(statement: Statement, node: Node) -> bool:
    """Whether a trust statement names the principal itself."""
    return any(kind == "AWS" and ":" in value and _is(value, node.arn) for kind, value in statement.principals or ())


def _is(value: str, arn: str) -> bool:
    if ":root" in value or "/" not in value or "/" not in arn:
        return False
    return reaches(value, arn)


def _names_account(statement: Statement, node: Node) -> bool:
    """Whether a trust statement names everyone or the principal's account."""
    account = _account(node.arn)
    for kind, value in statement.principals or ():
        if kind != "AWS":
            continue
        if value == "*":
            return True
        named = value if ":" not in value else _account(value) if value.endswith(":root") else None
        # An account that is open on both sides is the stack's own (`AWS::AccountId`).
        if named is not None and (named == account or (named == UNRESOLVED and account == UNRESOLVED)):
            return True
    return False


def _account(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 else ""


def _same_account(one: str, other: str) -> bool:
    return _account(one) == _account(other)


def _may_pass_to(way: Outside, service: str) -> bool:
    """Whether `iam:PassedToService` of the statement lets the service have the role."""
    tests = [c for c in way.conditions if c.key.lower() == "iam:passedtoservice" and "not" not in c.operator.lower()]
    return all(
        any(UNRESOLVED in value or matching.matches(value, service, ignore_case=True) for value in test.values)
        for test in tests
    )


def _trusts_service(target: Node, service: str) -> bool:
    trust = target.trust
    return trust is not None and any(
        kind == "Service" and (value == service or value == "*" or value.endswith(f".{service}"))
        for statement in trust.statements
        if statement.effect == "Allow"
        for kind, value in statement.principals or ()
    )
