"""What a shell may do with the streams of the command: close them, fill the disk behind them, leave early."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib import review
from constructs_lib.cli import main

_COMMAND = f"{sys.executable} -c 'import sys; from constructs_lib.cli import main; sys.exit(main())'"
_POLICY = {"Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]}
_CLOSED = "standard output is closed; open it, or pass --output where it is taken"
_FULL = "standard output: No space left on device; fix that and run again"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.json").write_text(json.dumps(_POLICY), encoding="utf-8")


def _shell(words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {_COMMAND} {words}"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "status", "errors"),
    [
        ("review p.json >&-", 2, [f"bedrock-planes review: {_CLOSED}"]),
        ("rules >&-", 2, [f"bedrock-planes rules: {_CLOSED}"]),
        ("review p.json --output out.txt >&-", 1, []),
        ("review p.json 2>&-", 1, []),
        ("review none.json 2>&-", 2, []),
        ("review p.json >/dev/full", 2, [f"bedrock-planes review: {_FULL}"]),
        ("which converse >/dev/full", 2, [f"bedrock-planes which: {_FULL}"]),
        ("rules >/dev/full", 2, [f"bedrock-planes rules: {_FULL}"]),
        (
            "review p.json --output /dev/full",
            2,
            ["bedrock-planes review: /dev/full: No space left on device; choose another file for --output"],
        ),
        (
            "review - --format json <&-",
            2,
            ["bedrock-planes review: -: standard input is closed; pipe something into it, or name a file"],
        ),
        (
            "diff - p.json <&-",
            2,
            ["bedrock-planes diff: standard input is closed; pipe something into it, or name a file"],
        ),
        ("catalogue list | head -1", 141, []),
        ("review p.json --format html | head -1", 1, []),
    ],
)
def test_every_answer_is_at_most_one_line(words: str, status: int, errors: list[str]) -> None:
    code, _, err = _shell(words)
    assert (code, err.splitlines()) == (status, errors)


def test_empty_standard_input_is_named_in_the_report() -> None:
    code, out, _ = _shell("review -")
    assert code == 2
    assert out.splitlines()[1].startswith("cannot read -: the file is empty; give a template")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_json_is_utf8_whatever_a_file_is_called(locale: str) -> None:
    Path("folder").mkdir()
    Path("folder", "a\udcff.json").write_text(json.dumps(_POLICY), encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"LC_ALL={locale} {_COMMAND} review folder --format json"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout.decode("utf-8"))["inputs"][0]["path"] == "folder/a?.json"


def test_a_line_stays_one_line_whatever_the_path_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "a\nb\x1b[31m.json", "--format", "json"]) == 2
    assert capsys.readouterr().err == "bedrock-planes review: a?b?[31m.json: no such file; check the path\n"


def test_an_interrupted_run_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(review, "review_paths", interrupted)
    assert main(["review", "p.json"]) == 130
    assert capsys.readouterr().err == "bedrock-planes review: stopped\n"
