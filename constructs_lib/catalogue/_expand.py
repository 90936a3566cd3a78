"""Which actions of the catalogue an IAM pattern means."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from constructs_lib.catalogue._lookup import actions

__all__ = ["expand", "wildcard"]


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for an IAM wildcard pattern: ``*`` any text, ``?`` one character.

    It is to be used with ``match`` on text of the same letter case as the pattern. Each stretch after a star
    is an atomic group, which finds the first place that fits and never goes back, so a pattern with many
    stars costs no more than one pass over the text.
    """
    head, *rest = (
        "".join("." if c == "?" else re.escape(c) for c in part) for part in re.split(r"\*+", pattern)
    )
    if not rest:
        return re.compile(head + r"\Z", re.DOTALL)
    *middle, tail = rest
    stretches = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"{head}{stretches}.*{tail}\\Z", re.DOTALL)


@cache
def _lower_names() -> tuple[tuple[str, str, str], ...]:
    """Return (prefix, name, canonical) of every action in lower case, in the fixed order."""
    return tuple((*name.lower().split(":"), name) for name in actions())  # type: ignore[misc]  # one colon each


@lru_cache(maxsize=4096)
def expand(pattern: str) -> tuple[str, ...]:
    """Return the canonical names of the actions that an ``Action`` element's text matches, sorted.

    Letter case does not matter. ``*`` alone is every action; any other text needs the colon between service
    and action name, which no wildcard spans, so ``bedrock*`` matches nothing. Text with characters beyond
    ASCII (look-alike letters) matches nothing. The order is that of :func:`actions`.
    """
    if pattern and not pattern.strip("*"):
        return tuple(actions())
    service, colon, name = pattern.lower().partition(":")
    if not colon or not pattern.isascii():
        return ()
    if "*" not in pattern and "?" not in pattern:
        return tuple(full for p, n, full in _lower_names() if n == name and p == service)
    service_matches, name_matches = wildcard(service).match, wildcard(name).match
    fitting = {p for p in {p for p, _, _ in _lower_names()} if service_matches(p)}
    return tuple(full for p, n, full in _lower_names() if p in fitting and name_matches(n))
