"""The project's own source, read with ``ast``: what each module imports, defines and refers to."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ROOT", "Import", "Module", "Modules", "modules", "planted"]

Modules = Mapping[str, "Module"]
"""Modules by dotted name."""

ROOT = Path(__file__).resolve().parents[1]
_TREES = ("constructs_lib", "stacks", "examples", "tools")


class Import(NamedTuple):
    """One imported name; ``name`` is empty for ``import module``."""

    module: str
    name: str
    alias: str
    line: int
    late: bool


@dataclass
class Module:
    """One file of the product."""

    name: str
    path: Path
    tree: ast.Module = field(repr=False)

    @property
    def is_package(self) -> bool:
        """Whether the file is an ``__init__``."""
        return self.path.name == "__init__.py"

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """What the file imports, for types alone and inside functions too."""
        return tuple(_imports(self.tree, late=False))

    @cached_property
    def exported(self) -> tuple[str, ...]:
        """The names in ``__all__``."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                return tuple(ast.literal_eval(node.value))
        return ()

    def at(self, line: int) -> str:
        """Return a line of the file as a reader can open it."""
        return f"{self.path.relative_to(ROOT)}:{line}"


def _imports(node: ast.AST, *, late: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                for name in names:
                    alias = name.asname or name.name.partition(".")[0]
                    yield Import(name.name, "", alias, child.lineno, late)
            case ast.ImportFrom(module=str(module), names=names):
                for name in names:
                    yield Import(module, name.name, name.asname or name.name, child.lineno, late)
            case _:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from _imports(child, late=late or inside)


@cache
def modules() -> Modules:
    """Return the product's modules by dotted name."""
    paths = [ROOT / "app.py", *(path for tree in _TREES for path in sorted((ROOT / tree).rglob("*.py")))]
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}
    return planted(texts)


def planted(texts: Mapping[str, str]) -> Modules:
    """Return the modules of a source tree: texts by path."""
    result = {}
    for path, text in texts.items():
        parts = Path(path).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        result[name] = Module(name, ROOT / path, ast.parse(text))
    return result
