"""What the machine asks about the libraries of a language; each language answers in a module of its own."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.code._apis import named
from constructs_lib.code._values import UNKNOWN, External, Method, Value

if TYPE_CHECKING:
    from constructs_lib.code import _tree as t
    from constructs_lib.code._recorder import Recorder
    from constructs_lib.code._values import Arguments, Callee, Scope, Site

__all__ = ["Interpreter", "Loader", "Sdk", "ShellSdk"]

_NO_NAMES: AbstractSet[str] = frozenset()
Loader = Callable[[str, str], Value]
"""Returns what a path is in a module: of the scanned code, or of a library."""


class Interpreter(Protocol):
    """What a language asks of the machine that follows a program."""

    recorder: Recorder
    loader: Loader
    module: Scope

    @property
    def running(self) -> int:
        """What tells the function apart that runs."""

    def evaluate(self, node: t.Node, scope: Scope) -> Value:
        """Return what an expression may be worth."""

    def lookup(self, name: str, scope: Scope) -> Value:
        """Return what a name means in a scope."""

    def attribute(self, owner: Value, name: str) -> Value:
        """Return ``owner.name``."""

    def index(self, owner: Value, key: Value) -> Value:
        """Return ``owner[key]``."""

    def elements(self, value: Value) -> list[Value]:
        """Return what iterating over a value gives."""

    def call(
        self, functions: Value, arguments: Arguments, node: t.Call | None, owner: Value = UNKNOWN
    ) -> Value:
        """Return what a call gives, and record what it calls of Bedrock."""

    def site_of(self, operations: tuple[object, ...], node: t.Call) -> Site:
        """Return where the operation of a call is named."""


class Sdk:
    """A language without libraries; the languages override what they have."""

    this = ""
    """The name of the instance in a method, where the language has one."""
    has_implicit_this = False
    """Whether a name may be a member of the instance."""
    constructor = "__init__"
    after_constructor: tuple[str, ...] = ()
    """Methods that run after the constructor."""
    maps_give_values = False
    """Whether iterating over a map gives its values, as ``range`` does beside its keys."""
    maps_are_objects = False
    """Whether ``map.key`` is ``map["key"]``."""
    declares_variables = False
    """Whether an assignment without a declaration is to a variable of an outer scope."""
    wrong_clients = True
    """Whether a call on a client that doesn't have the operation gets through the compiler."""
    fix = ""
    """The line that makes a client, with ``{client}`` and ``{stem}``."""

    def builtin(self, name: str) -> Value:  # noqa: ARG002 - a language without names of its own
        """Return what a name means that the code doesn't define."""
        return UNKNOWN

    def member(self, machine: Interpreter, item: Any, name: str) -> Value:  # noqa: ARG002 - the SDKs that override it use it
        """Return an attribute of a client or of something of a library."""
        if isinstance(item, External):
            return (External(f"{item.path}.{name}"),)
        return UNKNOWN

    def call(
        self,
        machine: Interpreter,  # noqa: ARG002 - the SDKs that override it use it
        function: External,  # noqa: ARG002 - the SDKs that override it use it
        arguments: Arguments,  # noqa: ARG002 - the SDKs that override it use it
        node: t.Call | None,  # noqa: ARG002 - the SDKs that override it use it
    ) -> Value:
        """Return what a call of something of a library gives."""
        return UNKNOWN

    def special(
        self,
        machine: Interpreter,  # noqa: ARG002 - the SDKs that override it use it
        node: t.Call,  # noqa: ARG002 - the SDKs that override it use it
        callee: Callee,  # noqa: ARG002 - the SDKs that override it use it
        arguments: Arguments,  # noqa: ARG002 - the SDKs that override it use it
        scope: Scope,  # noqa: ARG002 - the SDKs that override it use it
    ) -> Value | None:
        """Return what a call gives that is none of a function, or ``None`` if it is an ordinary one."""
        return None

    def result(self, machine: Interpreter, method: Method, arguments: Arguments, node: t.Call) -> Value:  # noqa: ARG002 - the SDKs that override it use it
        """Return what a method of a client gives."""
        return UNKNOWN

    def unknown(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:  # noqa: ARG002 - the SDKs that override it use it
        """Look at a call of something that isn't known."""
        return UNKNOWN

    def declared(self, item: External) -> Value:  # noqa: ARG002 - the SDKs that override it use it
        """Return what has a type of a library."""
        return UNKNOWN

    def decorators(self, node: t.Function) -> AbstractSet[str]:
        """Return the last parts of the names of a function's decorators."""
        if not node.decorators:
            return _NO_NAMES
        found = set()
        for decorator in node.decorators:
            name = getattr(decorator, "function", decorator)
            found.add(str(getattr(name, "name", getattr(name, "id", ""))))
        return found

    def field_default(self, machine: Interpreter, node: t.Expression, scope: Scope) -> Value:
        """Return the value of a field that its class declares."""
        return machine.evaluate(node, scope)

    def injected(self, machine: Interpreter, name: str) -> Value:  # noqa: ARG002 - the SDKs that override it use it
        """Return what a framework gives to a parameter of that name."""
        return UNKNOWN

    def is_entry(self, path: str) -> bool:  # noqa: ARG002 - the SDKs that override it use it
        """Whether something of a library makes clients or calls Bedrock."""
        return True

    def only_looks(self, item: External) -> bool:  # noqa: ARG002 - the SDKs that override it use it
        """Whether a function of a library takes a method and doesn't call it."""
        return False

    def is_spelled(self, name: str) -> bool:  # noqa: ARG002 - the SDKs that override it use it
        """Whether a method's name is in the language's spelling."""
        return True

    def is_distinct(self, name: str) -> bool:
        """Whether a method of that name is hardly anything else than an operation of Bedrock."""
        return bool(named(name)) and self.is_spelled(name) and len(named(name)) == 1


class ShellSdk(Sdk):
    """Shell scripts with the AWS CLI."""

    fix = "aws {client} {command}"
