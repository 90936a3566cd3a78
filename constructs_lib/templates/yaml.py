"""YAML with CloudFormation's short forms, built from libyaml's event stream without recursion.

``!Ref x`` becomes ``{"Ref": "x"}``, ``!GetAtt a.b`` ``{"Fn::GetAtt": ["a", "b"]}`` and any other tag ``!F``
``{"Fn::F": ...}``
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html), so that
JSON pointers are the same in both notations. Numbers and dates keep their text (an account id with a leading
zero stays one), booleans and nulls become values. Aliases share the value they name: nothing is copied, and
the number of values behind aliases is bounded.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

import yaml
from yaml import events as ev

from constructs_lib.templates.faults import MAX_DEPTH, UnreadableError
from constructs_lib.templates.scope import token

try:
    from yaml._yaml import CParser as _Parser
except ImportError:  # PyYAML built without libyaml: slower, the same events
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]  # both give get_event()

__all__ = ["load", "positions"]

_WORDS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
MAX_ALIASED: Final = 20_000
"""Values behind all aliases of a text, and one more for each ten characters of it.

Aliases of aliases would multiply without end for the code that walks them.
"""
_MISSING: Final = object()


class _Builder:
    """Builds the value of one document, and the line of each pointer in ``lines`` if that is given."""

    def __init__(self, most_aliased: int, lines: dict[str, int] | None = None) -> None:
        self.stack: list[tuple[Any, str | None, str | None, str]] = []  # container, tag, anchor, pointer
        self.keys: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.duplicate: tuple[str, int] | None = None
        self.root: Any = _MISSING
        self.merges: dict[int, list[Any]] = {}  # depth -> values of `<<`, applied when the mapping ends
        self.sizes: list[int] = [0]  # values below each open container, those behind aliases included
        self.anchor_sizes: dict[str, int] = {}
        self.lines = lines
        self.aliased = 0  # values behind aliases so far
        self.most_aliased = most_aliased

    def open(self, container: Any, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            line = event.start_mark.line + 1
            raise UnreadableError(f"nested more than {MAX_DEPTH} levels deep", "flatten the document", line)
        pointer = self._pointer(event)
        if event.tag and event.tag.startswith("!") and event.tag != "!":
            pointer += "/" + _function(event.tag)
        self.stack.append((container, event.tag, event.anchor, pointer))
        self.keys.append(_MISSING)
        self.sizes.append(1)
        if event.anchor:
            self.anchors[event.anchor] = container

    def close(self) -> None:
        for value in self.merges.pop(len(self.stack), ()):
            _merge(self.stack[-1][0], value)
        container, tag, anchor, _ = self.stack.pop()
        self.keys.pop()
        size = self.sizes.pop()
        self.sizes[-1] += size
        value = _tagged(tag, container)
        if anchor:
            self.anchors[anchor] = value
            self.anchor_sizes[anchor] = size
        self._put(value)

    def scalar(self, event: Any) -> None:
        if self.stack and type(self.stack[-1][0]) is dict and self.keys[-1] is _MISSING:
            self._key(event)
            return
        self.sizes[-1] += 1
        plain = event.implicit[0] and not event.tag
        value = _WORDS.get(event.value, event.value) if plain else event.value
        value = _tagged(event.tag, value)
        self._pointer(event)
        if event.anchor:
            self.anchors[event.anchor] = value
        self._put(value)

    def _key(self, event: Any) -> None:
        key = event.value
        if event.anchor:
            self.anchors[event.anchor] = key
        if key in self.stack[-1][0] and self.duplicate is None and key != "<<":
            self.duplicate = (key, event.start_mark.line + 1)
        self.keys[-1] = key
        if self.lines is not None:
            self.lines.setdefault(f"{self.stack[-1][3]}/{token(key)}", event.start_mark.line + 1)

    def alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self.anchors:
            raise UnreadableError(
                f"the alias `*{event.anchor}` names no anchor", "define the anchor before it", line
            )
        value = self.anchors[event.anchor]
        if any(value is open_[0] for open_ in self.stack):
            raise UnreadableError(f"the alias `*{event.anchor}` contains itself", "write its value out", line)
        size = self.anchor_sizes.get(event.anchor, 1)
        self.sizes[-1] += size
        self.aliased += size
        if self.aliased > self.most_aliased:
            raise UnreadableError(
                f"aliases repeat more than {self.most_aliased:,} values", "write the values out", line
            )
        self._pointer(event)
        self._put(value)

    def _pointer(self, event: Any) -> str:
        """Return the pointer of the value that begins with an event, and note its line."""
        if self.lines is None or not self.stack:
            return ""
        container, _, _, parent = self.stack[-1]
        last = len(container) if type(container) is list else token(str(self.keys[-1]))
        pointer = f"{parent}/{last}"
        self.lines.setdefault(pointer, event.start_mark.line + 1)
        return pointer

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        container = self.stack[-1][0]
        if type(container) is list:
            container.append(value)
        elif self.keys[-1] is _MISSING:
            self.keys[-1] = str(value)[:200]  # a list or mapping as key: templates have none
        else:
            key, self.keys[-1] = self.keys[-1], _MISSING
            if key == "<<":
                self.merges.setdefault(len(self.stack), []).append(value)
            else:
                container[key] = value


def _most_aliased(text: str) -> int:
    return MAX_ALIASED + len(text) // 10


def _merge(container: dict[str, Any], value: Any) -> None:
    """Apply a merge key; the mapping's own keys win."""
    for source in value if isinstance(value, list) else [value]:
        if isinstance(source, dict):
            for key, item in source.items():
                container.setdefault(key, item)


