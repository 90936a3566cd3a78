"""Libraries of Java: the AWS SDK in version 2.

Source: https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/java_bedrock-runtime_code_examples.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import client_by_key, operation_of
from constructs_lib.code._sdk import Sdk
from constructs_lib.code._values import (
    UNKNOWN,
    Arguments,
    Client,
    External,
    Map,
    Method,
    Partial,
    Procedure,
    Several,
    Value,
    join,
    text_of,
)

if TYPE_CHECKING:
    from constructs_lib.code._sdk import Interpreter
    from constructs_lib.code._values import Callee, Scope

__all__ = ["JavaSdk"]

_CLIENT = re.compile(r"software\.amazon\.awssdk\.services\.(\w+)\.\w+Client(\.builder|\.create)?$")
_REQUEST = re.compile(r"software\.amazon\.awssdk\.services\.(\w+)\.model\.(\w+)Request(\.builder)?$")
_REGION = re.compile(r"software\.amazon\.awssdk\.regions\.Region\.(\w+)$")
_GIVE_ON = frozenset(
    [
        "collect",
        "distinct",
        "entrySet",
        "filter",
        "findAny",
        "findFirst",
        "flatMap",
        "forEach",
        "get",
        "getFirst",
        "getValue",
        "ifPresent",
        "ifPresentOrElse",
        "iterator",
        "join",
        "limit",
        "map",
        "next",
        "orElse",
        "orElseGet",
        "orElseThrow",
        "parallel",
        "parallelStream",
        "peek",
        "sorted",
        "stream",
        "thenAccept",
        "thenApply",
        "thenCompose",
        "toList",
        "values",
    ]
)
"""Methods of what holds a client, which a client doesn't have: they give it on, also to a lambda."""
_LIBRARY = frozenset(
    (
        "Arrays",
        "CompletableFuture",
        "IntStream",
        "List",
        "Map",
        "Objects",
        "Optional",
        "Set",
        "Stream",
        "ThreadLocal",
    )
)
"""Classes of ``java.util`` and ``java.lang`` whose functions hold what they are given."""
_HOLD = frozenset(
    [
        "asList",
        "completedFuture",
        "fromCallable",
        "fromSupplier",
        "item",
        "just",
        "justOrEmpty",
        "memoize",
        "of",
        "ofNullable",
        "requireNonNull",
        "requireNonNullElse",
        "requireNonNullElseGet",
        "supplier",
        "supplyAsync",
        "withInitial",
    ]
)
"""Functions of libraries that hold what they are given, or what a lambda makes."""
_MOCKS = frozenset(
    ("mock", "spy", "verify", "when", "given", "lenient", "doReturn", "doThrow", "doAnswer", "doNothing")
)
"""Functions of Mockito, which give something that only looks like a client."""


