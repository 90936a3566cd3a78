"""Look up the line of a JSON pointer, on demand: a run without findings never looks.

JSON: the C scanner skips each sibling, so a container is indexed at the speed of decoding it, once, and only
along the pointers that are asked for. A resource whose id appears once in the text as a key is found without
an index. YAML: one pass over the events gives every line at once.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C function behind json.loads
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.templates.decode import to_text
from constructs_lib.templates.faults import MAX_YAML_CHARACTERS, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["STDIN", "JsonLines", "Sources"]

STDIN: Final = "-"
"""The path that means standard input."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_scan: Final = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]  # set in __init__
_KEPT: Final = 4  # findings come file by file
_KEPT_SIZE: Final = 4 * 1024 * 1024  # characters of the texts that readers have passed on


class JsonLines:
    """The lines of the pointers of one JSON text.

    Args:
        text: The JSON text.
        ids: The keys of its ``Resources``, if the caller has decoded it.

    """

    def __init__(self, text: str, ids: Iterable[str] = ()) -> None:
        self._text = text
        self._ids = frozenset(ids)
        self._resources: dict[str, tuple[int, int] | None] = {}
        # Start of a container -> key, or index as text -> (start of the member, start of its value).
        self._members: dict[int, dict[str, tuple[int, int]]] = {}
        self._escapes: bool | None = None
        self._counted = (0, 1)  # a position and its line: findings come in the order of the text

    @property
    def size(self) -> int:
        """The number of characters kept in memory."""
        return len(self._text)

    def line(self, pointer: str) -> int | None:
        """Return the line of a pointer, or of its nearest ancestor when the last steps don't exist."""
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
        """Return the position of a resource, if its id is a key only once in the text."""
        if logical_id not in self._resources:
            self._resources[logical_id] = self._only_key(logical_id) if logical_id in self._ids else None
        return self._resources[logical_id]

    def _only_key(self, name: str) -> tuple[int, int] | None:
        """Return where a key and its value begin; ``None`` if it appears twice or has escapes."""
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
            # Of a damaged text the members before the damage are known.
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


class Sources:
    """The input texts of a run, read again when a line is asked for.

    Args:
        texts: The bytes of inputs that are not files (standard input), by path.

    """

    def __init__(self, texts: dict[str, bytes] | None = None) -> None:
        self._given = dict(texts or {})
        self._lines = lru_cache(maxsize=_KEPT)(self._open)
        self._kept: dict[str, JsonLines] = {}
        self._size = 0

    def keep(self, path: str, lines: JsonLines) -> None:
        """Keep the lines of a file that was just read; the oldest are dropped when they get too large."""
        known = self._kept.pop(path, None)
        self._size += lines.size - (known.size if known else 0)
        self._kept[path] = lines
        while self._size > _KEPT_SIZE:
            oldest = next(iter(self._kept))
            self._size -= self._kept.pop(oldest).size

    def line_of(self, path: str, pointer: str) -> int | None:
        """Return the line of a JSON pointer, of its nearest ancestor, or ``None`` if unreadable."""
        lines = self._kept.get(path) or self._lines(path)
        if isinstance(lines, JsonLines):
            return lines.line(pointer)
        if lines is None:
            return None
        while pointer not in lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return lines.get(pointer)

    def _open(self, path: str) -> JsonLines | dict[str, int] | None:
        try:
            text = to_text(self._given[path] if path in self._given else Path(path).read_bytes())
        except (OSError, UnreadableError, ValueError):  # a finding without its line is better than none
            return None
        if text.lstrip()[:1] in {"{", "["}:
            lines = JsonLines(text)
            if lines.has_members():
                return lines
        if len(text) > MAX_YAML_CHARACTERS:
            return None
        from constructs_lib.templates.yaml import positions  # noqa: PLC0415 - PyYAML only for YAML

        return positions(text)
