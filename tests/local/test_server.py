"""Starting, stopping and refusing to start."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalAws, LocalAwsError
from constructs_lib.local.emulator import guard


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:  # the answer, not a fault
        return False
    return True


def _gone(group: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _alive(group):
            return True
        time.sleep(0.05)
    return False


def test_it_serves_on_the_loopback_only_and_leaves_nothing_behind(local_aws: LocalAws) -> None:
    with LocalAws(account="999988887777", region="eu-west-1") as aws:
        identity = aws.client("sts").get_caller_identity()
        assert identity["Account"] == "999988887777"
        created = aws.client("bedrock").create_guardrail(
            name="g", blockedInputMessaging="x", blockedOutputsMessaging="y"
        )
        assert created["guardrailArn"].startswith("arn:aws:bedrock:eu-west-1:999988887777:guardrail/")
        # Two servers don't share state.
        assert local_aws.client("sts").get_caller_identity()["Account"] == "111122223333"
        process = aws.server.process
        assert process is not None
        assert _listeners(process.pid) == {("127.0.0.1", aws.port)}
        folder, group = aws.server.folder, process.pid
        # The emulator's own default for its state is a fixed folder of the machine.
        assert (folder / "state").is_dir()
    assert not folder.exists()
    assert _gone(group)
    with pytest.raises(LocalAwsError, match="not running"):
        _ = aws.endpoint_url


def _listeners(pid: int) -> set[tuple[str, int]]:
    """The addresses that a process listens on, from /proc (Linux)."""
    if not Path("/proc").is_dir():
        pytest.skip("listening sockets are read from /proc, which this system doesn't have")
    inodes = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        target = str(entry.readlink())
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            host, port = fields[1].split(":")
            found.add((socket.inet_ntoa(bytes.fromhex(host)[::-1]), int(port, 16)))
    return found


def test_a_busy_port_gives_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalAwsError, match=f"port {port} on 127.0.0.1 can't be used"):
            LocalAws(port=port).start()
        result = subprocess.run(
            [sys.executable, "-m", "constructs_lib.local", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"local AWS: port {port} on 127.0.0.1 can't be used")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"account": "12"}, "account must be 12 digits, got `12`"),
        ({"region": "Mars"}, "region must be the name of an AWS Region such as us-east-1, got `Mars`"),
        ({"port": 70000}, "port must be 0-65535, got 70000; 0 takes a free one"),
        ({"order_seed": -1}, "order_seed must be a whole number from 0, got `-1`"),
        ({"order_seed": "7"}, "order_seed must be a whole number from 0, got `7`"),
        ({"propagation": True}, "propagation must be a whole number from 0, got `True`"),
        ({"propagation": 1.5}, "propagation must be a whole number from 0, got `1.5`"),
        ({"propagation": None}, "propagation must be a whole number from 0, got `None`"),
        *(
            (
                {name: value},
                f"{name} must be a number of seconds from 0, got `{value}`",
            )
            for name in ("ingestion_seconds", "store_seconds")
            for value in (-1, "5", True, float("inf"), float("nan"))
        ),
    ],
)
def test_a_malformed_argument_names_the_value_and_the_remedy(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(LocalAwsError) as caught:
        LocalAws(**arguments).start()
    assert str(caught.value) == message


def test_ctrl_c_stops_the_command_and_its_server() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "constructs_lib.local"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    head = process.stdout.readline()
    assert "serves account 111122223333 in us-east-1 on https://127.0.0.1:" in head
    server = _children(process.pid)
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(timeout=20) == 0
    process.stdout.close()
    assert "export AWS_ENDPOINT_URL=https://127.0.0.1:" in rest
    assert rest.endswith("stopped\n")
    assert server
    assert all(_gone(child) for child in server)


def test_the_server_ends_when_its_parent_is_killed() -> None:
    code = (
        "import sys, time\n"
        "from constructs_lib.local import LocalAws\n"
        "aws = LocalAws().start()\n"
        "print(aws.server.process.pid, aws.server.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    group, folder = process.stdout.readline().split()
    assert _alive(int(group))
    process.kill()
    process.communicate()
    assert _gone(int(group))
    assert not Path(folder).exists()


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(child) for child in listed.stdout.split()]


def test_the_guard_knows_this_ministack() -> None:
    guard.check()


def test_the_guard_names_a_function_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "ministack.core.iam_evaluator:evaluate"
    changed = {**guard.FINGERPRINTS, name: hashlib.sha256(b"another").hexdigest()}
    monkeypatch.setattr(guard, "FINGERPRINTS", changed)
    with pytest.raises(guard.GuardError, match=f"{name} changed"):
        guard.check()
    monkeypatch.setattr(guard, "FINGERPRINTS", {"ministack.core.iam_evaluator:gone": "0"})
    with pytest.raises(
        guard.GuardError, match=r"`ministack\.core\.iam_evaluator:gone` is gone from ministack"
    ):
        guard.check()


def test_the_guard_refuses_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MINISTACK_VERSION", "9.9.9")
    with pytest.raises(guard.GuardError, match=r"written for ministack 9\.9\.9 and found .*: install"):
        guard.check()


def test_importing_the_package_loads_neither_boto3_nor_ministack() -> None:
    code = (
        "import sys, constructs_lib.local; print({'boto3', 'ministack', 'cryptography'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
