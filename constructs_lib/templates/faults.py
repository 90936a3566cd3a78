"""Faults of input files, and the limits that a file must keep.

A fault is one line for the user: where it is, what is wrong and how to fix it.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_YAML_CHARACTERS",
    "UnreadableError",
    "line_of_fault",
    "one_line",
]

MAX_BYTES: Final = 32 * 1024 * 1024
"""Larger files are refused: CloudFormation takes templates up to 1 MB, and exports can be split."""
MAX_YAML_CHARACTERS: Final = 8 * 1024 * 1024
"""Larger YAML texts are refused: they take much longer to parse than JSON of the same size."""
MAX_DEPTH: Final = 200
"""Levels of nesting in YAML; the JSON decoder has a limit of its own (about 1,000)."""


class UnreadableError(ValueError):
    """A file can't be read. ``str()`` is one line: where, what, and how to fix it.

    Args:
        what: What is wrong.
        remedy: How to fix it.
        line: The line of the fault, if it has one.

    """

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{f'line {line}: ' if line else ''}{what}; {remedy}")


def one_line(text: str, limit: int = 300) -> str:
    """Return a message as one line of about ``limit`` characters at most, shortened in the middle."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit * 2 // 3]} ... {line[-limit // 3 :]}"


def line_of_fault(error: Exception) -> str:
    """Return an exception as one line for the user."""
    if isinstance(error, FileNotFoundError):
        return "no such file; check the path"
    if isinstance(error, PermissionError):
        return "not readable; give read permission"
    if isinstance(error, OSError):
        return f"not readable ({error.strerror or error}); check the path"
    return one_line(str(error))
