"""Expansion of patterns, against a naive matcher; ``test_patterns`` has the cases as data."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.iam import expand, expansion

_NAMES = list(catalogue.actions())


def _naive(pattern: str, text: str) -> bool:
    """Match by the definition: each star takes nothing or one character more."""
    reach = {0}
    for symbol in pattern:
        if symbol == "*":
            reach = set(range(min(reach), len(text) + 1)) if reach else reach
        else:
            reach = {i + 1 for i in reach if i < len(text) and symbol in ("?", text[i])}
    return len(text) in reach


@st.composite
def _patterns(draw: st.DrawFn) -> str:
    """Draw an action's name with parts of it starred, questioned or in another letter case."""
    name = draw(st.sampled_from(_NAMES))
    parts = []
    while name:
        length = draw(st.integers(1, len(name)))
        part, name = name[:length], name[length:]
        parts.append(draw(st.sampled_from([part, "*", part.upper(), part.lower(), "?" * len(part), "?"])))
    return "".join(parts)


@given(st.one_of(_patterns(), st.text(alphabet="*?:abeIkmnorv-", max_size=12)))
def test_expansion_equals_a_naive_expansion(pattern: str) -> None:
    assert expand(pattern) == tuple(name for name in _NAMES if _naive(pattern.lower(), name.lower()))


@given(st.one_of(_patterns(), st.text(alphabet="*?:abeIkmnorv-", max_size=12)))
def test_only_a_wildcard_in_the_name_counts_in_a_deny(pattern: str) -> None:
    found = expansion(pattern)
    prefix = pattern.split(":", maxsplit=1)[0]
    assert found.documented is (pattern == "*" or not set("*?") & set(prefix))
    assert found.in_deny == (found.in_allow if found.documented else ())


def test_many_stars_stay_cheap() -> None:
    start = time.process_time()
    assert expand("bedrock:" + "*e" * 40 + "z") == ()
    assert time.process_time() - start < 1


def test_the_order_is_fixed_and_ignores_letter_case() -> None:
    assert sorted(_NAMES, key=str.lower) == _NAMES
    assert list(expand("*")) == _NAMES
