"""Collect the calls of one file while its program runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from constructs_lib.catalogue import families
from constructs_lib.code._apis import is_bedrock_client, method_of, named, operation_of
from constructs_lib.code._model import ApiCall, Unresolved
from constructs_lib.code._requests import model_of, resource_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.catalogue import Operation
    from constructs_lib.code import _tree as t
    from constructs_lib.code._values import Arguments, Method

__all__ = ["Recorder", "right_client"]


@dataclass(slots=True)
class _Place:
    """What one call of the code may be, and the functions that ran when it was seen."""

    calls: dict[tuple[str, str], ApiCall] = field(default_factory=dict)
    functions: set[int] = field(default_factory=set)


class Recorder:
    """The calls and the unresolved places of one file."""

    def __init__(self, path: str, language: str, *, finds_wrong_clients: bool, fix: str) -> None:
        self.path = path
        self.language = language
        self._finds_wrong_clients = finds_wrong_clients
        self._fix = fix
        self._places: dict[int, _Place] = {}
        self._nodes: list[t.Call] = []  # keeps their ids
        self._unresolved: dict[int, Unresolved] = {}
        self._requests: dict[int, tuple[str, Operation, Arguments, t.Call]] = {}
        self._sent: set[int] = set()
        self._settled: set[int] = set()

    def called(
        self, methods: list[Method], arguments: Arguments, node: t.Call, function: int, *, is_certain: bool
    ) -> None:
        """Record a call of a method of one of several clients.

        Args:
            methods: The methods that it may be.
            arguments: The call's arguments.
            node: The call.
            function: What tells the function apart in which the call was seen.
            is_certain: Whether it is nothing else than one of the methods.

        """
        methods = [m for m in methods if not _is_no_client(m.client.service)] or methods
        found = [(m, operation_of(m.client.service, m.name)) for m in methods]
        own = [(m, operation) for m, operation in found if operation is not None]
        for method, operation in own:
            self.add(method.client.service, operation, arguments, node, function, region=method.client.region)
        if own or not is_certain or not self._finds_wrong_clients:
            return
        if all(is_bedrock_client(method.client.service) for method in methods):
            for method in methods:
                right = right_client(method.client.service, method.name)
                if right is not None:
                    region = method.client.region
                    self.add(method.client.service, right, arguments, node, function, region=region)

    def add(
        self,
        client: str,
        operation: Operation,
        arguments: Arguments,
        node: t.Call,
        function: int,
        *,
        region: str | None = None,
        model: str | None = None,
    ) -> None:
        """Record a call of an operation on a client, which may be the wrong one for it."""
        place = self._places.setdefault(id(node), _Place())
        self._nodes.append(node)
        place.functions.add(function)
        wrong = operation.client != client
        call = ApiCall(
            self.path,
            node.line,
            self.language,
            client,
            operation.name,
            str(operation.plane),
            operation.actions,
            model or model_of(arguments),
            resource_of(arguments),
            region,
            operation.client if wrong else None,
            fix_line(self._fix, operation) if wrong else "",
        )
        key = (client, operation.name)
        old = place.calls.get(key)
        if (
            old is None
            or (old.model is None and call.model is not None)
            or (old.resource is None and call.resource is not None)
        ):
            place.calls[key] = call

    def unknown(self, node: t.Call, why: str) -> None:
        """Record a call of which it isn't known what it calls, unless it becomes known later."""
        self._nodes.append(node)
        self._unresolved[id(node)] = Unresolved(self.path, node.line, why)

    def settle(self, node: t.Call) -> None:
        """Record that what a call calls is known, and named elsewhere."""
        self._nodes.append(node)
        self._settled.add(id(node))

    def created(self, client: str, operation: Operation, arguments: Arguments, node: t.Call) -> None:
        """Record a request that is to be sent by a client."""
        self._nodes.append(node)
        self._requests[id(node)] = (client, operation, arguments, node)

    def sent(self, node: t.Call) -> None:
        """Record that the request made at ``node`` is sent."""
        self._sent.add(id(node))

    def finish(self) -> None:
        """Count the requests as calls that something unknown sends."""
        for key, (client, operation, arguments, node) in self._requests.items():
            if key not in self._sent:
                self.add(client, operation, arguments, node, 0)

    def forget(self, functions: Iterable[int]) -> None:
        """Drop what only these functions have shown, because they run again."""
        again = set(functions)
        self._places = {key: place for key, place in self._places.items() if not place.functions <= again}

    def calls(self) -> list[ApiCall]:
        """Return the calls that were found."""
        return [call for place in self._places.values() for call in place.calls.values()]

    def unresolved(self) -> list[Unresolved]:
        """Return the places that stayed unknown."""
        known = self._places.keys() | self._settled
        return [item for key, item in self._unresolved.items() if key not in known]


def _is_no_client(service: str) -> bool:
    """Whether a name is none of a client, but what a text came to that is put together in another way."""
    return service.startswith("bedrock") and not is_bedrock_client(service)


def fix_line(form: str, operation: Operation) -> str:
    """Return the line of code that makes the client of an operation."""
    family = next(f for f in families().values() if f.client == operation.client)
    command = method_of(operation).replace("_", "-")
    return form.format(client=operation.client, stem=family.service_id, command=command)


def _likeness(one: str, other: str) -> int:
    """Return how many words two names have in common at their beginnings."""
    words = zip(one.split("-"), other.split("-"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], words))


def right_client(client: str, name: str) -> Operation | None:
    """Return the operation of another client that has it: the client whose name is most like ``client``."""
    order = [family.client for family in families().values()]
    found = [operation for operation in named(name) if operation.client != client]
    return min(
        found,
        key=lambda o: (-_likeness(o.client, client), order.index(o.client)),
        default=None,
    )
