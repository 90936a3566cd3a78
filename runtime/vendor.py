"""Pack what the runtime helper needs of `constructs_lib`: the catalogue and the explanation of errors.

The sources stay in one place; the copies are made when the distribution, or a function's bundle, is built.
Imports are rewritten to the package they live in, so that the helper and the whole library can be installed
side by side, and docstrings are dropped, which halves the size that a function has to load.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["files"]

_ROOT = Path(__file__).resolve().parents[1] / "constructs_lib"
_PACKAGE = "bedrock_planes_runtime"
_INTO = f"{_PACKAGE}._planes"
_MODULES = (
    "lazily.py",
    "catalogue/__init__.py",
    "catalogue/_find.py",
    "catalogue/_foundation_models.py",
    "catalogue/_lookup.py",
    "catalogue/_spellings.py",
    "catalogue/_types.py",
    "catalogue/verbs/*.py",
    "explain/*.py",
)
_LEFT_OUT = frozenset(("nearest.py",))
"""Looks into templates and policies, which a function doesn't have."""
_DATA = "catalogue/catalogue.json"


def files() -> Iterator[tuple[str, bytes]]:
    """Yield the name, below the helper's package, and the content of each file, sorted by name."""
    found = {"_planes/__init__.py": b'"""What the library knows, packed in; generated."""\n'}
    for pattern in _MODULES:
        for path in _ROOT.glob(pattern):
            if path.name not in _LEFT_OUT:
                found[f"_planes/{path.relative_to(_ROOT).as_posix()}"] = _rewritten(path.read_text("utf-8"))
    found[f"_planes/{_DATA}"] = (_ROOT / _DATA).read_bytes()
    yield from sorted(found.items())


def _rewritten(source: str) -> bytes:
    """Return a module without docstrings and comments, importing from where its copy lives."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            node.body = [child for child in node.body if not _is_text(child)] or [ast.Pass()]
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("constructs_lib"):
            node.module = node.module.replace("constructs_lib", _INTO, 1)
    return f"{ast.unparse(ast.fix_missing_locations(tree))}\n".encode()


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
