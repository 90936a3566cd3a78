"""What the demo says while it works: one line per step, with the seconds since it began."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

__all__ = ["Console", "DemoError"]


class DemoError(Exception):
    """Something went wrong that the reader can fix.

    ``str(error)`` says what and where, ``remedy`` how to fix it, ``tail`` is the end of a tool's output.
    """

    def __init__(self, message: str, *, remedy: str, tail: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy
        self.tail = tail


@dataclass(slots=True)
class Console:
    """Prints steps and notes at once, also into a pipe."""

    began: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the demo began."""
        return time.monotonic() - self.began

    def step(self, text: str) -> None:
        """Say what begins now."""
        self.say(f"[{self.elapsed:5.1f} s] {text}")

    def note(self, text: str) -> None:
        """Say a detail of the current step."""
        self.say(f"          {text}")

    def say(self, text: str = "") -> None:
        """Print a line as it is."""
        print(text, flush=True)  # noqa: T201 - a command line talks through standard output
