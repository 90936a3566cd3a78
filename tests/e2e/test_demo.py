"""`make demo` itself, as a user runs it: about half a minute for each run."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.prove


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the demo with a home and a temporary folder of its own, by which what it leaves can be told."""
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "examples.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def left(folder: Path) -> list[str]:
    """What is left of a demo: processes that still run, and files outside of ``.cache``."""
    found = [str(path) for path in (folder / "tmp", folder / "home") for path in path.iterdir()]
    found += [name for name in ("cdk.context.json",) if (ROOT / name).exists()]
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # a process of somebody else, or one that has just ended
            if f"TMPDIR={folder / 'tmp'}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def wait_until_gone(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while left(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left(folder) == []


def test_every_cell_is_as_expected_within_a_minute(tmp_path: Path) -> None:
    began = time.monotonic()
    with start(tmp_path) as demo:
        said, _ = demo.communicate(timeout=300)
    took = time.monotonic() - began
    assert demo.returncode == 0, said
    assert "every cell is as expected" in said
    assert "AdministratorAccess" not in said
    assert "denied (no permissions boundary allows the bedrock:ListFoundationModels action)" in said
    assert took < 60, said
    wait_until_gone(tmp_path)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_deployment_leaves_nothing(tmp_path: Path, ending: signal.Signals) -> None:
    said = ""
    with start(tmp_path) as demo:
        assert demo.stdout
        while "BedrockPlanesNetwork" not in said:  # the next stacks are being deployed now
            line = demo.stdout.readline()
            assert line, said
            said += line
        demo.send_signal(ending)
        said += demo.stdout.read()
    assert demo.returncode == 130
    assert "Interrupted; nothing is still running." in said
    assert "Traceback" not in said
    wait_until_gone(tmp_path)


def test_keeping_leaves_a_server_that_the_printed_commands_reach_and_stop(tmp_path: Path) -> None:
    with start(tmp_path, "--keep") as demo:
        assert demo.stdout
        said = demo.stdout.read()
    assert demo.returncode == 0, said
    pid = int(re.findall(r"kill (\d+)", said)[0])
    file = re.findall(r"source (\S+)", said)[0]
    ask = "import boto3; print(boto3.client('bedrock').list_guardrails()['guardrails'][0]['name'])"
    try:
        shown = subprocess.run(
            ["bash", "-c", f'source {file} && "{sys.executable}" -c "{ask}"'],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.stdout.strip() == "bedrock-planes-guardrail", shown.stderr
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_until_gone(tmp_path)
