"""Grants as pieces with the actions that hold on each: cut by boundaries, minus what Denies cover.

A :class:`Piece` is a set of resource texts; an :class:`Item` is a piece with the actions that hold on it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import matching
from constructs_lib.iam._left import Cover, Piece, certain_texts, remaining
from constructs_lib.iam._segments import names_a_type, normal
from constructs_lib.iam._tables import action_mask, allowed_actions, denied_actions, reach, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam.model import Policy, Statement

__all__ = [
    "Denials",
    "Item",
    "allow_items",
    "collect_denials",
    "contains",
    "cover_of",
    "cut",
    "meet",
    "pieces_of",
    "subtract",
]


class Item(NamedTuple):
    """Actions (bits) allowed on a piece; ``limits`` are the conditional boundary or SCP statements used."""

    piece: Piece
    mask: int
    limits: tuple[Statement, ...] = ()


class Denials(NamedTuple):
    """Unconditional Denies: actions denied on everything, and those denied on some resources."""

    full: int
    partial: tuple[tuple[int, Cover], ...]


_Texts = tuple[str, ...] | None


@lru_cache(maxsize=4096)
def allow_items(
    actions: _Texts, not_actions: _Texts, resources: _Texts, not_resources: _Texts
) -> tuple[Item, ...]:
    """Return the pieces of an Allow with the actions that each can hold, as the statement alone says it."""
    mask = allowed_actions(actions, not_actions)
    if not mask:
        return ()
    pieces = pieces_of(resources, not_resources)
    swept = mask & tables().unlisted & ~_exact(actions)
    items = ((piece, mask & _mask_of(piece, swept)) for piece in pieces)
    return tuple(Item(piece, held) for piece, held in items if held)


def _exact(actions: _Texts) -> int:
    """Return the actions that stand in a statement by their whole names."""
    mask = 0
    for pattern in actions or ():
        if "*" not in pattern and "?" not in pattern:
            mask |= action_mask(pattern)
    return mask


@lru_cache(maxsize=4096)
def pieces_of(resources: _Texts, not_resources: _Texts) -> tuple[Piece, ...]:
    """Return the resources of an Allow. IAM refuses a statement without any; ``*`` stands for it."""
    if not_resources is not None:
        return (Piece("*", (), certain_texts(not_resources)),)
    return tuple(map(Piece, dict.fromkeys(resources if resources is not None else ("*",))))


def _mask_of(piece: Piece, swept: int) -> int:
    """Return the actions that accept a resource of the piece.

    Of ``swept`` actions, which a wildcard alone names and of which the resource types are not known, nobody
    meant any by a statement on ARNs of one type.
    """
    mask = reach(piece.pattern)
    if swept & mask and names_a_type(piece.pattern):
        mask &= ~swept
    if not piece.also and not piece.excluded:
        return mask
    return remaining(piece, mask, ())


def collect_denials(statements: Iterable[Statement]) -> Denials:
    """Gather the unconditional Denies."""
    full = 0
    partial: dict[tuple[int, Cover], None] = {}
    for statement in statements:
        if statement.effect != "Deny" or statement.conditions or statement.conditional:
            continue
        mask, cover = _denial(
            statement.actions, statement.not_actions, statement.resources, statement.not_resources
        )
        if cover is None:
            full |= mask
        elif mask:
            partial[mask, cover] = None
    return Denials(full, tuple((mask, cover) for mask, cover in partial if mask & ~full))


@lru_cache(maxsize=4096)
def _denial(
    actions: _Texts, not_actions: _Texts, resources: _Texts, not_resources: _Texts
) -> tuple[int, Cover | None]:
    """Return the actions that a Deny certainly names and its resources, ``None`` for all of them."""
    mask = denied_actions(actions, not_actions)
    cover = cover_of(resources, not_resources)
    return (mask, cover) if cover is None or cover.resources or cover.unless is not None else (0, cover)


def cover_of(resources: _Texts, not_resources: _Texts) -> Cover | None:
    """Return the resources of a Deny, ``None`` for all of them."""
    if not_resources is not None:
        return Cover((), tuple(sorted(set(not_resources))))
    certain = certain_texts(resources or ())
    if resources is None or any(not text.strip("*") for text in certain if text):
        return None
    return Cover(certain)


def cut(items: Iterable[Item], layer: Iterable[Policy]) -> list[Item]:
    """Return what a boundary, or one layer of SCPs, leaves of the items."""
    limits = [
        (statement, limit)
        for policy in layer
        for statement in policy.statements
        if statement.effect == "Allow"
        for limit in allow_items(
            statement.actions, statement.not_actions, statement.resources, statement.not_resources
        )
    ]
    # Unconditional statements first: what they allow whole needs no second look.
    limits.sort(key=lambda pair: bool(pair[0].conditions))
    return [left_over for item in items for left_over in _cut_item(item, limits)]


def _cut_item(item: Item, limits: list[tuple[Statement, Item]]) -> Iterator[Item]:
    """Yield the parts of an item that the limits allow."""
    todo = item.mask
    for whole in (True, False):
        for statement, limit in limits:
            held = todo & limit.mask
            if not held or (contains(limit.piece, item.piece) is not whole):
                continue
            marks = (*item.limits, statement) if statement.conditions else item.limits
            if whole:
                yield Item(item.piece, held, marks)
                if not statement.conditions:
                    todo &= ~held
                continue
            piece = meet(item.piece, limit.piece)
            if piece is not None:
                held &= _mask_of(piece, 0)
                if held:
                    yield Item(piece, held, marks)


def contains(limit: Piece, piece: Piece) -> bool:
    """Whether a limit certainly holds all of a piece."""
    return not limit.also and not limit.excluded and matching.covers(limit.pattern, piece.pattern)


@lru_cache(maxsize=4096)
def meet(one: Piece, other: Piece) -> Piece | None:
    """Return the common texts of two pieces, as one pattern where that is exact."""
    also = tuple(dict.fromkeys((*one.also, *other.also)))
    excluded = tuple(dict.fromkeys((*one.excluded, *other.excluded)))
    met = matching.intersect(one.pattern, other.pattern)
    if not met:
        return None
    if matching.covers(one.pattern, met[0]) and matching.covers(other.pattern, met[0]):
        return Piece(met[0], also, excluded)
    return Piece(one.pattern, (*also, other.pattern), excluded)


def subtract(items: Iterable[Item], denials: Denials) -> Iterator[Item]:
    """Yield the items with the actions that the Denies leave them."""
    for item in items:
        mask = item.mask & ~denials.full
        if mask and denials.partial:
            mask = _after_partial(item.piece, mask, denials.partial)
        if mask:
            yield item if mask == item.mask else item._replace(mask=mask)


def _after_partial(piece: Piece, mask: int, partial: tuple[tuple[int, Cover], ...]) -> int:
    """Split the actions by the Denies that name them, then ask what each set of Denies leaves."""
    parts: dict[tuple[Cover, ...], int] = {(): mask}
    for denied, cover in partial:
        if not mask & denied or not _touches(cover, piece.pattern):
            continue
        split: dict[tuple[Cover, ...], int] = {}
        for covers, members in parts.items():
            for key, some in (((*covers, cover), members & denied), (covers, members & ~denied)):
                if some:
                    split[key] = split.get(key, 0) | some
        parts = split
    result = parts.pop((), 0)
    for covers, members in parts.items():
        result |= remaining(piece, members, covers)
    return result


def _touches(cover: Cover, pattern: str) -> bool:
    """Whether a cover can hold anything of a pattern."""
    text = normal(pattern)
    return cover.unless is not None or any(matching.arns_may_overlap(one, text) for one in cover.resources)
