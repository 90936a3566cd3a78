"""Whole processes measured: wall time, CPU time with that of all children, and memory of all together."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

__all__ = ["Measured", "machine", "measured", "say"]

_SLOW = 1800


class Measured(NamedTuple):
    """Seconds of wall and CPU time, and megabytes: the most that all processes held at one time (Linux)."""

    wall: float
    cpu: float
    memory: float


def measured(command: list[str]) -> Measured:
    """Run a command to its end, its output thrown away."""
    before, start = os.times(), time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - the tools measured
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        done = threading.Event()
        peak: list[float] = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, done, peak))
        watcher.start()
        # A wait with a limit looks every 50 ms, which is a third of the shortest of these runs.
        limit = threading.Timer(_SLOW, os.killpg, (process.pid, signal.SIGKILL))
        limit.start()
        process.wait()
        wall = time.perf_counter() - start
        limit.cancel()
        done.set()
        watcher.join()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(wall, cpu, peak[0])


def _watch(session: int, done: threading.Event, peak: list[float]) -> None:
    """Keep the largest sum of the memory of the processes of a session, shared pages counted once."""
    while not done.wait(0.25):
        peak[0] = max(peak[0], sum(map(_proportional, _members(session))))


def _members(session: int) -> list[Path]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (
                # A process may call itself anything; what counts is after its name.
                (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            )
        except OSError:  # it has ended since the folder was listed
            continue
        if fields[3] == str(session):
            found.append(folder)
    return found


def _proportional(folder: Path) -> float:
    """Return a process's proportional share of memory in megabytes."""
    try:
        for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass  # it has ended since it was listed, and holds nothing any more
    return 0.0


def machine() -> str:
    """Return the cores, the load and the interpreter: figures mean nothing without them."""
    version = platform.python_version()
    return f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}, Python {version}"


def say(label: str, text: str) -> None:
    """Print one line of the table."""
    print(f"{label:<36} {text}", flush=True)  # noqa: T201 - the benchmark's output
