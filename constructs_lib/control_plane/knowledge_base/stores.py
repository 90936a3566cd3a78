"""The vector stores of a knowledge base, as factories.

Permissions: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
Fields: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk

from constructs_lib.cdk_support import (
    PlanesError,
    check_given_list,
    check_length,
    check_pattern,
    has_attribute,
    is_token,
    key_arn_of,
)
from constructs_lib.control_plane.fingerprint import (
    at_the_end,
    create_only_changes,
    create_only_fingerprint,
    plain_fingerprint,
    resource_behind,
    rough_fingerprint,
)
from constructs_lib.control_plane.knowledge_base.parts import (
    Parts,
    allow,
    arn_from,
    key_parts,
    secret_statements,
)
from constructs_lib.control_plane.naming import path_name
from constructs_lib.control_plane.s3_vectors import DistanceMetric, VectorBucket, VectorIndex, VectorIndexBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_neptunegraph as neptune
    from aws_cdk.interfaces import aws_opensearchservice as opensearch
    from aws_cdk.interfaces import aws_s3vectors as s3vectors

    from constructs_lib.control_plane.fingerprint import RecordingVectorIndex
    from constructs_lib.control_plane.knowledge_base.embedding import Embedding
    from constructs_lib.control_plane.knowledge_base.parts import Context

__all__ = [
    "METADATA_FIELD",
    "TEXT_FIELD",
    "VECTOR_FIELD",
    "MongoDbAtlasStore",
    "NeptuneAnalyticsStore",
    "OpenSearchManagedStore",
    "PineconeStore",
    "S3VectorsStore",
    "Store",
    "check_secret",
    "field_mapping",
]

# The names that the console gives the fields of a store that it makes.
VECTOR_FIELD = "bedrock-knowledge-base-default-vector"
TEXT_FIELD = "AMAZON_BEDROCK_TEXT_CHUNK"
METADATA_FIELD = "AMAZON_BEDROCK_METADATA"

# Bedrock keeps the chunk and its own bookkeeping under these keys; S3 Vectors limits filterable metadata to
# 2 KB a vector, which a chunk exceeds, so both are kept out of the filterable part.
_NON_FILTERABLE = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")

# What Bedrock calls on the index while it ingests and retrieves.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (Amazon S3 Vectors).
# The page's example also lists ListFoundationModels and ListCustomModels on *. No step of creation, ingestion
# or retrieval is documented to need them, and the page asks for the necessary permissions only.
_VECTOR_ACTIONS = [
    "s3vectors:DeleteVectors",
    "s3vectors:GetIndex",
    "s3vectors:GetVectors",
    "s3vectors:PutVectors",
    "s3vectors:QueryVectors",
]


class Store:
    """A vector store; :class:`~constructs_lib.VectorStore` makes them."""

    name: str
    """What messages call it."""
    makes_resources = False
    """Whether it makes resources of the knowledge base, which a key and a removal policy are for."""
    takes_binary = False

    def check(self, embedding: Embedding) -> None:
        """Raise :class:`PlanesError` unless the store can hold the model's vectors."""
        if embedding.binary and not self.takes_binary:
            raise PlanesError(
                f"`data_type` is BINARY, and {self.name} holds floating-point vectors only: leave it out, or "
                "use `VectorStore.open_search_serverless(...)` or `VectorStore.open_search_managed(...)`"
            )

    def bind(self, context: Context, embedding: Embedding) -> Parts:
        """Make what the store needs and return what it adds to the knowledge base."""
        raise NotImplementedError


def field_mapping(prop_of: dict[str, str]) -> dict[str, str]:
    """Return the fields of a store after checking that each has a name, and its own."""
    for prop, value in prop_of.items():
        check_length(prop, value, 1, 2048)
    fixed = [value for value in prop_of.values() if not is_token(value)]
    if len({*fixed}) < len(fixed):
        raise PlanesError(
            f"the fields {', '.join(f'`{prop}`' for prop in prop_of)} share a name: give each its own"
        )
    return {"".join(_camel(prop)): value for prop, value in prop_of.items()}


