"""The generated pages are those that the code generates now."""

from __future__ import annotations

from tools.docs import stale


def test_no_generated_page_is_stale() -> None:
    assert stale() == [], "run `make docs` and commit the pages"
