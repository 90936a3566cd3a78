"""The shortest list of patterns that means exactly a set of actions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue._lookup import actions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Compression", "compress", "compression"]

_MAX_STEPS = 20_000
"""Branches that the search for the minimum may take for one service before it keeps the best so far."""


class Compression(NamedTuple):
    """``patterns`` mean exactly the actions asked for.

    ``minimal`` is true when the search has finished: then no shorter list exists among patterns with at most
    one ``*`` and no ``?``.
    """

    patterns: tuple[str, ...]
    minimal: bool


def compress(names: Iterable[str]) -> tuple[str, ...]:
    """Return the shortest list of IAM patterns that match exactly ``names`` among the catalogue's actions.

    Args:
        names: canonical action names, in any order.

    Returns:
        Sorted patterns, each one service prefix, a colon and a name with at most one ``*``. Of the patterns
        that mean the same actions the most specific is chosen, so that they stay readable and match as few
        future actions as can be. See :func:`compression` for what is proven of the length.

    Raises:
        KeyError: a name is not an action of the catalogue.
    """
    return compression(names).patterns


def compression(names: Iterable[str]) -> Compression:
    """Return the patterns of :func:`compress` and whether their number is proven to be the least.

    Raises:
        KeyError: a name is not an action of the catalogue.
    """
    wanted = frozenset(names)
    if unknown := sorted(wanted - actions().keys()):
        raise KeyError(f"`{unknown[0]}` is not an action of the catalogue")
    return _compression(wanted)


@lru_cache(maxsize=256)
def _compression(wanted: frozenset[str]) -> Compression:
    patterns: list[str] = []
    minimal = True
    by_service: dict[str, list[str]] = {}
    for full in actions():
        service, _, name = full.partition(":")
        by_service.setdefault(service, []).append(name)
    for service, names in by_service.items():
        target = sum(1 << i for i, name in enumerate(names) if f"{service}:{name}" in wanted)
        if target:
            chosen, proven = _cover(target, _candidates(names, target))
            patterns += (f"{service}:{text}" for text in chosen)
            minimal &= proven
    return Compression(tuple(sorted(patterns)), minimal)


def _candidates(names: Sequence[str], target: int) -> dict[int, str]:
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
        for head, tail in _splits(name):
            meant = heads[head] & tails[tail] & at_least[len(head) + len(tail)]
            text = f"{head}*{tail}" if meant != 1 << i else name
            if not meant & ~target and len(text) > len(found.get(meant, "")):
                found[meant] = text
    return _undominated(found)


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Yield each head and tail of ``name`` that do not overlap, the longest heads first."""
    for end in range(len(name), -1, -1):
        for start in range(end, len(name) + 1):
            yield name[:end], name[start:]


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
