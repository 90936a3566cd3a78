"""From a JSON pointer to a line: looked up on demand, only for findings.

JSON: the C scanner skips each sibling, so a container is indexed at the speed of decoding it, once, and only
along the pointers that are asked for. YAML: one pass over the events gives every line at once.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C function behind json.loads
from typing import Any, Final

__all__ = ["JsonLines", "first_duplicate"]

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_scan: Final = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]  # set in __init__


class JsonLines:
    """The lines of the pointers of one JSON text."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Container start -> key or index as text -> (where its line is told from, where its value begins).
        self._members: dict[int, dict[str, tuple[int, int]]] = {}

    def line(self, pointer: str) -> int | None:
        """Return the line of a pointer; of its nearest ancestor when the last steps don't exist."""
        if pointer and not pointer.startswith("/"):
            return None
        value = self._skip(0)
        shown = value
        for step in pointer.split("/")[1:]:
            found = self._index(value).get(step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            shown, value = found
        return self._text.count("\n", 0, shown) + 1

    def has_members(self) -> bool:
        """Whether the text is JSON with at least one member that can be skipped: YAML's flow form is not."""
        return bool(self._index(self._skip(0)))

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _index(self, start: int) -> dict[str, tuple[int, int]]:
        if start not in self._members:
            members: dict[str, tuple[int, int]] = {}
            # A damaged text has the members until the damage.
            with suppress(ValueError, IndexError, StopIteration, RecursionError):
                self._scan_members(start, members)
            self._members[start] = members
        return self._members[start]

    def _scan_members(self, start: int, members: dict[str, tuple[int, int]]) -> None:
        text, opening = self._text, self._text[start]
        if opening not in "{[":
            return
        at = self._skip(start + 1)
        while text[at] not in "}]":
            key, shown = str(len(members)), at
            if opening == "{":
                key, at = scanstring(text, at + 1, False)
                at = self._skip(self._skip(at) + 1)
            members[key] = (shown, at)
            _, end = _scan(text, at)
            at = self._skip(end)
            if text[at] == ",":
                at = self._skip(at + 1)


def first_duplicate(text: str) -> int | None:
    """Return the line of the first key that stands twice in one object of a valid JSON text."""
    stack: list[set[str] | None] = []
    previous: Any = None
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first == "{":
            stack.append(set())
        elif first == "[":
            stack.append(None)
        elif first in "}]" and stack:
            stack.pop()
        elif first == ":" and previous is not None and stack and (seen := stack[-1]) is not None:
            key = json.loads(previous.group(), strict=False)
            if key in seen:
                return text.count("\n", 0, previous.start()) + 1
            seen.add(key)
        previous = token if first == '"' else None
    return None
