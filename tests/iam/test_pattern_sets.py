from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.patterns import covers, example, intersect, matches, may_overlap

PATTERNS = st.text("ab:*?", max_size=8)
TEXTS = st.text("ab:", max_size=8)


def naive(pattern: str, text: str) -> bool:
    """The definition, without any thought for speed."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naive(pattern[1:], text) or (bool(text) and naive(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@settings(deadline=None)
@given(PATTERNS, TEXTS)
def test_matching_equals_the_naive_reference(pattern: str, text: str) -> None:
    assert matches(pattern, text) is naive(pattern, text)


@settings(deadline=None)
@given(PATTERNS, PATTERNS)
def test_an_example_is_matched_by_both(one: str, other: str) -> None:
    text = example((one, other))
    assert may_overlap(one, other) is (text is not None)
    if text is not None:
        assert naive(one, text)
        assert naive(other, text)


@settings(deadline=None)
@given(PATTERNS, PATTERNS, TEXTS)
def test_overlap_and_cover_agree_with_every_text(one: str, other: str, text: str) -> None:
    first, second = naive(one, text), naive(other, text)
    if first and second:
        assert may_overlap(one, other)
        assert any(naive(pattern, text) for pattern in intersect(one, other))
    if second and not first:
        assert not covers(one, other)


@settings(deadline=None)
@given(PATTERNS, PATTERNS, PATTERNS)
def test_an_excluded_example_lies_outside_the_exclusion(one: str, other: str, barred: str) -> None:
    text = example((one, other), (barred,))
    if text is not None:
        assert naive(one, text)
        assert naive(other, text)
        assert not naive(barred, text)


@pytest.mark.parametrize(
    ("pattern", "text", "ignore_case", "expected"),
    [
        ("bedrock:Invoke*", "bedrock:InvokeModel", False, True),
        ("BEDROCK:invoke*", "bedrock:InvokeModel", True, True),
        ("BEDROCK:invoke*", "bedrock:InvokeModel", False, False),
        ("bedrock:Invo\u212aeModel", "bedrock:InvokeModel", True, False),
        ("bedrock:Invo\u212ae*", "bedrock:InvokeModel", True, False),
        ("arn:*:foundation-model/*", "arn:aws:bedrock:us-east-1::foundation-model/x", False, True),
        ("a.c", "abc", False, False),
        ("a[b]", "a[b]", False, True),
        ("*", "", False, True),
        ("?", "", False, False),
        ("a*\n", "a\n\n", False, True),
    ],
)
def test_matching_cases(pattern: str, text: str, ignore_case: bool, expected: bool) -> None:
    assert matches(pattern, text, ignore_case=ignore_case) is expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("*a" * 50 + "b", "a" * 50_000), ("a*" * 50 + "b", "a" * 50_000), ("*?" * 40 + "b", "a" * 20_000)],
)
def test_no_pattern_makes_matching_slow(pattern: str, text: str) -> None:
    start = time.process_time()
    assert not matches(pattern, text)
    assert time.process_time() - start < 1


def test_patterns_too_entangled_to_compare_give_the_worst_case() -> None:
    wide = "*a" + "?" * 40
    start = time.process_time()
    assert not covers(wide, "*a*b*a*b" + "?" * 39)
    assert may_overlap("*a" * 30 + "?" * 30, "*b" * 30 + "?" * 30)
    assert time.process_time() - start < 10


OPEN = f"arn:aws:bedrock:us-east-1:111122223333:knowledge-base/{UNRESOLVED}"


@pytest.mark.parametrize(
    ("pattern", "text", "may", "certain"),
    [
        ("a*", "ab", True, True),
        ("a*", "ba", False, False),
        (OPEN, "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/X", True, False),
        (OPEN, "arn:aws:bedrock:us-east-1:111122223333:agent/X", False, False),
        ("*", UNRESOLVED, True, True),
        ("arn:aws:bedrock:*", OPEN, True, True),
        ("x", UNRESOLVED, True, False),
        ("arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::bob/x", True, False),
    ],
)
def test_an_open_part_gives_no_false_certainty(pattern: str, text: str, may: bool, certain: bool) -> None:
    assert may_overlap(pattern, text) is may
    assert covers(pattern, text) is certain


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("*", "arn:x", ("arn:x",)),
        ("a*", "b*", ()),
        (
            "arn:aws:bedrock:us-east-1:*:*",
            "arn:aws:bedrock:*:111122223333:agent/*",
            ("arn:aws:bedrock:us-east-1:111122223333:agent/*",),
        ),
    ],
)
def test_intersections(one: str, other: str, expected: tuple[str, ...]) -> None:
    assert intersect(one, other) == expected
