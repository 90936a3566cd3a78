"""Conditions that pin a wide resource pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.review.facts import has_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.policy._model import Condition

__all__ = ["is_pinned", "passes_named_only"]

_PINS = (
    "bedrock:InferenceProfileArn",
    "bedrock:ModelArn",
    "bedrock:ProjectArn",
    "bedrock:PromptRouterArn",
    "bedrock-mantle:ProjectArn",
    "aws:ResourceTag/*",
    "bedrock-agentcore:*",
)
_OPERATORS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})


def is_pinned(conditions: Iterable[Condition]) -> bool:
    """Whether a condition ties the request to named models, profiles, projects, tags or actors."""
    return any(has_key((condition,), *_PINS) and passes_named_only(condition) for condition in conditions)


def passes_named_only(condition: Condition) -> bool:
    """Whether a condition lets only named values pass.

    `IfExists` and `ForAllValues` pass a request without the key, a bare `*` passes every value.
    """
    quantifier, _, operator = condition.operator.lower().rpartition(":")
    if quantifier == "forallvalues":
        return False
    return operator in _OPERATORS and all(value.strip("*") for value in condition.values)
