# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The indexes of OpenSearch Serverless, and the endpoints of collections, which tell who sees which index.

Ministack has collections and policies. An endpoint is a path of this server here, since a name below
`127.0.0.1` leads nowhere. Who calls it needs `aoss:APIAccessAll` on the collection and a data access policy:
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html

An index that was just made is not seen by everybody at once. How long that takes is up to `store_seconds=`.
https://github.com/aws/modern-data-architecture-accelerator/issues/33
"""

from __future__ import annotations

import fnmatch
import os
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import opensearchserverless

from constructs_lib.local.emulator.protocol import AwsError, answer

__all__ = [
    "PATH",
    "Index",
    "admits",
    "collection_at",
    "collection_of",
    "create",
    "delete",
    "find",
    "get",
    "install",
    "reset",
    "visible",
]

PATH = "/_aoss/"
"""Where the endpoints of collections begin."""

_SECONDS = float(os.environ.get("BEDROCK_PLANES_STORE_SECONDS") or 0)

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Index:
    """An index: its mappings and settings as the template has them, and when it was made."""

    body: Record
    made: float

    @property
    def dimension(self) -> int:
        """The length of its vectors, 0 without a field for them."""
        fields = (self.body.get("Mappings") or {}).get("Properties") or {}
        return next((int(one["Dimension"]) for one in fields.values() if one.get("Dimension")), 0)


_indexes = AccountRegionScopedDict()
"""`COLLECTION/INDEX` -> the index."""


def install() -> None:
    """Put the endpoints of collections below this server's own address."""
    opensearchserverless._collection_endpoint = lambda identifier: (
        f"{os.environ['AWS_ENDPOINT_URL']}{PATH}{identifier}"
    )


def collection_at(endpoint: str) -> Record:
    """Return the collection that has an endpoint; raises ``AwsError``."""
    found = opensearchserverless._collections.get(endpoint.rpartition("/")[2])
    if found is None or found["collectionEndpoint"] != endpoint:
        raise AwsError("ResourceNotFoundException", f"No collection has the endpoint {endpoint}")
    return dict(found)


def collection_of(arn: str) -> Record | None:
    """Return the collection with an ARN, ``None`` for one that nobody made here."""
    found = opensearchserverless._collections.get(arn.rpartition("/")[2])
    return found if found is not None and found["arn"] == arn else None


def admits(collection: Record, index: str, principal: str, permission: str) -> bool:
    """Whether a data access policy lets a role or its session do something with an index."""
    place = f"index/{collection['name']}/{index}"
    return any(
        rule["ResourceType"] == "index"
        and not {permission, "aoss:*"}.isdisjoint(rule["Permission"])
        and any(fnmatch.fnmatchcase(place, pattern) for pattern in rule["Resource"])
        for policy in opensearchserverless._access_policies.values()
        for element in policy["policy"]
        if _role(principal) in map(_role, element["Principal"])
        for rule in element["Rules"]
    )


def _role(principal: str) -> str:
    """Return what a role and its sessions have in common: account and name, without the role's path."""
    _, _, service, _, account, resource = principal.split(":", 5)
    kind, *parts = resource.split("/")
    name = parts[0] if service == "sts" else parts[-1]
    return f"{account}/{'role' if kind == 'assumed-role' else kind}/{name}"


def create(collection: Record, name: str, body: Record) -> None:
    """Make an index; raises ``AwsError`` where it exists."""
    key = f"{collection['id']}/{name}"
    if key in _indexes:
        raise AwsError("ConflictException", f"The index {name} already exists")
    _indexes[key] = Index(body, time.monotonic())


def find(collection: Record, name: str) -> Index | None:
    """Return an index, seen or not."""
    found: Index | None = _indexes.get(f"{collection['id']}/{name}")
    return found


def visible(collection: Record, name: str) -> bool:
    """Whether an index is there for everybody."""
    index = find(collection, name)
    return index is not None and time.monotonic() >= index.made + _SECONDS


def delete(collection_id: str, name: str) -> None:
    """Drop an index."""
    _indexes.pop(f"{collection_id}/{name}", None)


def get(path: str, principal: str | None) -> tuple[int, dict[str, str], bytes]:
    """Serve `GET /index` of a collection's endpoint; the account's root is not asked for a policy."""
    identifier, _, rest = path.removeprefix(PATH).partition("/")
    collection, name = opensearchserverless._collections.get(identifier), unquote(rest)
    if collection is None:
        return _error(404, "NotFound", "404 Not Found")
    if principal is not None and not admits(collection, name, principal, "aoss:DescribeIndex"):
        return _error(403, "Forbidden", "403 Forbidden")
    if not visible(collection, name):
        return _error(404, "index_not_found_exception", f"no such index [{name}]")
    return answer({name: {"mappings": {}}})


def _error(status: int, kind: str, reason: str) -> tuple[int, dict[str, str], bytes]:
    return answer({"status": status, "error": {"type": kind, "reason": reason}}, status)


def reset() -> None:
    """Forget all indexes."""
    _indexes.clear()
