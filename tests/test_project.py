"""What holds for the repository as a whole."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import constructs_lib

ROOT = Path(__file__).resolve().parents[1]

REGISTRY = re.compile(
    r"""https?://[^\s"'`)>]+\.(?:whl|tgz|tar\.gz)|--(?:extra-)?index-url\b|^registry\s*=|"resolved":\s*"http"""
    r"|(?:pypi|pythonhosted|npmjs|registry\.yarnpkg)\.(?:org|com)",
    re.MULTILINE,
)
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|farm|root|home/[a-z]+|Users/[a-z]+)/")


def tracked() -> list[Path]:
    """Return the files that are committed."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout: what is committed is not known")
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def _hits(pattern: re.Pattern[str]) -> list[str]:
    hits = []
    for path in tracked():
        if path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text("utf-8", errors="ignore")  # pictures are tracked too, and hold no addresses
        hits += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    return hits


def test_no_committed_file_names_a_package_registry() -> None:
    assert _hits(REGISTRY) == []


def test_no_committed_file_carries_a_machine_path() -> None:
    assert _hits(MACHINE_PATH) == []


def test_the_package_has_the_version_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert constructs_lib.__version__ == project["version"]


@pytest.mark.parametrize(
    "module", ["constructs_lib", "constructs_lib.catalogue", "constructs_lib.iam", "constructs_lib.review"]
)
def test_importing_a_pure_package_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout.split()
    assert {"aws_cdk", "jsii", "constructs", "boto3", "botocore", "yaml"}.isdisjoint(loaded)


def test_every_dependency_is_defended() -> None:
    defence = (ROOT / "docs/decisions/0001-dependencies.md").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    requirements = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["local"],
        *project["project"]["optional-dependencies"]["code"],
        *project["dependency-groups"]["dev"],
    ]
    names = [re.split(r"[=<>]", requirement)[0] for requirement in requirements]
    assert [n for n in names if f"`{n}`" not in defence and not n.startswith("types-")] == []


def test_docstrings_have_one_dialect() -> None:
    sphinx = re.compile(r"^\s*:(?:param|type|returns?|rtype|raises)\b", re.MULTILINE)
    python = [path for path in tracked() if path.suffix == ".py" and "tests" not in path.parts]
    assert [path for path in python if path.is_file() and sphinx.search(path.read_text("utf-8"))] == []