def _camel(prop: str) -> str:
    first, *rest = prop.split("_")
    return first + "".join(word.capitalize() for word in rest)


def check_secret(secret: object) -> None:
    """Raise :class:`PlanesError` unless `credentials_secret` is a secret."""
    if not has_attribute(secret, "secret_arn"):
        raise PlanesError(
            f"`credentials_secret` has a value of the type `{type(secret).__name__}`: pass a secret "
            "such as `secretsmanager.Secret.from_secret_complete_arn(...)`"
        )


class S3VectorsStore(Store):
    """An index of Amazon S3 Vectors."""

    name = "Amazon S3 Vectors"

    def __init__(
        self,
        index: s3vectors.IIndexRef | None,
        vector_bucket: s3vectors.IVectorBucketRef | None,
        non_filterable_metadata_keys: Sequence[str],
        distance_metric: DistanceMetric,
    ) -> None:
        if index is not None and (vector_bucket is not None or non_filterable_metadata_keys):
            raise PlanesError(
                "`index` is given, so `vector_bucket` and `non_filterable_metadata_keys` have no effect: the "
                "index has its own"
            )
        if index is not None and not has_attribute(index, "index_ref"):
            raise PlanesError(
                f"`index` has a value of the type `{type(index).__name__}`: pass a `VectorIndex`, its L1, or "
                "`VectorIndex.from_vector_index_arn(...)`"
            )
        if isinstance(non_filterable_metadata_keys, str):
            raise PlanesError(
                f"`non_filterable_metadata_keys` is the text `{non_filterable_metadata_keys}`: pass a list"
            )
        check_given_list("non_filterable_metadata_keys", non_filterable_metadata_keys)
        self._index, self._bucket = index, vector_bucket
        self._keys = dict.fromkeys((*_NON_FILTERABLE, *non_filterable_metadata_keys))
        self._metric = distance_metric
        self.makes_resources = index is None

    def check(self, embedding: Embedding) -> None:
        """Check the data type, and the dimension against that of the index."""
        super().check(embedding)
        size = _dimension_of(self._index)
        if size is not None and embedding.dimension is not None and size != embedding.dimension:
            raise PlanesError(
                f"`index` holds vectors of {size} numbers, and `{embedding.model_id}` makes "
                f"{embedding.dimension}: give `dimension={size}` if the model can, or another index"
            )
        if self._index is None:
            embedding.needs_dimension()

    def bind(self, context: Context, embedding: Embedding) -> Parts:
        """Make the bucket and the index unless they are given."""
        index = self._index if self._index is not None else self._make(context, embedding)
        arn = index.index_ref.index_arn
        key = index.encryption_key if isinstance(index, VectorIndexBase) else None
        if isinstance(index, VectorIndex):
            referred = index.create_only_resources()
        else:
            behind = resource_behind(index)
            referred = [behind] if behind is not None else []
        return Parts(
            configuration={"type": "S3_VECTORS", "s3VectorsConfiguration": {"indexArn": arn}},
            statements=[
                allow(_VECTOR_ACTIONS, arn),
                *key_parts(context.scope, ["kms:Decrypt", "kms:GenerateDataKey"], key),
            ],
            referred=referred,
            owns_store=self._index is None,
        )

    def _make(self, context: Context, embedding: Embedding) -> VectorIndex:
        bucket = self._bucket
        if bucket is None:
            bucket = VectorBucket(
                context.scope,
                "VectorBucket",
                encryption_key=context.encryption_key,
                removal_policy=context.removal_policy,
            )
        key = context.encryption_key if self._bucket is not None else None
        content = [
            context.model_arn,
            embedding.needs_dimension(),
            self._metric.value,
            [*self._keys],
            key_arn_of(key),
        ]
        # Unique in the bucket, and another one when the model changes, so that the index is replaced too.
        stem = f"{path_name(context.scope, 54).lower() if self._bucket is not None else 'documents'}-"
        known = plain_fingerprint(content, context.scope)
        written = f"{stem}{known or rough_fingerprint(content)}"
        index = VectorIndex(
            context.scope,
            "Index",
            vector_bucket=bucket,
            dimension=embedding.needs_dimension(),
            distance_metric=self._metric,
            non_filterable_metadata_keys=[*self._keys],
            index_name=written,
            encryption_key=key,
            removal_policy=context.removal_policy,
        )
        _settle_name(index, written, stem, content, is_known=known is not None)
        return index


