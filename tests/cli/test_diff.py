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
# A stored report lacks what limits the principals.
OF_REPORT = TEXT[:-1] + " A report has no conditions, Denies and trusts: these were not compared.\n"


def test_two_inputs(sides: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *sides) == (0, TEXT, "")


def test_a_report_and_an_input_give_the_same(
    sides: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = stored(sides[0], tmp_path / "report.json")
    assert run(capsys, report, sides[1]) == (0, OF_REPORT, "")


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
    assert run(capsys, "-", sides[1]) == (0, OF_REPORT if as_report else TEXT, "")


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
                "limits": {"loosened": [], "tightened": []},
            }
        ],
        "losing": False,
        "limits_compared": True,
        "resources": [],
        "summary": {
            "added": 0,
            "removed": 0,
            "changed": 1,
            "widened": 1,
            "resources": {"replaced": 0, "removed": 0, "uncertain": 0, "failing": 0},
        },
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
    assert (status, out) == (2, OF_REPORT)
    assert "broken.json" in err


def test_both_sides_cannot_be_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "-", "-")
    assert (status, out) == (2, "")
    assert err == "bedrock-planes diff: both sides are standard input; give one of them as a file\n"


# What the deployment does to resources: only templates tell it.
def index(dimension: int, name: str | None = None) -> dict[str, Any]:
    properties = {"VectorBucketName": "vectors", "DataType": "float32", "Dimension": dimension}
    named = {"IndexName": name} if name else {}
    return {"Resources": {"Index": {"Type": "AWS::S3Vectors::Index", "Properties": {**properties, **named}}}}


@pytest.fixture
def stacks(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "a.json", tmp_path / "b.json"
    old.write_text(json.dumps(index(1024, "docs")))
    new.write_text(json.dumps(index(512, "docs")))
    return str(old), str(new)


WHY = "the name `docs` is taken when the new one is made: the old one still has it; give it another name"
RESOURCES = """\
No permission changed.

~ Index (AWS::S3Vectors::Index) is replaced  FAILS
  Dimension: 1024 -> 512
-   {why} ({old}#Index)
-   lost: every vector in it, and the metadata of each
  help: ingest the data sources again after the deployment

Resources: 1 replaced; 1 may make the deployment fail.
"""


def test_resources(stacks: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, *stacks) == (0, RESOURCES.format(old=stacks[0], why=WHY), "")


def test_resources_of_standard_input(
    stacks: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(stacks[0], "rb") as file:  # noqa: PTH123 - a stand-in for standard input has a buffer
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    assert run(capsys, "-", stacks[1]) == (0, RESOURCES.format(old="-", why=WHY), "")


def test_resources_as_json(stacks: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, *stacks, "--format", "json")[1])
    assert found["losing"] is True
    assert found["summary"]["resources"] == {"replaced": 1, "removed": 0, "uncertain": 0, "failing": 1}
    assert found["resources"] == [
        {
            "change": "replaced",
            "certain": True,
            "type": "AWS::S3Vectors::Index",
            "name": "Index",
            "construct_path": None,
            "old": f"{stacks[0]}#Index",
            "new": f"{stacks[1]}#Index",
            "properties": [{"path": "Dimension", "old": "1024", "new": "512", "certain": True, "why": ""}],
            "kept": False,
            "lost": "every vector in it, and the metadata of each",
            "fails": True,
            "help": "ingest the data sources again after the deployment",
            "collision": {"name": "docs", "holder": f"{stacks[0]}#Index", "certain": True, "why": WHY},
            "outputs": [],
            "version": None,
        }
    ]


def test_resources_as_markdown(stacks: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, *stacks, "--format", "markdown")[1]
    summary = "Resources: 1 replaced; 1 may make the deployment fail."
    assert f"# Resource changes\n\n{summary}\n\n## `Index`\n\n```diff\n~ " in shown
    assert shown.endswith("```\n")


@pytest.mark.parametrize(
    ("old", "new", "fail_on", "status"),
    [
        (index(1024), index(512), "loss", 1),
        (index(1024), index(512), "any", 1),
        (index(1024), index(512), "widening", 0),
        (index(1024), index(512), "never", 0),
        (index(1024), index(1024), "loss", 0),
        (index(1024), index(1024), "any", 0),
        (index(1024), index(1024, "docs"), "loss", 1),
    ],
)
def test_exit_status_of_a_loss(
    old: dict[str, Any],
    new: dict[str, Any],
    fail_on: str,
    status: int,
    *,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, body in (("a", old), ("b", new)):
        (tmp_path / name).write_text(json.dumps(body))
    assert run(capsys, str(tmp_path / "a"), str(tmp_path / "b"), "--fail-on", fail_on)[0] == status


def test_a_report_tells_nothing_of_resources(
    stacks: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = stored(stacks[0], tmp_path / "report.json")
    status, shown, _ = run(capsys, report, stacks[1], "--fail-on", "loss")
    assert status == 1, "what isn't known may be a loss"
    assert shown.endswith(
        "Resources: not compared, since a side is a report; give the cdk.out folder or template.\n"
    )
    assert json.loads(run(capsys, report, report, "--format", "json")[1])["resources"] is None
