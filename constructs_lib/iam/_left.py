"""Whether anything is left: resources that a piece of a grant holds and no Deny covers."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import matching
from constructs_lib.iam._glob import compile_glob, find
from constructs_lib.iam._segments import normal
from constructs_lib.iam._tables import tables, types_of
from constructs_lib.iam.model import UNRESOLVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.iam._formats import Format
    from constructs_lib.iam._glob import Glob

__all__ = ["Cover", "Piece", "certain_texts", "left", "remaining"]

_PARTITION = re.compile(r"arn:[a-z0-9-]+:")
# A Deny on NotResource leaves one of the patterns it lists; beyond this many combinations nothing is removed.
_COMBINATIONS = 256


class Piece(NamedTuple):
    """Texts that ``pattern`` and all of ``also`` may match and nothing in ``excluded`` certainly matches."""

    pattern: str
    also: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class Cover(NamedTuple):
    """The resources of a Deny: what ``resources`` certainly match, or what ``unless`` certainly doesn't."""

    resources: tuple[str, ...]
    unless: tuple[str, ...] | None = None


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
        except OverflowError:  # too entangled to tell, so something is left
            return piece.pattern
        if text is not None:
            return text
    return None


def _demands(covers: tuple[Cover, ...]) -> list[tuple[str, ...]]:
    """Return, for each Deny on NotResource, the patterns of which a resource must match one."""
    return [tuple(normal(text) for text in cover.unless) for cover in covers if cover.unless is not None]


def _home(patterns: tuple[str, ...]) -> str:
    """Return a pattern for the partition that the patterns are about: the one they name, else ``aws``.

    An account lives in one partition, so a Deny on ``arn:aws:...`` leaves nothing over in ``arn:aws-cn:...``.
    """
    for pattern in patterns:
        named = _PARTITION.match(pattern)
        if named is not None:
            return f"{named.group()}*"
    return "arn:aws:*"


def _may(pattern: str, text: str) -> bool:
    return matching.matches(normal(pattern).replace(UNRESOLVED, "*"), text)


@lru_cache(maxsize=4096)
def remaining(piece: Piece, mask: int, covers: tuple[Cover, ...]) -> int:
    """Return the actions of ``mask`` for which some accepted resource of the piece is in no cover."""
    table = tables()
    result = 0
    for types, members in (*table.groups, ((), table.bare), (None, table.unlisted)):
        if mask & members and left(piece, types, covers) is not None:
            result |= mask & members
    return result


def certain_texts(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in map(_certain, patterns) if text is not None}))


def _certain(pattern: str) -> str | None:
    """Return what a pattern certainly matches, as a pattern; ``None`` when nothing is certain.

    An open partition is the account's own, whatever it is (``arn:${AWS::Partition}:...``).
    """
    start = f"arn:{UNRESOLVED}:"
    text = f"arn:*:{pattern.removeprefix(start)}" if pattern.startswith(start) else pattern
    return None if matching.is_open(text) else text
