"""The help of every command has examples that run, and wrong values of its options are one sentence."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli import COMMANDS, main
from constructs_lib.cli._files import Parser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL}],
}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "P", "PolicyDocument": POLICY}],
    },
}
DENIAL = (
    "An error occurred (AccessDeniedException) when calling the Converse operation: User: "
    "arn:aws:sts::111122223333:assumed-role/app/session is not authorized to perform: bedrock:InvokeModel on "
    f"resource: {MODEL} because no identity-based policy allows the bedrock:InvokeModel action"
)
TEMPLATE = {"Resources": {"Role": ROLE}}
FILES: dict[str, Any] = {
    **{
        f"{folder}/{name}": content
        for folder in ("cdk.out", "deployed-cdk.out")
        for name, content in {
            "manifest.json": {
                "version": "39.0.0",
                "artifacts": {
                    "S": {
                        "type": "aws:cloudformation:stack",
                        "environment": "aws://111122223333/us-east-1",
                        "properties": {"templateFile": "S.template.json"},
                    }
                },
            },
            "S.template.json": TEMPLATE,
        }.items()
    },
    "account.json": {
        "UserDetailList": [],
        "GroupDetailList": [],
        "Policies": [],
        "RoleDetailList": [
            {
                "RoleName": "app",
                "Arn": "arn:aws:iam::111122223333:role/app",
                "AssumeRolePolicyDocument": TRUST,
                "RolePolicyList": [{"PolicyName": "P", "PolicyDocument": POLICY}],
                "AttachedManagedPolicies": [],
            }
        ],
    },
    "deployed-policy.json": POLICY,
    "error.txt": DENIAL,
    "event.json": {"errorCode": "AccessDenied", "errorMessage": DENIAL},
    "plan.json": {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_iam_policy.p",
                        "mode": "managed",
                        "type": "aws_iam_policy",
                        "name": "p",
                        "values": {"name": "p", "policy": json.dumps(POLICY)},
                    }
                ]
            }
        },
    },
    "policies/app.json": POLICY,
    "scp.json": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "bedrock:DeleteGuardrail", "Resource": "*"}],
    },
    "src/app.py": "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='acme')\n",
    "template.yaml": TEMPLATE,
}


def parsers() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give each command and subcommand with its parser."""
    for name, (module, _) in COMMANDS.items():
        parser = Parser(prog=f"bedrock-planes {name}")
        importlib.import_module(f"constructs_lib.cli.{module}").configure(parser)
        yield name, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for inner, subparser in action.choices.items():
                    yield f"{name} {inner}", subparser


PARSERS = dict(parsers())


def examples(text: str) -> list[str]:
    """Return the command lines of the help."""
    return [line.strip() for line in text.splitlines() if line.startswith("  ") and "bedrock-planes " in line]


EXAMPLES = [(name, line) for name, parser in PARSERS.items() for line in examples(parser.epilog or "")]
NOT_RUN = {
    "bedrock-planes catalogue update --packages packages": "it writes the committed data again",
    "bedrock-planes catalogue verify": "it needs the packages of requirements/catalogue.txt",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    monkeypatch.chdir(tmp_path)
    assert main(["review", "deployed-cdk.out", "--format", "json"]) == 0
    (tmp_path / "accepted.json").write_text(capsys.readouterr().out)
    return tmp_path


@pytest.mark.parametrize("name", PARSERS)
def test_the_help_has_an_example(name: str) -> None:
    help_text = PARSERS[name].format_help()
    assert any(f"bedrock-planes {name}" in line for line in examples(help_text)), help_text
    assert PARSERS[name].description or len(name.split()) == 2


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_an_example_runs(
    name: str, line: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, _, redirected = line.rpartition("| ")[2].partition(" <")
    given = (folder / redirected).read_text() if redirected else DENIAL
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    program, *arguments = shlex.split(command)
    assert program == "bedrock-planes"
    if line in NOT_RUN:
        PARSERS[arguments[0]].parse_args(arguments[1:])
        return
    assert main(arguments) in {0, 1}, capsys.readouterr().err
    out, err = capsys.readouterr()
    written = [folder / arguments[at + 1] for at, one in enumerate(arguments) if one == "--output"]
    assert out.strip() or [path for path in written if path.stat().st_size]
    assert "internal error" not in err


def test_the_first_help_has_examples_and_says_what_the_status_means(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert len(examples(out)) >= 3
    assert "exit status: 0 fine, 1 something found, 2 a wrong call" in out


OPTIONS = [
    (name, action.option_strings[-1])
    for name, parser in PARSERS.items()
    for action in parser._actions
    if action.option_strings and action.nargs != 0
]
SOUND = {
    "catalogue export": [],
    "catalogue list": [],
    "catalogue verify": [],
    "diff": ["deployed-cdk.out", "cdk.out"],
    "explain": ["--", "an error"],
    "which": ["converse"],
}


@pytest.mark.parametrize("value", ["", "nonsense", "no/such/file", "\x1b[31m", "-9"])
@pytest.mark.parametrize(("name", "option"), [one for one in OPTIONS if one[0] != "catalogue update"])
def test_a_wrong_value_of_an_option_is_one_sentence(
    name: str, option: str, value: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        *name.split(),
        f"{option}={value}",
        *SOUND.get(name, ["src" if name == "scan" else "cdk.out"]),
    ]
    try:
        status: Any = main(arguments)
    except SystemExit as ended:
        status = ended.code
    out, err = capsys.readouterr()
    assert status in {0, 1, 2}
    assert "internal error" not in err
    assert "Traceback" not in err + out
    assert "\x1b" not in err
    if status == 2:
        said = [line for line in err.splitlines() if line.startswith("bedrock-planes")]
        assert len(said) == 1, err


@pytest.mark.parametrize("name", PARSERS)
def test_an_unknown_option_and_a_missing_argument_are_one_sentence(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([*name.split(), "--nonsense"], [*name.split(), "--format"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        err = capsys.readouterr().err
        assert "Traceback" not in err
        assert len([line for line in err.splitlines() if ": error: " in line]) == 1, err
