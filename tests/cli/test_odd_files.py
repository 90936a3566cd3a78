"""A file that is not what an option takes is one sentence, whichever option it is given to."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from constructs_lib.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*"}],
    }
)
# Neither a traceback nor the words of Python about itself.
NO_SENTENCE = re.compile(r"Traceback|Error\b|sys\.|\(char \d|0x[0-9a-f]{6}|codec|Expecting|<class")


def _writes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


ODD: dict[str, Callable[[Path], object]] = {
    "empty": _writes(b""),
    "binary": _writes(bytes(range(256))),
    "zeros": _writes(b"\0" * 100),
    "latin-1": _writes('{"Id": "caf\xe9"}'.encode("latin-1")),
    "UTF-16 without a mark": _writes(POLICY.encode("utf-16-le")),
    "UTF-16 cut in half": _writes(POLICY.encode("utf-16")[:-1]),
    "a number": _writes(b"7"),
    "a text": _writes(b'"x"'),
    "null": _writes(b"null"),
    "an empty list": _writes(b"[]"),
    "a number of 10,000 digits": _writes(b'{"Version": ' + b"9" * 10_000 + b"}"),
    "a key twice": _writes(POLICY.replace('"Version"', '"Version": 1, "Version"', 1).encode()),
    "deep": _writes(b"[" * 200_000),
    "cut off": _writes(POLICY[:-2].encode()),
    "YAML with tabs": _writes(b"Resources:\n\tRole:\n\t\tType: AWS::IAM::Role\n"),
    "a folder": lambda path: path.mkdir(),
    "a loop of links": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "nothing": lambda path: None,
}
CALLS = (
    ("review", "ODD"),
    ("review", "policy.json", "--scp", "ODD"),
    ("review", "policy.json", "--scp-level", "ODD"),
    ("review", "policy.json", "--config", "ODD"),
    ("review", "policy.json", "--baseline", "ODD"),
    ("diff", "ODD", "policy.json"),
    ("diff", "policy.json", "ODD"),
    ("diff", "policy.json", "policy.json", "--guardrail-versions", "ODD"),
    ("draw", "ODD"),
    ("deploy-policy", "ODD"),
    ("deploy-policy", "template.json", "--check", "ODD"),
    ("scan", "ODD"),
    ("explain", "--file", "ODD"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.json").write_text(POLICY, "utf-8")
    (tmp_path / "template.json").write_text('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', "utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_file_is_refused_in_a_sentence(
    kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ODD[kind](folder / "odd.json")
    found = []
    for call in CALLS:
        try:
            status = main([part.replace("ODD", "odd.json") for part in call])
        except SystemExit as end:
            status = int(end.code or 0)
        said = capsys.readouterr()
        if status not in {0, 1, 2} or NO_SENTENCE.search(said.err):
            found.append(f"{' '.join(call)}: {status}: {said.err[:200]}")
        # What is a text, but no error of AWS, `explain` answers without the name.
        if status == 2 and "odd.json" not in said.err and call[0] != "explain":
            found.append(f"{' '.join(call)} doesn't name the file: {said.err[:200]}")
    assert found == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_with_a_byte_order_mark_is_read_by_every_option(
    encoding: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`>` of Windows PowerShell writes UTF-16."""
    (folder / "policy.json").write_bytes(POLICY.encode(encoding))
    main(["review", "policy.json", "--format", "json", "--fail-on", "never"])
    (folder / "report.json").write_bytes(capsys.readouterr().out.encode(encoding))
    for call in (
        ["review", "policy.json", "--scp", "policy.json", "--fail-on", "never"],
        ["review", "policy.json", "--baseline", "report.json", "--fail-on", "never"],
        ["diff", "report.json", "policy.json"],
        ["explain", "--file", "report.json"],
    ):
        assert main(call) != 2 or call[0] == "explain", capsys.readouterr().err


def test_an_scp_with_a_key_twice_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which of the two counts is not known, so the review can't rely on either."""
    ODD["a key twice"](folder / "scp.json")
    assert main(["review", "policy.json", "--scp", "scp.json"]) == 2
    assert "scp.json: line 1: the key `Version` appears twice in one object; keep one of them" in (
        capsys.readouterr().err
    )
