"""What a user sees: by ``python app.py`` and under the CDK CLI, which hides exceptions of plugins."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import constructs
import jsii
import pytest

from constructs_lib.checks import BedrockPlaneChecks, synth_or_exit
from tests.checks.crossings import build

APP = Path(__file__).parent / "planted_app.py"
ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"


@jsii.implements(constructs.IValidation)
class Refuses:
    def validate(self) -> list[str]:
        return ["not today"]


def run(command: list[str], folder: Path) -> tuple[int, str]:
    # Inside pytest the CDK puts its report into an exception; a user's app does not run there.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment |= {"CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


def by_python(folder: Path, how: str) -> tuple[int, str]:
    return run([sys.executable, str(APP), str(folder / "out"), how], folder)


def by_cli(folder: Path, how: str) -> tuple[int, str]:
    app = shlex.join([sys.executable, str(APP), str(folder / "out"), how])
    return run([str(CDK), "synth", "--quiet", "--app", app, "--output", str(folder / "out")], folder)


BOTH = pytest.mark.parametrize("door", [by_python, by_cli], ids=["python", "cdk synth"])


@BOTH
def test_a_crossing_fails_with_its_finding_and_no_traceback(door: object, tmp_path: Path) -> None:
    assert callable(door)
    status, text = door(tmp_path, "crossing")
    assert status == 1
    assert "role `Role1ABCC5F0` may configure Bedrock (`bedrock:UpdateGuardrail`)" in text
    assert "Chat/Role/Resource (Role1ABCC5F0)" in text
    assert "Acknowledge with 'bedrock-planes::BP101'" in text
    assert "Traceback" not in text


@BOTH
def test_a_review_that_crashes_fails_loudly(door: object, tmp_path: Path) -> None:
    assert callable(door)
    status, text = door(tmp_path, "broken")
    assert status == 1
    assert "the review of the Bedrock planes failed: KeyError: 'boom'" in text
    assert "Traceback" not in text


@BOTH
def test_without_errors_the_synth_passes(door: object, tmp_path: Path) -> None:
    assert callable(door)
    status, text = door(tmp_path, "sound")
    assert (status, "BP101" in text) == (0, False)


def test_synth_or_exit_in_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = build("inline policy", tmp_path)
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())
    with pytest.raises(SystemExit) as caught:
        synth_or_exit(app)
    assert caught.value.code == 1
    assert "Acknowledge with 'bedrock-planes::BP101'" in capsys.readouterr().err


def test_synth_or_exit_returns_the_assembly(tmp_path: Path) -> None:
    assert synth_or_exit(build("inline policy", tmp_path)).directory == str(tmp_path)


def test_other_failures_are_not_swallowed(tmp_path: Path) -> None:
    app = build("inline policy", tmp_path)
    stack = app.node.find_child("Chat")
    stack.node.add_validation(Refuses())
    with pytest.raises(RuntimeError, match="not today"):
        synth_or_exit(app)
