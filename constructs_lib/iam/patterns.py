"""IAM patterns: what they match, whether they overlap or cover one another, and the segments of an ARN.

``*`` matches any characters, ``:`` and ``/`` included, ``?`` exactly one. AWS: "If the ``*`` wildcard is the
last character of a resource ARN segment, it can expand to match beyond the colon boundaries", and it "can
expand to replace everything within a segment, including characters like a forward slash"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). Actions match in
any letter case (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html),
resources only in their own.

A pattern with an open part (``UNRESOLVED``, or a policy variable such as ``${aws:username}``) is read in two
ways: what it *may* match, with ``*`` in place of the open part, and what it *certainly* matches. An Allow
counts by the first, a Deny by the second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.iam.automata import compile_glob, find
from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.work import remembered, spend

if TYPE_CHECKING:
    from constructs_lib.iam.model import Effect

__all__ = [
    "OPEN",
    "arn_splits",
    "arns_may_overlap",
    "counts_in",
    "covers",
    "example",
    "has_six_segments",
    "intersect",
    "is_documented",
    "is_open",
    "matches",
    "may_overlap",
    "names_a_type",
    "without_variables",
]

OPEN = re.compile(f"[*?{UNRESOLVED}]")
"""A wildcard or an open part: a place where a pattern is not literal."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")
# Where a segment of an ARN ends, or may end.
_BOUNDARY = re.compile(f"[:*?{UNRESOLVED}]")
# What may stand in the segments of Region and account; an account is `aws` for what AWS owns.
_REGION_AND_ACCOUNT = re.compile(
    f"([a-z-]+-[0-9]+|[a-z0-9-]*[*?{UNRESOLVED}][a-z0-9*?{UNRESOLVED}-]*)?"
    f":([0-9]{{12}}|aws|[0-9aws]*[*?{UNRESOLVED}][0-9aws*?{UNRESOLVED}]*)?"
)
# What a further way to split an ARN costs those who look at each.
_STEPS_OF_SPLIT = 8
# Where a pattern stops being a literal text.
_VARYING = re.compile(f"[*?${UNRESOLVED}]")


# Characters of a pattern that takes longer to compile than the rest of the work on it.
_LONG = 200


def is_open(pattern: str) -> bool:
    """Whether a part of the pattern is unresolved or a policy variable."""
    return UNRESOLVED in pattern or "${" in pattern


@remembered(4096)
def _regex(pattern: str) -> re.Pattern[str]:
    """Translate a pattern so that no text makes it backtrack: each piece is taken where it first fits."""
    if len(pattern) > _LONG:
        spend(3 * len(pattern))  # to compile it takes longer than to match it
    first, *pieces = re.split(r"\*+", pattern)
    parts = [_literal(first)]
    if pieces:
        parts += [f"(?>.*?{_literal(piece)})" for piece in pieces[:-1]]
        parts.append(f".*{_literal(pieces[-1])}")
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def _fold(text: str) -> str:
    """Lower ASCII letters only, as IAM does: the Kelvin sign stays what it is."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def _literal(piece: str) -> str:
    return ".".join(re.escape(part) for part in piece.split("?"))


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether an IAM pattern matches a concrete text; ``UNRESOLVED`` is a character like any other here.

    The time is linear in the text for each piece between stars, whatever the pattern.
    """
    if pattern == "*":
        return True
    if "*" not in pattern and "?" not in pattern:
        return pattern == text or (ignore_case and _fold(pattern) == _fold(text))
    if ignore_case:
        pattern, text = _fold(pattern), _fold(text)
    return _regex(pattern).match(text) is not None


def is_documented(pattern: str) -> bool:
    """Whether each wildcard of an action pattern is where IAM documents one.

    AWS documents ``*`` alone, and wildcards "anywhere in the action name", which is what follows the colon.
    Whether IAM's own matcher lets a wildcard in the prefix match (``*:InvokeModel``), or one match the colon
    (``b*Model``), is documented nowhere.
    """
    prefix = pattern.partition(":")[0]
    return pattern == "*" or not ("*" in prefix or "?" in prefix)


def counts_in(pattern: str, effect: Effect) -> bool:
    """Whether an action pattern counts in a statement with this effect.

    An undocumented pattern counts in an Allow, where the worst case is that it matches, and not in a Deny,
    where the worst case is that it doesn't. ``NotAction`` turns this round: ask with the other effect.
    """
    return effect == "Allow" or is_documented(pattern)


@remembered(4096)
def may_overlap(first: str, second: str) -> bool:
    """Whether one text may match both patterns."""
    if "*" in (first, second) or first == second:
        return True
    ours, theirs = _VARYING.search(first), _VARYING.search(second)
    if ours is None and theirs is None:
        return False
    # The text before the first wildcard settles most pairs without an automaton.
    start = min(found.start() for found in (ours, theirs) if found is not None)
    if first[:start] != second[:start]:
        return False
    return example((first, second)) is not None


def arns_may_overlap(first: str, second: str) -> bool:
    """Whether two ARN patterns may match one ARN, segment by segment.

    An open account is one account, not ``111122223333:role/Other``, and ``arn:*:s3:*`` matches no role.
    """
    ours, theirs = first.split(":", 5), second.split(":", 5)
    if len(ours) == len(theirs) == 6:
        return _segments_overlap(ours, theirs)
    if not may_overlap(first, second):
        return False
    return _splits_overlap(first, second)


