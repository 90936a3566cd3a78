"""The files and streams of the commands; each fault is one line with its remedy."""

from __future__ import annotations

import argparse
import io
import os
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from constructs_lib.inert import one_line, without_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.iam import Policy
    from constructs_lib.review import Config

__all__ = [
    "CallError",
    "Parser",
    "complain",
    "drop_output",
    "explain_levels",
    "read_config",
    "read_scps",
    "read_stdin",
    "read_text",
    "relative_to",
    "say",
    "warn",
    "write",
]

_PIECES: Final = 256
"""Pieces of an output that are written at a time."""


class CallError(Exception):
    """Something about the call is wrong; ``str()`` is the line to print."""


def complain(command: str, text: str) -> None:
    """Write one line to standard error, as a message of a command."""
    warn(f"bedrock-planes {command}: {text}")


def warn(line: str) -> None:
    """Write one line to standard error that neither a terminal nor a CI runner obeys."""
    sys.stderr.write(without_commands(one_line(line, "?")) + "\n")


class _Formatter(argparse.HelpFormatter):
    """Wraps a description and keeps the lines of examples."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" not in text:
            return super()._fill_text(text, width, indent)
        return "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))


class Parser(argparse.ArgumentParser):
    """A parser whose messages repeat arguments as :func:`warn` does, and whose help keeps examples."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, **kwargs})

    def error(self, message: str) -> NoReturn:
        """End with status 2 and a message."""
        super().error(without_commands(one_line(message, "?")))


def drop_output() -> None:
    """Discard what is not yet written to standard output, so that Python's flush at exit can't fail again."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain_levels(parser: argparse.ArgumentParser) -> None:
    """Make a parser say where to write its inputs if ``--scp-level`` took them for more of its files."""
    plain = parser.error

    def error(message: str) -> NoReturn:
        if "arguments are required" in message:
            message += (
                " (`--scp-level` takes every file behind it: write the inputs before it, or `--` before them)"
            )
        plain(message)

    parser.error = error  # type: ignore[method-assign] # argparse calls it on the parser that it was given


def read_text(path: str) -> str:
    """Return the text of a file, in UTF-8 or as its byte order mark says.

    Raises:
        CallError: The file can't be read or is no text.

    """
    try:
        return text_of(Path(path).read_bytes(), path)
    except OSError as error:
        message = f"{path}: {error.strerror or error}; check the path"
        raise CallError(message) from error


def text_of(data: bytes, where: str) -> str:
    """Return bytes as text: in UTF-8, or as their byte order mark says.

    Raises:
        CallError: They are no text.

    """
    from constructs_lib.templates import UnreadableError, to_text  # noqa: PLC0415 - only with a file

    try:
        return to_text(data)
    except UnreadableError as error:
        message = f"{where}: {error}"
        raise CallError(message) from error


def relative_to(root: str, paths: Sequence[str]) -> list[str]:
    """Return the paths as they are named from the folder ``root``; ``-`` stays standard input.

    Raises:
        CallError: The folder doesn't exist, or a path lies outside it.

    """
    if not root or not Path(root).is_dir():
        message = f"--root {root or '(empty)'}: no such folder; name one that the PATHs lie below"
        raise CallError(message)
    return [path if path == "-" else _below(root, path) for path in paths]


def _below(root: str, path: str) -> str:
    try:
        name = os.path.relpath(Path(path).absolute(), Path(root).absolute())
    except ValueError:  # another drive of Windows
        name = os.pardir
    if name == os.pardir or name.startswith(os.pardir + os.sep):
        message = f"{path}: lies outside --root {root}; name a folder above both"
        raise CallError(message)
    return name


def read_stdin() -> bytes:
    """Return all of standard input.

    Raises:
        CallError: Standard input can't be read or is closed.

    """
    from constructs_lib.templates import standard_input  # noqa: PLC0415 - only with `-`

    try:
        return standard_input(-1)
    except (OSError, ValueError) as error:
        raise CallError(str(error)) from error


def read_scps(files: Sequence[str], levels: Sequence[Sequence[str]]) -> tuple[tuple[Policy, ...], ...]:
    """Return service control policies by level of the organization.

    Args:
        files: The files given with ``--scp``, which are one level together.
        levels: The files of each ``--scp-level``.

    Raises:
        CallError: A file can't be read or is not a policy document.

    """
    return tuple(tuple(map(_read_scp, level)) for level in (files, *levels) if level)


def _read_scp(path: str) -> Policy:
    """Return a service control policy, bare or as ``aws organizations describe-policy`` prints it.

    Raises:
        CallError: The file can't be read or is not a policy document.

    """
    from constructs_lib.iam import DocumentError, parse_document  # noqa: PLC0415 - only with --scp
    from constructs_lib.templates import (  # noqa: PLC0415 - only with --scp
        UnreadableError,
        document_in,
        json_value,
    )

    text = read_text(path)
    try:
        json_value(text)
        document, pointer = document_in(text)
        return parse_document(document, name=path, path=path, pointer=pointer)
    except (DocumentError, UnreadableError) as error:
        message = f"{path}: {error}"
        raise CallError(message) from error


def read_config(path: str | None) -> Config | None:
    """Return the configuration in ``path``, or in ``./pyproject.toml`` without one, if there is any.

    Raises:
        CallError: The file can't be read or has a setting that doesn't exist.

    """
    if path is None:
        path = "pyproject.toml"
        # The parser also reports a misspelled table, so any mention of Bedrock is parsed.
        if not Path(path).is_file() or "bedrock" not in read_text(path):
            return None
    from constructs_lib.review import ConfigError, parse_config  # noqa: PLC0415 - only with a configuration
    from constructs_lib.review.rules import rules  # noqa: PLC0415 - only with a configuration

    try:
        return parse_config(read_text(path), path, [rule.id for rule in rules()])
    except ConfigError as error:
        raise CallError(str(error)) from error


def write(texts: Iterable[str], path: str | None, form: str) -> None:
    """Write texts to a file, or to standard output without one; a reader who leaves early is no fault.

    Args:
        texts: The output in pieces of whole lines.
        path: The file; standard output without it.
        form: The format, as for :func:`say`.

    Raises:
        CallError: The file can't be written.

    """
    if path is None:
        try:
            say(texts, form)
            sys.stdout.flush()
        except BrokenPipeError:
            drop_output()  # the reader (`| head`) has seen enough
        return
    try:
        # A file's name in a report may hold bytes that are not UTF-8; the report must still be UTF-8.
        with Path(path).open("w", encoding="utf-8", errors="replace") as file:
            pieces = iter(texts)
            while some := list(islice(pieces, _PIECES)):
                file.write(without_commands("".join(some), form))
    except OSError as error:
        message = f"{path}: {error.strerror or error}; choose another file for --output"
        raise CallError(message) from error


def say(texts: Iterable[str], form: str = "text") -> None:
    """Write texts to standard output.

    Args:
        texts: The output in pieces of whole lines.
        form: The format, which says how a name is written that a CI runner would take for a command.

    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Without a locale Python writes names that are not UTF-8 as raw bytes, which breaks the JSON.
        sys.stdout.reconfigure(errors="strict")
    for text in texts:
        _print(without_commands(text, form))


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:  # a terminal of another encoding, or a name that is not UTF-8
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
