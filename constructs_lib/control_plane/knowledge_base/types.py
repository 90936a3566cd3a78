"""The four types of knowledge base, as factories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, has_attribute, key_arn_of, with_explained_calls
from constructs_lib.control_plane.fingerprint import resource_behind
from constructs_lib.control_plane.knowledge_base.embedding import (
    DEFAULT_EMBEDDING_MODEL,
    Embedding,
    VectorDataType,
)
from constructs_lib.control_plane.knowledge_base.parts import Parts, allow, arn_from, bucket_parts
from constructs_lib.control_plane.knowledge_base.sql import CuratedQuery, QueryEngine, QueryTable, SqlStorage
from constructs_lib.control_plane.knowledge_base.stores import Store
from constructs_lib.control_plane.knowledge_base.vector_store import VectorStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.interfaces import aws_kendra as kendra
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

    from constructs_lib.control_plane.knowledge_base.parts import Context
    from constructs_lib.grants import ModelLike

__all__ = ["KnowledgeBaseType"]

Json = dict[str, Any]

METRICS_NAMESPACE = "AWS/Bedrock/KnowledgeBases"


@with_explained_calls
class KnowledgeBaseType:
    """What a knowledge base is; use the factories."""

    name: str
    """CloudFormation's name of the type: ``VECTOR``, ``MANAGED``, ``KENDRA`` or ``SQL``."""
    key_is_for = ""
    """What the knowledge base's ``encryption_key`` encrypts; empty where nothing of it can be encrypted."""

    @staticmethod
    def vector(
        *,
        embedding_model: ModelLike = DEFAULT_EMBEDDING_MODEL,
        vector_store: Store | None = None,
        dimension: int | None = None,
        data_type: VectorDataType | None = None,
        multimodal_storage: s3_refs.IBucketRef | None = None,
        audio_segment: cdk.Duration | None = None,
        video_segment: cdk.Duration | None = None,
    ) -> KnowledgeBaseType:
        """Embed documents with a model of one's choice, into a vector store of one's choice.

        Another model, dimension, data type, storage or store replaces the knowledge base.

        Args:
            embedding_model: Id, profile id or ARN of the model. Default: ``amazon.titan-embed-text-v2:0``.
            vector_store: Where the vectors are. Default: ``VectorStore.s3_vectors()``, made along.
            dimension: The length of the vectors. Default: what the model makes by default. Needed for a model
                that the catalogue doesn't know, and refused where the model can't make it.
            data_type: How numbers are stored. Default: floating-point.
            multimodal_storage: The bucket, of the same Region, for images, audio and video that are taken out
                of documents; must be another than that of a data source. Needed for multimodal embedding
                models. Default: none.
            audio_segment: Into how long parts audio is cut, 1-30 s; multimodal models only. Default: the
                model's.
            video_segment: Into how long parts video is cut, 1-30 s; multimodal models only. Default: the
                model's.

        Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_VectorKnowledgeBaseConfiguration.html
        """
        return _Vector(
            Embedding.of_vector(embedding_model, dimension, data_type),
            _store(vector_store),
            multimodal_storage,
            {"audio": audio_segment, "video": video_segment},
        )

    @staticmethod
    def managed(
        *,
        embedding_model: ModelLike | None = None,
        dimension: int | None = None,
        multimodal_storage: s3_refs.IBucketRef | None = None,
        audio_segment: cdk.Duration | None = None,
        video_segment: cdk.Duration | None = None,
    ) -> KnowledgeBaseType:
        """Let Bedrock keep, index and retrieve the documents; there is no store to make or to pay for idle.

        It answers ``Retrieve`` and ``AgenticRetrieveStream``, not ``RetrieveAndGenerate``. Another model
        replaces the knowledge base.

        Args:
            embedding_model: A model of one's own. Default: the one that AWS manages, whose managed reranker
                a knowledge base with one's own model doesn't have.
            dimension: The length of its vectors. Default: the one that a managed knowledge base takes.
            multimodal_storage: The bucket, of the same Region, in which multimodal content is processed.
                Needed for multimodal embedding models. Default: none.
            audio_segment: Into how long parts audio is cut, 1-30 s; multimodal models only. Default: the
                model's.
            video_segment: Into how long parts video is cut, 1-30 s; multimodal models only. Default: the
                model's.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-create.html and
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-knowledgebase.html
        """
        if embedding_model is None and dimension is not None:
            raise PlanesError(
                f"`dimension` has the value `{dimension}` and `embedding_model` is missing: the managed "
                "model has no dimension to choose, so leave it out or name a model"
            )
        embedding = Embedding.of_managed(embedding_model, dimension) if embedding_model is not None else None
        return _Managed(embedding, multimodal_storage, {"audio": audio_segment, "video": video_segment})

    @staticmethod
    def kendra(index: kendra.IIndexRef | str) -> KnowledgeBaseType:
        """Retrieve from a GenAI index of Amazon Kendra, which exists.

        Amazon Kendra is closed to new customers. Another index replaces the knowledge base.

        Args:
            index: The index or its ARN, in this Region.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-build-kendra-genai-index.html
        """
        return _Kendra(index)

    @staticmethod
    def sql(
        query_engine: QueryEngine,
        *,
        storage: SqlStorage | Sequence[SqlStorage],
        execution_timeout: cdk.Duration | None = None,
        tables: Sequence[QueryTable] = (),
        curated_queries: Sequence[CuratedQuery] = (),
    ) -> KnowledgeBaseType:
        """Answer from structured data: Bedrock writes SQL that Amazon Redshift runs.

        Another engine or storage replaces the knowledge base; timeout and hints are updated in place. The
        database has to admit the service role, see the source.

        Args:
            query_engine: What runs the queries.
            storage: What is queried: a Redshift database, or tables of the AWS Glue Data Catalog.
            execution_timeout: How long a query may run, 1-200 s. Default: 200 s.
            tables: Hints on tables and columns. Default: none.
            curated_queries: Questions with the query that answers them. Default: none.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-structured.html
        """
        return _Sql(query_engine, storage, execution_timeout, tables, curated_queries)

    def check(self, *, encrypted: bool) -> None:
        """Raise :class:`PlanesError` where the knowledge base has a key and nothing to encrypt with it."""
        if encrypted and not self.key_is_for:
            raise PlanesError(
                "`encryption_key` is given, and this knowledge base makes nothing that it could encrypt: "
                f"{self._why_no_key()}"
            )

    def _why_no_key(self) -> str:
        return "encrypt its data where it is kept"

    def bind(self, context: Context) -> tuple[Parts, Parts | None]:
        """Return the knowledge base's own part, and that of its store."""
        raise NotImplementedError


