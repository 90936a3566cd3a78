"""`bedrock-planes scan`: formats, exit status, faults, and files that are hostile."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from pathlib import Path

WRONG = 'import boto3\n\nboto3.client("bedrock").converse(modelId="m")\n'


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(WRONG)
    return "a.py"


def test_json_has_calls_findings_and_what_is_unresolved(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", wrong, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "bedrock-planes/scan/1"
    (call,) = document["calls"]
    assert (call["client"], call["operation"], call["plane"]) == ("bedrock", "Converse", "data")
    assert call["actions"] == ["bedrock:InvokeModel"]
    (finding,) = document["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("BP601", 3)
    assert document["unresolved"] == []


@pytest.mark.parametrize("format_name", ["sarif", "markdown"])
def test_the_finding_is_in_every_format(
    wrong: str, format_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", wrong, "--format", format_name]) == 1
    assert "BP601" in capsys.readouterr().out


def test_fail_on_never_ends_with_0_and_a_wrong_path_with_2(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", wrong, "--fail-on", "never"]) == 0
    assert main(["scan", wrong, "none.py", "--fail-on", "never"]) == 2
    error = "bedrock-planes scan: none.py: there is no such file or folder; check the path\n"
    assert capsys.readouterr().err == error


def test_without_the_extra_other_languages_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.sh").write_text("aws bedrock list-guardrails\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["scan", str(tmp_path)]) == 0
    assert "install the extra `code`" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("deep.py", "bedrock = " + "(" * 3000 + ")" * 3000, "not read"),
        ("deep.js", "const bedrock = " + "[\n" * 5000 + "]" * 5000, "nests too deeply"),
        ("big.js", "var bedrock=1;" + "f(1);" * 500_000, "larger than 2 MB"),
        ("line.js", "var bedrock=1;" + "f(1);" * 5_000, "minified"),
        ("old.py", "print 'bedrock'", "not Python that can be parsed"),
    ],
)
def test_a_hostile_file_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, says: str
) -> None:
    (tmp_path / name).write_text(text)
    assert main(["scan", str(tmp_path)]) == 0
    assert says in capsys.readouterr().out
