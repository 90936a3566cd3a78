"""The shortest list of patterns that matches exactly a set of actions, found by an exact set cover."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.catalogue import actions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

__all__ = ["MAX_BRANCHES", "Compression", "compress", "compression", "cover", "maximal"]

MAX_BRANCHES = 5_000
"""Branches that a search may take before it keeps the best cover so far (about two seconds)."""


class Compression(NamedTuple):
    """``patterns`` match exactly the actions asked for.

    ``minimal`` is true when the search has finished: then no shorter list exists among patterns with at most
    one ``*`` and no ``?`` (of those with the star between words, if these were asked for).
    """

    patterns: tuple[str, ...]
    minimal: bool


def compress(
    names: Iterable[str],
    *,
    whole_words: bool = False,
    nouns: bool = False,
    verbs: bool = False,
    among: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Return the shortest list of IAM patterns that match exactly ``names`` among the catalogue's actions.

    Args:
        names: Canonical action names, in any order.
        whole_words: Put the star only where a word of a matched name begins or ends, and only where a name
            that AWS adds is likely to be of the same kind: between a verb and a noun (``Get*Token``), before
            two words or more (``*MemoryRecords``, never ``*Session``), and behind a wanted name that has two
            variants at least (``InvokeAgentRuntime*``, never ``bedrock-websearch:*``). The list gets longer
            and suits a boundary that outlives this catalogue.
        nouns: With ``whole_words``, also put a star at both ends of two words or more of a noun
            (``*MemoryRecord*``). Default: no.
        verbs: With ``whole_words``, also put a star behind a verb of which the service has four actions at
            least, all of them wanted (``Invoke*``). Default: no.
        among: The actions that are known. Default: those of the catalogue.

    Returns:
        Sorted patterns, each one service prefix, a colon and a name with at most one ``*`` (two with
        ``nouns``). Of the patterns
        that match the same actions the most specific is chosen, so that they stay readable and match as few
        future actions as can be. See :func:`compression` for what is proven of the length.

    Raises:
        KeyError: A name is not an action of the catalogue.

    """
    return compression(names, whole_words=whole_words, nouns=nouns, verbs=verbs, among=among).patterns


def compression(
    names: Iterable[str],
    *,
    whole_words: bool = False,
    nouns: bool = False,
    verbs: bool = False,
    among: Collection[str] | None = None,
) -> Compression:
    """Return the patterns of :func:`compress` and whether their number is proven to be the least.

    Raises:
        KeyError: A name is not an action of the catalogue.

    """
    wanted = frozenset(names)
    known = tuple(actions() if among is None else sorted(among))
    if unknown := sorted(wanted - set(known)):
        raise KeyError(f"`{unknown[0]}` is not an action of the catalogue")
    return _compression(wanted, known, whole_words, nouns=nouns, verbs=verbs)


@lru_cache(maxsize=256)
def _compression(
    wanted: frozenset[str], known: tuple[str, ...], whole_words: bool, *, nouns: bool, verbs: bool
) -> Compression:
    patterns: list[str] = []
    minimal = True
    by_service: dict[str, list[str]] = {}
    for full in known:
        service, _, name = full.partition(":")
        by_service.setdefault(service, []).append(name)
    for service, names in by_service.items():
        target = sum(1 << i for i, name in enumerate(names) if f"{service}:{name}" in wanted)
        if target:
            candidates = (
                _candidates(names, target, _words, _lasts_or_verb if verbs else _lasts)
                if whole_words
                else _candidates(names, target, _anywhere)
            )
            if nouns:
                candidates |= _nouns(names, target)
            chosen, proven = cover(target, candidates)
            patterns += (f"{service}:{candidates[matched]}" for matched in chosen)
            minimal &= proven
    return Compression(tuple(sorted(patterns)), minimal)


def _candidates(
    names: Sequence[str],
    target: int,
    cuts: Callable[[str], Sequence[int]],
    takes: Callable[[str, str, Sequence[str]], bool] = lambda _head, _tail, _matched: True,
) -> dict[int, str]:
    """Return every set of names within ``target`` that one pattern can match, with its most specific pattern.

    A set is an integer with one bit per name. Sets that lie within another candidate are left out. IAM
    matches without letter case, so ``*Acl`` would match ``...ACL`` as well.
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
            matched = heads[head.lower()] & tails[tail.lower()] & at_least[len(head) + len(tail)]
            if matched & ~target or matched == 1 << i:
                continue
            if len(head) + len(tail) >= len(found.get(matched, "")) and takes(
                head, tail, [names[bit.bit_length() - 1] for bit in _bits(matched)]
            ):
                found[matched] = f"{head}*{tail}"
    return {matched: found[matched] for matched in maximal(found)}


def _splits(name: str, cuts: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield each head and tail of ``name`` that end and begin at a cut and do not overlap."""
    for end in reversed(cuts):
        for start in cuts:
            if start >= end:
                yield name[:end], name[start:]


def _anywhere(name: str) -> Sequence[int]:
    return range(len(name) + 1)


# The words of a CamelCase name; an abbreviation is one word (`AB` and `Test` in `CreateABTest`).
_WORD = re.compile(r"[A-Z0-9]+(?![a-z])|[A-Z]?[a-z0-9]+")
_VARIANTS = 3


def _words(name: str) -> Sequence[int]:
    """Return where the words of a CamelCase name begin, with both ends."""
    return sorted({0, len(name), *(word.start() for word in _WORD.finditer(name))})


def _lasts(head: str, tail: str, matched: Sequence[str]) -> bool:
    """Return whether a pattern fixes enough to match names of the same kind only, later ones included."""
    if not tail:
        return head in matched and len(matched) >= _VARIANTS
    return bool(head) or len(_WORD.findall(tail)) > 1


# Three were too few: `bedrock-agentcore:Batch*` was all data on some dates, and AWS added a control action.
_OF_ONE_VERB = 4


def _lasts_or_verb(head: str, tail: str, matched: Sequence[str]) -> bool:
    """Return what :func:`_lasts` returns, or whether the pattern is a verb with enough known actions."""
    verb = not tail and len(_WORD.findall(head)) == 1 and len(matched) >= _OF_ONE_VERB
    return verb or _lasts(head, tail, matched)


def _nouns(names: Sequence[str], target: int) -> dict[int, str]:
    """Return the sets of names within ``target`` that hold the same two words or more behind their verb."""
    found: dict[int, str] = {}
    for i, name in enumerate(names):
        cuts = _words(name)[1:] if target >> i & 1 else ()
        for place, start in enumerate(cuts):
            for end in cuts[place + 2 :]:
                noun = name[start:end]
                matched = sum(1 << at for at, other in enumerate(names) if noun.lower() in other.lower())
                if matched & ~target or matched == 1 << i or len(noun) + 2 <= len(found.get(matched, "")):
                    continue
                found[matched] = f"*{noun}*"
    return found


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
        remaining_actions: dict[int, int] = {}
        for one, whole in sets.items():
            remaining_actions.setdefault(one & left, whole)
        sets = {one: remaining_actions[one] for one in maximal(remaining_actions) if one}
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
