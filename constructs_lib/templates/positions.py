"""From a JSON pointer to a line: looked up on demand, only for findings.

JSON: the C scanner skips each sibling, so a container is indexed at the speed of decoding it, once, and only
along the pointers that are asked for; a resource whose id stands in the text once as a key is found without.
YAML: one pass over the events gives every line at once.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C function behind json.loads
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["JsonLines", "first_duplicate"]

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_scan: Final = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]  # set in __init__


class JsonLines:
    """The lines of the pointers of one JSON text.

    Args:
        text: the JSON text.
        ids: the keys of its ``Resources``, from whoever has decoded it.

    """

    def __init__(self, text: str, ids: Iterable[str] = ()) -> None:
        self._text = text
        self._ids = frozenset(ids)
        self._resources: dict[str, tuple[int, int] | None] = {}
        # Container start -> key or index as text -> (where its line is told from, where its value begins).
        self._members: dict[int, dict[str, tuple[int, int]]] = {}
        self._escapes: bool | None = None
        self._counted = (0, 1)  # a position and its line: findings come in the order of the text

    @property
    def size(self) -> int:
        """The characters that this keeps in memory."""
        return len(self._text)

    def line(self, pointer: str) -> int | None:
        """Return the line of a pointer; of its nearest ancestor when the last steps don't exist."""
        if pointer and not pointer.startswith("/"):
            return None
        value = self._skip(0)
        shown = value
        steps = pointer.split("/")[1:]
        known = self._resource(steps[1]) if len(steps) > 1 and steps[0] == "Resources" else None
        if known is not None:
            shown, value = known
            del steps[:2]
        for step in steps:
            found = self._index(value).get(step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            shown, value = found
        start, line = self._counted if self._counted[0] <= shown else (0, 1)
        line += self._text.count("\n", start, shown)
        self._counted = (shown, line)
        return line

    def _resource(self, logical_id: str) -> tuple[int, int] | None:
        """Return where a resource stands, if its id is a key in one place of the text only."""
        if logical_id not in self._resources:
            self._resources[logical_id] = self._only_key(logical_id) if logical_id in self._ids else None
        return self._resources[logical_id]

    def _only_key(self, name: str) -> tuple[int, int] | None:
        """Return where a key and its value begin, ``None`` when it stands twice or with escapes."""
        text = self._text
        if self._escapes is None:
            self._escapes = "\\u" in text
        if self._escapes or not (name.isascii() and name.isalnum()):
            return None
        found: tuple[int, int] | None = None
        quoted = f'"{name}"'
        at = text.find(quoted)
        while at >= 0:
            end = self._skip(at + len(quoted))
            if text[end : end + 1] == ":":
                if found is not None or text[at - 1] == "\\":
                    return None
                found = (at, self._skip(end + 1))
            at = text.find(quoted, at + 1)
        return found

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
