"""How a resource pattern parts into the six segments of an ARN."""

from __future__ import annotations

import re

from constructs_lib.iam.model import UNRESOLVED

__all__ = ["OPEN", "names_a_type", "normal", "partings", "segments"]

OPEN = re.compile(f"[*?{UNRESOLVED}]")
"""What may stand for other text."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def normal(pattern: str) -> str:
    """Return a resource pattern with each policy variable made an open part."""
    return _VARIABLE.sub(UNRESOLVED, pattern) if "${" in pattern else pattern


def segments(pattern: str) -> list[str] | None:
    """Return the six segments of an ARN pattern, a ``*`` that runs over colons in each, or ``None``."""
    found = partings(pattern)
    return found[0] if found else None


def names_a_type(pattern: str) -> bool:
    """Whether a resource pattern is an ARN whose resource part begins with letters of its own."""
    found = partings(normal(pattern))
    return bool(found) and not any(OPEN.match(parts[5]) for parts in found)


def partings(pattern: str) -> list[list[str]]:
    """Return the ways to see six ARN segments in a pattern whose ``*`` run over colons.

    A star that reaches into the resource part counts only where there is no other way: identifiers hold no
    second ``:type/``.
    """
    parts = pattern.split(":", 5)
    if len(parts) == 6 and "/" not in parts[3] and "/" not in parts[4]:
        return [parts]
    if not OPEN.search(pattern):
        return []
    found: list[tuple[bool, list[str]]] = []
    todo: list[tuple[list[str], str, bool]] = [([""], pattern, False)]
    while todo:
        parts, rest, crossed = todo.pop()
        if len(parts) == 6:
            found.append((crossed, [*parts[:5], parts[5] + rest]))
            continue
        if not rest:
            continue
        char, after = rest[0], rest[1:]
        if char == ":":
            todo.append(([*parts, ""], after, False))
            continue
        todo.append(([*parts[:-1], parts[-1] + char], after, False))
        if char in {"*", UNRESOLVED}:
            todo.append(([*parts[:-1], parts[-1] + char, ""], rest, True))
        elif char == "?":
            todo.append(([*parts, ""], after, False))
    straight = [parts for crossed, parts in found if not crossed]
    return straight or [parts for _, parts in found]
