"""Compare the policy that templates need with one that is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.iam import covers, is_open, matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.deploy.model import DeployPolicy, DeployStatement
    from constructs_lib.iam import Policy, Statement

__all__ = ["Comparison", "check"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a deployed policy lacks, and what it needn't hold; one line each, sorted."""

    lacks: tuple[str, ...]
    superfluous: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether the two differ."""
        return bool(self.lacks or self.superfluous)


def check(policy: DeployPolicy, deployed: Sequence[Policy]) -> Comparison:
    """Compare a derived policy with those that a role has.

    Args:
        policy: What the templates need.
        deployed: The policies of the role, together.

    """
    held = [statement for one in deployed for statement in one.statements]
    lacks = [line for statement in policy.statements for line in _lacks(statement, held)]
    superfluous = [line for statement in held for line in _superfluous(statement, policy.statements)]
    return Comparison(tuple(sorted(set(lacks))), tuple(sorted(set(superfluous))))


def _lacks(needed: DeployStatement, held: Sequence[Statement]) -> Iterator[str]:
    for action in needed.actions:
        for arn in needed.resources:
            if not any(_holds(statement, needed, action, arn) for statement in held):
                verb = "denies nothing of" if needed.effect == "Deny" else "lacks"
                yield f"{verb} {action} on {arn}{_condition(needed)}{_by(needed)}"
            elif needed.effect == "Allow" and any(_denies(statement, action, arn) for statement in held):
                yield f"denies {action} on {arn}{_by(needed)}"


def _condition(needed: DeployStatement) -> str:
    return "".join(f" with {key} = {', '.join(values)}" for _, key, values in needed.condition)


def _by(needed: DeployStatement) -> str:
    if not needed.needed_by:
        return ""
    more = len(needed.needed_by) - 1
    return f", needed by {needed.needed_by[0]}" + (f" and {more} more" if more else "")


def _names(statement: Statement, action: str) -> bool:
    if statement.actions is not None:
        return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions)
    listed = statement.not_actions or ()
    return not any(matches(pattern, action, ignore_case=True) for pattern in listed)


def _covers(statement: Statement, arn: str) -> bool:
    """Whether a statement is certainly about everything that an ARN pattern matches."""
    return statement.resources is not None and any(covers(one, arn) for one in statement.resources)


def _holds(statement: Statement, needed: DeployStatement, action: str, arn: str) -> bool:
    if statement.effect != needed.effect or not _names(statement, action) or not _covers(statement, arn):
        return False
    asked = {(operator.lower(), key.lower()): set(values) for operator, key, values in needed.condition}
    return all(
        asked.get((one.operator.lower(), one.key.lower()), {""}) <= set(one.values)
        for one in statement.conditions
    )


def _denies(statement: Statement, action: str, arn: str) -> bool:
    is_certain = statement.effect == "Deny" and not statement.conditions and not statement.conditional
    return is_certain and _names(statement, action) and _covers(statement, arn)


def _superfluous(statement: Statement, needed: Sequence[DeployStatement]) -> Iterator[str]:
    """Yield what an Allow statement has beyond the need."""
    if statement.effect != "Allow":
        return
    if statement.actions is None:
        yield "allows all actions but those in NotAction"
        return
    resources = statement.resources if statement.resources is not None else ("*",)
    for pattern in statement.actions:
        wanted = [
            one
            for one in needed
            if one.effect == "Allow" and any(matches(pattern, name, ignore_case=True) for name in one.actions)
        ]
        if not wanted:
            yield f"needn't hold {pattern}"
            continue
        if is_open(pattern) or "*" in pattern or "?" in pattern:
            count = len(
                {name for one in wanted for name in one.actions if matches(pattern, name, ignore_case=True)}
            )
            yield f"needn't hold all of {pattern}: {count} of its actions are needed"
            continue
        for arn in resources:
            usable = [one for one in wanted if any(covers(own, arn) for own in one.resources)]
            if not usable:
                least = ", ".join(sorted({own for one in wanted for own in one.resources}))
                yield f"needn't hold {pattern} on {arn}: {least} is enough"
            elif not any(_is_conditioned(statement, one) for one in usable):
                yield f"needn't hold {pattern} on {arn} without a condition:{_condition(usable[0])} is enough"


def _is_conditioned(statement: Statement, needed: DeployStatement) -> bool:
    """Whether a statement has every condition that the need has, with no more values."""
    return all(
        any(
            one.operator.lower() == operator.lower()
            and one.key.lower() == key.lower()
            and set(one.values) <= set(values)
            for one in statement.conditions
        )
        for operator, key, values in needed.condition
    )
