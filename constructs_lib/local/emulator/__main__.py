"""The server process: `python -m constructs_lib.local.emulator`, started by `ServerProcess` only."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]


def _end(*_: object) -> None:
    """End this process group, Lambda workers included, and remove its folder."""
    # The parent removes the folder too, and a worker may write into it until the next line.
    shutil.rmtree(os.environ["BEDROCK_PLANES_FOLDER"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def _end_with_the_parent() -> None:
    """End when standard input closes (the parent is gone, however it went) or on SIGTERM."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        _end()

    threading.Thread(target=wait, daemon=True).start()
    signal.signal(signal.SIGTERM, _end)


def main() -> int:
    """Check, patch, serve until SIGTERM. Returns 2 when ministack is not the one expected."""
    _end_with_the_parent()
    from constructs_lib.local.emulator import guard  # noqa: PLC0415 - the watch over the parent starts first

    try:
        guard.check()
    except guard.GuardError as e:
        sys.stderr.write(f"{e}\n")
        return 2
    from constructs_lib.local.emulator._application import application  # noqa: PLC0415 - imports what the guard has to check first

    asyncio.run(_serve(application()))
    return 0


async def _serve(application: Callable[..., Any]) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - not before the guard's verdict
    from hypercorn.config import Config  # noqa: PLC0415 - after the settings

    config = Config()
    # The listener was bound by the parent, on 127.0.0.1.
    config.bind = [f"fd://{os.environ['BEDROCK_PLANES_LISTENER']}"]
    config.certfile = os.environ["MINISTACK_SSL_CERT"]
    config.keyfile = os.environ["MINISTACK_SSL_KEY"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ["LOG_LEVEL"]
    # Without a trigger of ours hypercorn would put its own signal handlers in place of `_end`.
    await serve(application, config, shutdown_trigger=asyncio.Event().wait)


if __name__ == "__main__":
    sys.exit(main())
