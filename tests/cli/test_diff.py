"""`bedrock-planes diff`: both kinds of side, formats, exit codes, and one line per fault."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": MODEL}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(policy("bedrock:InvokeModel"))
    new.write_text(policy("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"))
    return str(old), str(new)


def stored(path: str, target: Path) -> str:
    assert main(["review", path, "--format", "json", "--fail-on", "never", "--output", str(target)]) == 0
    return str(target)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["diff", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


TEXT = """\
~ new (unknown): data  WIDER
  bedrock-runtime (data)
+    bedrock:InvokeModelWithResponseStream

Principals: 1 changed; 1 may do more than before.
"""


def test_two_inputs(sides: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *sides) == (0, TEXT, "")


def test_a_report_and_an_input_give_the_same(
    sides: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = stored(sides[0], tmp_path / "report.json")
    assert run(capsys, report, sides[1]) == (0, TEXT, "")


@pytest.mark.parametrize("as_report", [False, True], ids=["input", "report"])
def test_standard_input(
    as_report: bool,
    sides: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = stored(sides[0], tmp_path / "report.json") if as_report else sides[0]
    with open(path, "rb") as file:  # noqa: PTH123 - a stand-in for standard input has a buffer
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    assert run(capsys, "-", sides[1]) == (0, TEXT, "")


@pytest.mark.parametrize(
    ("swap", "fail_on", "status"),
    [
        (False, "never", 0),
        (False, "widening", 1),
        (False, "any", 1),
        (True, "widening", 0),
        (True, "any", 1),
    ],
)
def test_exit_status(
    swap: bool, fail_on: str, status: int, sides: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = reversed(sides) if swap else sides
    assert run(capsys, old, new, "--fail-on", fail_on)[0] == status
    assert run(capsys, old, old, "--fail-on", fail_on)[:2] == (0, "No permission changed.\n")


def test_json(sides: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, *sides, "--format", "json")
    expected: dict[str, Any] = {
        "schema": "bedrock-planes/diff/1",
        "old": sides[0],
        "new": sides[1],
        "widening": True,
        "principals": [
            {
                "change": "changed",
                "name": "new",
                "construct_path": None,
                "old": f"{sides[0]}#policy",
                "new": f"{sides[1]}#policy",
                "kind": {"old": "unknown", "new": "unknown"},
                "verdict": {"old": "data", "new": "data"},
                "widening": True,
                "families": {
                    "bedrock-runtime": {
                        "plane": "data",
                        "gained": ["bedrock:InvokeModelWithResponseStream"],
                        "lost": [],
                        "widened": [],
                        "narrowed": [],
                    }
                },
                "incomplete": {"gained": [], "lost": []},
            }
        ],
        "summary": {"added": 0, "removed": 0, "changed": 1, "widened": 1},
    }
    assert json.loads(out) == expected


def test_markdown_to_a_file(
    sides: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "diff.md"
    assert run(capsys, *sides, "--format", "markdown", "--output", str(target)) == (0, "", "")
    assert target.read_text("utf-8") == (
        "# Permission changes\n\n"
        "Principals: 1 changed; 1 may do more than before.\n\n"
        "## `new`\n\n"
        "```diff\n"
        "~ new (unknown): data  WIDER\n"
        "  bedrock-runtime (data)\n"
        "+  bedrock:InvokeModelWithResponseStream\n"
        "```\n"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "old.json: "),
        ('{"schema": "bedrock-planes/review/2"}', "this version reads `bedrock-planes/review/1`"),
        ('{"schema": "bedrock-planes/review/1"}', "lacks a part of the report format"),
        (None, "old.json: "),
    ],
    ids=["not JSON", "a newer report", "half a report", "no file"],
)
def test_a_fault_is_one_line_and_exit_2(
    text: str | None, says: str, sides: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    old.unlink()
    if text is not None:
        old.write_text(text)
    status, _, err = run(capsys, str(old), sides[1])
    assert status == 2
    assert err.startswith("bedrock-planes diff: ")
    assert says in err
    assert err.count("\n") == 1


def test_what_a_stored_report_could_not_read_is_said_again(
    sides: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    (tmp_path / "broken.json").write_text("{")
    main(["review", str(tmp_path / "broken.json"), sides[0], "--format", "json", "--output", str(report)])
    capsys.readouterr()
    status, out, err = run(capsys, str(report), sides[1])
    assert (status, out) == (2, TEXT)
    assert "broken.json" in err


def test_both_sides_cannot_be_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "-", "-")
    assert (status, out) == (2, "")
    assert err == "bedrock-planes diff: both sides are standard input; give one of them as a file\n"
