"""What the parts of a data source add to it, and what is known of its knowledge base."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_bedrock as bedrock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Bound", "KnowledgeBaseFacts", "OwnersStatement", "Parts", "facts_of"]


@dataclass(frozen=True, slots=True)
class OwnersStatement:
    """A statement that only the owner of a bucket or key can add to its policy.

    Attributes:
        place: Whose policy: ``the bucket `documents```.
        statement: IAM's JSON without the principal, which is the service role.
        certain: Whether ingestion fails without it. Otherwise it depends on what the policy holds already.
    """

    place: str
    statement: Mapping[str, Any]
    certain: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """What one part of a data source adds to it.

    Attributes:
        configuration: CloudFormation's properties, with the names of the L1 (camel case).
        statements: What the service role needs, as IAM's JSON.
        owners: What the owners of resources elsewhere have to add.
    """

    configuration: Mapping[str, Any]
    statements: Sequence[Mapping[str, Any]] = ()
    owners: Sequence[OwnersStatement] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeBaseFacts:
    """What this app knows of the knowledge base; ``None`` is not known, and nothing is checked against it.

    Attributes:
        type: ``VECTOR``, ``MANAGED``, ``KENDRA`` or ``SQL``.
        store: The vector store, such as ``S3_VECTORS``.
        managed_embedding: Whether the service chooses the embedding model.
        multimodal_storage: Whether there is a bucket for images that are taken out of documents.
    """

    type: str | None = None
    store: str | None = None
    managed_embedding: bool | None = None
    multimodal_storage: bool | None = None


@dataclass(slots=True)
class Parts:
    """The parts of one data source put together."""

    statements: list[Mapping[str, Any]] = field(default_factory=list)
    owners: list[OwnersStatement] = field(default_factory=list)

    def add(self, bound: Bound) -> Mapping[str, Any]:
        """Take the permissions of a part and return its configuration."""
        self.statements += bound.statements
        self.owners += bound.owners
        return bound.configuration


def facts_of(knowledge_base: Any) -> KnowledgeBaseFacts:
    """Return what the L1 of a knowledge base says: ours, an L1, or another library's construct around one."""
    l1 = knowledge_base
    if not isinstance(l1, bedrock.CfnKnowledgeBase):
        node = getattr(knowledge_base, "node", None)
        l1 = node.default_child if node is not None else None
    if not isinstance(l1, bedrock.CfnKnowledgeBase):
        # An imported one of ours may say its type.
        known = getattr(knowledge_base, "type_name", None)
        return KnowledgeBaseFacts(type=known if isinstance(known, str) else None)
    configuration, storage = l1.knowledge_base_configuration, l1.storage_configuration
    vector = _get(configuration, "vector_knowledge_base_configuration")
    managed = _get(configuration, "managed_knowledge_base_configuration")
    model = _get(managed, "embedding_model_type")
    return KnowledgeBaseFacts(
        type=_get(configuration, "type"),
        store=_get(storage, "type"),
        managed_embedding=model == "MANAGED" if isinstance(model, str) else None,
        multimodal_storage=(
            None if vector is None else _get(vector, "supplemental_data_storage_configuration") is not None
        ),
    )


def _get(struct: Any, name: str) -> Any:
    # A token in place of a structure has no such attribute: not known.
    return getattr(struct, name, None)
