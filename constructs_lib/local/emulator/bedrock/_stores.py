"""Where a knowledge base keeps its vectors, and what its service role needs there.

- An index of S3 Vectors is emulated for everybody.
- An index of OpenSearch Serverless, and a table of Aurora, are there for knowledge bases only.
  https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
- A managed knowledge base has a store of AWS's own, which needs no permission of the service role.
  https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-permissions.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ministack.core.responses import AccountRegionScopedDict

from constructs_lib.local.emulator import data_api, open_search, s3vectors
from constructs_lib.local.emulator.authorization import refusal
from constructs_lib.local.emulator.protocol import AwsError, Check

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Store", "forget", "missing", "reset", "store_of"]

Vector = dict[str, Any]

_kept = AccountRegionScopedDict()
"""Where vectors are: the id of a managed knowledge base, an index, a table -> the vectors by key."""
_DIMENSION = 1024


class Store(Protocol):
    """What ingestion and retrieval do with vectors; the service role needs the checks."""

    @property
    def dimension(self) -> int:
        """The length of the vectors; raises ``AwsError`` if the store is gone."""

    def checks(self, *actions: str) -> list[Check]:
        """Return what the service role needs for some actions of S3 Vectors."""

    def put(self, vectors: Sequence[Vector]) -> None:
        """Keep vectors."""

    def delete(self, keys: Sequence[str]) -> None:
        """Drop vectors."""

    def query(self, vector: Sequence[float]) -> list[Vector]:
        """Return all vectors with their distances, the nearest first."""


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of S3 Vectors."""

    arn: str

    @property
    def dimension(self) -> int:
        return int(s3vectors.OPERATIONS["GetIndex"]({"indexArn": self.arn})["index"]["dimension"])

    def checks(self, *actions: str) -> list[Check]:
        return [Check(f"s3vectors:{action}", self.arn) for action in actions]

    def put(self, vectors: Sequence[Vector]) -> None:
        s3vectors.OPERATIONS["PutVectors"]({"indexArn": self.arn, "vectors": list(vectors)})

    def delete(self, keys: Sequence[str]) -> None:
        s3vectors.OPERATIONS["DeleteVectors"]({"indexArn": self.arn, "keys": list(keys)})

    def query(self, vector: Sequence[float]) -> list[Vector]:
        # Bedrock's filters and S3 Vectors' differ in form: take all, the caller filters.
        found: list[Vector] = s3vectors.OPERATIONS["QueryVectors"](
            {
                "indexArn": self.arn,
                "queryVector": {"float32": list(vector)},
                "topK": 10_000,
                "returnMetadata": True,
                "returnDistance": True,
            }
        )["vectors"]
        return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """A store that nobody but a knowledge base can ask here."""

    place: str
    """One that is made anew under the same name is another one, and empty."""
    vector_length: int | None
    needed: list[Check] = field(default_factory=list)

    @property
    def dimension(self) -> int:
        if self.vector_length is None:
            raise AwsError("ResourceNotFoundException", f"{self.place} does not exist")
        return self.vector_length

    def checks(self, *_actions: str) -> list[Check]:
        return self.needed

    def put(self, vectors: Sequence[Vector]) -> None:
        kept = _kept.setdefault(self.place, {})
        kept.update({one["key"]: one for one in vectors})

    def delete(self, keys: Sequence[str]) -> None:
        kept = _kept.get(self.place, {})
        for key in keys:
            kept.pop(key, None)

    def query(self, vector: Sequence[float]) -> list[Vector]:
        found = [
            {**one, "distance": 1 - sum(a * b for a, b in zip(vector, one["data"]["float32"], strict=True))}
            for one in _kept.get(self.place, {}).values()
        ]
        return sorted(found, key=lambda one: float(one["distance"]))


def _index_arn(storage: dict[str, Any] | None) -> str | None:
    """Return the ARN of the vector index in a storage configuration, if it is on S3 Vectors."""
    config = (storage or {}).get("s3VectorsConfiguration") or {}
    if config.get("indexArn"):
        return str(config["indexArn"])
    if config.get("vectorBucketArn") and config.get("indexName"):
        return f"{config['vectorBucketArn']}/index/{config['indexName']}"
    return None


def store_of(knowledge_base: dict[str, Any]) -> Store | None:
    """Return the store of a knowledge base, ``None`` for one that isn't emulated."""
    configuration = knowledge_base.get("KnowledgeBaseConfiguration") or {}
    if configuration.get("type") == "MANAGED":
        managed = configuration.get("managedKnowledgeBaseConfiguration") or {}
        model = managed.get("embeddingModelConfiguration") or {}
        settings = model.get("bedrockEmbeddingModelConfiguration") or {}
        return _Kept(knowledge_base["KnowledgeBaseId"], int(settings.get("dimensions") or _DIMENSION))
    storage = knowledge_base.get("StorageConfiguration")
    index = _index_arn(storage)
    return _Index(index) if index is not None else _of_collection(storage) or _of_cluster(storage)


def _of_collection(storage: dict[str, Any] | None) -> _Kept | None:
    """Return the index of a collection that somebody made here."""
    settings = (storage or {}).get("opensearchServerlessConfiguration") or {}
    arn, name = str(settings.get("collectionArn")), str(settings.get("vectorIndexName"))
    collection = open_search.collection_of(arn)
    if collection is None:
        return None
    index = open_search.find(collection, name)
    place = f"{arn}/{name}" + (f" of {index.made}" if index is not None else "")
    return _Kept(place, index.dimension if index is not None else None, [Check("aoss:APIAccessAll", arn)])


def _of_cluster(storage: dict[str, Any] | None) -> _Kept | None:
    """Return the table in a cluster that somebody made here."""
    settings = (storage or {}).get("rdsConfiguration") or {}
    arn, secret = str(settings.get("resourceArn")), str(settings.get("credentialsSecretArn"))
    if not data_api.is_known(arn):
        return None
    database, table = str(settings["databaseName"]), str(settings["tableName"])
    needed = [
        Check("rds:DescribeDBClusters", arn),
        Check("rds-data:ExecuteStatement", arn),
        Check("rds-data:BatchExecuteStatement", arn),
        Check("secretsmanager:GetSecretValue", secret),
    ]
    found = data_api.table_of(arn, database, table)
    place = f"{arn}/{database}/{table}" + (f" of {found.made}" if found is not None else "")
    return _Kept(place, found.dimension if found is not None else None, needed)


def missing(storage: dict[str, Any] | None, role: str) -> str | None:
    """Return why a knowledge base can't be made on a store that somebody made here, ``None`` where it can."""
    index = _index_arn(storage)
    if index is not None:
        return refusal(role, Check("s3vectors:GetIndex", index))
    store = _of_collection(storage) or _of_cluster(storage)
    if store is None:
        return None
    if sentence := refusal(role, *store.checks()):
        return sentence
    settings = (storage or {}).get("opensearchServerlessConfiguration")
    if settings is None:
        return None if store.vector_length is not None else f"{store.place} does not exist"
    name, collection = settings["vectorIndexName"], open_search.collection_of(settings["collectionArn"])
    if collection is None or not open_search.admits(collection, name, role, "aoss:DescribeIndex"):
        return "Request failed: [security_exception] 403 Forbidden"
    seen = open_search.visible(collection, name)
    return None if seen else f"Request failed: [index_not_found_exception] no such index [{name}]"


def forget(knowledge_base_id: str) -> None:
    """Drop what a managed knowledge base keeps."""
    _kept.pop(knowledge_base_id, None)


def reset() -> None:
    """Drop everything."""
    _kept.clear()
