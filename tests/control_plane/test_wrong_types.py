"""A type checker takes the examples of ``wrong_types.py`` that are right and refuses the others."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT

FILE = Path(__file__).parent / "wrong_types.py"
IGNORE = re.compile(r"  # type: ignore\[[\w-]+\]  # .+$", re.MULTILINE)


def mistakes() -> list[int]:
    """Return the lines of the mistakes."""
    tree = ast.parse(FILE.read_text("utf-8"))
    [wrong] = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "wrong"]
    return [statement.lineno for statement in wrong.body[1:]]


def test_each_mistake_and_nothing_else_is_expected_to_be_refused() -> None:
    lines = FILE.read_text("utf-8").splitlines()
    ignored = [number for number, line in enumerate(lines, 1) if IGNORE.search(line)]
    assert ignored == mistakes()
    assert len(ignored) >= 20


@pytest.mark.prove
def test_mypy_refuses_each_mistake_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "plain.py"
    copy.write_text(IGNORE.sub("", FILE.read_text("utf-8")), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", str(copy)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = re.findall(r"plain\.py:(\d+): error:", done.stdout)
    assert sorted({int(number) for number in refused}) == mistakes(), done.stdout + done.stderr
