"""``python -m examples.demo [--keep] [--port N]``; the Makefile's ``demo`` target runs it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.local import LocalAws, LocalAwsError
from examples.demo import keep
from examples.demo.cdk import tool_environment
from examples.demo.console import Console, DemoError
from examples.demo.run import WORK, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.demo.targets import Deployment

__all__ = ["main"]

INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo; 0 when every cell is as expected, 1 when not or when a step failed, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m examples.demo", description=__doc__)
    parser.add_argument(
        "--keep", action="store_true", help="leave the local AWS running and say how to use it"
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    arguments = parser.parse_args(argv)
    # `kill` and a closed terminal end the demo as Ctrl-C does, so that nothing stays behind.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    return _guarded(Console(), port=arguments.port, keep_running=arguments.keep)


def _guarded(console: Console, *, port: int, keep_running: bool) -> int:
    """Run, and turn every way to fail into one clear message; the server ends in all of them."""
    aws, kept = None, False
    try:
        tool_environment(os.environ)  # says what is missing before anything is started
        console.step("Starting the local AWS on 127.0.0.1")
        aws = LocalAws(port=port).start()
        console.note(f"{aws.endpoint_url}, account {aws.account}, {aws.region}, SigV4 and IAM enforced")
        status, deployment = run(aws, console)
        if keep_running:
            _keep(aws, console, deployment)
            kept = True
    except KeyboardInterrupt:  # the reader ended it and needs no traceback
        console.say()
        console.step("Interrupted; nothing is still running.")
        return INTERRUPTED
    except DemoError as error:
        return _failed(console, str(error), error.remedy, error.tail)
    except LocalAwsError as error:
        return _failed(
            console, f"the local AWS: {error}", "free the port or leave out `--port`, then run again"
        )
    except (ClientError, BotoCoreError) as error:
        return _failed(
            console, f"an AWS call of the demo itself failed: {error}", "look at the step named last"
        )
    else:
        return status
    finally:
        if aws is not None and not kept:
            signal.signal(
                signal.SIGINT, signal.SIG_IGN
            )  # an impatient second Ctrl-C must not stop the cleaning
            aws.stop()


def _keep(aws: LocalAws, console: Console, deployment: Deployment) -> None:
    """Leave the server running and say how to use and how to stop it."""
    file = WORK / "environment.sh"
    keep.write_environment(file, aws.environment)
    roles = {
        "app": deployment.app_role_arn,
        "deploy": deployment.deploy_role_arn,
        "operator": deployment.operator_role_arn,
    }
    pid = keep.hold_open(aws)
    console.say()
    console.say(keep.how_to_use(file, pid, aws.endpoint_url, roles))


def _failed(console: Console, message: str, remedy: str, tail: str = "") -> int:
    """Say what failed and how to fix it, after the last lines of the tool that failed."""
    console.say()
    for line in tail.splitlines():
        console.say(f"  | {line}")
    console.step(f"FAILED: {message}. To fix it: {remedy}.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
