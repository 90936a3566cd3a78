"""The page of a construct names every attribute, property and method that a user sees on it."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest
from constructs import Construct

import constructs_lib
from tests.source import ROOT

INNER = {"boundary_mark", "mark"}
"""What the check of the finished template reads: it says nothing to users."""
CHECKED = "constructs_lib.cdk_support.roles"
"""The module of `CheckedRole`, whose other members serve that check, beside those of the CDK's role."""


def page(name: str) -> str:
    return (ROOT / "docs" / "constructs" / f"{name}.md").read_text("utf-8")


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


CONSTRUCTS = sorted(
    path.stem for path in (ROOT / "docs" / "constructs").glob("[A-Z]*.md") if path.stem != "README"
)


def classes(name: str) -> list[type]:
    """Return the construct's class and its bases, as far as they are the project's."""
    return [
        one
        for one in getattr(constructs_lib, name).__mro__
        if one.__module__.startswith("constructs_lib.") and one.__module__ != CHECKED
    ]


def assigned(one: type) -> set[str]:
    """Return the names that the methods of a class assign to their instance."""
    return {
        node.attr
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(one))))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    }


def test_every_construct_has_a_page() -> None:
    public = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
    made = [name for name, one in public.items() if isinstance(one, type) and issubclass(one, Construct)]
    assert sorted(made) == CONSTRUCTS


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_page_has_every_attribute(name: str) -> None:
    shown = section(page(name), "Attributes")
    public = set()
    for one in classes(name):
        public |= {key for key, value in vars(one).items() if isinstance(value, property)}
        public |= assigned(one) | set(vars(one).get("__annotations__", ()))
    missing = {key for key in public - INNER if not key.startswith("_") and f"| `{key}` | " not in shown}
    assert missing == set()


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_page_has_every_method(name: str) -> None:
    shown = section(page(name), "Methods") + section(page(name), "Factories")
    public = {
        key
        for one in classes(name)
        for key, value in vars(one).items()
        if inspect.isfunction(value) or isinstance(value, (staticmethod, classmethod))
    }
    missing = {key for key in public if not key.startswith("_") and f"| `{key}(" not in shown}
    assert missing == set()


def test_what_the_tables_say_comes_from_bases_and_sections_too() -> None:
    sync = section(page("KnowledgeBaseSync"), "Attributes")
    assert "| `state_machine` | The state machine; each execution is one sync, whatever its input. |" in sync
    assert "| `data_sources` | What is synced, those that are added later too. |" in sync
    assert "| `sync(" in section(page("KnowledgeBase"), "Methods")


def test_a_paragraph_after_a_section_is_prose_and_no_part_of_a_row() -> None:
    before, props = page("InvocationLogging").split("\n## Props\n")
    assert "\nAt least one of `log_group` and `bucket` is needed.\n" in before
    assert "At least one of" not in props
    assert [
        line for line in page("AgentAlias").splitlines() if line.startswith("|") and "Source:" in line
    ] == []