def _settle_name(index: VectorIndex, written: str, stem: str, content: list[Any], *, is_known: bool) -> None:
    """Give an index the name that follows from what is final: overrides and references count too."""
    resource = cast("RecordingVectorIndex", resource_behind(index))
    names = [written]

    def settle() -> None:
        if resource.index_name != names[-1] or (is_known and resource.is_as_made):
            return  # somebody gave it another one, or nothing was changed
        changes = create_only_changes(resource, without="IndexName")
        if changes or not is_known:
            names.append(f"{stem}{create_only_fingerprint([content, changes], index, [])}")
            resource.index_name = names[-1]

    at_the_end(index, settle)


def _dimension_of(index: object) -> int | None:
    if isinstance(index, VectorIndexBase):
        return index.dimension
    behind = resource_behind(index)
    size = getattr(behind, "dimension", None)
    return int(size) if isinstance(size, (int, float)) and not cdk.Token.is_unresolved(size) else None


class OpenSearchManagedStore(Store):
    """An index of an Amazon OpenSearch Service domain."""

    name = "Amazon OpenSearch Service"
    takes_binary = True

    def __init__(
        self,
        domain: opensearch.IDomainRef | str,
        domain_endpoint: str | None,
        index_name: str,
        fields: dict[str, str],
    ) -> None:
        self._domain = domain
        self._arn = arn_from(
            "domain", domain, "domain_ref.domain_arn", "arn:aws:es:us-east-1:111122223333:domain/documents"
        )
        endpoint = domain_endpoint or getattr(domain, "domain_endpoint", None)
        if endpoint is None and not isinstance(domain, str):
            endpoint = getattr(resource_behind(domain), "attr_domain_endpoint", None)
        if endpoint is None:
            raise PlanesError(
                "`domain_endpoint` is missing and `domain` doesn't tell it: give the domain's endpoint, such "
                "as https://search-documents-abc.us-east-1.es.amazonaws.com"
            )
        self._endpoint = endpoint if endpoint.startswith("https://") else f"https://{endpoint}"
        check_pattern(
            "index_name",
            index_name,
            r"[a-z0-9][a-z0-9._-]*",
            "use lower-case letters, digits, `-`, `_` and `.`, and begin with a letter or digit",
        )
        self._index_name, self._fields = index_name, fields

    def bind(self, _context: Context, _embedding: Embedding) -> Parts:
        """Refer to the domain; its access policy and its own users are the owner's."""
        behind = resource_behind(self._domain)
        return Parts(
            configuration={
                "type": "OPENSEARCH_MANAGED_CLUSTER",
                "opensearchManagedClusterConfiguration": {
                    "domainArn": self._arn,
                    "domainEndpoint": self._endpoint,
                    "vectorIndexName": self._index_name,
                    "fieldMapping": self._fields,
                },
            },
            statements=[
                allow(
                    ["es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"],
                    [f"{self._arn}/{self._index_name}", f"{self._arn}/{self._index_name}/*"],
                ),
                allow("es:DescribeDomain", self._arn),
            ],
            referred=[behind] if behind is not None else [],
        )


