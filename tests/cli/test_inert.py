"""Names that other people chose are shown and never obeyed: by no terminal, no CI runner and no forge."""

from __future__ import annotations

import ast
import json
import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import COMMANDS, main
from constructs_lib.inert import markdown_code, markdown_text, without_commands
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "::error file=a::owned",
    " \t::stop-commands::x",
    "a\n::error::owned",
    "a\r::error::owned",
    "a\u2028::error::owned",
    "a\x85::error::owned",
    "a ##[error]owned",
    "##vso[task.complete result=Succeeded]",
    "##teamcity[buildStop]",
    "\x1b[31m\x1b]0;owned\x07",
    "a`b @octocat ##[error]",
    "a``b @octocat",
    "a\n```\n@octocat",
    "a|b @octocat",
    "\u202eowned",
)
_ROLE = "arn:aws:iam::111122223333:role/"


def _policy(resource: str = "*", action: str = "bedrock:*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _role_named(name: str) -> dict[str, Any]:
    """Return a role that holds the name wherever a report may show one."""
    trust = {"Principal": {"AWS": name}, "Effect": "Allow", "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Metadata": {"aws:cdk:path": f"Stack/{name}/Resource"},
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/{name}"],
            "Policies": [
                {"PolicyName": name, "PolicyDocument": _policy(f"arn:aws:bedrock:*:*:agent/{name}")},
                {"PolicyName": "more", "PolicyDocument": _policy("*", f"bedrock:{name}")},
                {"PolicyName": "all", "PolicyDocument": _policy()},
            ],
        },
    }


def _write(folder: Path) -> None:
    """Write inputs and code with all the names, also as names of files."""
    roles = {name: _role_named(name) for name in HOSTILE}
    others = {f"B{name}": {"Type": name, "Properties": {"A": name}} for name in HOSTILE}
    inputs = folder / "in"
    inputs.mkdir()
    body = {"Transform": list(HOSTILE), "Resources": {**roles, **others}}
    (inputs / "all.json").write_text(json.dumps(body), encoding="utf-8")
    code = folder / "code"
    code.mkdir()
    for name in HOSTILE:
        (inputs / f"{name} broken.json").write_text("{" + json.dumps(name), encoding="utf-8")
        call = f"boto3.client('bedrock').invoke_model(modelId={name!r})\n"
        (code / f"{name}.py").write_text(f"import boto3\n{call}", encoding="utf-8")
    (folder / "t.json").write_text(json.dumps({"Resources": roles}), encoding="utf-8")
    empty = {"Version": "2012-10-17", "Statement": []}
    (folder / "empty.json").write_text(json.dumps(empty), encoding="utf-8")


_REVIEWS = [["review", "in", "--format", form] for form in ("text", "json", "sarif", "markdown", "html")]
_DIFFS = [["diff", "empty.json", "t.json", "--format", form] for form in ("text", "json", "markdown")]
_SCANS = [["scan", "code", "--format", form] for form in ("text", "json", "sarif", "markdown")]
_DEPLOYS = [
    [
        *(
            "deploy-policy",
            "t.json",
            "--without-boundary",
            "--account",
            "111122223333",
            "--region",
            "us-east-1",
        ),
        *("--stack", "S", "--name", "NAME", "--format", form),
    ]
    for form in ("text", "json", "yaml", "python")
]
_DENIED = f"User: {_ROLE}NAME is not authorized to perform: bedrock:InvokeModel on resource: NAME"
_REPEATING = [
    ["which", "NAME"],
    ["which", "bedrock:NAME*"],
    ["which", "NAME", "--format", "json"],
    ["explain", "NAME"],
    ["explain", _DENIED, "--in", "in"],
    ["explain", _DENIED, "--format", "json"],
    ["explain", "--file", "NAME"],
    ["rules", "NAME"],
    ["catalogue", "list", "--family", "NAME"],
    ["catalogue", "verify", "--packages", "NAME"],
    ["catalogue", "export", "--output", "NAME/NAME"],
    ["review", "NAME"],
    ["review", "t.json", "--config", "NAME"],
    ["review", "t.json", "--baseline", "NAME"],
    ["review", "t.json", "--root", "NAME"],
    ["review", "t.json", "--scp", "NAME"],
    ["review", "t.json", "--output", "NAME/NAME"],
    ["review", "in", "--verbose"],
    ["draw", "in"],
    ["draw", "NAME"],
    ["diff", "NAME", "t.json"],
    ["diff", "t.json", "t.json", "--scp", "NAME"],
    ["scan", "NAME"],
    ["deploy-policy", "NAME"],
    ["deploy-policy", "t.json", "--account", "NAME"],
    ["deploy-policy", "t.json", "--data-action", "NAME"],
    ["deploy-policy", "t.json", "--service-token", "NAME"],
    ["deploy-policy", "t.json", "--check", "t.json", "--principal", "NAME", "--without-boundary"],
]
_CALLS = [*_REVIEWS, *_DIFFS, *_SCANS, *_DEPLOYS, *_REPEATING]


