"""Find files of code, read each, and collect what they call."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.code._languages import LANGUAGES, Folders, language_of
from constructs_lib.code._machine import Machine, TooComplex
from constructs_lib.code._model import Scan, Unresolved
from constructs_lib.code._recorder import Recorder
from constructs_lib.code._relevance import calls_an_operation, mentions_bedrock
from constructs_lib.code._values import UNKNOWN, External, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.code._languages import Language
    from constructs_lib.code._model import ApiCall

__all__ = ["scan"]

_LARGEST = 2_000_000
"""Bytes of a file that is read: source files of people are smaller, generated ones are not read."""
_LONGEST_LINE = 20_000
"""Characters of a line; a longer one is a minified bundle."""
_SMALL = 4_000
"""Bytes of an imported module without a word of Bedrock that is read: one of settings may name the model."""
_COLLECTED = 50_000
"""New objects after which Python looks for garbage; 700 or 2,000 otherwise."""
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "cdk.out", "vendor"})
"""Folders that hold other people's code, or none. A path that is given itself is read all the same."""


@dataclass
class _File:
    """A file, its language, and its program once it ran."""

    path: str
    language: Language
    recorder: Recorder
    machine: Machine | None = None
    unresolved: list[Unresolved] = field(default_factory=list)
    mentions_bedrock: bool = True
    """Whether a word of Bedrock is in the file; else `get_session` may be anything."""


def scan(paths: Sequence[str]) -> Scan:
    """Return the calls of Bedrock in the files, and in the files of the folders.

    Files are read and never run. Folders ``node_modules``, ``site-packages``, ``cdk.out``, and those that
    begin with a dot are skipped inside a path.

    Args:
        paths: Files and folders.

    """
    with _rare_collections():
        return _scan(paths)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage rarely: what a scan makes lives until its end, and looking takes a tenth of it."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _COLLECTED) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _scan(paths: Sequence[str]) -> Scan:
    project = Project()
    errors: list[tuple[str, str]] = []
    found: list[_File] = []
    seen: set[str] = set()
    for path in paths:
        if not Path(path).exists():
            errors.append((path, "there is no such file or folder; check the path"))
            continue
        for name in _files(path):
            if name not in seen:
                seen.add(name)
                file = project.file(name)
                if file is not None:
                    found.append(file)
                elif name == path:
                    known = ", ".join(sorted(ending for language in LANGUAGES for ending in language.endings))
                    errors.append((path, f"its language is not known; give files that end in {known}"))
    calls = {call for file in found for call in file.recorder.calls()}
    unresolved = {item for file in found for item in file.unresolved}
    unresolved |= {item for file in found if file.mentions_bedrock for item in file.recorder.unresolved()}
    return Scan(
        len(found),
        tuple(sorted(calls, key=_place)),
        tuple(sorted(unresolved, key=lambda item: (item.path, item.line, item.why))),
        tuple(errors),
    )


def _place(call: ApiCall) -> tuple[object, ...]:
    """Return what calls are sorted by; no two calls have the same."""
    named = (call.model or "", call.resource or "", call.region or "", call.right or "")
    return (call.path, call.line, call.client, call.operation, *named)


def _files(path: str) -> Iterator[str]:
    """Yield the files below a path in a fixed order."""
    if not Path(path).is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (os.path.join(folder, name) for name in sorted(names))  # noqa: PTH118 - keeps the path as it is given


