"""What an expression of the scanned code may be worth.

A value is a tuple of alternatives, each a text, number, ``None`` or one of these classes; the empty tuple is
what isn't known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.code import _tree as t

__all__ = [
    "UNKNOWN",
    "Arguments",
    "Callee",
    "Class",
    "Client",
    "Command",
    "External",
    "Instance",
    "Maker",
    "Map",
    "Method",
    "Parent",
    "Partial",
    "Procedure",
    "Scope",
    "Several",
    "Site",
    "Value",
    "is_nothing",
    "join",
    "text_of",
]

Value: TypeAlias = tuple[Any, ...]
UNKNOWN: Value = ()
_MOST = 12
"""Alternatives of a value that are followed."""


def join(values: Iterable[Value]) -> Value:
    """Return a value that may be any of the values."""
    known = [value for value in values if value]
    if not known:
        return UNKNOWN
    if len(known) == 1:
        return tuple(known[0])  # made by this function or by hand, so it is short and has nothing twice
    return tuple(dict.fromkeys(item for value in known for item in value))[:_MOST]


def is_nothing(value: Value) -> bool:
    """Whether nothing is known of a value, or it is the language's nothing."""
    return not value or (len(value) == 1 and value[0] is None)


def text_of(value: Value) -> str | None:
    """Return the text that a value is, ``None`` if it isn't one text that is known as a whole."""
    texts = [item for item in value if isinstance(item, str)]
    return texts[0] if len(texts) == 1 and "\0" not in texts[0] else None


class Callee(NamedTuple):
    """What a call calls.

    Attributes:
        owner: What has the function as an attribute, unknown for a plain function.
        functions: What the function may be.

    """

    owner: Value
    functions: Value


@dataclass(frozen=True, slots=True)
class External:
    """Something of a library: ``boto3.client``, ``@aws-sdk/client-bedrock-runtime.ConverseCommand``."""

    path: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client of an AWS service.

    Attributes:
        service: botocore's name of the service.
        region: The Region, where it is written.
        made_at: What tells clients apart that are made in different places.

    """

    service: str
    region: str | None = None
    made_at: int = 0


@dataclass(frozen=True, slots=True)
class Maker:
    """Something that makes a client later, such as a session; ``kind`` is for the SDK's reader."""

    kind: str
    region: str | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a client, as it is written."""

    client: Client
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Command:
    """A request that is sent later; ``node`` made it in the file of ``recorder``."""

    service: str
    operation: str
    request: Value
    node: t.Call
    recorder: Any = None


@dataclass(eq=False, slots=True)
class Map:
    """A dict, an object, a request under construction. ``kind`` is the class of a request."""

    items: dict[str, Value] = field(default_factory=dict)
    kind: str = ""
    rest: Value = UNKNOWN
    """What is stored under keys that aren't known."""


@dataclass(eq=False, slots=True)
class Several:
    """A list or a tuple."""

    items: list[Value] = field(default_factory=list)


class Site(NamedTuple):
    """A call of the code, and what takes the calls of its file."""

    node: t.Call
    recorder: Any


@dataclass(eq=False, slots=True)
class Scope:
    """Variables; ``is_function`` marks the outermost scope of a function or a module."""

    parent: Scope | None = None
    is_function: bool = True
    variables: dict[str, Value] = field(default_factory=dict)
    results: list[Value] = field(default_factory=list)
    outer: frozenset[str] = frozenset()
    in_class: Class | None = None
    receiver: Value = UNKNOWN
    keeps_order: bool = True
    """Whether an assignment to an attribute replaces what was there."""
    recorder: Any = None
    """Of a module: what takes the calls that its code makes, whichever file runs it."""
    sites: dict[object, Site] = field(default_factory=dict)
    """Of a function that runs: where each operation was named that its arguments bring."""


@dataclass(eq=False, slots=True)
class Procedure:
    """A function with the scope in which it is defined, and the instance that it is a method of."""

    node: t.Function
    scope: Scope
    receiver: Value = UNKNOWN
    owner: Class | None = None

    def of(self, receiver: object) -> Procedure:
        """Return the function as a method of an instance or a class."""
        return Procedure(self.node, self.scope, (receiver,), self.owner)


@dataclass(eq=False, slots=True)
class Class:
    """A class of the scanned code."""

    node: t.ClassDef
    scope: Scope
    bases: list[Value]
    members: dict[str, Value] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    newest: Instance | None = None
    """What ``__new__`` of a base class gives while an instance is made."""
    within: Class | None = None
    """The class whose body holds it."""


@dataclass(eq=False, slots=True)
class Instance:
    """An instance; ``library`` is what a base class of a library makes."""

    made_of: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    library: Value = UNKNOWN


@dataclass(frozen=True, eq=False, slots=True)
class Parent:
    """``super()`` in a method of ``owner``."""

    instance: Instance
    owner: Class


@dataclass(frozen=True, eq=False, slots=True)
class Partial:
    """A call with some of its arguments."""

    function: Value
    arguments: Arguments


@dataclass(slots=True)
class Arguments:
    """The arguments of a call."""

    plain: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)

    def get(self, position: int | None, *names: str) -> Value:
        """Return an argument by any of its names, or by its position."""
        for name in names:
            if name in self.named:
                return self.named[name]
        if position is not None and position < len(self.plain):
            return self.plain[position]
        return UNKNOWN
