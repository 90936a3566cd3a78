"""The committed pages are those that the rules generate."""

from __future__ import annotations

from pathlib import Path

from constructs_lib.review.rules._pages import pages

_DOCS = Path(__file__).parents[3] / "docs" / "rules"


def test_the_pages_are_fresh() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in _DOCS.glob("*.md")}
    assert committed == pages(), "run `python -m constructs_lib.review.rules._pages docs/rules`"
