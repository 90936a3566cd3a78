"""Where a knowledge base keeps its vectors: an index of S3 Vectors, or, managed, where only Bedrock reaches.

A managed knowledge base has a store of AWS's own, which needs no permission of the service role:
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-permissions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ministack.core.responses import AccountRegionScopedDict

from constructs_lib.local.emulator import s3vectors
from constructs_lib.local.emulator.bedrock._service_roles import index_arn
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Store", "forget", "reset", "store_of"]

Vector = dict[str, Any]

_managed = AccountRegionScopedDict()
"""Knowledge base id -> the vectors of a managed one by key."""
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
class _Managed:
    """The store of a managed knowledge base."""

    knowledge_base: str
    dimension: int

    def checks(self, *_actions: str) -> list[Check]:
        return []

    def put(self, vectors: Sequence[Vector]) -> None:
        kept = _managed.setdefault(self.knowledge_base, {})
        kept.update({one["key"]: one for one in vectors})

    def delete(self, keys: Sequence[str]) -> None:
        kept = _managed.get(self.knowledge_base, {})
        for key in keys:
            kept.pop(key, None)

    def query(self, vector: Sequence[float]) -> list[Vector]:
        found = [
            {**one, "distance": 1 - sum(a * b for a, b in zip(vector, one["data"]["float32"], strict=True))}
            for one in _managed.get(self.knowledge_base, {}).values()
        ]
        return sorted(found, key=lambda one: float(one["distance"]))


def store_of(knowledge_base: dict[str, Any]) -> Store | None:
    """Return the store of a knowledge base, ``None`` for one that isn't emulated."""
    configuration = knowledge_base.get("KnowledgeBaseConfiguration") or {}
    if configuration.get("type") == "MANAGED":
        managed = configuration.get("managedKnowledgeBaseConfiguration") or {}
        model = managed.get("embeddingModelConfiguration") or {}
        settings = model.get("bedrockEmbeddingModelConfiguration") or {}
        return _Managed(knowledge_base["KnowledgeBaseId"], int(settings.get("dimensions") or _DIMENSION))
    index = index_arn(knowledge_base.get("StorageConfiguration"))
    return _Index(index) if index is not None else None


def forget(knowledge_base_id: str) -> None:
    """Drop what a managed knowledge base keeps."""
    _managed.pop(knowledge_base_id, None)


def reset() -> None:
    """Drop everything."""
    _managed.clear()
