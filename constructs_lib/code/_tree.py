"""The small language that every programming language is read into; ``_machine`` runs it.

Only what can carry a client, a name or a request has a node of its own. Everything else is :class:`Other`
with its parts, which are still evaluated, because a call may be among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Assign",
    "Attribute",
    "Block",
    "Branches",
    "Call",
    "ClassDef",
    "Constant",
    "Enter",
    "Expression",
    "Function",
    "Import",
    "Index",
    "Loop",
    "Mapping",
    "Name",
    "Node",
    "Options",
    "Other",
    "Parameter",
    "Return",
    "Sequence",
    "Text",
]


@dataclass(slots=True)
class Constant:
    """A literal: a text, a number, a truth value or the language's nothing (``None``)."""

    value: str | int | float | bool | None


@dataclass(slots=True)
class Text:
    """A text put together from parts (an f-string, a template literal, ``+``)."""

    parts: list[Expression]


@dataclass(slots=True)
class Name:
    """A variable."""

    id: str


@dataclass(slots=True)
class Attribute:
    """``owner.name``."""

    owner: Expression
    name: str


@dataclass(slots=True)
class Index:
    """``owner[key]``."""

    owner: Expression
    key: Expression


@dataclass(slots=True)
class Call:
    """A call; ``makes`` is true for ``new``. ``named`` holds keyword arguments, with ``None`` for ``**``."""

    function: Expression
    arguments: list[Expression]
    line: int
    named: list[tuple[str | None, Expression]] = field(default_factory=list)
    makes: bool = False


@dataclass(slots=True)
class Mapping:
    """A dict or object literal; a key ``None`` spreads another mapping."""

    items: list[tuple[Expression | None, Expression]]


@dataclass(slots=True)
class Sequence:
    """A list, tuple or array literal."""

    items: list[Expression]


@dataclass(slots=True)
class Options:
    """A value that is one of several: ``a or b``, ``a if c else b``."""

    items: list[Expression]


@dataclass(slots=True)
class Other:
    """Anything else, with its parts; ``spreads`` marks ``*items``: in a target it takes what is left."""

    parts: list[Node]
    spreads: bool = False


@dataclass(slots=True)
class Parameter:
    """A parameter; ``type`` is its declared type as an expression, ``pattern`` what it is unpacked into."""

    name: str
    default: Expression | None = None
    type: Expression | None = None
    pattern: Expression | None = None
    kind: str = "plain"
    """``plain``, ``named`` (keyword only), ``rest`` (``*args``) or ``keywords`` (``**kwargs``)."""


@dataclass(slots=True)
class Function:
    """A function, a method or a lambda."""

    name: str
    parameters: list[Parameter]
    body: list[Node]
    line: int = 0
    decorators: list[Expression] = field(default_factory=list)
    returns: Expression | None = None
    """The declared type of the result."""
    globals: set[str] = field(default_factory=set)
    """Names of an outer scope that the function assigns to."""
    binds_self: bool = False
    """Whether the first parameter is the instance, as in Python."""
    guarded: bool = False
    """Whether the function replaces clients, as tests do, so that a wrong client is none."""
    gathers: bool = False
    """Whether the result is all that it yields in one list or mapping, as a comprehension's."""
    end: int = 0
    """The last line, 0 where it isn't known."""
    later: Callable[[Function], None] | None = None
    """Sets ``body``, ``globals`` and ``guarded`` before the function runs: most functions never do."""
    is_relevant: bool | None = None
    """Whether Bedrock may be called through it; ``None`` until that was looked at."""

    is_helper: bool = False
    """Whether it has no word of Bedrock itself, so that a call of it is followed for few steps."""

    def prepare(self) -> None:
        """Read the body, unless that was done."""
        later, self.later = self.later, None
        if later is not None:
            later(self)


@dataclass(slots=True)
class ClassDef:
    """A class; ``fields`` are instance fields that the class declares: name, value, type."""

    name: str
    bases: list[Expression]
    body: list[Node]
    fields: list[tuple[str, Expression | None, Expression | None]] = field(default_factory=list)
    line: int = 0
    is_record: bool = False
    """Whether the constructor takes the fields, as Python's dataclasses."""
    named: list[tuple[str, Expression]] = field(default_factory=list)
    """What the class hands to ``__init_subclass__`` of its bases."""


@dataclass(slots=True)
class Import:
    """Bind ``name`` to what ``path`` is in the module ``module``; an empty path is the module itself."""

    name: str
    module: str
    path: str = ""


@dataclass(slots=True)
class Assign:
    """Bind the names of a pattern; ``declares`` makes them new in their block."""

    target: Expression
    value: Expression | None
    declares: bool = False
    type: Expression | None = None


@dataclass(slots=True)
class Branches:
    """Bodies of which one runs, or all in some order (``if``, ``try``, loops).

    ``guarded`` says that the first expects calls that don't exist (``except AttributeError``).
    """

    bodies: list[list[Node]]
    guarded: bool = False
    is_complete: bool = False
    """Whether one of the bodies runs in any case."""


@dataclass(slots=True)
class Loop:
    """A body that runs for each element of ``items``."""

    target: Expression
    items: Expression
    body: list[Node]


@dataclass(slots=True)
class Block:
    """A body with variables of its own."""

    body: list[Node]


@dataclass(slots=True)
class Enter:
    """What ``with`` gets from a value."""

    value: Expression


@dataclass(slots=True)
class Return:
    """The result of a function; ``ends`` is false for ``yield``."""

    value: Expression | None
    ends: bool = True


Expression: TypeAlias = (
    Constant
    | Text
    | Name
    | Attribute
    | Index
    | Call
    | Mapping
    | Sequence
    | Options
    | Other
    | Function
    | ClassDef
    | Assign
    | Enter
    | Return
)
"""What has a value; an assignment, a class or a ``yield`` may be part of an expression."""
Node: TypeAlias = Expression | Import | Branches | Loop | Block
