"""Which functions that nothing calls are worth running: those that Bedrock may be called through.

Most functions of an application neither call Bedrock, nor hand a client on, nor set what one that does reads.
They are told from the others by their words, before their bodies are read:

- a word of Bedrock, of an operation, or of a library that makes clients;
- the name of something that holds a client, or of a function or class that is itself worth running;
- an attribute that is set here and read in a function that is worth running.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.catalogue import operations
from constructs_lib.code._apis import key_of
from constructs_lib.code._frameworks import PACKAGES
from constructs_lib.code._values import (
    Class,
    Client,
    Command,
    External,
    Instance,
    Maker,
    Map,
    Method,
    Partial,
    Procedure,
    Several,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.code import _tree as t

__all__ = ["Relevance", "calls_an_operation", "mentions_bedrock"]

_DEEP = 4
"""Collections inside of collections in which a client is looked for."""
_OTHER_WORDS = re.compile(rb"agent.?(?:registry|discovery)")
_CALLS = re.compile(rb"\.\s*(\w+)\s*\(")
_WORDS = re.compile(r"\w+")
_TEXTS = re.compile(r"""(\"{3}|'{3})[\s\S]*?\1""")
_COMMENTS = re.compile(r"""\#[^\n'"]*$""", re.MULTILINE)
"""Comments without quotes."""
_READ = re.compile(r"\.\s*(\w+)")
_QUOTED = re.compile(r"""['"](\w+)['"]""")
_TARGETS = re.compile(
    r"^([^=\n(]*[^=\n(<>!:])=(?!=)|\bas\s+([\w.]+)|(?:global|nonlocal)\s+([\w, ]+)", re.MULTILINE
)
"""What stands before ``=``, and where else a name or an attribute is set."""
_SET_BY_NAME = ("setattr", "__dict__", "vars")
_CONSTRUCTORS = frozenset(("__init__", "__new__", "__post_init__", "__attrs_post_init__", "model_post_init"))
_CLIENT = re.compile(r"""['"](?:bedrock|agent-(?:registry|discovery))""")
"""The beginning of a client's name, or of a model's after its provider."""


@cache
def _operation_keys() -> frozenset[str]:
    return frozenset(key_of(operation.name) for operation in operations())


def mentions_bedrock(data: bytes) -> bool:
    """Whether a word of Bedrock is in a file, in any letter case."""
    lower = data.lower()  # literal texts are found far faster than a pattern for both cases
    return b"bedrock" in lower or (b"agent" in lower and _OTHER_WORDS.search(lower) is not None)


def calls_an_operation(data: bytes) -> bool:
    """Whether a file calls something named like an operation of Bedrock."""
    names: Iterable[bytes] = set(_CALLS.findall(data))
    keys = _operation_keys()
    return any(name.replace(b"_", b"").lower().decode("ascii", "replace") in keys for name in names)


@cache
def _is_of_bedrock(word: str) -> bool:
    """Whether a word is of a library that makes clients, or that names models."""
    return "boto" in word or word in PACKAGES


@cache
def _is_operation(name: str) -> bool:
    """Whether an attribute or a text may be a method of a client."""
    return name == name.lower() and name.replace("_", "") in _operation_keys()


def _code_of(text: str) -> str:
    """Return a text without texts that stand alone, such as docstrings, and without comments."""
    if '"""' in text or "'''" in text:
        text = _TEXTS.sub(_unless_alone, text)
    return _COMMENTS.sub("", text) if "#" in text else text


def _unless_alone(found: re.Match[str]) -> str:
    """Return a quoted text, empty if nothing stands before it on its line."""
    line = found.string.rfind("\n", 0, found.start()) + 1
    return found[0] if found.string[line : found.start()].strip(" \trRuU") else ""


class _Words:
    """What a function's text has; what is asked for rarely is looked for when it is."""

    __slots__ = ("_read", "_set", "_text", "all", "is_direct")

    def __init__(self, text: str) -> None:
        self._text = text = _code_of(text)
        self._read: frozenset[str] | None = None
        self._set: frozenset[str] | None = None
        self.all = frozenset(_WORDS.findall(text))
        self.is_direct = (
            any(map(_is_of_bedrock, self.all))
            or _CLIENT.search(text) is not None
            or (any(map(_is_operation, self.all)) and any(map(_is_operation, self.read)))
        )
        """Whether it has a word of Bedrock or of an operation itself."""

    @property
    def read(self) -> frozenset[str]:
        """The attributes that are read or set, also by their names in quotes."""
        if self._read is None:
            self._read = frozenset((*_READ.findall(self._text), *_QUOTED.findall(self._text)))
        return self._read

    @property
    def set(self) -> frozenset[str]:
        """The attributes and outer variables that are set, and a few more."""
        if self._set is None:
            self._set = frozenset(
                name
                for before, bound, outer in _TARGETS.findall(self._text)
                for name in (*_READ.findall(before), *_READ.findall(bound), *_WORDS.findall(outer))
            )
        return self._set


