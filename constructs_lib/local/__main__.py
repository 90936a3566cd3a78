"""`python -m constructs_lib.local`: serve until Ctrl-C and say how to use it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

try:
    from constructs_lib.local import LocalAws, LocalAwsError
except ImportError as e:
    sys.exit(f"local AWS: {e}")

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_TEXT = """\
The local AWS serves account {account} in {region} on {url} (Ctrl-C stops it).

AWS CLI, CDK CLI and boto3 in another shell, as the account's root:

{exports}

Roles: `aws sts assume-role`, or boto3 with credentials from it; IAM is enforced on every call."""

_ENDED = "the server ended by itself; start it again with BEDROCK_PLANES_LOG_LEVEL=INFO"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; returns 0 after Ctrl-C or SIGTERM and 2 when the server can't start."""
    parser = argparse.ArgumentParser(prog="python -m constructs_lib.local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; without it a free one")
    parser.add_argument("--account", default="111122223333", help="12 digits (default: %(default)s)")
    parser.add_argument("--region", default="us-east-1", help="AWS Region (default: %(default)s)")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with LocalAws(port=options.port, account=options.account, region=options.region) as aws:
            exports = "\n".join(f"  export {name}={value}" for name, value in sorted(aws.environment.items()))
            print(  # noqa: T201 - what the command is for
                _TEXT.format(account=aws.account, region=aws.region, url=aws.endpoint_url, exports=exports),
                flush=True,
            )
            while not stop.wait(0.5):
                if aws.server.has_ended():
                    print(f"local AWS: {_ENDED}", file=sys.stderr)  # noqa: T201 - one line for the user
                    return 2
    except LocalAwsError as e:
        print(f"local AWS: {e}", file=sys.stderr)  # noqa: T201 - one line for the user
        return 2
    print("stopped", flush=True)  # noqa: T201 - what the command is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