@remembered(4096)
def _splits_overlap(first: str, second: str) -> bool:
    """Whether any readings of two overlapping patterns overlap; one that is no ARN has none."""
    ours, theirs = arn_splits(first), arn_splits(second)
    if not ours or not theirs:
        return True
    return any(_segments_overlap(one, other) for one in ours for other in theirs)


def _segments_overlap(ours: list[str], theirs: list[str]) -> bool:
    # The last segments differ most often.
    return all(may_overlap(ours[index], theirs[index]) for index in (5, 4, 3, 2, 1, 0))


@remembered(4096)
def covers(wide: str, narrow: str) -> bool:
    """Whether ``wide`` certainly matches everything that ``narrow`` may match.

    An open ``wide`` covers nothing. ``False`` also when the comparison takes too many states.
    """
    if wide == "*":
        return True
    if is_open(wide):
        return False
    if not any(char in narrow for char in "*?") and not is_open(narrow):
        return matches(wide, narrow)
    try:
        return find((compile_glob(narrow),), (compile_glob(wide),)) is None
    except OverflowError:  # too many states to tell, so not for certain
        return False


@remembered(4096)
def example(includes: tuple[str, ...], excludes: tuple[str, ...] = ()) -> str | None:
    """Return a shortest text that all of ``includes`` match and none of ``excludes``, or ``None``.

    When that takes too many states, the answer is the first pattern itself.
    """
    try:
        return find(tuple(map(compile_glob, includes)), tuple(map(compile_glob, excludes)))
    except OverflowError:  # too many states to tell
        return includes[0]


def intersect(first: str, second: str) -> tuple[str, ...]:
    """Return the intersection of two patterns, as patterns.

    Exact where one covers the other, as a whole or segment by segment. Elsewhere it is ``first``, which is
    never too narrow. Empty when they share nothing.
    """
    if covers(second, first):
        return (first,)
    if covers(first, second):
        return (second,)
    if not may_overlap(first, second):
        return ()
    ours, theirs = first.split(":", 5), second.split(":", 5)
    if len(ours) != len(theirs):
        return (first,)
    joined: list[str] = []
    for one, other in zip(ours, theirs, strict=True):
        if covers(other, one):
            joined.append(one)
        elif covers(one, other):
            joined.append(other)
        else:
            return (first,)
    return (":".join(joined),)


def without_variables(pattern: str) -> str:
    """Replace each policy variable of a resource pattern by an open part."""
    return _VARIABLE.sub(UNRESOLVED, pattern) if "${" in pattern else pattern


def names_a_type(pattern: str) -> bool:
    """Whether a resource pattern is an ARN whose resource part begins with literal text."""
    found = arn_splits(without_variables(pattern))
    return bool(found) and not any(OPEN.match(parts[5]) for parts in found)


def has_six_segments(pattern: str) -> bool:
    """Whether the colons of a pattern are those of an ARN, so that no wildcard has to be one of them."""
    parts = pattern.split(":", 5)
    return len(parts) == 6 and "/" not in parts[3] and "/" not in parts[4]


def arn_splits(pattern: str) -> list[list[str]]:
    """Return each way to split a pattern into the six segments of an ARN; a ``*`` may span colons.

    A star that reaches into the resource part counts only as the last character (``arn:*:bedrock:*``), or
    where there is no other way: identifiers hold no second ``:type/``. Nor does a reading count whose Region
    or account is the text of something else, such as ``s3`` in ``arn:*:s3:*``.
    """
    if has_six_segments(pattern):
        return [pattern.split(":", 5)]
    if not OPEN.search(pattern):
        return []
    found: list[tuple[bool, list[str]]] = []
    # The finished segments as places in the pattern, where the next one begins, where to go on reading.
    todo: list[tuple[tuple[tuple[int, int], ...], int, int, bool]] = [((), 0, 0, False)]
    while todo:
        done, begin, position, crossed = todo.pop()
        spend(1)
        if len(done) == 5:
            spend(_STEPS_OF_SPLIT + len(pattern) // 64)
            found.append((crossed, [*(pattern[start:end] for start, end in done), pattern[begin:]]))
            continue
        place = _BOUNDARY.search(pattern, position)
        if place is None:
            continue
        at, after = place.start(), place.end()
        if pattern[at] == ":":
            todo.append(((*done, (begin, at)), after, after, False))
            continue
        todo.append((done, begin, after, False))
        if pattern[at] == "?":
            todo.append(((*done, (begin, at)), after, after, False))
        else:
            todo.append(((*done, (begin, after)), at, at, True))
    plain = [(crossed, parts) for crossed, parts in found if _is_plain(parts)]
    straight = [parts for crossed, parts in plain if not crossed]
    straight += [parts for crossed, parts in plain if crossed and parts[5] == "*"]
    return straight or [parts for _, parts in found]


def _is_plain(parts: list[str]) -> bool:
    """Whether the segments before the resource part may be those of an ARN."""
    return "/" not in parts[2] and _REGION_AND_ACCOUNT.fullmatch(":".join(parts[3:5])) is not None