class Relevance:
    """The names of one file that Bedrock may be called through.

    Args:
        lines: The lines of the file.
        is_entry: Whether something of a library makes clients or calls Bedrock.

    """

    def __init__(self, lines: list[str], is_entry: Callable[[str], bool]) -> None:
        self._lines = lines
        self._is_entry = is_entry
        self._names: set[str] = set()
        self._methods: set[str] = set()
        self._read: set[str] = set()
        self._words: dict[int, _Words] = {}

    def find(self, functions: Iterable[Procedure], variables: dict[str, Value]) -> None:
        """Mark the functions that are worth running.

        Args:
            functions: The functions of the file that are known by now.
            variables: What the module, its classes and its instances have.

        """
        waiting = [one for one in functions if not one.node.is_relevant]
        for procedure in waiting:
            procedure.node.is_relevant = False
            procedure.node.is_helper = (
                bool(procedure.node.end) and not self._words_of(procedure.node).is_direct
            )
        self._names |= {name for name, value in variables.items() if self._carries(value)}
        found = True
        while found:
            found = False
            for procedure in waiting:
                if not procedure.node.is_relevant and self._is_relevant(procedure.node):
                    found = True
                    self._mark(procedure)

    def _mark(self, procedure: Procedure) -> None:
        node, owner = procedure.node, procedure.owner
        node.is_relevant = True
        if owner is None:
            self._names.add(node.name)
        else:
            self._methods.add(node.name)
        if not node.end:
            return
        words = self._words_of(node)
        if words.is_direct:
            self._read |= words.read
        if owner is not None and (words.is_direct or node.name in _CONSTRUCTORS):
            self._names.add(owner.node.name)

    def _words_of(self, node: t.Function) -> _Words:
        found = self._words.get(id(node))
        if found is None:
            found = _Words("\n".join(self._lines[node.line - 1 : node.end]))
            self._words[id(node)] = found
        return found

    def _is_relevant(self, node: t.Function) -> bool:
        if not node.end:
            return True
        words = self._words_of(node)
        if words.is_direct or not words.all.isdisjoint(self._names):
            return True
        if not words.all.isdisjoint(self._methods) and not words.read.isdisjoint(self._methods):
            return True
        if words.all.isdisjoint(self._read):
            return False
        return not words.set.isdisjoint(self._read) or not words.all.isdisjoint(_SET_BY_NAME)

    def carries(self, values: Iterable[Value]) -> bool:
        """Whether one of the values is, or holds, something that Bedrock may be called through."""
        return any(value and self._carries(value) for value in values)

    def _carries(self, value: Value, depth: int = 0, seen: dict[int, int] | None = None) -> bool:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of value
        """Whether a value is, or holds, something that Bedrock may be called through.

        Args:
            value: The value.
            depth: In how many collections it is.
            seen: The collections that were looked into, each with its depth: many hold the same.

        """
        for item in value:
            kind = type(item)
            if kind in _HOLDERS:
                seen = {} if seen is None else seen
                if seen.get(id(item), _DEEP + 1) <= depth:
                    continue
                seen[id(item)] = depth
            match item:
                case Client() | Maker() | Method() | Command():
                    return True
                case External(path=path):
                    if self._is_entry(path):
                        return True
                case Partial(function=function):
                    if self._carries(function, depth + 1, seen):
                        return True
                case Procedure(node=node):
                    if node.is_relevant is not False:
                        return True
                case Instance(made_of=made_of, library=library):
                    if self._carries((made_of, *library), depth, seen):
                        return True
                case Class(members=members) if depth < _DEEP:
                    if any(self._carries(member, depth + 1, seen) for member in members.values()):
                        return True
                    if any(self._carries(base, depth + 1, seen) for base in item.bases):
                        return True
                case Map(items=items, rest=rest) if depth < _DEEP:
                    if any(self._carries(member, depth + 1, seen) for member in (*items.values(), rest)):
                        return True
                case Several(items=elements) if depth < _DEEP:
                    if any(self._carries(element, depth + 1, seen) for element in elements):
                        return True
        return False


_HOLDERS = frozenset((Class, Map, Several))