def _run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    with suppress(SystemExit):  # argparse refuses a call
        main(words)
    said = capsys.readouterr()
    return said.out, said.err


def _assert_inert(text: str) -> None:
    """No runner finds a command in the text, and a terminal nothing but lines."""
    for line in text.split("\n"):
        assert not line.strip().startswith("::"), line
        assert not re.search(r"##\w*\[", line), line
        assert line.isprintable() or line.replace("\u200b", "").isprintable(), ascii(line)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of inputs."""
    folder = tmp_path_factory.mktemp("hostile")
    _write(folder)
    return folder


@pytest.mark.parametrize("words", _CALLS, ids=" ".join)
def test_no_output_of_any_command_is_obeyed(
    words: list[str], hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(hostile)
    form = words[words.index("--format") + 1] if "--format" in words else "text"
    names = HOSTILE if any("NAME" in word for word in words) else ("",)
    for name in names:
        out, err = _run([word.replace("NAME", name) for word in words], capsys)
        assert out or err
        _assert_inert(err)
        if form in {"json", "sarif"}:
            json.loads(out)  # the values are kept, as escapes
            assert not re.search(r"##\w*\[", out)
            continue
        if form == "html":
            HTMLParser().feed(out)
        _assert_inert(out)
        if form == "python":
            assert isinstance(ast.parse(out).body[-1], ast.FunctionDef)
        if form == "markdown":
            # A comment that is full leaves the last principals out, and says so.
            assert "octocat" in out or "The comment is full" in out
            assert "@octocat" not in out


def test_every_command_is_tried() -> None:
    assert {words[0] for words in _CALLS} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", HOSTILE)
def test_arguments_that_are_refused_are_repeated_harmlessly(
    command: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ([command, "x", "y", f"--x{name}"], [command, "--format", name], [name, command]):
        out, err = _run(words, capsys)
        _assert_inert(out)
        _assert_inert(err)


def test_json_keeps_the_value_of_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.json"
    body = {
        "Resources": {
            "##[error]": {
                "Type": "AWS::IAM::Role",
                "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": _policy()}]},
            }
        }
    }
    path.write_text(json.dumps(body), encoding="utf-8")
    for form in ("json", "sarif"):
        out, _ = _run(["review", str(path), "--format", form], capsys)
        assert "##[" not in out
        assert "##[error]" in json.dumps(json.loads(out))


def test_what_only_looks_like_a_command_is_kept() -> None:
    text = "use AWS::IAM::Role in ## [title](x), a::b and C#\n"
    assert without_commands(text) == text
    assert markdown_code("AWS::IAM::Role") == "`AWS::IAM::Role`"
    assert (
        markdown_text("`AWS::Bedrock::Agent` of x@example.com")
        == "`AWS::Bedrock::Agent` of x@\u200bexample.com"
    )


def test_only_one_module_of_the_command_line_writes_to_the_streams() -> None:
    writing = re.compile(r"sys\.std(?:out|err)\.(?:write|buffer)|\bprint\(")
    modules = (ROOT / "constructs_lib/cli").glob("*.py")
    assert {path.name for path in modules if writing.search(path.read_text())} == {"_files.py"}
