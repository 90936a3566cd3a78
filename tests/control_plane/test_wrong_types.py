"""Type checkers take the examples, and of ``wrong_types.py`` what is right, and refuse the rest of it.

aws-cdk-lib's own classes differ from its protocols in the names of parameters, which pyright reports wherever
a class of the CDK is passed on; nothing of this library could change that. Those reports are left out, by
their text and their protocol, and so is nothing else.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.source import ROOT

APPS = sorted(
    file for file in (ROOT / "examples").rglob("*.py") if "import aws_cdk" in file.read_text("utf-8")
)
CONFIGURATION = {"pythonVersion": "3.11", "typeCheckingMode": "strict"}
OF_JSII = re.compile(r'"\w+" is incompatible with protocol "I\w+"')
FILE = Path(__file__).parent / "wrong_types.py"
# pyright breaks off before the reason where a class and its own protocol refer to each other.
BROKEN_OFF = re.compile(
    r'[^\n]+\n  "(\w+)" is incompatible with protocol "I\1"(\n    "I\1" is not assignable to "\1")+\n  \.\.\.'
)
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


def pyright(folder: Path, *files: Path) -> list[dict[str, Any]]:
    """Return what pyright reports in strict mode, without what is jsii's."""
    configuration = folder / "pyrightconfig.json"
    settings = {
        **CONFIGURATION,
        "include": [str(file) for file in files],
        "extraPaths": [str(ROOT)],
    }
    configuration.write_text(json.dumps(settings), "utf-8")
    program = ROOT / "node_modules" / "pyright" / "index.js"
    assert program.exists(), "run `make setup`: it installs pyright into node_modules"
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [node, program, "--project", configuration, "--pythonpath", sys.executable, "--outputjson"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] == len(files)
    return [one for one in answer["generalDiagnostics"] if not _is_of_jsii(one)]


def _is_of_jsii(report: dict[str, Any]) -> bool:
    text = report["message"].replace("\xa0", " ")
    if report["rule"] != "reportArgumentType":
        return False
    is_named = OF_JSII.search(text) and "is an incompatible type" in text and "is not present" not in text
    return bool(is_named or BROKEN_OFF.fullmatch(text))


def test_pyright_refuses_each_mistake_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "plain.py"
    copy.write_text(IGNORE.sub("", FILE.read_text("utf-8")), "utf-8")
    reports = pyright(tmp_path, copy)
    assert sorted({one["range"]["start"]["line"] + 1 for one in reports}) == mistakes(), reports


@pytest.mark.prove
def test_pyright_takes_the_examples(tmp_path: Path) -> None:
    assert len(APPS) >= 4
    # pyright reads what is below its configuration.
    copies = [tmp_path / "_".join(file.relative_to(ROOT).parts) for file in APPS]
    for file, copy in zip(APPS, copies, strict=True):
        copy.write_text(file.read_text("utf-8"), "utf-8")
    assert pyright(tmp_path, *copies) == []