class JavaSdk(Sdk):
    """Java; its compiler refuses a call on the wrong client."""

    this = "this"
    constructor = "<init>"
    has_implicit_this = True
    declares_variables = True
    wrong_clients = False
    fix = "{stem}Client.create()"

    def is_spelled(self, name: str) -> bool:
        """Whether a name is in camel case."""
        return name[:1].islower() and "_" not in name

    def member(self, machine: Interpreter, item: Any, name: str) -> Value:
        """Return a method of a client or of a builder."""
        if isinstance(item, Client):
            return (Method(item, name.removesuffix("Paginator")),)
        if isinstance(item, Map) and item.kind:
            return (Partial((External("java.builder"),), Arguments([(item,), (name,)])),)
        if isinstance(item, Several):
            return (Partial((External("java.element"),), Arguments([(item,)])),)
        return super().member(machine, item, name)

    def builtin(self, name: str) -> Value:
        """Return a class of the library that holds things, or a function of Mockito, without their import."""
        if name in _LIBRARY:
            return (External(f"java.util.{name}"),)
        return (External(f"org.mockito.Mockito.{name}"),) if name in _MOCKS else UNKNOWN

    def special(
        self,
        machine: Interpreter,
        node: t.Call,
        callee: Callee,
        arguments: Arguments,
        scope: Scope,  # noqa: ARG002 - other languages need it
    ) -> Value | None:
        """Answer a call on a client: a lambda builds its request."""
        function = node.function
        if not node.arguments and (fields := tuple(i for i in callee.functions if isinstance(i, Client))):
            return fields  # the accessor of a record
        if not isinstance(function, t.Attribute):
            return None
        if function.name in _GIVE_ON and any(isinstance(item, Client) for item in callee.owner):
            return self._given(machine, arguments.plain, callee.owner, node) or callee.owner
        methods = tuple(m for m in callee.functions if isinstance(m, Method))
        if not methods:
            return None
        return machine.call(methods, Arguments([self._built(machine, v) for v in arguments.plain]), node)

    def _given(self, machine: Interpreter, values: list[Value], given: Value, node: t.Call | None) -> Value:
        """Return what the lambdas among arguments make of what a container gives them."""
        return join(
            machine.call((item,), Arguments([given]), node)
            for value in values
            for item in value
            if isinstance(item, Procedure)
        )

    def _held(self, machine: Interpreter, arguments: Arguments) -> Value:
        """Return what a container holds that is made of these: they, or what lambdas among them give."""
        found: list[Value] = []
        for value in arguments.plain:
            makers = tuple(item for item in value if isinstance(item, Procedure | External))
            found.append(tuple(item for item in value if isinstance(item, Client | Map | Several)))
            found.append(machine.call(makers, Arguments(), None) if makers else UNKNOWN)
        return join(found)

    def _built(self, machine: Interpreter, value: Value) -> Value:
        """Return the request that a lambda builds, or the value itself."""
        for item in value:
            if isinstance(item, Procedure):
                request = Map(kind="request")
                machine.call((item,), Arguments([(request,)]), None)
                return (request,)
        return value

    def _element(self, machine: Interpreter, arguments: Arguments, node: t.Call | None) -> Value:
        """Return what a method of a container may give: what it holds, or what lambdas make of it."""
        held = join(machine.elements(arguments.get(0)))
        return join((held, self._given(machine, arguments.plain[1:], held, node)))

    def call(  # noqa: PLR0911 - one return for each kind of function
        self, machine: Interpreter, function: External, arguments: Arguments, node: t.Call | None
    ) -> Value:
        """Return the client, the builder or the request that a call makes."""
        if function.path == "java.builder":
            return self._build(machine, arguments)
        if function.path == "java.element":
            return self._element(machine, arguments, node)
        if function.path.startswith(("org.mockito.Mockito.", "org.mockito.BDDMockito.")):
            return (Map(kind="mock"),)
        if match := _CLIENT.match(function.path):
            service = client_by_key().get(match[1], match[1])
            if match[2] == ".builder":
                return (Map(kind=function.path),)
            return (Client(service, None, id(node)),) if match[2] else UNKNOWN
        if (match := _REQUEST.match(function.path)) and match[3]:
            return (Map(kind=function.path.removesuffix(".builder")),)
        if function.path.endswith("regions.Region.of"):
            return arguments.get(0)
        if function.path.rpartition(".")[2] in _HOLD and "awssdk" not in function.path:
            return self._held(machine, arguments)
        return UNKNOWN

    def _build(self, machine: Interpreter, arguments: Arguments) -> Value:
        """Return what a method of a builder gives: the builder, or at the end what it makes."""
        (builder,), name = arguments.get(0), text_of(arguments.get(1)) or ""
        if name not in {"build", "toBuilder", "applyMutation"}:
            builder.items[name] = self._built(machine, arguments.get(2))
            return (builder,)
        match = _CLIENT.match(builder.kind)
        if name == "build" and match is not None:
            service = client_by_key().get(match[1], match[1])
            return (Client(service, _region(builder.items.get("region", UNKNOWN)), id(builder)),)
        return (builder,)

    def unknown(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:  # noqa: ARG002 - the request says enough
        """Record a call on something unknown whose request tells the client."""
        function = node.function
        if isinstance(function, t.Attribute):
            name = function.name.removesuffix("Paginator")
            for item in arguments.get(0):
                match = _REQUEST.match(item.kind) if isinstance(item, Map) else None
                if match is None or (client := client_by_key().get(match[1])) is None:
                    continue
                operation = operation_of(client, name)
                if operation is not None and operation.name == match[2]:
                    machine.recorder.add(client, operation, arguments, node, machine.running)
        return UNKNOWN

    def declared(self, item: External) -> Value:
        """Return the client of a class that a type names."""
        match = _CLIENT.match(item.path)
        if match is not None and not match[2]:
            return (Client(client_by_key().get(match[1], match[1])),)
        return UNKNOWN


def _region(value: Value) -> str | None:
    for item in value:
        if isinstance(item, str):
            return item
        if isinstance(item, External) and (match := _REGION.match(item.path)):
            return match[1].lower().replace("_", "-")
    return None
