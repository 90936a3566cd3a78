"""The examples of the pages about the platform run as they stand."""

from __future__ import annotations

import re

import pytest

from tests.source import ROOT

PAGES = (
    "audit.md",
    "invocation-logging.md",
    "levers.md",
    "model-access.md",
    "network.md",
    "usage.md",
)
EXAMPLES = [
    pytest.param(page, code, id=f"{page}-{at}")
    for page in PAGES
    for at, code in enumerate(
        re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "code"), EXAMPLES)
def test_an_example_runs(page: str, code: str) -> None:
    exec(compile(code, page, "exec"), {})
