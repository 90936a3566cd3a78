"""Grants on a knowledge base, as a facade beside the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, has_attribute, with_explained_calls

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs
    from constructs import Construct

    from constructs_lib.catalogue.verbs import Target
    from constructs_lib.grants import ModelLike

__all__ = ["KnowledgeBaseGrants"]


@with_explained_calls
class KnowledgeBaseGrants:
    """What a principal may do with one knowledge base; ``role.grants`` has the same for roles of ours.

    Args:
        knowledge_base: The knowledge base, of this app or imported.
        type_name: Its type. Default: not known, so nothing is refused for its sake.
    """

    def __init__(self, knowledge_base: refs.IKnowledgeBaseRef, type_name: str | None = None) -> None:
        self._knowledge_base, self._type = knowledge_base, type_name

    @classmethod
    def from_knowledge_base(cls, knowledge_base: refs.IKnowledgeBaseRef) -> KnowledgeBaseGrants:
        """Return the grants of a knowledge base of any library."""
        if not has_attribute(knowledge_base, "knowledge_base_ref"):
            raise PlanesError(
                f"`knowledge_base` has a value of the type `{type(knowledge_base).__name__}`: pass a "
                "`KnowledgeBase`, an L1, or `KnowledgeBase.from_knowledge_base_arn(...)`"
            )
        return cls(knowledge_base, getattr(knowledge_base, "type_name", None))

    def retrieve(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``Retrieve`` (data plane)."""
        return _grants.grant(grantee, "retrieve", self._targets())

    def retrieve_and_generate(self, grantee: iam.IGrantable, model: ModelLike) -> iam.Grant:
        """Allow ``RetrieveAndGenerate`` and its stream with one generation model (data plane).

        Raises:
            PlanesError: The knowledge base is managed; AWS refuses the call there.
        """
        _grants.check_generates(self._type)
        targets = {**self._targets(), **_grants.on_call(self._scope, model)}
        return _grants.grant(grantee, "retrieve_and_generate", targets)

    def agentic_retrieve(self, grantee: iam.IGrantable, model: ModelLike | None = None) -> iam.Grant:
        """Allow ``AgenticRetrieveStream`` (data plane); AWS chooses the model if none is named."""
        named = _grants.on_call(self._scope, model) if model is not None else {}
        return _grants.grant(grantee, "agentic_retrieve", {**self._targets(), **named})

    def document_content(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``GetDocumentContent``, which is checked for ``Retrieve`` too (data plane)."""
        return _grants.grant(grantee, "document_content", self._targets())

    def ingest(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to start, follow, list and stop ingestion jobs (control plane: not for an app role)."""
        return _grants.grant(grantee, "ingest", self._targets())

    def ingest_documents(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to ingest, read, list and delete documents directly (control plane: not for an app role)."""
        return _grants.grant(grantee, "ingest_documents", self._targets())

    @property
    def _scope(self) -> Construct:
        # A reference is a construct: the interface just doesn't say which.
        return cast("Construct", self._knowledge_base)

    def _targets(self) -> dict[str, tuple[Target, ...]]:
        arn = self._knowledge_base.knowledge_base_ref.knowledge_base_arn
        return {"knowledge_base": _grants.on_arns(arn)}