class _Vector(KnowledgeBaseType):
    name = "VECTOR"

    def __init__(
        self,
        embedding: Embedding,
        store: Store,
        storage: s3_refs.IBucketRef | None,
        segments: dict[str, cdk.Duration | None],
    ) -> None:
        store.check(embedding)
        _check_storage(embedding, storage)
        self._embedding, self._store, self._storage = embedding, store, storage
        self._segments = _segments(segments, embedding)
        self.key_is_for = "the vector store" if store.makes_resources else ""

    def _why_no_key(self) -> str:
        return "the vector store exists and has a key of its own"

    def bind(self, context: Context) -> tuple[Parts, Parts | None]:
        model_arn, statements = _model(context.scope, self._embedding)
        configuration: Json = {"embeddingModelArn": model_arn}
        settings = {**(self._embedding.settings() or {}), **self._segments}
        if settings:
            configuration["embeddingModelConfiguration"] = {"bedrockEmbeddingModelConfiguration": settings}
        referred = _add_storage(context, configuration, statements, self._storage)
        own = Parts(
            configuration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": configuration},
            statements=statements,
            referred=referred,
        )
        return own, self._store.bind(replace(context, model_arn=model_arn), self._embedding)


class _Managed(KnowledgeBaseType):
    name = "MANAGED"
    key_is_for = "what it keeps"

    def __init__(
        self,
        embedding: Embedding | None,
        storage: s3_refs.IBucketRef | None,
        segments: dict[str, cdk.Duration | None],
    ) -> None:
        _check_storage(embedding, storage)
        self._embedding, self._storage = embedding, storage
        self._segments = _segments(segments, embedding)

    def bind(self, context: Context) -> tuple[Parts, Parts | None]:
        configuration: Json = {"embeddingModelType": "MANAGED"}
        # Bedrock publishes the metrics of Retrieve with the service role.
        # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-observability.html
        statements = [
            allow(
                "cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}}
            )
        ]
        if self._embedding is not None:
            model_arn, needed = _model(context.scope, self._embedding)
            statements = [*needed, *statements]
            configuration = {
                "embeddingModelType": "CUSTOM",
                "embeddingModelArn": model_arn,
                "embeddingModelConfiguration": {
                    "bedrockEmbeddingModelConfiguration": {
                        **(self._embedding.settings() or {}),
                        **self._segments,
                    }
                },
            }
        if context.encryption_key is not None:
            # The service role needs nothing on the key: who creates the knowledge base makes a grant on it.
            # https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html
            configuration["serverSideEncryptionConfiguration"] = {
                "kmsKeyArn": key_arn_of(context.encryption_key)
            }
        referred = _add_storage(context, configuration, statements, self._storage)
        own = Parts(
            configuration={"type": "MANAGED", "managedKnowledgeBaseConfiguration": configuration},
            statements=statements,
            referred=referred,
            owns_store=True,
        )
        return own, None


