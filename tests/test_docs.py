"""What the pages say of the project is true: generated pages are fresh, named files exist."""

from __future__ import annotations

import re

import pytest

from tests.source import ROOT, modules
from tools.docs import stale

_PAGES = ("CONTRIBUTING.md", "README.md", "docs/architecture.md", "docs/decisions/0018-rooms.md")
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


@pytest.mark.parametrize(
    "page",
    [
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/checks.md",
        "docs/deploy-policy.md",
        "docs/local-aws.md",
    ],
)
def test_local_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


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
