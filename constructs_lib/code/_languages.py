"""The languages that are read, each by its file endings."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.code import _tree as t
from constructs_lib.code._sdk import Sdk, ShellSdk
from constructs_lib.code._values import Class, Map, Scope, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code._recorder import Recorder

__all__ = ["LANGUAGES", "Folders", "Language", "language_of"]

_EXTRA = (
    "install the extra `code` (`pip install 'bedrock-planes[code]'`) to read {}; "
    "without it only Python is read"
)


_ABOVE = 7
"""Folders above a file in which its modules are looked for."""

Reader = Callable[[str, str], "list[t.Node]"]
"""Reads a text with a grammar; see ``read_python`` for what it raises."""


@dataclass(frozen=True)
class Language:
    """A language: how its files end, what reads them, what knows its libraries.

    Attributes:
        name: The name in a scan.
        title: The name in messages.
        endings: The endings of its files.
        load: Returns what reads a file, and what knows the libraries. Only what is needed is imported.
        package: The package of its grammar, empty for Python.
        grammar: The name of its grammar.

    """

    name: str
    title: str
    endings: tuple[str, ...]
    load: Callable[[], tuple[Reader | None, type[Sdk]]]
    package: str = ""
    grammar: str = ""

    def missing(self) -> str | None:
        """Return why files of the language can't be read here, ``None`` if they can."""
        packages = ("tree_sitter", self.package) if self.package else ()
        if all(importlib.util.find_spec(package) for package in packages):
            return None
        return _EXTRA.format(self.title)

    def read(self, text: str, recorder: Recorder) -> list[t.Node] | None:
        """Return a file in the scan's small language, or ``None`` after recording its calls at once."""
        reader, _ = self.load()
        if reader is not None:
            return reader(text, self.grammar)
        from constructs_lib.code._shell import read_shell  # noqa: PLC0415 - only for scripts

        read_shell(text, recorder)
        return None

    def candidates(self, folder: str, module: str, folders: Folders) -> Iterator[str]:
        """Yield the files that a module may be, as a file in a folder imports it."""
        if self.name == "python":
            yield from _modules_of_python(folder, module, folders)
        elif self.name in {"javascript", "typescript"} and module.startswith("."):
            whole = Path(folder) / re.sub(r"\.[cm]?jsx?$", "", module)
            for ending in (".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", ".jsx"):
                yield f"{whole}{ending}"
                yield f"{whole}/index{ending}"

    def module(self, variables: dict[str, Value]) -> object:
        """Return a module of the code as a value."""
        if self.name == "python":
            return Class(t.ClassDef("", [], []), Scope(), [], variables)
        return Map(variables)


class Folders:
    """The names in folders; each folder is read once."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str] | None] = {}

    def has(self, folder: str, *names: str) -> bool:
        """Whether one of the names is in a folder; true if the folder can't be read."""
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(os.listdir(folder or "."))  # noqa: PTH208 - pathlib takes most of the time
            except (FileNotFoundError, NotADirectoryError):
                self._names[folder] = frozenset()
            except OSError:  # one may look for files in a folder that one may not list
                self._names[folder] = None
        found = self._names[folder]
        return found is None or not found.isdisjoint(names)


def _modules_of_python(folder: str, module: str, folders: Folders) -> Iterator[str]:
    """Yield the files that a module may be; without dots it may be in any folder above."""
    bare = module.lstrip(".")
    dots = len(module) - len(bare)
    parts = [part for part in bare.split(".") if part]
    if not dots and (not parts or parts[0] in sys.stdlib_module_names):
        return
    base = folder or "."
    for level in range(_ABOVE):
        if not dots or level == dots - 1:
            whole = "/".join((base, *parts))
            if not parts or folders.has(base, parts[0], f"{parts[0]}.py"):
                if parts:
                    yield f"{whole}.py"
                yield f"{whole}/__init__.py"
        base = os.path.dirname(base) if base not in {".", ""} else f"{base}/.."  # noqa: PTH120 - pathlib takes most of the time
        if base in {"", "/"}:
            return


def _python() -> tuple[Reader | None, type[Sdk]]:
    from constructs_lib.code._python import read_python  # noqa: PLC0415 - one language a file
    from constructs_lib.code._sdk_python import PythonSdk  # noqa: PLC0415 - one language a file

    return lambda text, _: read_python(text), PythonSdk


def _javascript() -> tuple[Reader | None, type[Sdk]]:
    from constructs_lib.code._javascript import read_javascript  # noqa: PLC0415 - one language a file
    from constructs_lib.code._sdk_javascript import JavaScriptSdk  # noqa: PLC0415 - one language a file

    return read_javascript, JavaScriptSdk


def _java() -> tuple[Reader | None, type[Sdk]]:
    from constructs_lib.code._java import read_java  # noqa: PLC0415 - one language a file
    from constructs_lib.code._sdk_java import JavaSdk  # noqa: PLC0415 - one language a file

    return lambda text, _: read_java(text), JavaSdk


def _go() -> tuple[Reader | None, type[Sdk]]:
    from constructs_lib.code._go import read_go  # noqa: PLC0415 - one language a file
    from constructs_lib.code._sdk_go import GoSdk  # noqa: PLC0415 - one language a file

    return lambda text, _: read_go(text), GoSdk


def _shell() -> tuple[Reader | None, type[Sdk]]:
    return None, ShellSdk


_SCRIPT = (".js", ".jsx", ".mjs", ".cjs")
_TYPED = (".ts", ".mts", ".cts")
LANGUAGES = (
    Language("python", "Python", (".py", ".pyw"), _python),
    Language("javascript", "JavaScript", _SCRIPT, _javascript, "tree_sitter_javascript", "javascript"),
    Language("typescript", "TypeScript", _TYPED, _javascript, "tree_sitter_typescript", "typescript"),
    Language("typescript", "TypeScript", (".tsx",), _javascript, "tree_sitter_typescript", "tsx"),
    Language("java", "Java", (".java",), _java, "tree_sitter_java"),
    Language("go", "Go", (".go",), _go, "tree_sitter_go"),
    Language("shell", "shell scripts", (".sh", ".bash", ".zsh"), _shell, "tree_sitter_bash"),
)
_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}
_SHEBANG = re.compile(rb"#!.*?\b(python|node|bash|sh|zsh)\b")


def language_of(path: str, head: bytes) -> Language | None:
    """Return the language of a file, by its ending or its first line."""
    suffix = Path(path).suffix.lower()
    if suffix in _BY_ENDING:
        return _BY_ENDING[suffix]
    if not suffix and (match := _SHEBANG.match(head)):
        names = {b"python": ".py", b"node": ".js"}
        return _BY_ENDING.get(names.get(match[1], ".sh"))
    return None
