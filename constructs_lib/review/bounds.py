"""How much work the patterns of one model may take, and the worst case for a principal beyond it.

A model of ordinary size and patterns is reviewed without counting. One that has more, or more wildcards,
starts with nothing remembered and may take a number of steps that grows with its size, so that 100 KB end
within two seconds whatever they hold, and the same input always gives the same answer.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import chain, repeat
from operator import mul
from typing import TYPE_CHECKING, Final

from constructs_lib.iam import UNRESOLVED, forget, has_six_segments, within
from constructs_lib.templates import Incomplete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from constructs_lib.iam import Policy, Statement
    from constructs_lib.templates import Model, Principal

__all__ = ["Allowance", "allowance_of", "opened"]

# What is not counted: Allows and Denies of so many pairs, and patterns of so few wildcards.
_FEW_PAIRS: Final = 40_000
_FEW_WILDCARDS: Final = 500
_WILDCARDS_FOR_PATTERN: Final = 5
_LONG: Final = 2_000
# Steps of two microseconds each.
_STEPS: Final = 30_000
_STEPS_FOR_CHARACTER: Final = 2
_STEPS_FOR_STATEMENT: Final = 60
_STEPS_FOR_PRINCIPAL: Final = 200

WHY: Final = (
    "the patterns of its policies are too large to compare: every Allow counts on every resource, and no "
    "Deny, boundary or service control policy"
)
"""What the report says of a principal whose policies take too many steps."""


_NO_LIMIT: Final = nullcontext()


class Allowance:
    """The steps that are left for the principals of a model; ``None`` for no limit."""

    def __init__(self, steps: int | None) -> None:
        self._left = steps

    def share(self) -> AbstractContextManager[None]:
        """Give what is done inside half of what is left, so that one principal doesn't hide the others.

        Raises:
            TooMuchWorkError: That is not enough.

        """
        return _NO_LIMIT if self._left is None else self._half(self._left)

    @contextmanager
    def _half(self, left: int) -> Iterator[None]:
        share = max(left // 2, _STEPS_FOR_PRINCIPAL)
        with within(share) as used:
            try:
                yield
            finally:
                self._left = max(0, left - used())


def allowance_of(model: Model, scps: Sequence[Sequence[Policy]]) -> Allowance:
    """Return the steps for a model: no limit for one of ordinary size."""
    statements = list(_statements(model, scps))
    patterns: set[str] = set()
    removing = 0  # patterns with which those of the Allows are compared
    for statement in statements:
        if statement.effect == "Deny":
            removing += len(statement.resources or statement.not_resources or ())
        patterns.update(statement.resources or statement.not_resources or ())
        for condition in statement.conditions:
            patterns.update(condition.values)
    stars = list(map(str.count, patterns, repeat("*")))
    wildcards = sum(map(mul, stars, stars)) + sum(
        sum(map(str.count, patterns, repeat(char))) for char in ("?", "${", UNRESOLVED)
    )
    for text in patterns:
        marks = text.count("?") + text.count("*") + text.count(UNRESOLVED)
        if marks > 1 and not has_six_segments(text):
            wildcards += marks**3  # each may be one of the colons
    is_ordinary = (
        len(patterns) * removing <= _FEW_PAIRS
        and wildcards <= _FEW_WILDCARDS + _WILDCARDS_FOR_PATTERN * len(patterns)
        and max(map(len, patterns), default=0) <= _LONG
    )
    if is_ordinary:
        return Allowance(None)
    forget()
    size = (
        sum(map(len, patterns)) * _STEPS_FOR_CHARACTER + len(set(map(id, statements))) * _STEPS_FOR_STATEMENT
    )
    return Allowance(_STEPS + size + len(model.principals) * _STEPS_FOR_PRINCIPAL)


def _statements(model: Model, scps: Sequence[Sequence[Policy]]) -> Iterable[Statement]:
    """Return the statements whose patterns are compared, as often as they are."""
    limits = (principal.boundary for principal in model.principals if principal.boundary is not None)
    policies = chain(
        chain.from_iterable(principal.policies for principal in model.principals),
        limits,
        chain.from_iterable(scps),
    )
    return chain.from_iterable(policy.statements for policy in policies)


def opened(principal: Principal) -> Principal:
    """Return a principal in the worst case, in which nothing needs to be compared, and which says so."""
    allows = [
        statement
        for policy in principal.policies
        for statement in policy.statements
        if statement.effect == "Allow"
    ]
    policies = tuple(
        replace(policy, statements=tuple(_opened(allows))) for policy in principal.policies[:1] if allows
    )
    gap = Incomplete(principal.origin.pointer, WHY)
    return replace(
        principal,
        policies=policies,
        boundary=None,
        unread_boundary=None,
        incomplete=(*principal.incomplete, gap),
    )


def _opened(allows: list[Statement]) -> Iterator[Statement]:
    """Yield one statement with all actions that are allowed, and each ``NotAction`` once, on everything."""
    named = tuple(dict.fromkeys(text for statement in allows for text in statement.actions or ()))
    excluded = dict.fromkeys(
        statement.not_actions for statement in allows if statement.not_actions is not None
    )
    elements = [(named, None)] if named else []
    for actions, not_actions in (*elements, *((None, texts) for texts in excluded)):
        yield replace(
            allows[0],
            actions=actions,
            not_actions=not_actions,
            resources=(UNRESOLVED,),
            not_resources=None,
            conditions=(),
            sid=None,
            conditional=False,
            unresolved=(WHY,),
        )
