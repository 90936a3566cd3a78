"""Find and load the files under the paths that a user named.

In a folder, files of other kinds (a ``package.json``, a workflow, an OpenAPI document) are skipped silently;
a damaged file is a fault if its text looks like a template, a policy or an export. A file named directly must
be one of these. If a file or folder can't be opened, that is a fault of this one alone.
"""

from __future__ import annotations

import os
import posixpath
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.templates.assembly import MANIFEST
from constructs_lib.templates.decode import Decoded, decode, to_text
from constructs_lib.templates.faults import MAX_BYTES, UnreadableError, line_of_fault
from constructs_lib.templates.positions import STDIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["FoundInput", "find_inputs", "load", "looks_like_ours", "read_bytes", "standard_input"]

_YAML: Final = (".yaml", ".yml", ".template")
_SUFFIXES: Final = (".json", *_YAML)
_NESTING: Final = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
_BUFFER: Final = 1024 * 1024
_NAMED: Final = re.compile(rb"""(?:TemplateURL|Location)["']?\s*:\s*["']?([^"'\s{}\[\],&*!|>]+)""")
_SKIPPED: Final = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
_SIGNS: Final = (
    b"AWSTemplateFormatVersion",
    b"AWS::",
    b'"Statement"',
    b"PolicyDocument",
    b"RoleDetailList",
    b"planned_values",
)


@dataclass(frozen=True, slots=True)
class FoundInput:
    """A thing to read: a file, or the folder of an assembly.

    ``roots`` are the paths named by the user under which it was found; ``fault`` is one line about a folder
    that can't be opened. ``group`` are further files to read together with this one, since they may be
    templates nested in each other. ``maybe`` tells that the user named files without knowing what they are.
    """

    path: str
    roots: tuple[str, ...]
    is_assembly: bool = False
    fault: str | None = None
    group: tuple[FoundInput, ...] = ()
    maybe: bool = False

    @property
    def direct(self) -> bool:
        """Whether the user named this very path as something to review."""
        return self.path in self.roots and not self.maybe


def read_bytes(path: str) -> bytes:
    """Return a file's bytes, at most one more than the limit.

    Raises:
        OSError: The file can't be read.

    """
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def load(path: str, data: bytes | None = None) -> Decoded:
    """Read and decode one file, or the bytes given for it.

    Raises:
        OSError: The file can't be read.
        UnreadableError: The file can't be decoded.

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
    except OSError:  # unknown: a fault too many is better than a hidden one
        return True
    return any(sign in head for sign in _SIGNS)


def find_inputs(paths: Iterable[str], *, only_relevant: bool = False) -> list[FoundInput]:
    """Return the files and assemblies under the paths that a user named, each once.

    The order is that of the paths, and below each path that of the names. ``-`` is standard input. With
    ``only_relevant`` a named file is treated as one that was found in a folder.
    """
    found: dict[str, FoundInput] = {}
    for path in dict.fromkeys(paths):
        for item in [FoundInput(STDIN, (STDIN,))] if path == STDIN else _under(path):
            known = found.get(item.path)
            found[item.path] = (
                replace(known, roots=(*known.roots, path))
                if known is not None
                else replace(item, maybe=only_relevant)
            )
    return _grouped(list(found.values()))


def _grouped(found: list[FoundInput]) -> list[FoundInput]:
    """Put files that name each other as nested templates into one result, at the place of the first."""
    files = {
        posixpath.normpath(item.path): item
        for item in found
        if not item.is_assembly and item.fault is None and item.path != STDIN
    }
    if len(files) < 2:
        return found
    leaders = {path: path for path in files}
    buffer = bytearray(_BUFFER)
    for path, item in files.items():
        for name in _names_of_templates(item.path, buffer):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if other in files:
                leaders[_leader(leaders, other)] = _leader(leaders, path)
    members: dict[str, list[FoundInput]] = {}
    for path, item in files.items():
        members.setdefault(_leader(leaders, path), []).append(item)
    first = {group[0].path: group for group in members.values()}
    later = {item.path for group in members.values() for item in group[1:]}
    return [_together(first.get(item.path, [item])) for item in found if item.path not in later]


def _leader(leaders: dict[str, str], path: str) -> str:
    while leaders[path] != path:
        leaders[path] = leaders[leaders[path]]
        path = leaders[path]
    return path


def _together(items: list[FoundInput]) -> FoundInput:
    if len(items) == 1:
        return items[0]
    roots = tuple(dict.fromkeys(root for item in items for root in item.roots))
    return replace(items[0], roots=roots, group=tuple(items[1:]))


def _names_of_templates(path: str, buffer: bytearray) -> Iterator[str]:
    """Yield the texts of a file that may be paths of nested templates.

    Most files have none. The buffer is used for each file again: fresh memory takes longer than the search.
    """
    try:
        with Path(path).open("rb", buffering=0) as file:
            size = file.readinto(buffer)
            data = buffer if size < len(buffer) else read_bytes(path)
    except (OSError, ValueError):  # reading it reports the fault
        return
    end = size if data is buffer else len(data)
    if any(data.find(sign, 0, end) >= 0 for sign in _NESTING):
        for match in _NAMED.finditer(bytes(data[:end])):
            if b"://" not in match[1]:
                yield match[1].decode("utf-8", "replace")


def _under(path: str) -> Iterator[FoundInput]:
    place = Path(path)
    if not _holds(place.is_dir):
        is_manifest = place.name == MANIFEST and _holds(place.is_file)
        if is_manifest and _holds((place.parent / "cdk.out").is_file):
            yield FoundInput(str(place.parent), (path,), is_assembly=True)
        else:
            yield FoundInput(path, (path,))
    elif _is_assembly(place):
        yield FoundInput(path, (path,), is_assembly=True)
    else:
        yield from _folder(path)


def _holds(test: Callable[[], bool]) -> bool:
    """Whether a test of a path is true; ``False`` if the path can't be examined."""
    try:
        return test()
    except (OSError, ValueError):  # reading it reports the fault
        return False


def _is_assembly(folder: Path) -> bool:
    return _holds((folder / MANIFEST).is_file) and (
        _holds((folder / "cdk.out").is_file) or any(folder.glob("*.template.json"))
    )


def _folder(root: str) -> Iterator[FoundInput]:
    """Yield the files in a folder and its subfolders; links to folders are not followed."""
    todo = [root]
    while todo:
        folder = todo.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield FoundInput(folder, (root,), fault=line_of_fault(error))
            continue
        below: list[str] = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name.startswith(".") or entry.name in _SKIPPED:
                    continue
                if _is_assembly(Path(entry.path)):
                    yield FoundInput(entry.path, (root,), is_assembly=True)
                else:
                    below.append(entry.path)
            elif entry.name.lower().endswith(_SUFFIXES) and _holds(entry.is_file):
                yield FoundInput(entry.path, (root,))
        todo += reversed(below)


def standard_input(limit: int = MAX_BYTES + 1) -> bytes:
    """Return the bytes of standard input, at most ``limit``; all of them if it is negative.

    Raises:
        OSError: Standard input can't be read.
        UnreadableError: Standard input is closed.

    """
    if sys.stdin is None:
        raise UnreadableError("standard input is closed", "pipe something into it, or name a file")
    return sys.stdin.buffer.read(limit)
