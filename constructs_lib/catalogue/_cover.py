"""The least number of sets that cover a set, exactly. A set is an integer with one bit for each element."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MAX_BRANCHES", "cover", "maximal"]

MAX_BRANCHES = 5_000
"""Branches that a search may take before it keeps the best cover so far (about two seconds)."""


def cover(target: int, sets: Iterable[int]) -> tuple[list[int], bool]:
    """Return the fewest of ``sets`` whose union is ``target``, and whether their number is proven least.

    Each set must lie within ``target`` and each element in some set. The order of ``sets`` decides between
    equal choices, so equal input gives equal output.
    """
    search = _Search()
    found = search.fewest(target, {one: one for one in sets}, target.bit_count() + 1)
    return found or [], search.branches <= MAX_BRANCHES


def maximal(sets: Iterable[int]) -> list[int]:
    """Return the sets that lie within no other, the largest first."""
    kept: list[int] = []
    for one in sorted(set(sets), key=lambda s: (-s.bit_count(), s)):
        if not any(one & other == one for other in kept):
            kept.append(one)
    return kept


class _Search:
    """Branch and bound, after reducing each problem as far as it goes and splitting it into its parts."""

    def __init__(self) -> None:
        self.branches = 0

    def fewest(self, left: int, sets: dict[int, int], limit: int) -> list[int] | None:
        """Return the fewest sets that cover ``left``, or ``None`` if that takes ``limit`` or more.

        ``sets`` maps what remains of each set to the whole set.
        """
        chosen, left, sets = _reduced(left, sets)
        if len(chosen) >= limit:
            return None
        parts = list(_parts(left, sets))
        if len(parts) == 1:
            rest = self._branch(left, sets, limit - len(chosen))
            return None if rest is None else chosen + rest
        for part in parts:
            rest = self.fewest(part, {s: whole for s, whole in sets.items() if s & part}, limit - len(chosen))
            if rest is None:
                return None
            chosen += rest
        return chosen

    def _branch(self, left: int, sets: dict[int, int], limit: int) -> list[int] | None:
        """Try each set that covers the element which the fewest sets cover."""
        covers = _covers(left, sets)
        if _least(left, covers) >= limit:
            return None
        best: list[int] | None = None
        hardest = min(covers.values(), key=len)
        for one in sorted(hardest, key=lambda s: -s.bit_count()):
            self.branches += 1
            rest = self.fewest(left & ~one, sets, limit - 1)
            if rest is not None:
                best = [sets[one], *rest]
                limit = len(best)
            if self.branches > MAX_BRANCHES and best is not None:
                break
        return best


def _reduced(left: int, sets: dict[int, int]) -> tuple[list[int], int, dict[int, int]]:
    """Take the sets that must be taken and drop what cannot matter, until nothing changes."""
    chosen: list[int] = []
    while left:
        remaining: dict[int, int] = {}
        for one, whole in sets.items():
            remaining.setdefault(one & left, whole)
        sets = {one: remaining[one] for one in maximal(remaining) if one}
        covers = _covers(left, sets)
        if forced := sorted({found[0] for found in covers.values() if len(found) == 1}):
            chosen += (sets[one] for one in forced)
            for one in forced:
                left &= ~one
        elif implied := _implied(covers):
            left &= ~implied
        else:
            break
    return chosen, left, sets


def _covers(left: int, sets: Iterable[int]) -> dict[int, list[int]]:
    """Return for each element of ``left`` the sets that hold it."""
    return {bit: [one for one in sets if one & bit] for bit in _bits(left)}


def _implied(covers: dict[int, list[int]]) -> int:
    """Return the elements that are covered whenever some other element is."""
    implied = 0
    as_sets = {bit: frozenset(found) for bit, found in covers.items()}
    for bit, found in as_sets.items():
        for other, others in as_sets.items():
            if other != bit and not implied & other and others <= found:
                implied |= bit
                break
    return implied


def _parts(left: int, sets: Iterable[int]) -> Iterator[int]:
    """Yield the parts of ``left`` that no set joins."""
    while left:
        part, grown = 0, left & -left
        while grown != part:
            part = grown
            for one in sets:
                if one & grown:
                    grown |= one
        yield part
        left &= ~part


def _least(left: int, covers: dict[int, list[int]]) -> int:
    """Return a number of sets that is needed at least: elements of which no set holds two."""
    count = 0
    for bit in sorted(covers, key=lambda b: len(covers[b])):
        if left & bit:
            count += 1
            for one in covers[bit]:
                left &= ~one
    return count


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
