"""Recall and precision on code whose calls were counted by hand.

A comment ``#> CLIENT OPERATION`` (``//>`` in other languages) marks a call of its line, with ``wrong RIGHT``
one on the wrong client.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from constructs_lib.code import scan
from constructs_lib.review import review_code

_FOLDER = Path(__file__).parent / "samples"
_FILES = sorted(path for path in _FOLDER.rglob("*.*") if path.is_file())
_MARK = re.compile(r"(?:#|//)> (\S+) (\S+)(?: wrong (\S+))?")
_NEAR = 2
"""Lines between a mark and its call: a call may span lines."""


class Call(NamedTuple):
    """A call that a file has."""

    line: int
    client: str
    operation: str
    right: str | None


def _counted(path: Path) -> list[Call]:
    lines = path.read_text("utf-8").splitlines()
    return [
        Call(number, mark[1], mark[2], mark[3])
        for number, line in enumerate(lines, 1)
        for mark in _MARK.finditer(line)
    ]


def _difference(path: Path) -> tuple[list[Call], list[Call], int]:
    """Return what was not found, what was found in excess, and how many calls were right."""
    found = [Call(c.line, c.client, c.operation, c.right) for c in scan([str(path)]).calls]
    missing = []
    for wanted in _counted(path):
        hit = next((c for c in found if c[1:] == wanted[1:] and abs(c.line - wanted.line) <= _NEAR), None)
        if hit is None:
            missing.append(wanted)
        else:
            found.remove(hit)
    return missing, found, len(_counted(path)) - len(missing)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_FOLDER)))
def test_the_counted_calls_are_found_and_no_others(path: Path) -> None:
    assert _difference(path)[:2] == ([], [])


def test_recall_and_precision(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [_difference(path) for path in _FILES]
    right = sum(part[2] for part in parts)
    missing, extra = sum(len(part[0]) for part in parts), sum(len(part[1]) for part in parts)
    recall, precision = right / (right + missing), right / (right + extra)
    counts = f"of {right + missing} calls in {len(_FILES)} files"
    with capsys.disabled():
        sys.stdout.write(f"\nscan: recall {recall:.3f}, precision {precision:.3f} {counts}\n")
    assert len(_FILES) >= 60
    assert min(recall, precision) >= 0.95


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_FOLDER)))
def test_wrong_clients_are_found_and_no_others(path: Path) -> None:
    report = review_code(scan([str(path)]))
    marked = [(call.line, call.right) for call in _counted(path) if call.right]
    found = [(f.location.line, f.message) for f in report.findings if f.rule == "BP601"]
    assert len(found) == len(marked)
    for (line, right), (at, message) in zip(sorted(marked), sorted(found), strict=True):
        assert abs(line - (at or 0)) <= _NEAR
        assert f"it is an operation of `{right}`" in message


def test_all_languages_are_sampled() -> None:
    assert {call.language for path in _FILES for call in scan([str(path)]).calls} == {
        "python",
        "javascript",
        "typescript",
        "java",
        "go",
        "shell",
    }


def test_a_call_belongs_to_the_file_that_holds_it(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3\nfrom work import ask\n\n\nask(boto3.client('bedrock-runtime'))\n"
    )
    (tmp_path / "work.py").write_text("def ask(client):\n    return client.converse(modelId='m')\n")
    found = scan([str(tmp_path)])
    assert [(call.path, call.line) for call in found.calls] == [(str(tmp_path / "work.py"), 2)]
    assert found.unresolved == ()
