"""IAM patterns as automata: whether patterns share a text, cover one another, and an example of it.

A pattern is a row of tokens; a state is the set of token positions reached so far, as bits of an ``int``.
The product of several patterns is searched breadth first, so a found text is also the shortest one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.work import METER, TooMuchWorkError, remembered, spend

__all__ = ["Glob", "Token", "accepts", "compile_glob", "compile_tokens", "find", "tokens_of"]

# Beyond this many states the search gives up; callers then assume the worst case (the permission stays).
_STATE_LIMIT = 20_000
# Candidates for "a character that no pattern names"; letters first, so that examples stay readable.
_OTHERS = "x0aAzZqQ_-.+=@#~^!$%&()[]{}<>|;,'\"\\ "


class Token(NamedTuple):
    """One element of a pattern.

    ``char`` is a literal character, or ``None`` for any character but those in ``excluded``;
    ``repeat`` makes it zero or more characters.
    """

    char: str | None
    repeat: bool = False
    excluded: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Glob:
    """A compiled pattern. ``advance`` and ``loop`` map a character to positions, ``None`` to all others."""

    length: int
    start: int
    stars: int
    free: int
    advance: dict[str | None, int]
    loop: dict[str | None, int]
    chars: frozenset[str]
    literals: tuple[str | None, ...]


def tokens_of(pattern: str) -> tuple[Token, ...]:
    """Return the tokens of an IAM pattern: ``*``, ``?``, ``UNRESOLVED`` and policy variables are open parts.

    ``${*}``, ``${?}`` and ``${$}`` are the literal characters
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
    """
    tokens: list[Token] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        end = pattern.find("}", position) if pattern.startswith("${", position) else -1
        if end != -1:
            name = pattern[position + 2 : end]
            tokens.append(Token(name) if name in {"*", "?", "$"} else Token(None, repeat=True))
            position = end + 1
            continue
        if char in {"*", UNRESOLVED}:
            if not tokens or tokens[-1] != Token(None, repeat=True):
                tokens.append(Token(None, repeat=True))
        else:
            tokens.append(Token(None) if char == "?" else Token(char))
        position += 1
    return tuple(tokens)


def compile_tokens(tokens: tuple[Token, ...]) -> Glob:
    """Compile a row of tokens."""
    spend(len(tokens))
    chars = frozenset(t.char for t in tokens if t.char is not None) | frozenset(
        "".join(t.excluded for t in tokens)
    )
    advance: dict[str | None, int] = dict.fromkeys([None, *chars], 0)
    loop = dict(advance)
    open_tokens = sum(token.char is None for token in tokens)
    spend(open_tokens * len(chars) // 16)
    stars = free = 0
    for index, token in enumerate(tokens):
        bit = 1 << index
        if token.char is not None:
            advance[token.char] |= bit
            continue
        table = loop if token.repeat else advance
        stars |= bit if token.repeat else 0
        free |= bit
        for char in table:
            if char is None or char not in token.excluded:
                table[char] |= bit
    start = _closure(1, stars)
    literals = tuple(token.char for token in tokens)
    return Glob(len(tokens), start, stars, free, advance, loop, chars, literals)


@remembered(8192)
def compile_glob(pattern: str) -> Glob:
    """Compile an IAM pattern, open parts matching anything."""
    return compile_tokens(tokens_of(pattern))


def _closure(state: int, stars: int) -> int:
    """Add the positions that are reached by letting repeated tokens match nothing."""
    fresh = (state & stars) << 1
    while fresh & ~state:
        state |= fresh
        fresh = (state & stars) << 1
    return state


def _step(glob: Glob, state: int, char: str) -> int:
    """Return the state after one more character."""
    key = char if char in glob.chars else None
    moved = ((state & glob.advance[key]) << 1) | (state & glob.loop[key])
    return _closure(moved, glob.stars)


def _literals(glob: Glob, state: int) -> set[str]:
    """Return the literal characters that a state waits for."""
    found: set[str] = set()
    state &= ~(glob.free | 1 << glob.length)
    if state.bit_count() > len(glob.chars):  # fewer characters than positions
        return {char for char, places in glob.advance.items() if char is not None and places & state}
    while state:
        low = state & -state
        char = glob.literals[low.bit_length() - 1]
        if char is not None:
            found.add(char)
        state ^= low
    return found


def _choices(globs: tuple[Glob, ...], states: tuple[int, ...], count: int, other: str) -> list[str]:
    """Return the characters worth trying: where a pattern expects literals only those.

    Elsewhere those that any pattern waits for, and one that none does: the rest behaves like it, or worse.
    """
    waited: set[str] = set()
    for index, (glob, state) in enumerate(zip(globs, states, strict=True)):
        literals = _literals(glob, state)
        if index < count and not state & glob.free:
            return sorted(literals)
        waited |= literals
    return [other, *sorted(waited)]


def find(includes: tuple[Glob, ...], excludes: tuple[Glob, ...] = ()) -> str | None:
    """Return a shortest text that every pattern of ``includes`` matches and none of ``excludes`` does.

    ``None`` when there is none. When the search would grow beyond 20,000 states it raises ``OverflowError``,
    and ``TooMuchWorkError`` where the steps are limited.
    """
    globs = includes + excludes
    named = frozenset[str]().union(*(glob.chars for glob in globs))
    # One character that no pattern names represents all such characters.
    other = next((char for char in _OTHERS if char not in named), "\ue000")
    count = len(includes)
    # A step of a pattern that is longer than a machine word takes longer.
    width = sum(1 + glob.length // 256 for glob in globs)
    start = tuple(glob.start for glob in globs)
    parents: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None] = {start: None}
    queue = deque([start])
    while queue:
        states = queue.popleft()
        ended = [bool(state >> glob.length & 1) for glob, state in zip(globs, states, strict=True)]
        if all(ended[:count]) and not any(ended[count:]):
            return _trace(parents, states)
        choices = _choices(globs, states, count, other)
        METER.spent += len(choices) * width + (sum(map(int.bit_count, states)) >> 3)
        if METER.spent > METER.limit:
            raise TooMuchWorkError
        for char in choices:
            moved: list[int] = []
            for glob, state in zip(globs, states, strict=True):
                moved.append(_step(glob, state, char))
                if not moved[-1] and len(moved) <= count:
                    break  # what one of the patterns can't match any more leads nowhere
            else:
                after = tuple(moved)
                if after not in parents:
                    parents[after] = (states, char)
                    queue.append(after)
        if len(parents) > _STATE_LIMIT:
            message = "the patterns take too many states to compare"
            raise OverflowError(message)
    return None


def _trace(
    parents: dict[tuple[int, ...], tuple[tuple[int, ...], str] | None], states: tuple[int, ...]
) -> str:
    """Spell the text that leads to a state."""
    text: list[str] = []
    step = parents[states]
    while step is not None:
        states, char = step
        text.append(char)
        step = parents[states]
    return "".join(reversed(text))


def accepts(glob: Glob, text: str) -> bool:
    """Whether a compiled pattern matches a text."""
    state = glob.start
    for char in text:
        state = _step(glob, state, char)
        if not state:
            return False
    return bool(state >> glob.length & 1)
