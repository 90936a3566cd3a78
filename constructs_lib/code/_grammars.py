"""Parse with tree-sitter, and walk what it gives."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["field", "line_of", "named", "parse", "text"]

_GRAMMARS = {
    "javascript": ("tree_sitter_javascript", "language"),
    # The grammar of TSX reads TypeScript too, but for the old form of casts (`<T>x`).
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "java": ("tree_sitter_java", "language"),
    "go": ("tree_sitter_go", "language"),
    "bash": ("tree_sitter_bash", "language"),
}


@cache
def _parser(grammar: str) -> Parser:
    from tree_sitter import Language, Parser  # noqa: PLC0415 - an extra, which only other languages need

    module, function = _GRAMMARS[grammar]
    made: Any = getattr(importlib.import_module(module), function)()
    return Parser(Language(made))


def parse(source: str, grammar: str) -> Node:
    """Return the root of a text's syntax tree; what can't be parsed is an ``ERROR`` node in it."""
    return _parser(grammar).parse(source.encode()).root_node


def text(node: Node | None) -> str:
    """Return the text of a node, empty for none."""
    return node.text.decode() if node is not None and node.text is not None else ""


def field(node: Node, name: str) -> Node | None:
    """Return the child in a field of the grammar."""
    return node.child_by_field_name(name)


def named(node: Node) -> list[Node]:
    """Return the named children, without comments."""
    return [child for child in node.named_children if "comment" not in child.type]


def line_of(node: Node) -> int:
    """Return the line on which a node begins, from 1."""
    return int(node.start_point[0]) + 1
