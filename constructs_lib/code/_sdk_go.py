"""Libraries of Go: the AWS SDK in version 2.

Source: https://docs.aws.amazon.com/sdk-for-go/v2/developer-guide/go_bedrock-runtime_code_examples.html
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
    Class,
    Client,
    External,
    Map,
    Method,
    Several,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from constructs_lib.code._sdk import Interpreter
    from constructs_lib.code._values import Callee, Scope

__all__ = ["GoSdk"]

_NAME = re.compile(r"github\.com/aws/aws-sdk-go-v2/service/(\w+)\.(\w+)$")


class GoSdk(Sdk):
    """Go; its compiler refuses a call on the wrong client."""

    constructor = "\0"
    declares_variables = True
    maps_give_values = True
    wrong_clients = False
    fix = "{client}.NewFromConfig(cfg)"

    def is_spelled(self, name: str) -> bool:
        """Whether a name is exported."""
        return name[:1].isupper()

    def member(self, machine: Interpreter, item: Any, name: str) -> Value:
        """Return a method of a client."""
        if isinstance(item, Client):
            return (Method(item, name),)
        if isinstance(item, Map):
            return item.items.get(name, UNKNOWN)
        return super().member(machine, item, name)

    def special(
        self,
        machine: Interpreter,
        node: t.Call,
        callee: Callee,
        arguments: Arguments,
        scope: Scope,  # noqa: ARG002 - other languages need it
    ) -> Value | None:
        """Answer ``new(T)``: a value of a type of the code."""
        if isinstance(node.function, t.Name) and node.function.id == "new" and not callee.functions:
            kinds = tuple(item for item in arguments.get(0) if isinstance(item, Class))
            return machine.call(kinds, Arguments(), node) if kinds else None
        return None

    def call(  # noqa: PLR0911 - one return for each function
        self, machine: Interpreter, function: External, arguments: Arguments, node: t.Call | None
    ) -> Value:
        """Return the client or the request that a call makes."""
        path = function.path
        if path.endswith("/aws.String"):
            return arguments.get(0)
        if path.endswith("/config.WithRegion"):
            return (Map({"Region": arguments.get(0)}),)
        if path.endswith("/config.LoadDefaultConfig"):
            options = [item for value in arguments.plain for item in value if isinstance(item, Map)]
            return (Several([tuple(options[:1]), UNKNOWN]),)
        match = _NAME.match(path)
        if match is None:
            return UNKNOWN
        service = client_by_key().get(match[1], match[1])
        if match[2] in {"NewFromConfig", "New"} or (match[2] == "Client" and node is None):
            configs = [item for item in arguments.get(0) if isinstance(item, Map)]
            region = text_of(configs[0].items.get("Region", UNKNOWN)) if configs else None
            return (Client(service, region, id(node)),)
        if match[2].startswith("New") and match[2].endswith("Paginator") and node is not None:
            method = Method(Client(service), match[2].removeprefix("New").removesuffix("Paginator"))
            machine.recorder.called([method], arguments, node, machine.running, is_certain=False)
        elif match[2].endswith(("Input", "Options")):
            return (Map(dict(arguments.named), kind=path),)
        return UNKNOWN

    def unknown(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:  # noqa: ARG002 - the request says enough
        """Record a call on something unknown, such as an interface, whose request tells the client."""
        function = node.function
        if isinstance(function, t.Attribute):
            for item in (item for value in arguments.plain for item in value if isinstance(item, Map)):
                match = _NAME.match(item.kind)
                client = client_by_key().get(match[1]) if match else None
                if match is None or client is None or match[2] != f"{function.name}Input":
                    continue
                operation = operation_of(client, function.name)
                if operation is not None:
                    machine.recorder.add(client, operation, arguments, node, machine.running)
        return UNKNOWN

    def declared(self, item: External) -> Value:
        """Return the client of a type."""
        match = _NAME.match(item.path)
        if match is not None and match[2] == "Client":
            return (Client(client_by_key().get(match[1], match[1])),)
        return UNKNOWN