class _Kendra(KnowledgeBaseType):
    name = "KENDRA"

    def __init__(self, index: kendra.IIndexRef | str) -> None:
        self._index = index
        self._arn = arn_from(
            "index",
            index,
            "index_ref.index_arn",
            "arn:aws:kendra:us-east-1:111122223333:index/12345678-90ab-cdef-1234-567890abcdef",
        )

    def bind(self, _context: Context) -> tuple[Parts, Parts | None]:
        behind = resource_behind(self._index)
        own = Parts(
            configuration={
                "type": "KENDRA",
                "kendraKnowledgeBaseConfiguration": {"kendraIndexArn": self._arn},
            },
            statements=[allow(["kendra:DescribeIndex", "kendra:Retrieve"], self._arn)],
            referred=[behind] if behind is not None else [],
        )
        return own, None


class _Sql(KnowledgeBaseType):
    name = "SQL"

    def __init__(
        self,
        engine: QueryEngine,
        storage: SqlStorage | Sequence[SqlStorage],
        timeout: cdk.Duration | None,
        tables: Sequence[QueryTable],
        queries: Sequence[CuratedQuery],
    ) -> None:
        if not isinstance(engine, QueryEngine):
            raise PlanesError(
                f"`query_engine` has a value of the type `{type(engine).__name__}`: pass "
                "`QueryEngine.serverless(...)` or `QueryEngine.provisioned(...)`"
            )
        self._storage = [storage] if isinstance(storage, SqlStorage) else [*storage]
        if not self._storage or not all(isinstance(one, SqlStorage) for one in self._storage):
            raise PlanesError(
                "`storage` names nothing to query: pass `SqlStorage.redshift(...)` or "
                "`SqlStorage.data_catalog(...)`"
            )
        # https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-structured.html
        if engine.auth.kind != "IAM" and any(one.kind == "AWS_DATA_CATALOG" for one in self._storage):
            raise PlanesError(
                f"`auth` is {engine.auth.kind}, and the AWS Glue Data Catalog takes IAM only: use "
                "`QueryAuth.iam()`"
            )
        if timeout is not None:
            _check_seconds("execution_timeout", timeout, 200)
        self._engine, self._timeout = engine, timeout
        self._tables, self._queries = [*tables], [*queries]

    def bind(self, context: Context) -> tuple[Parts, Parts | None]:
        redshift: Json = {
            "queryEngineConfiguration": self._engine.configuration,
            "storageConfigurations": [one.to_config() for one in self._storage],
        }
        generation: Json = {}
        if self._timeout is not None:
            generation["executionTimeoutSeconds"] = self._timeout.to_seconds()
        hints: Json = {}
        if self._tables:
            hints["tables"] = [one.to_config() for one in self._tables]
        if self._queries:
            hints["curatedQueries"] = [one.to_config() for one in self._queries]
        if hints:
            generation["generationContext"] = hints
        if generation:
            redshift["queryGenerationConfiguration"] = generation
        databases = [one.names[0] for one in self._storage if one.kind == "REDSHIFT"]
        if any(one.kind == "AWS_DATA_CATALOG" for one in self._storage):
            databases.append("awsdatacatalog")
        own = Parts(
            configuration={
                "type": "SQL",
                "sqlKnowledgeBaseConfiguration": {"type": "REDSHIFT", "redshiftConfiguration": redshift},
            },
            statements=[
                *self._engine.statements(context.scope, databases),
                *(statement for one in self._storage for statement in one.statements(context.scope)),
            ],
        )
        return own, None


