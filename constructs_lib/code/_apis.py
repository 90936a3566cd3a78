"""The operations of the catalogue by client and by spelling."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from constructs_lib.catalogue import families, operations, spellings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue import Operation

__all__ = [
    "classes_of_java",
    "client_by_key",
    "clients",
    "is_bedrock_client",
    "key_of",
    "method_of",
    "named",
    "operation_of",
    "stem_of",
]


def key_of(name: str) -> str:
    """Return a name without what spellings differ in: letter case, hyphens and underscores."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def clients() -> frozenset[str]:
    """Return botocore's names of Bedrock's clients."""
    return frozenset(family.client for family in families().values() if family.client)


def is_bedrock_client(service: str) -> bool:
    """Whether a service name is that of one of Bedrock's clients."""
    return service in clients()


@cache
def client_by_key() -> Mapping[str, str]:
    """Return the clients by their keys, of the service name and of the SDKs' class names."""
    found = {key_of(client): client for client in clients()}
    found |= {key_of(f.service_id): f.client for f in families().values() if f.service_id and f.client}
    return found


def stem_of(client: str) -> str:
    """Return what the SDKs build the names of a client's classes from (``BedrockRuntime``)."""
    return next(f.service_id or "" for f in families().values() if f.client == client)


@cache
def _by_name() -> Mapping[str, tuple[Operation, ...]]:
    """Return the operations by name, as the API and as boto3 spell it."""
    table: dict[str, list[Operation]] = {}
    for operation in operations():
        for name in {operation.name, operation.name[:1].lower() + operation.name[1:], method_of(operation)}:
            table.setdefault(name, []).append(operation)
    return {name: tuple(found) for name, found in table.items()}


def method_of(operation: Operation) -> str:
    """Return an operation's name as a method of boto3."""
    method = spellings(operation).boto3
    if method is None:  # no method of boto3, as the call streams in both directions
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.name).lower()
    return method.rpartition(".")[2].removesuffix("()")


def named(name: str) -> tuple[Operation, ...]:
    """Return the operations of all clients that are written so (``Converse``, ``converse``)."""
    return _by_name().get(name, ())


def operation_of(client: str, name: str) -> Operation | None:
    """Return the operation of a client, or ``None`` if it has none of that name."""
    return next((one for one in named(name) if one.client == client), None)


def classes_of_java(package: str) -> list[str]:
    """Return the classes of a package of the AWS SDK for Java that a scan knows, for ``import PACKAGE.*``."""
    service, _, model = package.removeprefix("software.amazon.awssdk.services.").partition(".")
    if package == "software.amazon.awssdk.regions":
        return ["Region"]
    client = client_by_key().get(service)
    if client is None or package == service:
        return []
    if model == "model":
        return [f"{operation.name}Request" for operation in operations() if operation.client == client]
    return [f"{stem_of(client)}Client", f"{stem_of(client)}AsyncClient"]
