"""Libraries of Python: boto3 and its kin, and frameworks whose entry points name a model.

Sources: https://docs.aws.amazon.com/boto3/latest/reference/core/session.html,
https://docs.aws.amazon.com/botocore/latest/reference/ and the frameworks' own packages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import client_by_key, is_bedrock_client, key_of, operation_of
from constructs_lib.code._frameworks import is_entry_point, model_call
from constructs_lib.code._sdk import Sdk
from constructs_lib.code._values import (
    UNKNOWN,
    Arguments,
    Class,
    Client,
    Command,
    External,
    Instance,
    Maker,
    Map,
    Method,
    Parent,
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

__all__ = ["PythonSdk"]

_BUILTINS = frozenset(
    [
        "getattr",
        "setattr",
        "hasattr",
        "dict",
        "list",
        "tuple",
        "set",
        "next",
        "iter",
        "print",
        "str",
        "repr",
        "id",
        "callable",
        "vars",
        "type",
        "isinstance",
        "zip",
        "enumerate",
        "map",
        "sorted",
        "reversed",
        "filter",
    ]
)
_SESSIONS = re.compile(
    r"(?:boto3|aioboto3|botocore|aiobotocore)(?:\.session)?\.(?:Session|AioSession|get_session|setup_default_session)$"
)
_STUBS = re.compile(
    r"(?:mypy_boto3|types_boto3|types_aiobotocore|types_aioboto3)_([a-z_]+?)(?:\.client)?\.\w+Client$"
)
# https://python-dependency-injector.ets-labs.org/providers/index.html
_PROVIDERS = re.compile(
    r"dependency_injector\.providers\.(?:Singleton|ThreadSafeSingleton|ThreadLocalSingleton|ContextLocalSingleton"
    r"|Factory|Resource|Callable|Coroutine)$"
)
_WITH_NAMES = frozenset(
    [
        "argparse.Namespace",
        "builtins.type",
        "collections.defaultdict",
        "collections.namedtuple",
        "namedtuple.make",
        "types.SimpleNamespace",
    ]
)
# What takes a method without calling it.
_LOOKS = frozenset(
    [
        "builtins.print",
        "builtins.str",
        "builtins.repr",
        "builtins.id",
        "builtins.callable",
        "builtins.type",
        "builtins.hasattr",
        "builtins.isinstance",
        "unittest.mock.MagicMock",
        "unittest.mock.Mock",
        "unittest.mock.AsyncMock",
        "unittest.mock.create_autospec",
        "unittest.mock.patch.object",
        "inspect.signature",
    ]
)
_PASSING = frozenset(
    [
        "contextlib.closing",
        "contextlib.aclosing",
        "builtins.iter",
        "builtins.list",
        "builtins.tuple",
        "builtins.reversed",
        "builtins.sorted",
        "types.MappingProxyType",
        "collections.OrderedDict",
        "collections.deque",
        "collections.ChainMap",
        "copy.copy",
        "copy.deepcopy",
        "typing.cast",
    ]
)
# Waiters of botocore's own waiters-2.json, by client; the others of Bedrock have none.
_WAITERS = {
    ("agent-registry-control", "registry_ready"): "GetRegistry",
    ("agent-registry-control", "registry_record_approved"): "GetRegistryRecord",
    ("bedrock-agentcore-control", "memory_created"): "GetMemory",
    ("bedrock-agentcore-control", "policy_active"): "GetPolicy",
    ("bedrock-agentcore-control", "policy_deleted"): "GetPolicy",
    ("bedrock-agentcore-control", "policy_engine_active"): "GetPolicyEngine",
    ("bedrock-agentcore-control", "policy_engine_deleted"): "GetPolicyEngine",
    ("bedrock-agentcore-control", "policy_generation_completed"): "GetPolicyGeneration",
}


class PythonSdk(Sdk):
    """Python with boto3."""

    fix = 'boto3.client("{client}")'
    after_constructor = ("__post_init__", "__attrs_post_init__", "model_post_init")

    def is_spelled(self, name: str) -> bool:
        """Whether a name is in snake case."""
        return name == name.lower()

    def builtin(self, name: str) -> Value:
        """Return the built-in function of that name."""
        return (External(f"builtins.{name}"),) if name in _BUILTINS else UNKNOWN

    def member(self, machine: Interpreter, item: Any, name: str) -> Value:
        """Return an attribute of a client, a session or a module."""
        match item:
            case Client():
                return (Method(item, name),) if self.is_spelled(name) else UNKNOWN
            case Maker(kind="session") if name in {"client", "create_client", "resource"}:
                return (Maker("client", item.region),)
            case Map(kind="names", items=named) if name in named:
                return named[name]
            case Map() if name in {"get", "pop", "setdefault", "items", "values", "copy", "update"}:
                return (Partial((External(f"dict.{name}"),), Arguments([(item,)])),)
            case Several() if name in {"append", "pop"}:
                return (Partial((External(f"list.{name}"),), Arguments([(item,)])),)
        return super().member(machine, item, name)

    def special(
        self,
        machine: Interpreter,
        node: t.Call,
        callee: Callee,
        arguments: Arguments,
        scope: Scope,
    ) -> Value | None:
        """Answer ``super()``, and calls whose function is a value of this module."""
        function = node.function
        if isinstance(function, t.Name):
            if function.id == "super":
                return self._parent(machine, scope, arguments)
        elif not isinstance(function, t.Attribute):
            return None
        elif function.name in {"enter_context", "enter_async_context"}:
            return arguments.get(0, "cm")
        elif function.name == "__new__" and not any(isinstance(one, Procedure) for one in callee.functions):
            return tuple(item.newest for item in arguments.get(0) if isinstance(item, Class) and item.newest)
        makers = [item for item in callee.functions if type(item) is Maker]
        if makers:
            return join(_client(maker, arguments, node) for maker in makers if maker.kind == "client")
        return None

    def _parent(self, machine: Interpreter, scope: Scope, arguments: Arguments) -> Value:
        """Return what ``super()`` or ``super(Class, self)`` gives."""
        named = [item for item in arguments.get(0) if isinstance(item, Class)]
        found = machine.lookup("super", scope)
        return tuple(Parent(item.instance, named[0]) if named else item for item in found)

    def call(  # noqa: C901, PLR0911, PLR0912 - one case for each function of a library
        self, machine: Interpreter, function: External, arguments: Arguments, node: t.Call | None
    ) -> Value:
        """Return what a call of a library gives."""
        path = function.path
        if path in {"boto3.client", "boto3.resource"} and node is not None:
            return _client(Maker("client"), arguments, node)
        if _SESSIONS.match(path):
            return (Maker("session", text_of(arguments.get(None, "region_name"))),)
        if node is not None and (entry := model_call(path, arguments)):
            operation = operation_of(entry.client, entry.operation)
            if operation is not None:
                request = Arguments([], {"knowledge_base_id": (entry.knowledge_base,)})
                machine.recorder.add(
                    entry.client, operation, request, node, 0, region=entry.region, model=entry.model
                )
            return UNKNOWN
        if _STUBS.match(path):  # a class of the type stubs is no constructor
            return UNKNOWN
        match path:
            case "functools.partial":
                return (Partial(arguments.get(0), Arguments(arguments.plain[1:], arguments.named)),)
            case _ if _PROVIDERS.match(path):
                return (_provider(machine, arguments, node),)
            case "builtins.getattr" | "operator.attrgetter":
                return self._attribute_by_name(machine, arguments, node)
            case "builtins.setattr":
                name = text_of(arguments.get(1))
                for item in arguments.get(0):
                    if isinstance(item, Instance) and name:
                        item.attributes[name] = arguments.get(2)
            case "builtins.dict":
                made = Map(dict(arguments.named))
                for item in arguments.get(0):
                    if isinstance(item, Map):
                        made.items = {**item.items, **made.items}
                return (made,)
            case _ if path in _WITH_NAMES:
                return _with_names(machine, path, arguments, node)
            case "builtins.vars":
                return tuple(Map(item.attributes) for item in arguments.get(0) if isinstance(item, Instance))
            case "builtins.next":
                inner = machine.elements(arguments.get(0))
                return inner[0] if inner else arguments.get(0)
            case "builtins.zip":
                rows = zip(*(machine.elements(value) for value in arguments.plain), strict=False)
                return (Several([(Several(list(row)),) for row in rows]),)
            case "builtins.enumerate":
                rows_of = enumerate(machine.elements(arguments.get(0)))
                return (Several([(Several([(n,), item]),) for n, item in rows_of]),)
            case "dataclasses.field" | "attrs.field" | "attr.ib" | "pydantic.Field":
                given = arguments.get(None, "default")
                made_by = arguments.get(None, "default_factory", "factory")
                return given or machine.call(made_by, Arguments(), node)
            case "typing.cast":
                return arguments.get(1)
            case "fastapi.Depends" | "fastapi.Security" | "fastapi.params.Depends":
                return machine.call(arguments.get(0, "dependency"), Arguments(), node)
            case "dict.get" | "dict.pop" | "dict.setdefault":
                return machine.index(arguments.get(0), arguments.get(1)) or arguments.get(2)
            case "dict.values":
                return (
                    Several([v for m in arguments.get(0) if isinstance(m, Map) for v in m.items.values()]),
                )
            case "dict.items":
                return (
                    Several(
                        [
                            (Several([(k,), v]),)
                            for m in arguments.get(0)
                            if isinstance(m, Map)
                            for k, v in m.items.items()
                        ]
                    ),
                )
            case "dict.copy":
                return arguments.get(0)
            case "dict.update":
                for item in arguments.get(0):
                    for other in arguments.get(1):
                        if isinstance(item, Map) and isinstance(other, Map):
                            item.items.update(other.items)
                    if isinstance(item, Map):
                        item.items.update(arguments.named)
            case "list.pop":
                return machine.index(arguments.get(0), arguments.get(1))
            case "list.append" | "botocore.paginate":
                (_append if path == "list.append" else _paginate)(machine, arguments)
        if path in _PASSING:
            return arguments.get(0)
        if node is not None:
            return self.unknown(machine, node, UNKNOWN, arguments)
        return UNKNOWN

    def _attribute_by_name(self, machine: Interpreter, arguments: Arguments, node: t.Call | None) -> Value:
        """Return ``getattr(owner, name)``."""
        owner, names = arguments.get(0), arguments.get(1)
        known = [name for name in names if isinstance(name, str) and "\0" not in name]
        if not known and node is not None:
            clients = [item for item in owner if isinstance(item, Client) and is_bedrock_client(item.service)]
            if clients:
                machine.recorder.unknown(
                    node,
                    f"a method of the client `{clients[0].service}` is chosen by a name that isn't known",
                )
        return join([*(machine.attribute(owner, name) for name in known), arguments.get(2)])

    def result(self, machine: Interpreter, method: Method, arguments: Arguments, node: t.Call) -> Value:
        """Return what a method of a client gives; a paginator, a waiter and a presigned URL are calls."""
        client = method.client
        name = text_of(arguments.get(0, "operation_name", "waiter_name", "ClientMethod", "client_method"))
        if method.name in {"get_paginator", "generate_presigned_url"} and name:
            request = Arguments([], {"Params": arguments.get(1, "Params")})
            machine.call((Method(client, name),), request, node)
            made = Command(client.service, name, (client,), node)
            pages = Partial((External("botocore.paginate"),), Arguments([(made,)]))
            return (Map({"paginate": (pages,)}, kind="names"),)
        if method.name == "get_waiter" and name:
            operation = operation_of(client.service, _WAITERS.get((client.service, name), ""))
            if operation:
                machine.recorder.add(client.service, operation, Arguments(), node, 0, region=client.region)
        elif method.name in {"__enter__", "__aenter__"}:
            return (client,)
        elif client.service == "?" and self.is_distinct(method.name):
            machine.recorder.unknown(
                node, f"`{method.name}` is called on a client whose name isn't known here"
            )
        return UNKNOWN

    def unknown(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:
        """List a call that looks like one of Bedrock, but on something that isn't known."""
        function = node.function
        if isinstance(function, t.Attribute) and not owner and self.is_distinct(function.name):
            named = {key_of(name) for name in arguments.named}
            if "_" in function.name or named & {"modelid", "knowledgebaseid", "agentid"}:
                machine.recorder.unknown(
                    node, f"`{function.name}` is called on something that isn't known here"
                )
        return UNKNOWN

    def declared(self, item: External) -> Value:
        """Return the client that a class of the type stubs stands for."""
        match = _STUBS.match(item.path)
        if match and (client := client_by_key().get(key_of(match[1]))):
            return (Client(client, None, 0),)
        return UNKNOWN

    def injected(self, machine: Interpreter, name: str) -> Value:
        """Return what the pytest fixture of a parameter's name gives."""
        return join(
            machine.call((item,), Arguments(), None)
            for item in machine.module.variables.get(name, UNKNOWN)
            if isinstance(item, Procedure) and "fixture" in self.decorators(item.node)
        )

    def is_entry(self, path: str) -> bool:
        """Whether something of a library makes clients or calls Bedrock."""
        return "boto" in path or is_entry_point(path)

    def only_looks(self, item: External) -> bool:
        """Whether a function takes a method and doesn't call it."""
        return item.path in _LOOKS or item.path.startswith(
            ("unittest.mock.", "builtins.getattr", "functools.")
        )


