"""What a resolution gives and what bounds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ABSENT", "MAX_CHOICES", "MAX_DEPTH", "MAX_STEPS", "Resolved", "flat_texts", "side_by_side"]

ABSENT: Final = object()
"""What ``AWS::NoValue`` gives: the property isn't there."""

MAX_DEPTH: Final = 60
"""Levels of nesting, those behind references included."""
MAX_STEPS: Final = 50_000
"""Objects and items of lists that one resolution goes through."""
MAX_CHOICES: Final = 32
"""Possible values that are told apart; of more, none is named."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The possible values of a node.

    ``conditional`` says that they depend on a choice (``Fn::If``, allowed values, an unknown map key);
    ``reasons`` say what stayed open and why.
    """

    values: list[Any]
    conditional: bool = False
    reasons: tuple[str, ...] = ()


def side_by_side(found: list[Any]) -> list[Any]:
    """Put possibilities into one list."""
    result: list[Any] = []
    for value in found:
        if isinstance(value, list):
            result += value
        elif value is not ABSENT:
            result.append(value)
    return result


def flat_texts(values: list[Any]) -> list[str]:
    """Return the texts among values, lists taken apart."""
    flat: list[str] = []
    todo = values[::-1]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value[::-1]
        elif isinstance(value, str):
            flat.append(value)
    return flat
