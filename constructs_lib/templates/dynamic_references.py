"""Dynamic references (``{{resolve:ssm:...}}``), which CloudFormation resolves after all functions.

A reference that a function puts together counts like a literal one.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import re
from typing import Any, Final

from constructs_lib.iam import UNRESOLVED

__all__ = ["REFERENCE", "close_references", "without_references"]

REFERENCE: Final = "{{resolve:"
_PATTERN: Final = re.compile(r"\{\{resolve:[^{}]*\}\}")


def without_references(text: str) -> str:
    """Return a text with its dynamic references unresolved, also where one names another."""
    count = 1
    while count:
        text, count = _PATTERN.subn(UNRESOLVED, text)
    return text


def close_references(value: Any) -> Any:
    """Return a decoded value with the dynamic references in its texts unresolved; changes it in place."""
    if isinstance(value, str):
        return without_references(value)
    seen: set[int] = set()
    todo = [value]
    while todo:
        node = todo.pop()
        if id(node) in seen or not isinstance(node, dict | list):  # aliases of YAML share nodes
            continue
        seen.add(id(node))
        for key, item in node.items() if isinstance(node, dict) else enumerate(node):
            if not isinstance(item, str):
                todo.append(item)
            elif REFERENCE in item:
                node[key] = without_references(item)
    return value
