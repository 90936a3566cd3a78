"""The command ``bedrock-planes explain``."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "AttributeError: 'Bedrock' object has no attribute 'converse'"


def test_an_argument_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", WRONG]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("wrong-client: `bedrock` has no `Converse`")
    assert 'boto3.client("bedrock-runtime").converse()' in shown


def test_standard_input_and_a_file_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "error.txt"
    path.write_text(WRONG)
    assert main(["explain", "--file", str(path), "--format", "json"]) == 0
    from_file = json.loads(capsys.readouterr().out)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
    assert main(["explain", "-", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == from_file
    assert from_file["schema"] == "bedrock-planes/explain/1"


def test_what_is_not_known_is_exit_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "something else"]) == 1
    assert capsys.readouterr().out.startswith("unknown: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "--file", "absent.txt"], "absent.txt: No such file or directory; check the path"),
        (["explain", "--file", "a", "text"], "not both"),
        (["explain", "   "], "there is no error to explain"),
    ],
)
def test_a_wrong_call_is_exit_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_accounts_are_masked_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "User: arn:aws:iam::111122223333:user/a is not authorized to perform: bedrock:Rerank on resource: *"
    )
    assert main(["explain", text, "--mask"]) == 0
    shown = capsys.readouterr().out
    assert "111122223333" not in shown
    assert "000000000000" in shown


def test_an_error_cannot_become_a_workflow_command(capsys: pytest.CaptureFixture[str]) -> None:
    main(
        [
            "explain",
            (
                "User: arn:aws:iam::1:user/a is not authorized to perform: bedrock:Rerank on resource: "
                "x\n::error::owned"
            ),
        ]
    )
    assert not any(line.startswith("::") for line in capsys.readouterr().out.splitlines())
