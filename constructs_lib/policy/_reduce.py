"""What is left of a grant: resource patterns cut by boundaries, and minus what Denies cover.

A :class:`Piece` is a set of resource texts; an :class:`Item` is a piece with the actions that hold on it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.policy import matching
from constructs_lib.policy._glob import compile_glob, find
from constructs_lib.policy._model import UNRESOLVED, Policy, Statement
from constructs_lib.policy._tables import (
    action_mask,
    names_a_type,
    normal,
    possible_mask,
    reach,
    tables,
    types_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.policy._glob import Glob
    from constructs_lib.policy._tables import Format

__all__ = [
    "Cover",
    "Denials",
    "Item",
    "Piece",
    "allow_items",
    "allowed_actions",
    "collect_denials",
    "contains",
    "cover_of",
    "cut",
    "left",
    "meet",
    "pieces_of",
    "subtract",
]

_PARTITION = re.compile(r"arn:[a-z0-9-]+:")
# A Deny on NotResource leaves one of the patterns it lists; beyond this many combinations nothing is removed.
_COMBINATIONS = 256


class Piece(NamedTuple):
    """Texts that ``pattern`` and all of ``also`` may match and nothing in ``excluded`` certainly matches."""

    pattern: str
    also: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Item(NamedTuple):
    """Actions (bits) allowed on a piece; ``limits`` are the conditional boundary or SCP statements used."""

    piece: Piece
    mask: int
    limits: tuple[Statement, ...] = ()


class Cover(NamedTuple):
    """The resources of a Deny: what ``resources`` certainly match, or what ``unless`` certainly doesn't."""

    resources: tuple[str, ...]
    unless: tuple[str, ...] | None = None


class Denials(NamedTuple):
    """Unconditional Denies: actions denied on everything, and those denied on some resources."""

    full: int
    partial: tuple[tuple[int, Cover], ...]


_Texts = tuple[str, ...] | None


@lru_cache(maxsize=4096)
def allowed_actions(actions: _Texts, not_actions: _Texts) -> int:
    """Return the actions that an Allow certainly names; an open pattern names none."""
    mask = 0
    if actions is not None:
        for pattern in actions:
            mask |= action_mask(pattern)
        return mask
    for pattern in not_actions or ():
        mask |= possible_mask(pattern)
    return tables().every & ~mask


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
        return (Piece("*", (), _certain_texts(not_resources)),)
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
    return _remaining(piece, mask, ())


@lru_cache(maxsize=4096)
def _remaining(piece: Piece, mask: int, covers: tuple[Cover, ...]) -> int:
    """Return the actions of ``mask`` for which some accepted resource of the piece is in no cover."""
    table = tables()
    result = 0
    for types, members in (*table.groups, ((), table.bare), (None, table.unlisted)):
        if mask & members and left(piece, types, covers) is not None:
            result |= mask & members
    return result


def left(piece: Piece, types: tuple[str, ...] | None, covers: tuple[Cover, ...]) -> str | None:
    """Return a resource of the piece and of one of ``types`` that no cover holds, or ``None``.

    Empty ``types`` stand for the resource ``*``, ``None`` for resources of any kind.
    """
    if types is None:
        return _left_in(piece, None, covers)
    if not types:
        return _left_bare(piece, covers)
    reachable = types_of(piece.pattern)
    for name in types:
        if name in reachable:
            for item in tables().by_type.get(name, ()):
                text = _left_in(piece, item, covers)
                if text is not None:
                    return text
    return None


def _left_bare(piece: Piece, covers: tuple[Cover, ...]) -> str | None:
    """Return ``*`` if the piece holds that text and no cover does."""
    barred = (*piece.excluded, *(text for cover in covers for text in cover.resources))
    held = all(_may(text, "*") for text in (piece.pattern, *piece.also))
    held = held and not any(matching.matches(text, "*") for text in barred)
    return (
        "*" if held and all(any(_may(text, "*") for text in demand) for demand in _demands(covers)) else None
    )


def _demands(covers: tuple[Cover, ...]) -> list[tuple[str, ...]]:
    """Return, for each Deny on NotResource, the patterns of which a resource must match one."""
    return [tuple(normal(text) for text in cover.unless) for cover in covers if cover.unless is not None]


@lru_cache(maxsize=65536)
def _left_in(piece: Piece, item: Format | None, covers: tuple[Cover, ...]) -> str | None:
    """Return a resource of the piece in one ARN format (``None``: any text) that no cover holds."""
    includes = tuple(normal(text) for text in (piece.pattern, *piece.also))
    excludes = (*piece.excluded, *(text for cover in covers for text in cover.resources))
    demands = _demands(covers)
    shape: tuple[Glob, ...] = ()
    if item is not None:
        shape = (item.whole,)
        demands = [tuple(text for text in demand if item.type in types_of(text)) for demand in demands]
        excludes = tuple(text for text in excludes if item.type in types_of(text))
    if "*" in excludes:
        return None
    if prod(map(len, demands)) > _COMBINATIONS:
        return piece.pattern
    barred = tuple(map(compile_glob, excludes))
    firm = (compile_glob(_home(includes)), *map(compile_glob, includes), *shape)
    for demanded in product(*demands):
        try:
            text = find((*firm, *map(compile_glob, demanded)), barred)
        except OverflowError:
            return piece.pattern
        if text is not None:
            return text
    return None


def _home(patterns: tuple[str, ...]) -> str:
    """Return a pattern for the partition that the patterns are about: the one they name, else ``aws``.

    An account lives in one partition, so a Deny on ``arn:aws:...`` leaves nothing over in ``arn:aws-cn:...``.
    """
    for pattern in patterns:
        named = _PARTITION.match(pattern)
        if named is not None:
            return f"{named.group()}*"
    return "arn:aws:*"


def _certain(pattern: str) -> str | None:
    """Return what a pattern certainly matches, as a pattern; ``None`` when nothing is certain.

    An open partition is the account's own, whatever it is (``arn:${AWS::Partition}:...``).
    """
    start = f"arn:{UNRESOLVED}:"
    text = f"arn:*:{pattern.removeprefix(start)}" if pattern.startswith(start) else pattern
    return None if matching.is_open(text) else text


def _certain_texts(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in map(_certain, patterns) if text is not None}))


def _may(pattern: str, text: str) -> bool:
    return matching.matches(normal(pattern).replace(UNRESOLVED, "*"), text)


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
    mask = allowed_actions(actions, not_actions)
    cover = cover_of(resources, not_resources)
    return (mask, cover) if cover is None or cover.resources or cover.unless is not None else (0, cover)


def cover_of(resources: _Texts, not_resources: _Texts) -> Cover | None:
    """Return the resources of a Deny, ``None`` for all of them."""
    if not_resources is not None:
        return Cover((), tuple(sorted(set(not_resources))))
    certain = _certain_texts(resources or ())
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
        result |= _remaining(piece, members, covers)
    return result


def _touches(cover: Cover, pattern: str) -> bool:
    """Whether a cover can hold anything of a pattern."""
    text = normal(pattern)
    return cover.unless is not None or any(matching.arns_may_overlap(one, text) for one in cover.resources)
