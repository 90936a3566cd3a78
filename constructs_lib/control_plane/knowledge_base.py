"""A knowledge base on Amazon S3 Vectors, and its data sources in Amazon S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3vectors as s3vectors
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import catalogue
from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_arn,
    check_length,
    check_name,
    check_path,
    service_role,
)
from constructs_lib.control_plane.data_source import DataSource

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.control_plane.data_source import DocumentSource, ManagedSource
    from constructs_lib.grants import ModelLike

__all__ = ["KnowledgeBase", "KnowledgeBaseBase"]

DEFAULT_EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"

# What Bedrock calls on the index while it ingests and retrieves.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (S3 vector buckets).
# The page's example also lists ListFoundationModels and ListCustomModels on *. No step of creation, ingestion
# or retrieval is documented to need them, and the page asks for the necessary permissions only.
_VECTOR_ACTIONS = (
    "s3vectors:DeleteVectors",
    "s3vectors:GetIndex",
    "s3vectors:GetVectors",
    "s3vectors:PutVectors",
    "s3vectors:QueryVectors",
)

# Bedrock keeps the chunk and its own bookkeeping under these keys; S3 Vectors limits filterable metadata to
# 2 KB a vector, which a chunk exceeds, so both are kept out of the filterable part.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (S3 vector bucket)
_NON_FILTERABLE = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")


@jsii.implements(refs.IKnowledgeBaseRef)
class KnowledgeBaseBase(cdk.Resource):
    """What a knowledge base of this app and an imported one have in common."""

    knowledge_base_arn: str
    knowledge_base_id: str

    @property
    def knowledge_base_ref(self) -> refs.KnowledgeBaseReference:
        """The reference that other libraries' constructs take."""
        return refs.KnowledgeBaseReference(
            knowledge_base_arn=self.knowledge_base_arn, knowledge_base_id=self.knowledge_base_id
        )

    def add_data_source(
        self, construct_id: str, source: DocumentSource | ManagedSource, **props: Any
    ) -> DataSource:
        """Add a data source in the scope of this knowledge base.

        ``props`` are those of :class:`~constructs_lib.DataSource`; an imported knowledge base needs ``role``.
        """
        return DataSource(self, construct_id, knowledge_base=self, source=source, **props)

    def _targets(self) -> dict[str, Any]:
        return {"knowledge_base": _grants.on_arns(self.knowledge_base_arn)}

    def grant_retrieve(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``Retrieve`` on this knowledge base (data plane)."""
        return _grants.grant(grantee, "retrieve", self._targets())

    def grant_retrieve_and_generate(self, grantee: iam.IGrantable, model: ModelLike) -> iam.Grant:
        """Allow ``RetrieveAndGenerate`` and its stream over this knowledge base with one generation model."""
        targets = {**self._targets(), **_grants.on_call(self, model)}
        return _grants.grant(grantee, "retrieve_and_generate", targets)

    def grant_agentic_retrieve(self, grantee: iam.IGrantable, model: ModelLike | None = None) -> iam.Grant:
        """Allow ``AgenticRetrieveStream`` on this knowledge base; AWS chooses the model if none is named."""
        targets = {**self._targets(), **(_grants.on_call(self, model) if model else {})}
        return _grants.grant(grantee, "agentic_retrieve", targets)

    def grant_ingest(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to start, follow, list and stop ingestion jobs (control plane: not for an app role)."""
        return _grants.grant(grantee, "ingest", self._targets())


class KnowledgeBase(KnowledgeBaseBase):
    """A vector knowledge base whose embeddings live in an S3 vector index that it makes.

    Args:
        name: Name in Bedrock, 1-100 letters, digits, ``-`` and ``_``, unique in the account and Region.
        embedding_model: Id or ARN of the embedding model. Default: ``amazon.titan-embed-text-v2:0``.
        dimension: Length of the vectors. Default: what the model makes by default. Needed for a model that
            the catalogue doesn't know; refused when the model can't make it.
        description: At most 200 characters. Default: none.
        vector_bucket_name: Default: CloudFormation generates one from the stack's name.
        index_name: 3-63 characters. Default: CloudFormation generates one.
        removal_policy: What happens to the vectors when the construct goes. Default: they are deleted,
            since a new ingestion makes them again from the documents.
        role_path: The IAM path of the service role; another one replaces the role. The deploy role then needs
            it in its ``role_paths``. Default: ``/bedrock-planes/service/``.

    Attributes:
        knowledge_base_id: Its id.
        knowledge_base_arn: Its ARN.
        role: The service role.
        vector_bucket: The L1 of the vector bucket.
        index: The L1 of the vector index.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-knowledgebase.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        embedding_model: ModelLike = DEFAULT_EMBEDDING_MODEL,
        dimension: int | None = None,
        description: str | None = None,
        vector_bucket_name: str | None = None,
        index_name: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.DESTROY,
        role_path: str | None = None,
    ) -> None:
        check_name(name)
        check_length("description", description, 1, 200)
        check_length("index_name", index_name, 3, 63)
        check_length("vector_bucket_name", vector_bucket_name, 3, 63)
        check_path("role_path", role_path)
        size = _dimension(scope, embedding_model, dimension)
        super().__init__(scope, construct_id)
        targets = _grants.on_call(self, embedding_model, "embedding_model")
        self.vector_bucket = s3vectors.CfnVectorBucket(
            self, "VectorBucket", vector_bucket_name=vector_bucket_name
        )
        self.index = s3vectors.CfnIndex(
            self,
            "Index",
            vector_bucket_arn=self.vector_bucket.attr_vector_bucket_arn,
            index_name=index_name,
            data_type="float32",
            dimension=size,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=list(_NON_FILTERABLE)
            ),
        )
        for resource in (self.vector_bucket, self.index):
            resource.apply_removal_policy(removal_policy)
        self.role = service_role(
            self,
            "ServiceRole",
            source="knowledge-base/*",
            description=f"Bedrock embeds documents and reads and writes vectors for {name}",
            path=role_path,
            statements=[
                *_grants.statement_json("invoke", targets),
                {
                    "Effect": "Allow",
                    "Action": list(_VECTOR_ACTIONS),
                    "Resource": self.index.attr_index_arn,
                },
            ],
        )
        self._l1 = bedrock.CfnKnowledgeBase(
            self,
            "Resource",
            name=name,
            description=description,
            role_arn=self.role.role_arn,
            knowledge_base_configuration=_configuration(targets["model"][0].arns[0], dimension),
            storage_configuration=bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
                type="S3_VECTORS",
                s3_vectors_configuration=bedrock.CfnKnowledgeBase.S3VectorsConfigurationProperty(
                    index_arn=self.index.attr_index_arn
                ),
            ),
        )
        self.knowledge_base_id: str = self._l1.attr_knowledge_base_id
        self.knowledge_base_arn: str = self._l1.attr_knowledge_base_arn

    @staticmethod
    def from_knowledge_base_arn(
        scope: Construct, construct_id: str, knowledge_base_arn: str
    ) -> KnowledgeBaseBase:
        """Refer to a knowledge base that exists; grants work on it, its service role is not known."""
        [found] = check_arn("knowledge_base_arn", knowledge_base_arn, "knowledge-base", "ABCDEF1234")
        imported = KnowledgeBaseBase(scope, construct_id)
        imported.knowledge_base_arn = knowledge_base_arn
        imported.knowledge_base_id = found
        return imported


def _dimension(scope: Construct, model: ModelLike, wanted: int | None) -> int:
    """Return the dimension of the index, from the model when the caller leaves it out."""
    name = _grants.model_id(scope, model, "embedding_model").rpartition("/")[2]
    offered = catalogue.embedding_dimensions(name)
    if wanted is None:
        if not offered:
            raise PlanesError(
                f"`dimension` is missing and the catalogue doesn't know the embedding model `{name}`: "
                "give the length of the vectors that it makes"
            )
        return offered[0]
    if offered and wanted not in offered:
        raise PlanesError(
            f"`dimension` has the value `{wanted}`, and `{name}` makes "
            f"{', '.join(map(str, offered))}: choose one of these"
        )
    if not 1 <= wanted <= 4096:
        raise PlanesError(f"`dimension` has the value `{wanted}`: S3 Vectors takes 1 to 4096")
    return wanted


def _configuration(
    model_arn: str, dimension: int | None
) -> bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty:
    # The dimension is passed to the model only where the caller chose one: not every model takes the setting.
    chosen = (
        bedrock.CfnKnowledgeBase.EmbeddingModelConfigurationProperty(
            bedrock_embedding_model_configuration=(
                bedrock.CfnKnowledgeBase.BedrockEmbeddingModelConfigurationProperty(dimensions=dimension)
            )
        )
        if dimension is not None
        else None
    )
    return bedrock.CfnKnowledgeBase.KnowledgeBaseConfigurationProperty(
        type="VECTOR",
        vector_knowledge_base_configuration=bedrock.CfnKnowledgeBase.VectorKnowledgeBaseConfigurationProperty(
            embedding_model_arn=model_arn, embedding_model_configuration=chosen
        ),
    )