def _append(_machine: Interpreter, arguments: Arguments) -> None:
    for item in arguments.get(0):
        if isinstance(item, Several) and len(item.items) < 20:
            item.items.append(arguments.get(1))


def _paginate(machine: Interpreter, arguments: Arguments) -> None:
    """Record the call of a paginator with the request that ``paginate`` is given."""
    for made in arguments.get(0):
        methods = [Method(client, made.operation) for client in made.request]
        machine.call(tuple(methods), Arguments([], arguments.named), made.node)


def _field_names(machine: Interpreter, arguments: Arguments) -> Value:
    """Return the names that ``namedtuple`` takes, as a list or as one text."""
    given = arguments.get(1, "field_names")
    text = text_of(given)
    if text is None:
        return (Several(machine.elements(given)),)
    return (Several([(name,) for name in text.replace(",", " ").split()]),)


def _with_names(machine: Interpreter, path: str, arguments: Arguments, node: t.Call | None) -> Value:
    """Return what has items or attributes by name, or the class of a value."""
    match path:
        case "builtins.type":
            return tuple(item.made_of for item in arguments.get(0) if isinstance(item, Instance))
        case "collections.namedtuple":
            return (Partial((External("namedtuple.make"),), Arguments([_field_names(machine, arguments)])),)
        case "namedtuple.make":
            names = [text_of(name) or "" for name in machine.elements(arguments.get(0))]
            return (Map({n: arguments.get(k, n) for k, n in enumerate(names, 1)}, kind="names"),)
        case "collections.defaultdict":
            return (Map(rest=machine.call(arguments.get(0, "default_factory"), Arguments(), node)),)
    return (Map(dict(arguments.named), kind="names"),)


def _provided(machine: Interpreter, value: Value, node: t.Call | None) -> Value:
    """Return what a provider that is given to another provider gives."""
    return join(
        machine.call((item,), Arguments(), node) if isinstance(item, Partial) else (item,) for item in value
    )


def _provider(machine: Interpreter, arguments: Arguments, node: t.Call | None) -> Partial:
    """Return what calls a provider's function with the given arguments."""
    rest = Arguments(
        [_provided(machine, value, node) for value in arguments.plain[1:]],
        {name: _provided(machine, value, node) for name, value in arguments.named.items()},
    )
    return Partial(arguments.get(0, "provides"), rest)


def _client(maker: Maker, arguments: Arguments, node: t.Call) -> Value:
    """Return the client that a session makes."""
    names = [item for item in arguments.get(0, "service_name") if isinstance(item, str)]
    region = text_of(arguments.get(1, "region_name")) or maker.region
    if not names or any("\0" in name for name in names):
        return (Client("?", region, id(node)),)
    return tuple(Client(name, region, id(node)) for name in names)