def _store(given: object) -> Store:
    if given is None:
        return VectorStore.s3_vectors()
    if not isinstance(given, Store):
        raise PlanesError(
            f"`vector_store` has a value of the type `{type(given).__name__}`: pass one of `VectorStore`, "
            "such as `VectorStore.s3_vectors(index)`"
        )
    return given


def _model(scope: Construct, embedding: Embedding) -> tuple[str, list[Json]]:
    """Return the model's ARN, and what calling it needs."""
    targets = _grants.on_call(scope, embedding.model, "embedding_model")
    statements = [*_grants.statement_json("invoke", targets)]
    if embedding.multimodal:
        # Multimodal models are called asynchronously while they ingest.
        # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (multimodal content)
        stack = cdk.Stack.of(scope)
        calls = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:async-invoke/*"
        statements.append(allow(["bedrock:GetAsyncInvoke", "bedrock:InvokeModel"], calls))
    return str(targets["model"][0].arns[0]), statements


def _add_storage(
    context: Context, configuration: Json, statements: list[Json], storage: s3_refs.IBucketRef | None
) -> list[cdk.CfnResource]:
    if storage is None:
        return []
    where, needed = bucket_parts(context.scope, "multimodal_storage", storage)
    configuration["supplementalDataStorageConfiguration"] = where
    statements += needed
    behind = resource_behind(storage)
    return [behind] if behind is not None else []


def _check_storage(embedding: Embedding | None, storage: object) -> None:
    if storage is not None and not has_attribute(storage, "bucket_ref"):
        raise PlanesError(
            f"`multimodal_storage` has a value of the type `{type(storage).__name__}`: pass a bucket such as "
            "`s3.Bucket`"
        )
    if embedding is not None and embedding.multimodal and storage is None:
        raise PlanesError(
            f"`multimodal_storage` is missing, and `{embedding.model_id}` embeds images, audio and video: "
            "give a bucket for what it processes, another than that of the documents"
        )


def _segments(lengths: dict[str, cdk.Duration | None], embedding: Embedding | None) -> Json:
    """Return the settings of the parts into which audio and video are cut, after checking their lengths."""
    chosen: Json = {}
    for kind, length in lengths.items():
        if length is not None:
            _check_segment(f"{kind}_segment", length, embedding)
            chosen[kind] = [{"segmentationConfiguration": {"fixedLengthDuration": length.to_seconds()}}]
    return chosen


def _check_segment(prop: str, length: cdk.Duration, embedding: Embedding | None) -> None:
    if embedding is None:
        raise PlanesError(
            f"`{prop}` is given and `embedding_model` is missing: the managed model has no such setting, so "
            "leave it out or name a multimodal model"
        )
    if embedding.model_id and not embedding.multimodal:
        raise PlanesError(
            f"`{prop}` is given, and `{embedding.model_id}` embeds text: leave it out, or use a "
            "multimodal model"
        )
    _check_seconds(prop, length, 30)


def _check_seconds(prop: str, length: object, most: int) -> None:
    if not isinstance(length, cdk.Duration):
        raise PlanesError(
            f"`{prop}` has the value `{length}`: pass a duration such as `cdk.Duration.seconds(5)`"
        )
    if not length.is_unresolved() and not 1 <= length.to_seconds() <= most:
        raise PlanesError(f"`{prop}` is {length.to_seconds():g} s: AWS takes 1 to {most} s")
