"""What remains of an Allow: cut by boundaries and SCPs, minus what Denies cover.

A :class:`Piece` is a set of resources, an :class:`Item` a piece with the actions that are allowed on it, and
a :class:`Cover` the resources of a Deny. Pieces *meet* in what both hold, a limit *cuts* items to what it
allows, and Denies are *subtracted*: an action goes when no resource that it accepts remains.
"""

from __future__ import annotations

import re
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from constructs_lib.iam.action_sets import (
    NO_ACTIONS,
    ActionSet,
    actions_accepting,
    actions_matching,
    allowed_actions,
    denied_actions,
    tables,
    types_of,
)
from constructs_lib.iam.automata import compile_glob, find
from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.patterns import (
    arns_may_overlap,
    covers,
    intersect,
    is_open,
    matches,
    names_a_type,
    without_variables,
)
from constructs_lib.iam.work import remembered, spend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam.action_sets import Format
    from constructs_lib.iam.automata import Glob
    from constructs_lib.iam.model import Policy, Statement

__all__ = [
    "Cover",
    "Denials",
    "Item",
    "Piece",
    "allow_items",
    "collect_denials",
    "cut",
    "remaining_actions",
    "remaining_resource",
    "subtract",
]

_Texts: TypeAlias = tuple[str, ...] | None

_PARTITION = re.compile(r"arn:[a-z0-9-]+:")
# A Deny on NotResource leaves one of the patterns it lists; beyond this many combinations nothing is removed.
_COMBINATIONS = 256


class Piece(NamedTuple):
    """Resources that ``pattern`` and all of ``also`` may match and none of ``excluded`` certainly matches."""

    pattern: str
    also: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Cover(NamedTuple):
    """The resources of a Deny: what ``resources`` certainly match, or what ``unless`` certainly doesn't."""

    resources: tuple[str, ...]
    unless: tuple[str, ...] | None = None


class Item(NamedTuple):
    """The actions (``mask``) allowed on a piece; ``limits`` are the conditional limits behind it."""

    piece: Piece
    mask: ActionSet
    limits: tuple[Statement, ...] = ()


class Denials(NamedTuple):
    """Unconditional Denies: actions denied on everything, and those denied on some resources."""

    full: ActionSet
    partial: tuple[tuple[ActionSet, Cover], ...]


@remembered(4096)
def allow_items(
    actions: _Texts, not_actions: _Texts, resources: _Texts, not_resources: _Texts
) -> tuple[Item, ...]:
    """Return the pieces of an Allow statement, each with the actions that can be used on it."""
    mask = allowed_actions(actions, not_actions)
    if not mask:
        return ()
    pieces = pieces_of(resources, not_resources)
    swept = mask & tables().unlisted & ~_exact(actions)
    items = ((piece, mask & _accepted(piece, swept)) for piece in pieces)
    return tuple(Item(piece, held) for piece, held in items if held)


def _exact(actions: _Texts) -> ActionSet:
    """Return the actions that a statement names without wildcards."""
    mask = NO_ACTIONS
    for pattern in actions or ():
        if "*" not in pattern and "?" not in pattern:
            mask |= actions_matching(pattern)
    return mask


@remembered(4096)
def pieces_of(resources: _Texts, not_resources: _Texts) -> tuple[Piece, ...]:
    """Return the resources of an Allow. IAM refuses a statement without any; it is read as ``*``."""
    if not_resources is not None:
        return (Piece("*", (), certain_patterns(not_resources)),)
    return tuple(map(Piece, dict.fromkeys(resources if resources is not None else ("*",))))


def _accepted(piece: Piece, swept: ActionSet) -> ActionSet:
    """Return the actions that accept a resource of the piece.

    Args:
        piece: The resources.
        swept: Actions of unknown resource types that only a wildcard names. A statement on ARNs of one
            type is not about them, so they are left out there.

    """
    mask = actions_accepting(piece.pattern)
    if swept & mask and names_a_type(piece.pattern):
        mask &= ~swept
    if not piece.also and not piece.excluded:
        return mask
    return remaining_actions(piece, mask, ())


def collect_denials(statements: Iterable[Statement]) -> Denials:
    """Gather the unconditional Denies."""
    full = NO_ACTIONS
    partial: dict[tuple[ActionSet, Cover], None] = {}
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


@remembered(4096)
def _denial(
    actions: _Texts, not_actions: _Texts, resources: _Texts, not_resources: _Texts
) -> tuple[ActionSet, Cover | None]:
    """Return the actions that a Deny certainly names and its resources, ``None`` for all of them."""
    mask = denied_actions(actions, not_actions)
    cover = cover_of(resources, not_resources)
    return (
        (mask, cover) if cover is None or cover.resources or cover.unless is not None else (NO_ACTIONS, cover)
    )


def cover_of(resources: _Texts, not_resources: _Texts) -> Cover | None:
    """Return the resources of a Deny, ``None`` for all of them."""
    if not_resources is not None:
        return Cover((), tuple(sorted(set(not_resources))))
    certain = certain_patterns(resources or ())
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
    # Unconditional statements first: what they allow as a whole is settled.
    limits.sort(key=lambda pair: bool(pair[0].conditions))
    return [left_over for item in items for left_over in _cut_item(item, limits)]