class Project:
    """The files that were read, each once."""

    def __init__(self) -> None:
        self._files: dict[str, _File | None] = {}
        self._open: set[str] = set()
        self._keys: dict[str, str] = {}
        self._folders = Folders()
        self._modules: dict[tuple[str, str, str], str | None] = {}

    def file(self, path: str, *, is_imported: bool = False) -> _File | None:
        """Return a file after its program ran, ``None`` if its language isn't known.

        Args:
            path: The file.
            is_imported: Whether another file needs it, so that it is read in any case.

        """
        key = self._keys.get(path) or self._keys.setdefault(path, os.path.realpath(path))
        if key in self._files and not (is_imported and self._files[key] and self._files[key].machine is None):  # type: ignore[union-attr] # tested just before
            return self._files[key]
        if key in self._open:
            return None  # files that import each other
        self._open.add(key)
        try:
            self._files[key] = self._read(path, is_imported=is_imported)
        finally:
            self._open.discard(key)
        return self._files[key]

    def _read(self, path: str, *, is_imported: bool) -> _File | None:
        try:
            with Path(path).open("rb") as stream:
                head = stream.read(200)
                language = language_of(path, head)
                if language is None:
                    return None
                data = head + stream.read(_LARGEST + 1)
        except OSError as error:
            return self._unread(path, LANGUAGES[0], f"not read: {error.strerror or error}")
        sdk = language.load()[1]()
        recorder = Recorder(path, language.name, finds_wrong_clients=sdk.wrong_clients, fix=sdk.fix)
        file = _File(path, language, recorder, mentions_bedrock=mentions_bedrock(data))
        if not (file.mentions_bedrock or calls_an_operation(data)) and not (
            is_imported and len(data) < _SMALL
        ):
            return file
        why = _too_large(data)
        if why is None and (missing := language.missing()):
            why = missing
        if why is not None:
            file.unresolved.append(Unresolved(path, 1, f"not read: {why}"))
            return file
        self._run(file, data)
        return file

    def _unread(self, path: str, language: Language, why: str) -> _File:
        file = _File(path, language, Recorder(path, language.name, finds_wrong_clients=False, fix=""))
        file.unresolved.append(Unresolved(path, 1, why))
        return file

    def _run(self, file: _File, data: bytes) -> None:
        """Read and run a file's program."""
        is_cut = False
        text = data.decode("utf-8", "replace")  # a wrong letter in a comment or text is no reason to stop
        try:
            text = text.removeprefix("\ufeff")
            nodes = file.language.read(text, file.recorder)
            if nodes is None:
                return
            loader = lambda module, name: self._load(file, module, name)  # noqa: E731 - it is an argument
            file.machine = Machine(file.language.load()[1](), file.recorder, loader, text)
            file.machine.run(nodes)
            file.recorder.finish()
            is_cut = file.machine.is_cut
        except TooComplex:  # what was found until then stays
            is_cut = True
        except (RecursionError, MemoryError):  # the file is listed
            file.unresolved.append(Unresolved(file.path, 1, "not read: it nests too deeply"))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            why = f"not read: not {file.language.title} that can be parsed ({getattr(error, 'msg', error)})"
            file.unresolved.append(Unresolved(file.path, line, why))
        if is_cut:
            why = "read in part: it takes too many steps to follow"
            file.unresolved.append(Unresolved(file.path, 1, why))

    def _load(self, file: _File, module: str, name: str) -> Value:
        """Return what a module of the code, or else of a library, has under a name."""
        path = self._module(file, module)
        if path is not None:
            other = self.file(path, is_imported=True)
            machine = other.machine if other is not None else None
            variables = {**machine.module.variables, **machine.exported} if machine is not None else {}
            if machine is not None and not name:
                return (file.language.module(variables),)
            if name in variables:
                return variables[name]
            # A package that is not read, or not yet, still has its modules.
            if machine is None and self._module(file, f"{module.removesuffix('.')}.{name}") is None:
                return UNKNOWN
        whole = f"{module.removesuffix('.')}.{name}" if name else module
        path = self._module(file, whole)
        if path is not None and (other := self.file(path, is_imported=True)) and other.machine:
            return (file.language.module(other.machine.module.variables),)
        return (External(f"{module}.{name}" if name else module),)

    def _module(self, file: _File, module: str) -> str | None:
        """Return the file that a module is, as a file imports it."""
        folder = os.path.dirname(file.path)  # noqa: PTH120 - pathlib takes most of the time
        key = (file.language.name, folder, module)
        if key not in self._modules:
            candidates = file.language.candidates(folder, module, self._folders)
            self._modules[key] = next(filter(os.path.isfile, candidates), None)
        return self._modules[key]


def _too_large(data: bytes) -> str | None:
    """Return why a file is not read because of its form."""
    if len(data) > _LARGEST:
        return f"larger than {_LARGEST // 1_000_000} MB; scan the sources that it is made from"
    if max(map(len, data.split(b"\n")), default=0) > _LONGEST_LINE:
        return "a line is longer than 20,000 characters, so it is minified; scan the sources instead"
    return None
