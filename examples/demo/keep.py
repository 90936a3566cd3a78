"""``--keep``: a small process that holds the local AWS open after the demo has ended."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.local import LocalAws

__all__ = ["hold_open", "how_to_use", "write_environment"]


def write_environment(path: Path, environment: Mapping[str, str]) -> None:
    """Write the variables as shell exports, for ``source``."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(environment.items())]
    path.touch(mode=0o600)
    path.chmod(0o600)  # it holds the secret access key of the account's root user
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def hold_open(aws: LocalAws) -> int:
    """Split off a process that keeps the server until it gets a signal to stop; return its id.

    The server ends with the last process that holds its standard input, so the new process only has to live.
    """
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _wait(aws)
    return child


def _wait(aws: LocalAws) -> NoReturn:
    os.setsid()  # the terminal's Ctrl-C is no longer for this process
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            signal.pause()
    finally:
        aws.stop()
        os._exit(0)


def how_to_use(file: Path, pid: int, endpoint: str, role_arns: Mapping[str, str]) -> str:
    """Say what to type next, and how to stop it."""
    roles = "\n".join(f"    {name:<9} {arn}" for name, arn in role_arns.items())
    python = shlex.quote(os.path.relpath(sys.executable))
    return f"""The local AWS is still running at {endpoint}.

  Point the AWS CLI, the CDK CLI and boto3 at it (as the account's administrator):
    source {shlex.quote(os.path.relpath(file))}
    aws bedrock-agent list-knowledge-bases
    {python} -c "import boto3; print(boto3.client('bedrock').list_guardrails()['guardrails'])"

  Roles to assume with `aws sts assume-role --role-session-name me --role-arn ARN`:
{roles}

  Stop it:
    kill {pid}"""
