"""Expansion of patterns, against a naive matcher."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.catalogue import expand, wildcard

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


def _naive_expand(pattern: str) -> tuple[str, ...]:
    pattern = pattern.lower()
    if pattern and set(pattern) == {"*"}:
        return tuple(_NAMES)
    service, colon, name = pattern.partition(":")
    return tuple(
        full
        for full in _NAMES
        if colon
        and _naive(service, full.lower().partition(":")[0])
        and _naive(name, full.lower().partition(":")[2])
    )


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
    assert expand(pattern) == _naive_expand(pattern)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_a_wildcard_matches_what_the_definition_says(pattern: str, text: str) -> None:
    assert (wildcard(pattern).match(text) is not None) is _naive(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("bedrock:invokemodel*", ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")),
        ("BEDROCK:INVOKEMODEL", ("bedrock:InvokeModel",)),
        ("bedrock:InvokeMode?", ("bedrock:InvokeModel",)),
        ("bedrock:Converse", ()),
        ("bedrock-runtime:InvokeModel", ()),
        ("bedrock*", ()),
        ("", ()),
        ("bedrock", ()),
        ("s3:*", ()),
        ("bedrock:\u0406nvokeModel", ()),
        ("bedroc\u212a:InvokeModel", ()),
        (" bedrock:InvokeModel", ()),
        ("bedrock:InvokeModel\n", ()),
    ],
)
def test_a_pattern_means_exactly(pattern: str, expected: tuple[str, ...]) -> None:
    assert expand(pattern) == expected


@pytest.mark.parametrize("pattern", ["*", "**", "*:*", "bedrock*:*", "bed*:*"])
def test_a_pattern_over_all_services_means_everything(pattern: str) -> None:
    assert expand(pattern) == tuple(_NAMES)


def test_many_stars_stay_cheap() -> None:
    start = time.process_time()
    assert expand("bedrock:" + "*e" * 40 + "z") == ()
    assert time.process_time() - start < 1
    assert re.fullmatch(wildcard("*a" * 30 + "b"), "a" * 200) is None


def test_the_order_is_fixed_and_ignores_letter_case() -> None:
    assert sorted(_NAMES, key=str.lower) == _NAMES
