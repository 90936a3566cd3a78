"""Lines of findings, looked up on demand: a run that finds nothing never looks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from constructs_lib.templates.decode import MAX_YAML_BYTES, UnreadableError, to_text
from constructs_lib.templates.positions import JsonLines

__all__ = ["STDIN", "Sources"]

STDIN: Final = "-"
_KEPT: Final = 4  # findings come file by file
_KEPT_SIZE: Final = 4 * 1024 * 1024  # characters of texts whose lines the reader handed over


class Sources:
    """The texts behind a run, read again when a line is asked for.

    Args:
        texts: bytes of inputs that are no files, by path: standard input.

    """

    def __init__(self, texts: dict[str, bytes] | None = None) -> None:
        self._given = dict(texts or {})
        self._lines = lru_cache(maxsize=_KEPT)(self._open)
        self._kept: dict[str, JsonLines] = {}
        self._size = 0

    def keep(self, path: str, lines: JsonLines) -> None:
        """Keep what the reader knows of a file's lines; the oldest go when it becomes too much."""
        known = self._kept.pop(path, None)
        self._size += lines.size - (known.size if known else 0)
        self._kept[path] = lines
        while self._size > _KEPT_SIZE:
            oldest = next(iter(self._kept))
            self._size -= self._kept.pop(oldest).size

    def line_of(self, path: str, pointer: str) -> int | None:
        """Return the line of a JSON pointer, or of its nearest ancestor; ``None`` without a readable file."""
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
        if len(text) > MAX_YAML_BYTES:
            return None
        from constructs_lib.templates.yaml_events import positions  # noqa: PLC0415 - PyYAML only for YAML

        return positions(text)
