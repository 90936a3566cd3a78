"""What the pages say of the project is true: generated pages are fresh, named files exist."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.source import ROOT, modules
from tools.docs import stale
from tools.site import relinked

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = ("CONTRIBUTING.md", "README.md", "docs/architecture.md", "docs/decisions/0018-rooms.md")
_ALL = [
    *(ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md")),
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "rules" not in path.parts),
]
_PATH = re.compile(
    r"`((?:constructs_lib|stacks|examples|tests|tools|benchmarks|docs)/[\w./-]*|[\w-]+\.(?:md|toml|py))`"
)
_STEP = re.compile(r"^\|[^|]*\|([^|]*)\|([^|]*\.py`[^|]*)\|$", re.MULTILINE)
# In the pages an example is called so; the file is the one that a reader makes.
_PLACEHOLDER = re.compile(r"NAME|SERVICE|BP206|bp206")


def test_no_generated_page_is_stale() -> None:
    assert stale() == [], "run `make docs` and commit the pages"


@pytest.mark.parametrize("page", _PAGES)
def test_the_files_that_a_page_names_exist(page: str) -> None:
    named = [
        name for name in _PATH.findall((ROOT / page).read_text("utf-8")) if not _PLACEHOLDER.search(name)
    ]
    files = {path.name for path in ROOT.glob("constructs_lib/**/*.*")} | {
        path.name for path in ROOT.iterdir()
    }
    assert [name for name in named if not (ROOT / name).exists() and name not in files] == []


def slugs(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    plain = [re.sub(r"[^\w\s-]", "", title.lower()) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    return {title.strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", _ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_local_links_lead_somewhere(page: Path) -> None:
    dead = []
    for path, anchor in re.findall(
        r"\]\((?!https?://|mailto:)([^)#\s]*)#?([^)\s]*)\)", page.read_text("utf-8")
    ):
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in slugs(target)):
            dead.append(f"{path}#{anchor}")
    assert dead == []


def test_the_site_shows_every_page() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    shown = set(re.findall(r"'([\w/.-]+\.md)'", repr(site["nav"])))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    listed = {page for page in pages if re.match(r"(rules/BP|decisions/0|constructs/[A-Z])", page)}
    assert pages - listed - shown == set()
    assert shown - pages == {"changelog.md", "contributing.md", "security.md"}  # from the files of the root


def test_every_guide_is_one_click_from_the_home_page() -> None:
    home = (ROOT / "docs/README.md").read_text("utf-8")
    guides = [path.name for path in (ROOT / "docs/guides").glob("*.md")]
    assert [name for name in guides if f"](guides/{name})" not in home] == []


def test_every_page_of_the_navigation_is_two_clicks_from_the_home_page() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    pages = {ROOT / "docs" / name for name in re.findall(r"'([\w/.-]+\.md)'", repr(site["nav"]))}
    reached = {ROOT / "docs/README.md"}
    for _click in range(2):
        reached |= {target for page in reached for target in linked(page)}
    assert sorted(str(page.relative_to(ROOT)) for page in pages - reached if page.exists()) == []


def linked(page: Path) -> set[Path]:
    """Return the pages of ``docs`` that a page's own text links to."""
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+\.md)", page.read_text("utf-8"))
    targets = {(page.parent / link).resolve() for link in links}
    return {target for target in targets if target.is_relative_to(ROOT / "docs")}


@pytest.mark.parametrize(
    ("page", "text", "on_the_site"),
    [
        ("guides/rag.md", "[s](../../SECURITY.md)", "[s](../security.md)"),
        ("guides/rag.md", "[s](../planes.md#who)", "[s](../planes.md#who)"),
        ("contributing.md", "[a](docs/architecture.md)", "[a](architecture.md)"),
        ("contributing.md", "[d](docs/decisions)", "[d](decisions/README.md)"),
        (
            "pipelines.md",
            "[the file](../examples/pipelines/github.yml)",
            "the file (`examples/pipelines/github.yml`)",
        ),
        ("planes.md", "![planes](img/planes.svg)", "![planes](img/planes.svg)"),
        ("planes.md", "[AWS](https://docs.aws.amazon.com/)", "[AWS](https://docs.aws.amazon.com/)"),
        ("README.md", "[g](guides/rag.md)", "[g](guides/rag.md)"),
    ],
)
def test_the_site_changes_only_the_links_that_leave_docs(page: str, text: str, on_the_site: str) -> None:
    assert relinked(text, page) == on_the_site


def test_every_construct_has_a_page_with_an_example() -> None:
    pages = [path for path in (ROOT / "docs/constructs").glob("*.md") if path.name[:1].isupper()]
    without = {p.stem for p in pages if p.name != "README.md" and "## Example" not in p.read_text("utf-8")}
    assert without == set()


def test_each_step_of_the_architecture_is_a_function_of_the_files_beside_it() -> None:
    steps = _STEP.findall((ROOT / "docs/architecture.md").read_text("utf-8"))
    assert len(steps) > 15
    by_path = {str(module.path.relative_to(ROOT)): module for module in modules().values()}
    missing = []
    for functions, files in steps:
        texts = [
            by_path[f"constructs_lib/{file}"].path.read_text("utf-8")
            for file in re.findall(r"`([^`]+)`", files)
        ]
        missing += [
            name
            for name in re.findall(r"`([^`]+)`", functions)
            if not any(re.search(rf"^\s*(?:def|class) {name}\b", text, re.MULTILINE) for text in texts)
        ]
    assert missing == []


def test_make_targets_named_in_contributing_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)\b", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert named
    assert named <= targets


def test_the_architecture_names_every_package() -> None:
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    packages = {path.parent.name for path in (ROOT / "constructs_lib").glob("*/__init__.py")}
    assert packages == set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize("page", _ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_column_of_a_table_has_a_title(page: Path) -> None:
    """What a column holds is read aloud with each of its cells (WCAG 1.3.1)."""
    heads = re.findall(r"^(\|.*\|)\n\|[\s:|-]+\|$", page.read_text("utf-8"), re.MULTILINE)
    assert [head for head in heads if any(not cell.strip() for cell in head.strip("|").split("|"))] == []


def unexplained(page: str) -> set[str]:
    """Return the names in the Python of a page that no block binds before and no sentence explains."""
    bound, missing = set(dir(builtins)) | {"__file__"}, set()
    for code in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        nodes = [*ast.walk(ast.parse(code))]
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                bound |= {(one.asname or one.name).partition(".")[0] for one in node.names}
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
                bound.add(node.name)
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
        names = [node for node in nodes if isinstance(node, ast.Name)]
        bound |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        missing |= {name.id for name in names} - bound
    return {name for name in missing if not re.search(rf"`{name}` is ", page)}


# The code of a rule's page shows what the rule finds; nobody copies it.
@pytest.mark.parametrize("page", _ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_block_that_is_copied_has_its_imports_and_what_else_it_names_is_explained(page: Path) -> None:
    assert unexplained(page.read_text("utf-8")) == set()


def test_a_name_that_nothing_explains_is_noticed() -> None:
    page = "```python\nimport a\na.b(stack, role)\n```\n`stack` is yours.\n```python\nrole = 1\n```\n"
    assert unexplained(page) == {"role"}