def _function(tag: str) -> str:
    name = tag[1:]
    return name if name in {"Ref", "Condition"} else f"Fn::{name}"


def _tagged(tag: str | None, value: Any) -> Any:
    if not tag or not tag.startswith("!") or tag == "!":
        return value
    name = _function(tag)
    if name == "Fn::GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


def _run(text: str, builder: _Builder) -> None:
    """Feed the events of the one document in the text to the builder."""
    parser = _Parser(text)
    documents = 0
    while True:
        event: Any = parser.get_event()
        kind = type(event)
        if kind is ev.ScalarEvent:
            builder.scalar(event)
        elif kind is ev.MappingStartEvent:
            builder.open({}, event)
        elif kind is ev.SequenceStartEvent:
            builder.open([], event)
        elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
            builder.close()
        elif kind is ev.AliasEvent:
            builder.alias(event)
        elif kind is ev.DocumentStartEvent:
            documents += 1
            if documents > 1:
                line = event.start_mark.line + 1
                raise UnreadableError("a second YAML document begins here", "put each in its own file", line)
        elif kind is ev.StreamEndEvent:
            return


def load(text: str) -> tuple[Any, tuple[str, int] | None]:
    """Return the value of a YAML text, and the first key that appears twice in one mapping, with its line.

    Raises:
        UnreadableError: The text is not YAML, nested too deeply, or holds several documents.

    """
    builder = _Builder(_most_aliased(text))
    try:
        _run(text, builder)
    except yaml.YAMLError as error:
        raise _fault(error, text) from None
    if builder.root is _MISSING:
        raise UnreadableError("the file holds no value", "give a template, a policy or an account export")
    return builder.root, builder.duplicate


def _fault(error: yaml.YAMLError, text: str) -> UnreadableError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed"
    remedy = "fix it there"
    if "\t" in text and "token" in str(problem):
        remedy = "indent with spaces, not tabs"
    return UnreadableError(
        f"not YAML: {' '.join(str(problem).split())}", remedy, mark.line + 1 if mark else None
    )


def positions(text: str) -> dict[str, int]:
    """Return the line of every JSON pointer of a YAML text that :func:`load` reads."""
    lines: dict[str, int] = {"": 1}
    with suppress(yaml.YAMLError, UnreadableError):  # the lines until the fault are good
        _run(text, _Builder(_most_aliased(text), lines))
    return lines
