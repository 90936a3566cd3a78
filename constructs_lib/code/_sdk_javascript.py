"""Libraries of JavaScript: the AWS SDK in versions 3 and 2.

Sources: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/bedrock-runtime/,
https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/welcome.html,
https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/BedrockRuntime.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.code import _tree as t
from constructs_lib.code._apis import client_by_key, is_bedrock_client, key_of, operation_of, stem_of
from constructs_lib.code._sdk import Sdk
from constructs_lib.code._values import (
    UNKNOWN,
    Arguments,
    Client,
    Command,
    External,
    Instance,
    Map,
    Method,
    Procedure,
    Value,
    text_of,
)

if TYPE_CHECKING:
    from constructs_lib.code._sdk import Interpreter
    from constructs_lib.code._values import Callee, Scope

__all__ = ["JavaScriptSdk"]

_V3 = re.compile(r"@aws-sdk/client-([\w-]+)(?:\.default)?\.(\w+)$")
_V2 = re.compile(r"(?:aws-sdk(?:/global)?(?:\.default)?\.(\w+)|aws-sdk/clients/(\w+)(?:\.default)?)$")


class JavaScriptSdk(Sdk):
    """JavaScript and TypeScript."""

    this = "this"
    constructor = "constructor"
    maps_are_objects = True
    declares_variables = True
    fix = 'new {stem}Client({{}}) of "@aws-sdk/client-{client}"'

    def is_spelled(self, name: str) -> bool:
        """Whether a name is in camel case."""
        return name[:1].islower() and "_" not in name

    def builtin(self, name: str) -> Value:
        """Return the module's own names of Node.js."""
        return (External(name),) if name in {"module", "exports", "Object", "Promise"} else UNKNOWN

    def member(self, machine: Interpreter, item: Any, name: str) -> Value:
        """Return an attribute of a client or of a module."""
        if isinstance(item, Client):
            return (Method(item, name),)
        if isinstance(item, Method) and name in {"bind", "call", "apply"}:
            return (External(f"function.{name}"),)
        if isinstance(item, Map):
            return item.rest
        return super().member(machine, item, name)

    def special(  # noqa: PLR0911 - one return for each kind of call
        self,
        machine: Interpreter,
        node: t.Call,
        callee: Callee,
        arguments: Arguments,
        scope: Scope,
    ) -> Value | None:
        """Answer ``require``, ``import()``, ``super()``, ``bind`` and ``send``."""
        function, owner = node.function, callee.owner
        if isinstance(function, t.Name):
            module = text_of(arguments.get(0))
            if function.id in {"require", "import"} and module is not None:
                return machine.loader(module, "")
            if function.id == "super":
                self._construct_parent(machine, arguments, scope)
                return UNKNOWN
        if isinstance(function, t.Attribute):
            if function.name in {"bind", "call", "apply"} and any(isinstance(item, Method) for item in owner):
                methods = tuple(item for item in owner if isinstance(item, Method))
                if function.name == "bind":
                    return methods
                return machine.call(methods, Arguments(arguments.plain[1:]), node)
            if function.name == "then" and arguments.plain:
                return machine.call(arguments.plain[0], Arguments([owner]), None) if owner else None
            if function.name in {"promise", "catch", "finally"} and owner:
                return owner
            own_methods = any(isinstance(item, Instance | Map) for item in owner)
            if function.name in {"send", "sendCommand"} and not own_methods:
                return self._send(machine, node, owner, arguments)
        return None

    def _construct_parent(self, machine: Interpreter, arguments: Arguments, scope: Scope) -> None:
        makers = machine.attribute(machine.lookup("super", scope), self.constructor)
        machine.call(tuple(item for item in makers if isinstance(item, Procedure)), arguments, None)

    def _send(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:
        """Record the commands that a call sends, on the clients that may send them."""
        commands = [item for value in arguments.plain[:1] for item in value if isinstance(item, Command)]
        clients = [item for item in owner if isinstance(item, Client)]
        for command in commands:
            command.recorder.sent(command.node)
            operation = operation_of(command.service, command.operation)
            if operation is None:
                continue
            request = Arguments([command.request])
            right = [client for client in clients if client.service == command.service]
            site = machine.site_of((command,), node)
            for client in right or clients or [Client(command.service)]:
                site.recorder.add(
                    client.service, operation, request, site.node, machine.running, region=client.region
                )
        if not commands and clients and any(is_bedrock_client(client.service) for client in clients):
            machine.recorder.unknown(node, "a command is sent that isn't known here")
        return UNKNOWN

    def call(
        self, machine: Interpreter, function: External, arguments: Arguments, node: t.Call | None
    ) -> Value:
        """Return the client or the command that a call makes."""
        match = _V3.match(function.path)
        if match is not None:
            return self._version_3(machine, match[1], match[2], arguments, node)
        match = _V2.match(function.path)
        if match is not None and (node is None or node.makes):
            name = match[1] or match[2]
            service = client_by_key().get(key_of(name), key_of(name))
            return (Client(service, self._region(machine, arguments), id(node)),)
        if function.path.startswith("@langchain/aws.") and node is not None:
            self._langchain(machine, function.path.rpartition(".")[2], arguments, node)
        elif node is not None and node.makes is False:
            # Helpers that take a client and a command, such as getSignedUrl.
            given = tuple(item for value in arguments.plain for item in value if isinstance(item, Client))
            if given:
                commands = [v for v in arguments.plain if any(isinstance(item, Command) for item in v)]
                self._send(machine, node, given, Arguments(commands)) if commands else None
        if function.path in {"Promise.all", "Promise.resolve", "Object.assign", "Object.freeze"}:
            return arguments.get(0)
        return UNKNOWN

    def _version_3(
        self, machine: Interpreter, service: str, name: str, arguments: Arguments, node: t.Call | None
    ) -> Value:
        is_bedrock = is_bedrock_client(service)
        if name.endswith("Client") or (is_bedrock and name == stem_of(service)):
            return (Client(service, self._region(machine, arguments), id(node)),)
        if not is_bedrock or node is None:
            return UNKNOWN
        if name.endswith("Command"):
            operation_name = name.removesuffix("Command")
            command = Command(service, operation_name, arguments.get(0), node, machine.recorder)
            operation = operation_of(service, command.operation)
            if operation is not None:
                machine.recorder.created(service, operation, Arguments([command.request]), node)
            return (command,)
        if name.startswith("paginate"):
            clients = machine.attribute(arguments.get(0), "client")
            methods = [
                Method(item, name.removeprefix("paginate")) for item in clients if isinstance(item, Client)
            ] or [Method(Client(service), name.removeprefix("paginate"))]
            machine.recorder.called(
                methods, Arguments(arguments.plain[1:]), node, machine.running, is_certain=True
            )
        return UNKNOWN

    def _region(self, machine: Interpreter, arguments: Arguments) -> str | None:
        return text_of(machine.index(arguments.get(0), ("region",)))

    def _langchain(self, machine: Interpreter, name: str, arguments: Arguments, node: t.Call) -> None:
        """Record the model that a class of @langchain/aws names."""
        operation = operation_of(
            "bedrock-runtime", "Converse" if name == "ChatBedrockConverse" else "InvokeModel"
        )
        model = text_of(machine.index(arguments.get(0), ("model",)))
        if operation is not None and model and name in {"ChatBedrockConverse", "BedrockEmbeddings"}:
            region = self._region(machine, arguments)
            machine.recorder.add(
                "bedrock-runtime", operation, Arguments(), node, machine.running, region=region, model=model
            )

    def unknown(self, machine: Interpreter, node: t.Call, owner: Value, arguments: Arguments) -> Value:
        """List a call that looks like one of Bedrock, but on something that isn't known."""
        function = node.function
        given = tuple(item for value in arguments.plain for item in value if isinstance(item, Client))
        commands = [value for value in arguments.plain if any(isinstance(item, Command) for item in value)]
        if given and commands:
            return self._send(machine, node, given, Arguments(commands))
        if isinstance(function, t.Attribute) and not owner and self.is_distinct(function.name):
            keys = {key for value in arguments.plain for m in value if isinstance(m, Map) for key in m.items}
            if keys & {"modelId", "knowledgeBaseId", "agentId"}:
                machine.recorder.unknown(
                    node, f"`{function.name}` is called on something that isn't known here"
                )
        return UNKNOWN

    def declared(self, item: External) -> Value:
        """Return the client of a class that a type names."""
        match = _V3.match(item.path)
        if match is not None and (match[2].endswith("Client") or match[2] == _stem(match[1])):
            return (Client(match[1]),)
        match = _V2.match(item.path)
        if match is not None and (client := client_by_key().get(key_of(match[1] or match[2]))):
            return (Client(client),)
        return UNKNOWN

    def only_looks(self, item: External) -> bool:
        """Whether a function takes a method and doesn't call it."""
        return item.path.startswith(("function.", "vitest.", "jest."))


def _stem(service: str) -> str:
    return stem_of(service) if is_bedrock_client(service) else ""
