"""Compression: exact, minimal, small, and blind to the other plane."""

from __future__ import annotations

import functools
import itertools
import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.iam import compress, compression, expand, shortest_patterns
from constructs_lib.iam.shortest_patterns import cover

_NAMES = list(catalogue.actions())
_DATA = [a.name for a in catalogue.actions().values() if a.plane is Plane.DATA]
_CONTROL = [a.name for a in catalogue.actions().values() if a.plane is Plane.CONTROL]


def _meant(patterns: tuple[str, ...]) -> set[str]:
    return {name for pattern in patterns for name in expand(pattern)}


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(_NAMES)), st.booleans())
def test_it_is_exact_on_random_subsets(names: set[str], whole_words: bool) -> None:
    assert _meant(compress(names, whole_words=whole_words)) == names


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(_NAMES), max_size=25))
def test_it_is_exact_on_everything_but_a_few(names: set[str]) -> None:
    wanted = set(_NAMES) - names
    assert _meant(compress(wanted)) == wanted


@pytest.mark.parametrize("names", [_DATA, _CONTROL], ids=["data", "control"])
@pytest.mark.parametrize("whole_words", [False, True])
def test_a_plane_compresses_without_touching_the_other(names: list[str], whole_words: bool) -> None:
    found = compression(names, whole_words=whole_words)
    assert _meant(found.patterns) == set(names)
    assert found.minimal


def test_the_data_plane_fits_into_a_managed_policy_with_room_for_its_resources() -> None:
    """IAM takes 6,144 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
    text = ",".join(f'"{pattern}"' for pattern in compress(_DATA))
    assert len(text) < 6_144 / 2


def test_one_service_alone_needs_one_pattern() -> None:
    websearch = [name for name in _NAMES if name.startswith("bedrock-websearch:")]
    assert compress(websearch) == ("bedrock-websearch:*",)
    assert compress([]) == ()


def test_the_most_specific_pattern_is_chosen() -> None:
    assert compress(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]) == (
        "bedrock:InvokeModel*",
    )


def test_with_whole_words_a_star_stands_where_a_word_begins() -> None:
    for pattern in compress(_DATA, whole_words=True):
        head, star, tail = pattern.partition(":")[2].partition("*")
        names = [full.partition(":")[2] for full in expand(pattern)]
        if star:
            assert any(name == head or name[len(head)].isupper() for name in names), pattern
            assert tail == "" or tail[0].isupper(), pattern


def test_a_name_that_begins_another_can_stand_alone() -> None:
    assert compress(["bedrock:InvokeModel"]) == ("bedrock:InvokeModel",)
    assert compress(["bedrock:Retrieve", "bedrock:InvokeModel"]) == (
        "bedrock:InvokeModel",
        "bedrock:Retrieve",
    )


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError, match="`bedrock:Converse` is not an action of the catalogue"):
        compress(["bedrock:Converse"])


def _fewest_by_trying_all(names: list[str], target: int) -> int:
    """Find the least number of one-star patterns by trying every combination, smallest first."""
    candidates = list(shortest_patterns._candidates(names, target, shortest_patterns._anywhere))
    for count in range(len(candidates) + 1):
        for chosen in itertools.combinations(candidates, count):
            covered = 0
            for meant in chosen:
                covered |= meant
            if covered == target:
                return count
    raise AssertionError


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(alphabet="ab", min_size=1, max_size=4), min_size=1, max_size=7, unique=True), st.data()
)
def test_the_number_of_patterns_is_the_least_possible(names: list[str], data: st.DataObject) -> None:
    target = data.draw(st.integers(1, (1 << len(names)) - 1))
    candidates = shortest_patterns._candidates(names, target, shortest_patterns._anywhere)
    chosen, proven = cover(target, candidates)
    assert proven
    assert len(chosen) == _fewest_by_trying_all(names, target)


@given(
    st.lists(st.text(alphabet="ab", min_size=1, max_size=4), min_size=1, max_size=7, unique=True), st.data()
)
def test_no_candidate_is_missed(names: list[str], data: st.DataObject) -> None:
    """Every one-star pattern over the alphabet that stays within the target lies within some candidate."""
    target = data.draw(st.integers(1, (1 << len(names)) - 1))
    candidates = shortest_patterns._candidates(names, target, shortest_patterns._anywhere)
    parts = ["".join(letters) for size in range(4) for letters in itertools.product("ab", repeat=size)]
    for head, tail in itertools.product(parts, parts):
        meant = sum(
            1 << i
            for i, name in enumerate(names)
            if len(name) >= len(head) + len(tail) and name.startswith(head) and name.endswith(tail)
        )
        if meant and not meant & ~target:
            assert any(meant & kept == meant for kept in candidates), (head, tail)


_PENTAGON = [0b00011, 0b00110, 0b01100, 0b11000, 0b10001]


def test_a_cover_that_needs_a_choice_is_proven_least() -> None:
    chosen, proven = cover(0b11111, _PENTAGON)
    assert (len(chosen), proven) == (3, True)


def test_a_search_that_is_cut_short_still_covers_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortest_patterns, "MAX_BRANCHES", 0)
    chosen, proven = cover(0b11111, _PENTAGON)
    assert functools.reduce(operator.or_, chosen) == 0b11111
    assert not proven


_THREES = [sum(1 << i for i in chosen) for chosen in itertools.combinations(range(9), 3)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_THREES), min_size=6, max_size=11, unique=True))
def test_a_cover_has_as_few_sets_as_any(sets: list[int]) -> None:
    """Sets of three of nine elements overlap in so many ways that most covers take a choice."""
    target = functools.reduce(operator.or_, sets)
    chosen, proven = cover(target, sets)
    assert proven
    assert functools.reduce(operator.or_, chosen) == target
    assert set(chosen) <= set(sets)
    fewer = itertools.combinations(sets, len(chosen) - 1)
    assert all(functools.reduce(operator.or_, some, 0) != target for some in fewer)


def test_covers_of_three_of_nine_take_choices() -> None:
    search = shortest_patterns._Search()
    search.fewest(0b111111111, dict(zip(_THREES, _THREES, strict=True)), 10)
    assert search.branches > 0


def test_a_first_choice_that_was_not_the_best_is_taken_back() -> None:
    sets = [0b1011000, 0b0000110, 0b1100001, 0b0001011, 0b0110000, 0b1010000, 0b0000101]
    assert len(cover(0b1111111, sets)[0]) == 3
