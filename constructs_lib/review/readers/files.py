"""From paths to decoded values: what is read in a folder, what is skipped, what is a fault.

In a folder, files that are something else (a ``package.json``, a workflow, an OpenAPI document) are skipped
without a word; a damaged one is a fault when its text looks like a template, a policy or an export. A file
named directly must be one of these.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.review.readers.assembly import MANIFEST
from constructs_lib.review.readers.decode import MAX_BYTES, Decoded, UnreadableError, decode, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Found", "load", "looks_like_ours", "read_bytes", "walk"]

_YAML: Final = (".yaml", ".yml", ".template")
_SUFFIXES: Final = (".json", *_YAML)
_SKIPPED: Final = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
_SIGNS: Final = (b"AWSTemplateFormatVersion", b"AWS::", b'"Statement"', b"PolicyDocument", b"RoleDetailList")


@dataclass(frozen=True, slots=True)
class Found:
    """A thing to read: a file, or the folder of an assembly. ``direct``: the user named it."""

    path: str
    is_assembly: bool
    direct: bool


def read_bytes(path: str) -> bytes:
    """Return a file's bytes, at most one more than are read.

    Raises:
        OSError: when the file can't be read.

    """
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def load(path: str, data: bytes | None = None) -> Decoded:
    """Read and decode one file, or the bytes given for it.

    Raises:
        OSError: when the file can't be read.
        UnreadableError: when it can't be decoded.

    """
    size = Path(path).stat().st_size if data is None else len(data)
    if size > MAX_BYTES:
        what = f"{size:,} bytes, more than the {MAX_BYTES:,} that are read"
        raise UnreadableError(what, "split the file, or review the stacks one by one")
    text = to_text(read_bytes(path) if data is None else data)
    return decode(text, yaml_allowed=data is not None or not path.lower().endswith(".json"))


def looks_like_ours(path: str) -> bool:
    """Whether a damaged file was meant to be a template, a policy or an export."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(1024 * 1024)
    except OSError:
        return True
    return any(sign in head for sign in _SIGNS)


def walk(path: str) -> Iterator[Found]:
    """Yield what is to be read under a path that the user named, in the order of the names."""
    place = Path(path)
    if not place.is_dir():
        is_manifest = place.name == MANIFEST and place.is_file()
        if is_manifest and (place.parent / "cdk.out").is_file():
            yield Found(str(place.parent), is_assembly=True, direct=True)
        else:
            yield Found(path, is_assembly=False, direct=True)
        return
    if _is_assembly(place):
        yield Found(path, is_assembly=True, direct=True)
        return
    yield from _folder(path)


def _is_assembly(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() and (
        (folder / "cdk.out").is_file() or any(folder.glob("*.template.json"))
    )


def _folder(path: str) -> Iterator[Found]:
    """Yield the files of a folder and those below it; links to folders are not followed."""
    todo = [path]
    while todo:
        folder = todo.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue  # a folder that can't be opened holds nothing for us
        below: list[str] = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name.startswith(".") or entry.name in _SKIPPED:
                    continue
                if _is_assembly(Path(entry.path)):
                    yield Found(entry.path, is_assembly=True, direct=False)
                else:
                    below.append(entry.path)
            elif entry.name.lower().endswith(_SUFFIXES) and entry.is_file():
                yield Found(entry.path, is_assembly=False, direct=False)
        todo += reversed(below)


def standard_input() -> bytes:
    """Return what stands on standard input, at most one byte more than is read."""
    return sys.stdin.buffer.read(MAX_BYTES + 1)
