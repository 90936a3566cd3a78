"""What the guides show runs: their Python as it stands, in a stack of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import PlanesError
from constructs_lib.local.pytest_fixtures import local_aws, local_aws_server
from tests.cdk import Stack, template
from tests.source import ROOT

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

__all__ = ["local_aws", "local_aws_server"]

DOCS = ROOT / "docs"
# The blocks of the page about RAG are the files of an example, which test_rag.py runs and deploys.
GUIDES = sorted({path.name for path in (DOCS / "guides").glob("*.md")} - {"local-tests.md", "rag.md"})

RAG = ("app.py", "ask/index.py", "try_it.py")


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


EXAMPLES = [
    pytest.param(page, code, id=f"{page}-{at}")
    for page in GUIDES
    for at, code in enumerate(blocks(f"guides/{page}"))
]


@pytest.mark.parametrize(("page", "code"), EXAMPLES)
def test_an_example_of_a_guide_runs(page: str, code: str) -> None:
    stack = Stack()
    exec(compile(code, page, "exec"), {"stack": stack})
    makes = "constructs_lib import" in code and "checks" not in code
    assert ("Resources" in template(stack)) == makes


def test_the_blocks_of_the_page_about_rag_are_the_files_of_the_example() -> None:
    files = {name: (ROOT / "examples/rag" / name).read_text("utf-8").strip() for name in RAG}
    shown = blocks("guides/rag.md")
    whole = [code.strip() for code in shown if code.strip() in files.values()]
    assert whole == [files["ask/index.py"], files["try_it.py"]]
    app = "\n".join(code for code in shown if code.strip() not in whole)
    _, _, expected = re.sub(r"^# -{10,}.*\n", "", files["app.py"], flags=re.MULTILINE).partition('"""\n\n')
    assert [line for line in app.splitlines() if line] == [line for line in expected.splitlines() if line]


def test_the_app_of_get_started_is_the_one_that_the_readme_shows() -> None:
    assert blocks("get-started.md")[0] == (ROOT / "examples/minimal/app.py").read_text("utf-8")


def test_the_crossing_of_get_started_is_caught() -> None:
    app, crossing = blocks("get-started.md")
    before = app.partition("app.synth()")[0]
    with pytest.raises(PlanesError, match=r"AppRole.*bedrock:CreateGuardrail.*control"):
        exec(compile(before + crossing, "app.py", "exec"), {})


def test_the_test_of_the_local_aws_passes(local_aws: LocalAws) -> None:
    names: dict[str, Any] = {}
    for code in blocks("guides/local-tests.md"):
        exec(compile(code, "local-tests.md", "exec"), names)
    assert names["pytest_plugins"] == [local_aws_server.__module__]
    names["test_the_account_is_the_local_one"](local_aws)
