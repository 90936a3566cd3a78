"""Which client's operation a request to Amazon Bedrock is.

All four clients sign as `bedrock` and here share one address, so method and path decide. Three tagging
operations have the same route in two clients; it makes no difference to IAM.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import unquote

import botocore.session

__all__ = ["CLIENTS", "Call", "operation_of"]

CLIENTS = ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime")
"""The core clients, in the order in which a shared route is looked for."""

_LABEL = re.compile(r"\{(\w+)\+?\}")


@dataclass(frozen=True, slots=True)
class Call:
    """One recognised operation and the values of its path labels."""

    client: str
    operation: str
    labels: dict[str, str]
    route: str


@dataclass(frozen=True, slots=True)
class _Route:
    client: str
    operation: str
    method: str
    uri: str
    pattern: re.Pattern[str]
    literals: int


def _compile(uri: str) -> re.Pattern[str]:
    parts: list[str] = []
    position = 0
    for label in _LABEL.finditer(uri):
        parts += [re.escape(uri[position : label.start()]), f"(?P<{label[1]}>[^/]+)"]
        position = label.end()
    return re.compile("".join([*parts, re.escape(uri[position:])]))


@functools.cache
def _routes() -> tuple[_Route, ...]:
    session = botocore.session.get_session()
    found = []
    for client in CLIENTS:
        model = session.get_service_model(client)
        for name in model.operation_names:
            http = model.operation_model(name).http
            uri = http["requestUri"].partition("?")[0]
            literals = sum(1 for part in uri.split("/") if part and not part.startswith("{"))
            found.append(_Route(client, name, http["method"], uri, _compile(uri), literals))
    # A route with more fixed segments wins: `/flows/validate-definition` before `/flows/{flowIdentifier}/`.
    return tuple(sorted(found, key=lambda route: -route.literals))


def operation_of(method: str, raw_path: str) -> Call | None:
    """Recognise a request by its method and its path as sent (labels percent-encoded), or return None.

    A trailing slash counts, as on AWS: `POST /agents/ID/` is PrepareAgent, without it InvokeInlineAgent.
    Where no route differs by it alone, a missing or an extra slash is forgiven.
    """
    path = raw_path.partition("?")[0]
    for candidate in (path, path.rstrip("/"), f"{path}/"):
        for route in _routes():
            match = route.pattern.fullmatch(candidate) if route.method == method else None
            if match is not None:
                labels = {name: unquote(value) for name, value in match.groupdict().items()}
                return Call(route.client, route.operation, labels, route.uri)
    return None