def _cut_item(item: Item, limits: list[tuple[Statement, Item]]) -> Iterator[Item]:
    """Yield the parts of an item that the limits allow."""
    todo = item.mask
    for whole in (True, False):
        spend(1 + len(limits) // 8)
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
                held &= _accepted(piece, NO_ACTIONS)
                if held:
                    yield Item(piece, held, marks)


def contains(limit: Piece, piece: Piece) -> bool:
    """Whether a limit certainly contains all of a piece."""
    return not limit.also and not limit.excluded and covers(limit.pattern, piece.pattern)


@remembered(4096)
def meet(one: Piece, other: Piece) -> Piece | None:
    """Return the resources that two pieces share, as one pattern where that is exact."""
    also = tuple(dict.fromkeys((*one.also, *other.also)))
    excluded = tuple(dict.fromkeys((*one.excluded, *other.excluded)))
    common = intersect(one.pattern, other.pattern)
    if not common:
        return None
    if covers(one.pattern, common[0]) and covers(other.pattern, common[0]):
        return Piece(common[0], also, excluded)
    return Piece(one.pattern, (*also, other.pattern), excluded)


def subtract(items: Iterable[Item], denials: Denials) -> Iterator[Item]:
    """Yield the items with the actions that the Denies leave them."""
    for item in items:
        mask = item.mask & ~denials.full
        if mask and denials.partial:
            mask = _after_partial(item.piece, mask, denials.partial)
        if mask:
            yield item if mask == item.mask else item._replace(mask=mask)


def _after_partial(piece: Piece, mask: ActionSet, partial: tuple[tuple[ActionSet, Cover], ...]) -> ActionSet:
    """Group the actions by the Denies that name them, and return those that each group of Denies leaves."""
    parts: dict[tuple[Cover, ...], ActionSet] = {(): mask}
    spend(1 + len(partial) // 4)
    for denied, cover in partial:
        if not mask & denied or not _touches(cover, piece.pattern):
            continue
        split: dict[tuple[Cover, ...], ActionSet] = {}
        spend(1 + len(parts))
        for behind, members in parts.items():
            for key, some in (((*behind, cover), members & denied), (behind, members & ~denied)):
                if some:
                    split[key] = split.get(key, NO_ACTIONS) | some
        parts = split
    result = parts.pop((), NO_ACTIONS)
    for behind, members in parts.items():
        result |= remaining_actions(piece, members, behind)
    return result


def _touches(cover: Cover, pattern: str) -> bool:
    """Whether a Deny may cover anything that a pattern matches."""
    text = without_variables(pattern)
    return cover.unless is not None or any(arns_may_overlap(one, text) for one in cover.resources)


def remaining_resource(piece: Piece, types: tuple[str, ...] | None, denied: tuple[Cover, ...]) -> str | None:
    """Return a resource of a piece that no Deny covers, ``None`` if there is none.

    Args:
        piece: The resources that are allowed.
        types: The resource types of interest; empty for the resource ``*``, ``None`` for any kind.
        denied: The resources of the Denies.

    """
    if types is None:
        return _left_in(piece, None, denied)
    if not types:
        return _left_bare(piece, denied)
    reachable = types_of(piece.pattern)
    for name in types:
        if name in reachable:
            for item in tables().by_type.get(name, ()):
                text = _left_in(piece, item, denied)
                if text is not None:
                    return text
    return None


def _left_bare(piece: Piece, denied: tuple[Cover, ...]) -> str | None:
    """Return ``*`` if the piece contains that text and no Deny covers it."""
    barred = (*piece.excluded, *(text for cover in denied for text in cover.resources))
    held = all(_may(text, "*") for text in (piece.pattern, *piece.also))
    held = held and not any(matches(text, "*") for text in barred)
    return (
        "*" if held and all(any(_may(text, "*") for text in demand) for demand in _demands(denied)) else None
    )


@remembered(65536)
def _left_in(piece: Piece, item: Format | None, denied: tuple[Cover, ...]) -> str | None:
    """Return a resource of the piece in one ARN format (``None``: any text) that no Deny covers."""
    includes = tuple(without_variables(text) for text in (piece.pattern, *piece.also))
    excludes = (*piece.excluded, *(text for cover in denied for text in cover.resources))
    demands = _demands(denied)
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
        except OverflowError:  # too many states to tell, so something remains
            return piece.pattern
        if text is not None:
            return text
    return None


def _demands(denied: tuple[Cover, ...]) -> list[tuple[str, ...]]:
    """Return, for each Deny on NotResource, the patterns of which a resource must match one."""
    return [
        tuple(without_variables(text) for text in cover.unless)
        for cover in denied
        if cover.unless is not None
    ]


def _home(patterns: tuple[str, ...]) -> str:
    """Return a pattern for the ARNs of the partition that the patterns name, ``aws`` if none does.

    An account lives in one partition, so a Deny on ``arn:aws:...`` leaves nothing over in ``arn:aws-cn:...``.
    """
    for pattern in patterns:
        named = _PARTITION.match(pattern)
        if named is not None:
            return f"{named.group()}*"
    return "arn:aws:*"


def _may(pattern: str, text: str) -> bool:
    return matches(without_variables(pattern).replace(UNRESOLVED, "*"), text)


@remembered(4096)
def remaining_actions(piece: Piece, mask: ActionSet, denied: tuple[Cover, ...]) -> ActionSet:
    """Return the actions of ``mask`` that accept a resource of the piece which no Deny covers."""
    table = tables()
    result = NO_ACTIONS
    for types, members in (*table.groups, ((), table.bare), (None, table.unlisted)):
        if mask & members and remaining_resource(piece, types, denied) is not None:
            result |= mask & members
    return result


def certain_patterns(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return patterns for what the patterns certainly match, sorted."""
    return tuple(sorted({text for text in map(_certain, patterns) if text is not None}))


def _certain(pattern: str) -> str | None:
    """Return what a pattern certainly matches, as a pattern; ``None`` when nothing is certain.

    An open partition is the account's own, whatever it is (``arn:${AWS::Partition}:...``).
    """
    start = f"arn:{UNRESOLVED}:"
    text = f"arn:*:{pattern.removeprefix(start)}" if pattern.startswith(start) else pattern
    return None if is_open(text) else text
