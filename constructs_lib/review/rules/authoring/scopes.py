"""Data actions on wide resource patterns, and the conditions that limit such a request."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import (
    NO_ACTIONS,
    UNRESOLVED,
    ActionSet,
    actions_accepting,
    intersect,
    remembered,
    scope_of,
)
from constructs_lib.review.facts import has_key
from constructs_lib.review.planes import action_sets, split_by_plane
from constructs_lib.review.rules.authoring.arns import arn_fault
from constructs_lib.review.rules.authoring.statements import patterns_naming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.iam import Condition
    from constructs_lib.review.facts import Facts, Held

__all__ = [
    "WideStatement",
    "is_type_wide",
    "limits_request",
    "passes_named_values_only",
    "remaining_patterns",
    "why_unlimited",
    "wide_statements",
]

_PINS = (
    "bedrock:InferenceProfileArn",
    "bedrock:ModelArn",
    "bedrock:ProjectArn",
    "bedrock:PromptRouterArn",
    "bedrock-mantle:ProjectArn",
    "aws:ResourceTag/*",
    "bedrock-agentcore:*",
)
# Denies on NotResource that list more patterns than this, together, are ignored.
_MOST = 256
_WORD = re.compile(r"[A-Za-z0-9]+")
# Shorter texts name no model's provider or family, and no environment.
_SHORTEST = {"foundation-model": 3, "inference-profile": 3}
_SHORTEST_OTHER = 2
# The endpoint that every runtime has:
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agent-runtime-versioning.html
_NO_NAMES = ("DEFAULT",)
_OPERATORS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


class WideStatement(NamedTuple):
    """A statement that allows data actions on wide patterns.

    Attributes:
        held: The first wide pattern that the statement gives.
        mask: The data actions on all its wide patterns.
        resources: The wide patterns.

    """

    held: Held
    mask: ActionSet
    resources: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What distinguishes the finding from others of its rule on the principal."""
        return (*patterns_naming(self.held.statement, self.mask), *sorted(self.resources))


def wide_statements(facts: Facts, is_wide: Callable[[str], bool]) -> Iterable[WideStatement]:
    """Return the statements that allow data actions on wide patterns.

    Data reads, actions that take no ARN, requests that a condition limits, and what AWS's own read-only
    policies allow do not count.

    Args:
        facts: The principal.
        is_wide: Whether a resource pattern is wide.

    """
    rows: dict[int, WideStatement] = {}
    for held, pattern, bits in facts.once(_patterns_with_data):
        if is_wide(pattern):
            row = rows.get(id(held.statement), WideStatement(held, NO_ACTIONS, ()))
            resources = dict.fromkeys((*row.resources, pattern))
            rows[id(held.statement)] = WideStatement(row.held, row.mask | bits, tuple(resources))
    return rows.values()


def _patterns_with_data(facts: Facts) -> list[tuple[Held, str, ActionSet]]:
    """Return the patterns on which data actions are allowed that nothing else limits."""
    found = []
    for held in facts.held if facts.mask else ():
        mask = split_by_plane(held.mask, held.resource).data & action_sets().on_arns
        if mask and not limits_request(held.conditions) and not facts.is_audit(held):
            found += [(held, pattern, bits) for pattern, bits in remaining_patterns(facts, held, mask)]
    return found


@remembered(4096)
def is_type_wide(pattern: str) -> bool:
    """Whether a resource pattern covers a whole type or account, or fixes less than a name.

    `foundation-model/a*` and `inference-profile/us.*` name nothing; a provider, a family of models
    (`*claude-haiku-4-5*`) or an environment (`runtime/*-prod`) is a name.
    """
    if scope_of(pattern) not in {"account", "type", "some"} or arn_fault(pattern):
        return False  # BP304 reports ARNs that match nothing
    kind, slash, identifier = pattern.split(":", 5)[-1].partition("/")
    if not slash:
        if scope_of(pattern) != "account":
            return scope_of(pattern) == "type"  # `foundation-model*`
        identifier = kind
    if UNRESOLVED in identifier or "${" in identifier:
        return False
    if kind in _SHORTEST:
        geography = next((name for name in catalogue.geographies() if identifier.startswith(f"{name}.")), "")
        identifier = identifier[len(geography) :]
    words = [word for word in _WORD.findall(identifier) if word not in _type_words()]
    return max(map(len, words), default=0) < _SHORTEST.get(kind, _SHORTEST_OTHER)


@cache
def _type_words() -> frozenset[str]:
    """Return the words that are part of ARN formats, such as `alias` in `flow/*/alias/*`."""
    arns = [arn for kind in catalogue.resource_types().values() for arn in kind.arns]
    literal = [re.sub(r"\$\{[^}]*\}", "", arn) for arn in arns]
    return frozenset(_NO_NAMES).union(*(_WORD.findall(text) for text in literal))


def remaining_patterns(facts: Facts, held: Held, mask: ActionSet) -> Iterable[tuple[str, ActionSet]]:
    """Return what Denies on ``NotResource`` leave of a pattern: narrower patterns, each with its actions.

    Args:
        facts: The principal.
        held: What it holds, on one pattern.
        mask: The actions to look at.

    """
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


def limits_request(conditions: Iterable[Condition]) -> bool:
    """Whether a condition limits the request to named models, profiles, projects, tags or actors."""
    return any(
        has_key((condition,), *_PINS) and passes_named_values_only(condition) for condition in conditions
    )


def why_unlimited(conditions: Iterable[Condition]) -> str:
    """Return the reason why a condition on a limiting key limits nothing, empty without such a condition."""
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


def passes_named_values_only(condition: Condition) -> bool:
    """Whether a condition passes only requests with a value that it names.

    `IfExists` and `ForAllValues` pass a request without the key, and `*` passes every value.
    """
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if quantifier == "forallvalues":
        return False
    return operator in _OPERATORS and all(value.strip("*") for value in condition.values)
