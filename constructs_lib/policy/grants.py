"""Grants of any action, Bedrock's or not, for the rules about roles, IAM changes and chains.

:mod:`~constructs_lib.policy.effective` knows the actions and resource types of the catalogue; here an action
is only a name, and its resources may be of any type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.policy import matching
from constructs_lib.policy._left import Cover, Piece, left
from constructs_lib.policy._model import UNRESOLVED, Policy, Statement
from constructs_lib.policy._reduce import contains, cover_of, meet, pieces_of
from constructs_lib.policy.effective import Grant, Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["grants_of", "names_action"]


def names_action(statement: Statement, action: str) -> bool:
    """Whether a statement certainly names an action (in any letter case); an open pattern names none."""
    if statement.actions is not None:
        return any(
            UNRESOLVED not in text and matching.matches(text, action, ignore_case=True)
            for text in statement.actions
        )
    return not any(
        matching.matches(text.replace(UNRESOLVED, "*"), action, ignore_case=True)
        for text in statement.not_actions or ()
    )


def grants_of(
    action: str, identity: Iterable[Policy], *, boundary: Policy | None = None, scps: Sequence[Layer] = ()
) -> tuple[Grant, ...]:
    """Return what effectively allows an action, as :func:`~constructs_lib.policy.effective.effective` would.

    Args:
        action: an action without wildcards, ``iam:PassRole``.
        identity: every identity policy of the principal.
        boundary: its permissions boundary.
        scps: layers of service control policies.

    """
    policies = tuple(identity)
    allowing = [
        (policy, statement)
        for policy in policies
        for statement in policy.statements
        if statement.effect == "Allow" and names_action(statement, action)
    ]
    if not allowing:
        return ()
    layers: list[Sequence[Policy]] = [] if boundary is None else [(boundary,)]
    layers += [(layer,) if isinstance(layer, Policy) else layer for layer in scps]
    covers: list[Cover] = []
    for statement in _statements((policies, *layers)):
        firm = statement.effect == "Deny" and not statement.conditions and not statement.conditional
        if firm and names_action(statement, action):
            cover = cover_of(statement.resources, statement.not_resources)
            if cover is None:
                return ()
            covers.append(cover)
    grants = (_grant(action, policy, statement, layers, tuple(covers)) for policy, statement in allowing)
    return tuple(grant for grant in grants if grant is not None)


def _statements(layers: Iterable[Sequence[Policy]]) -> Iterator[Statement]:
    for layer in layers:
        for policy in layer:
            yield from policy.statements


_Held = tuple[Piece, tuple[Statement, ...]]


def _grant(
    action: str,
    policy: Policy,
    statement: Statement,
    layers: Sequence[Sequence[Policy]],
    covers: tuple[Cover, ...],
) -> Grant | None:
    """Return what one statement leaves of an action."""
    held: list[_Held] = [(piece, ()) for piece in pieces_of(statement.resources, statement.not_resources)]
    for layer in layers:
        limits = [
            (limit, piece)
            for limit in _statements((layer,))
            if limit.effect == "Allow" and names_action(limit, action)
            for piece in pieces_of(limit.resources, limit.not_resources)
        ]
        held = [cut for item in held for cut in _cut(item, limits)]
    held = [item for item in held if left(item[0], None, covers) is not None]
    if not held:
        return None
    marks = dict.fromkeys(mark for _, marks in held for mark in marks)
    actions = statement.actions if statement.actions is not None else statement.not_actions or ()
    if statement.actions is not None:
        actions = tuple(text for text in actions if matching.matches(text, action, ignore_case=True))
    return Grant(
        policy=policy,
        statement=statement,
        actions=actions,
        resources=tuple(dict.fromkeys(piece.pattern for piece, _ in held)),
        excluded=tuple(dict.fromkeys(text for piece, _ in held for text in piece.excluded)),
        conditions=statement.conditions + tuple(c for mark in marks for c in mark.conditions),
        conditional=statement.conditional,
    )


def _cut(item: _Held, limits: Sequence[tuple[Statement, Piece]]) -> Iterator[_Held]:
    """Yield what the limits leave of a piece; one that an unconditional limit contains stays whole."""
    piece, marks = item
    if any(not limit.conditions and contains(bound, piece) for limit, bound in limits):
        yield item
        return
    for limit, bound in limits:
        met = meet(piece, bound)
        if met is not None:
            yield met, (*marks, limit) if limit.conditions else marks
