"""The shortest list of patterns that means exactly a set of actions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue._cover import cover, maximal
from constructs_lib.catalogue._lookup import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Compression", "compress", "compression"]


class Compression(NamedTuple):
    """``patterns`` mean exactly the actions asked for.

    ``minimal`` is true when the search has finished: then no shorter list exists among patterns with at most
    one ``*`` and no ``?`` (of those with the star between words, if these were asked for).
    """

    patterns: tuple[str, ...]
    minimal: bool


def compress(names: Iterable[str], *, whole_words: bool = False) -> tuple[str, ...]:
    """Return the shortest list of IAM patterns that match exactly ``names`` among the catalogue's actions.

    Args:
        names: canonical action names, in any order.
        whole_words: put the star only where a word of a matched name begins or ends (``Invoke*Agent``, never
            ``*ent``). The list gets longer and matches fewer names that AWS may add, which suits a boundary
            that outlives this catalogue.

    Returns:
        Sorted patterns, each one service prefix, a colon and a name with at most one ``*``. Of the patterns
        that mean the same actions the most specific is chosen, so that they stay readable and match as few
        future actions as can be. See :func:`compression` for what is proven of the length.

    Raises:
        KeyError: a name is not an action of the catalogue.

    """
    return compression(names, whole_words=whole_words).patterns


def compression(names: Iterable[str], *, whole_words: bool = False) -> Compression:
    """Return the patterns of :func:`compress` and whether their number is proven to be the least.

    Raises:
        KeyError: a name is not an action of the catalogue.

    """
    wanted = frozenset(names)
    if unknown := sorted(wanted - actions().keys()):
        raise KeyError(f"`{unknown[0]}` is not an action of the catalogue")
    return _compression(wanted, whole_words)


@lru_cache(maxsize=256)
def _compression(wanted: frozenset[str], whole_words: bool) -> Compression:
    patterns: list[str] = []
    minimal = True
    by_service: dict[str, list[str]] = {}
    for full in actions():
        service, _, name = full.partition(":")
        by_service.setdefault(service, []).append(name)
    for service, names in by_service.items():
        target = sum(1 << i for i, name in enumerate(names) if f"{service}:{name}" in wanted)
        if target:
            candidates = _candidates(names, target, _words if whole_words else _anywhere)
            chosen, proven = cover(target, candidates)
            patterns += (f"{service}:{candidates[meant]}" for meant in chosen)
            minimal &= proven
    return Compression(tuple(sorted(patterns)), minimal)


def _candidates(names: Sequence[str], target: int, cuts: Callable[[str], Sequence[int]]) -> dict[int, str]:
    """Return every set of names within ``target`` that one pattern can mean, with its most specific pattern.

    A set is an integer with one bit per name. Sets that lie within another candidate are left out. IAM
    matches without letter case, so ``*Acl`` would mean ``...ACL`` as well.
    """
    lower = [name.lower() for name in names]
    heads: dict[str, int] = {}
    tails: dict[str, int] = {}
    at_least = [0] * (max(map(len, names)) + 2)
    for i, name in enumerate(lower):
        for cut in range(len(name) + 1):
            heads[name[:cut]] = heads.get(name[:cut], 0) | 1 << i
            tails[name[cut:]] = tails.get(name[cut:], 0) | 1 << i
            at_least[cut] |= 1 << i
    found: dict[int, str] = {}
    for i, name in enumerate(names):
        if not target >> i & 1:
            continue
        found[1 << i] = name  # a name alone needs no star
        for head, tail in _splits(name, cuts(name)):
            meant = heads[head.lower()] & tails[tail.lower()] & at_least[len(head) + len(tail)]
            if meant & ~target or meant == 1 << i:
                continue
            if len(head) + len(tail) >= len(found.get(meant, "")):
                found[meant] = f"{head}*{tail}"
    return {meant: found[meant] for meant in maximal(found)}


def _splits(name: str, cuts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield each head and tail of ``name`` that end and begin at a cut and do not overlap."""
    for end in reversed(cuts):
        for start in cuts:
            if start >= end:
                yield name[:end], name[start:]


def _anywhere(name: str) -> Sequence[int]:
    return range(len(name) + 1)


def _words(name: str) -> Sequence[int]:
    """Return where the words of a CamelCase name begin, with both ends."""
    return sorted({0, len(name), *(i for i, letter in enumerate(name) if letter.isupper())})
