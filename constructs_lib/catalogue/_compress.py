"""The shortest list of patterns that means exactly a set of actions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue._lookup import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Compression", "compress", "compression"]

_MAX_STEPS = 20_000
"""Branches that the search for the minimum may take for one service before it keeps the best so far."""


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
        whole_words: put the star only between the words of a name (``Invoke*Agent``, never ``*ent``). The
            list gets longer and matches fewer names that AWS may add, which suits a boundary that outlives
            this catalogue.

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
            chosen, proven = _cover(target, _candidates(names, target, _words if whole_words else _anywhere))
            patterns += (f"{service}:{text}" for text in chosen)
            minimal &= proven
    return Compression(tuple(sorted(patterns)), minimal)


def _candidates(names: Sequence[str], target: int, cuts: Callable[[str], Sequence[int]]) -> dict[int, str]:
    """Return every set of names within ``target`` that one pattern can mean, with its most specific pattern.

    A set is an integer with one bit per name. Sets that lie within another candidate are left out.
    """
    heads: dict[str, int] = {}
    tails: dict[str, int] = {}
    at_least = [0] * (max(map(len, names)) + 2)
    for i, name in enumerate(names):
        for cut in range(len(name) + 1):
            heads[name[:cut]] = heads.get(name[:cut], 0) | 1 << i
            tails[name[cut:]] = tails.get(name[cut:], 0) | 1 << i
            at_least[cut] |= 1 << i
    found: dict[int, str] = {}
    for i, name in enumerate(names):
        if not target >> i & 1:
            continue
        for head, tail in _splits(name, cuts(name)):
            meant = heads[head] & tails[tail] & at_least[len(head) + len(tail)]
            text = f"{head}*{tail}" if meant != 1 << i else name
            if not meant & ~target and len(text) > len(found.get(meant, "")):
                found[meant] = text
    return _undominated(found)


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


def _undominated(found: dict[int, str]) -> dict[int, str]:
    kept: dict[int, str] = {}
    for meant in sorted(found, key=lambda m: (-m.bit_count(), m)):
        if not any(meant & other == meant for other in kept):
            kept[meant] = found[meant]
    return kept


def _cover(target: int, candidates: dict[int, str]) -> tuple[list[str], bool]:
    """Return the fewest candidates that together cover ``target``, and whether the search finished."""
    search = _Search(candidates)
    search.run(target, [])
    return [candidates[meant] for meant in search.best or ()], search.steps <= _MAX_STEPS


class _Search:
    """Branch and bound: take the action that the fewest patterns cover, and try each of these."""

    def __init__(self, candidates: dict[int, str]) -> None:
        self.candidates = candidates
        self.best: list[int] | None = None
        self.steps = 0

    def run(self, left: int, chosen: list[int]) -> None:
        self.steps += 1
        if not left:
            if self.best is None or len(chosen) < len(self.best):
                self.best = list(chosen)
            return
        hardest, bound = self._look(left)
        if self.best is not None and (len(chosen) + bound >= len(self.best) or self.steps > _MAX_STEPS):
            return
        for meant in sorted(hardest, key=lambda m: (-(m & left).bit_count(), -len(self.candidates[m]), m)):
            self.run(left & ~meant, [*chosen, meant])

    def _look(self, left: int) -> tuple[list[int], int]:
        """Return the fewest patterns that cover some action, and how many more patterns are needed at least.

        Actions of which no pattern covers two need one pattern each.
        """
        covers = {}
        rest = left
        while rest:
            bit = rest & -rest
            rest ^= bit
            covers[bit] = [meant for meant in self.candidates if meant & bit]
        order = sorted(covers, key=lambda bit: (len(covers[bit]), bit))
        bound, free = 0, left
        for bit in order:
            if free & bit:
                bound += 1
                for meant in covers[bit]:
                    free &= ~meant
        return covers[order[0]], bound
