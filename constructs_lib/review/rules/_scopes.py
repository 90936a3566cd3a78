"""Data actions on wide resource patterns, and the conditions that pin such a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import NO_ACTIONS, ActionSet, actions_accepting, intersect
from constructs_lib.review.facts import has_key
from constructs_lib.review.planes import action_sets, split_by_plane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.iam import Condition
    from constructs_lib.review.facts import Facts, Held

__all__ = ["Wide", "idle_condition", "is_pinned", "left_of", "passes_named_only", "wide_rows"]

_PINS = (
    "bedrock:InferenceProfileArn",
    "bedrock:ModelArn",
    "bedrock:ProjectArn",
    "bedrock:PromptRouterArn",
    "bedrock-mantle:ProjectArn",
    "aws:ResourceTag/*",
    "bedrock-agentcore:*",
)
# Denies on NotResource that list more patterns than this, together, are left out of sight.
_MOST = 256
_OPERATORS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


class Wide(NamedTuple):
    """One statement: its first piece with a wide pattern, the data actions on all of them, the patterns."""

    held: Held
    mask: ActionSet
    resources: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the finding from others of its rule on the principal."""
        return (*sorted(self.held.statement.actions or ("NotAction",)), *sorted(self.resources))


def wide_rows(facts: Facts, is_wide: Callable[[str], bool]) -> Iterable[Wide]:
    """Return the statements that allow data actions, which take ARNs, on patterns that are wide.

    Left out are data reads, what a condition pins, and what AWS's own read-only policies open.
    """
    rows: dict[int, Wide] = {}
    for held in facts.held if facts.mask else ():
        mask = split_by_plane(held.mask, held.resource).data & action_sets().on_arns
        if not mask or is_pinned(held.conditions) or facts.is_audit(held):
            continue
        for pattern, bits in left_of(facts, held, mask):
            if is_wide(pattern):
                row = rows.get(id(held.statement), Wide(held, NO_ACTIONS, ()))
                resources = dict.fromkeys((*row.resources, pattern))
                rows[id(held.statement)] = Wide(row.held, row.mask | bits, tuple(resources))
    return rows.values()


def left_of(facts: Facts, held: Held, mask: ActionSet) -> Iterable[tuple[str, ActionSet]]:
    """Return the patterns that Denies on ``NotResource`` leave of one, each with its actions of ``mask``."""
    parts = [(held.resource, mask)]
    for denied, cover in facts.effective.denials.partial:
        if cover.unless is None or not mask & denied or len(parts) * len(cover.unless) > _MOST:
            continue
        spared = [(pattern, bits & ~denied) for pattern, bits in parts]
        cut = [
            (met, bits & denied & actions_accepting(met))
            for pattern, bits in parts
            for text in cover.unless
            for met in intersect(pattern, text)
        ]
        parts = [part for part in (*spared, *cut) if part[1]]
    return parts


def is_pinned(conditions: Iterable[Condition]) -> bool:
    """Whether a condition ties the request to named models, profiles, projects, tags or actors."""
    return any(has_key((condition,), *_PINS) and passes_named_only(condition) for condition in conditions)


def idle_condition(conditions: Iterable[Condition]) -> str:
    """Say why a condition on what could pin the request does not, empty where there is none."""
    for condition in conditions:
        if has_key((condition,), *_PINS):
            return f"; the condition on `{condition.key}` does not count: {_why_idle(condition)}"
    return ""


def _why_idle(condition: Condition) -> str:
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if operator == "null":
        return "`Null` tests whether the key is present, not its value"
    if quantifier == "forallvalues" or operator.endswith("ifexists"):
        return f"`{condition.operator}` also passes requests without the key"
    if "not" in operator:
        return f"`{condition.operator}` passes everything except the value that it names"
    if not all(value.strip("*") for value in condition.values):
        return "`*` matches every value"
    return f"`{condition.operator}` names no resource"


def passes_named_only(condition: Condition) -> bool:
    """Whether a condition lets only named values pass.

    `IfExists` and `ForAllValues` pass a request without the key, a bare `*` passes every value.
    """
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if quantifier == "forallvalues":
        return False
    return operator in _OPERATORS and all(value.strip("*") for value in condition.values)