class NeptuneAnalyticsStore(Store):
    """A graph of Amazon Neptune Analytics."""

    name = "Amazon Neptune Analytics"

    def __init__(
        self, graph: neptune.IGraphRef | str, vector_dimension: int | None, fields: dict[str, str]
    ) -> None:
        self._graph = graph
        self._arn = arn_from(
            "graph",
            graph,
            "graph_ref.graph_arn",
            "arn:aws:neptune-graph:us-east-1:111122223333:graph/g-abcdefghij",
        )
        self._dimension, self._fields = vector_dimension, fields

    def check(self, embedding: Embedding) -> None:
        """Check the data type, and the dimension where the graph tells it."""
        super().check(embedding)
        size = self._dimension
        if size is not None and embedding.dimension is not None and size != embedding.dimension:
            raise PlanesError(
                f"`graph` holds vectors of {size} numbers, and `{embedding.model_id}` makes "
                f"{embedding.dimension}: give `dimension={size}` if the model can, or another graph"
            )

    def bind(self, _context: Context, _embedding: Embedding) -> Parts:
        """Refer to the graph."""
        behind = resource_behind(self._graph)
        return Parts(
            configuration={
                "type": "NEPTUNE_ANALYTICS",
                "neptuneAnalyticsConfiguration": {"graphArn": self._arn, "fieldMapping": self._fields},
            },
            statements=[
                allow(
                    [
                        "neptune-graph:DeleteDataViaQuery",
                        "neptune-graph:GetGraph",
                        "neptune-graph:ReadDataViaQuery",
                        "neptune-graph:WriteDataViaQuery",
                    ],
                    self._arn,
                )
            ],
            referred=[behind] if behind is not None else [],
        )


class PineconeStore(Store):
    """An index of Pinecone."""

    name = "Pinecone"

    def __init__(
        self,
        connection_string: str,
        credentials_secret: secretsmanager.ISecret,
        namespace: str | None,
        fields: dict[str, str],
    ) -> None:
        check_pattern(
            "connection_string",
            connection_string,
            r"https://.+",
            "pass the endpoint of the index, such as https://documents-abc.svc.us-east-1.pinecone.io",
        )
        check_length("namespace", namespace, 1, 2048)
        check_secret(credentials_secret)
        self._connection, self._secret = connection_string, credentials_secret
        self._namespace, self._fields = namespace, fields

    def bind(self, context: Context, _embedding: Embedding) -> Parts:
        """Refer to the index; its API key is read from the secret."""
        configuration: dict[str, Any] = {
            "connectionString": self._connection,
            "credentialsSecretArn": self._secret.secret_arn,
            "fieldMapping": self._fields,
        }
        if self._namespace is not None:
            configuration["namespace"] = self._namespace
        return Parts(
            configuration={"type": "PINECONE", "pineconeConfiguration": configuration},
            statements=secret_statements(context.scope, self._secret),
        )


class MongoDbAtlasStore(Store):
    """A collection of MongoDB Atlas."""

    name = "MongoDB Atlas"

    def __init__(
        self,
        endpoint: str,
        credentials_secret: secretsmanager.ISecret,
        names: dict[str, str | None],
        fields: dict[str, str],
    ) -> None:
        check_pattern(
            "endpoint",
            endpoint,
            r"[a-zA-Z0-9_-]+\.[a-zA-Z0-9_-]+\.mongodb\.net",
            "pass the host of the cluster, such as cluster0.abcde.mongodb.net",
        )
        for prop, longest in (("database_name", 63), ("collection_name", 63), ("vector_index_name", 2048)):
            check_length(prop, names[prop], 1, longest)
        check_length("text_index_name", names["text_index_name"], 1, 2048)
        check_length("endpoint_service_name", names["endpoint_service_name"], 1, 255)
        check_secret(credentials_secret)
        self._endpoint, self._secret, self._fields = endpoint, credentials_secret, fields
        self._names = {_camel(prop): name for prop, name in names.items() if name is not None}

    def bind(self, context: Context, _embedding: Embedding) -> Parts:
        """Refer to the collection; user and password are read from the secret."""
        return Parts(
            configuration={
                "type": "MONGO_DB_ATLAS",
                "mongoDbAtlasConfiguration": {
                    "endpoint": self._endpoint,
                    "credentialsSecretArn": self._secret.secret_arn,
                    **self._names,
                    "fieldMapping": self._fields,
                },
            },
            statements=secret_statements(context.scope, self._secret),
        )
