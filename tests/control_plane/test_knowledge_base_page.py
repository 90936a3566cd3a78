"""What docs/knowledge-bases.md shows runs."""

from __future__ import annotations

import re

import pytest

from tests.source import ROOT

PAGE = (ROOT / "docs/knowledge-bases.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_synthesizes(
    example: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path_factory.mktemp("out")))
    exec(compile(example, "docs/knowledge-bases.md", "exec"), {})


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) == 7
