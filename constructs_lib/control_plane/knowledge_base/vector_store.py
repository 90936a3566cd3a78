"""``VectorStore``: one factory for each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cdk_support import with_explained_calls
from constructs_lib.control_plane.knowledge_base.aurora import AuroraStore
from constructs_lib.control_plane.knowledge_base.open_search_serverless import OpenSearchServerlessStore
from constructs_lib.control_plane.knowledge_base.stores import (
    METADATA_FIELD,
    TEXT_FIELD,
    VECTOR_FIELD,
    MongoDbAtlasStore,
    NeptuneAnalyticsStore,
    OpenSearchManagedStore,
    PineconeStore,
    S3VectorsStore,
    Store,
    field_mapping,
)
from constructs_lib.control_plane.s3_vectors import DistanceMetric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_neptunegraph as neptune
    from aws_cdk.interfaces import aws_opensearchserverless as aoss
    from aws_cdk.interfaces import aws_opensearchservice as opensearch
    from aws_cdk.interfaces import aws_rds as rds
    from aws_cdk.interfaces import aws_s3vectors as s3vectors

__all__ = ["VectorStore"]


@with_explained_calls
class VectorStore:
    """Where a knowledge base keeps its vectors.

    Redis Enterprise Cloud is not here: CloudFormation can't configure it
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-knowledgebase.html).
    """

    @staticmethod
    def s3_vectors(
        index: s3vectors.IIndexRef | None = None,
        *,
        vector_bucket: s3vectors.IVectorBucketRef | None = None,
        non_filterable_metadata_keys: Sequence[str] = (),
        distance_metric: DistanceMetric = DistanceMetric.COSINE,
    ) -> Store:
        """Keep the vectors in Amazon S3 Vectors, which costs nothing while nothing is asked.

        Args:
            index: An index of this app or an imported one. It should have ``AMAZON_BEDROCK_TEXT`` and
                ``AMAZON_BEDROCK_METADATA`` among its non-filterable keys. Default: the knowledge base makes
                one.
            vector_bucket: The bucket of the index that is made. Default: the knowledge base makes one.
            non_filterable_metadata_keys: Keys of one's own metadata that can't be filtered on, beside
                Bedrock's two; up to 8. Default: none.
            distance_metric: How distances are measured in the index that is made. Default: cosine.
        """
        return S3VectorsStore(index, vector_bucket, non_filterable_metadata_keys, distance_metric)

    @staticmethod
    def open_search_serverless(
        collection: aoss.ICollectionRef | str | None = None,
        *,
        collection_name: str | None = None,
        index_name: str | None = None,
        standby_replicas: bool = True,
        created_by: Sequence[str] = (),
        vector_field: str = VECTOR_FIELD,
        text_field: str = TEXT_FIELD,
        metadata_field: str = METADATA_FIELD,
    ) -> Store:
        """Keep the vectors in an index of a collection of Amazon OpenSearch Serverless.

        Alone it makes the collection, its encryption, network and data access policies, and the index, and
        waits until the index answers. A collection costs money while nothing is asked. The endpoint is
        public, since CloudFormation makes the index through it; IAM and the data access policy decide who
        gets in. For a private collection give one that exists, with its index. The collection that is made
        has no tags: they can't change, so a new tag of the stack would replace it.

        Args:
            collection: A collection that exists, its L1, or its ARN. Default: one is made.
            collection_name: The name of ``collection``, for a data access policy that admits the service
                role. Default: what the L1 tells; if it is not known the rule to add is printed.
            index_name: The vector index in ``collection``. Default: one is made with the collection.
            standby_replicas: Whether the collection that is made has replicas in another zone; another value
                replaces it. Default: yes.
            created_by: ARNs of the roles as which CloudFormation makes the index. Default: the execution role
                of the stack's synthesizer.
            vector_field: The field of the vectors. Default: ``bedrock-knowledge-base-default-vector``.
            text_field: The field of the chunks. Default: ``AMAZON_BEDROCK_TEXT_CHUNK``.
            metadata_field: The field of Bedrock's metadata. Default: ``AMAZON_BEDROCK_METADATA``.
        """
        fields = field_mapping(
            {"vector_field": vector_field, "text_field": text_field, "metadata_field": metadata_field}
        )
        return OpenSearchServerlessStore(
            collection,
            collection_name,
            index_name,
            fields,
            created_by,
            standby_replicas=standby_replicas,
        )

    @staticmethod
    def aurora(
        cluster: rds.IDBClusterRef | str,
        *,
        credentials_secret: secretsmanager.ISecret,
        database_name: str,
        schema_name: str = "bedrock_integration",
        table_name: str | None = None,
        primary_key_field: str = "id",
        vector_field: str = "embedding",
        text_field: str = "chunks",
        metadata_field: str = "metadata",
        custom_metadata_field: str = "custom_metadata",
    ) -> Store:
        """Keep the vectors in a table, with pgvector, of a cluster, which exists, of Aurora PostgreSQL.

        A function makes the table through the cluster's Data API: the extension and the schema if they are
        missing, the table, an HNSW index of the vectors, and GIN indexes of the texts and of one's own
        metadata. The name of the table has a fingerprint; another dimension, secret or field makes another
        table, and the old one is dropped in the clean-up, unless the removal policy keeps it.

        Args:
            cluster: The cluster, its L1, or its ARN. Its Data API must be on.
            credentials_secret: The secret with ``username`` and ``password``; reading and decrypting it is
                granted. For a table that is made, the user must be allowed to make it, and pgvector too where
                it is not there yet.
            database_name: The database in the cluster, 1-63 characters.
            schema_name: The schema of the table. Default: ``bedrock_integration``, as AWS's guide has it.
            table_name: A table that exists, with its indexes. Default: one is made.
            primary_key_field: The column of the keys. Default: ``id``.
            vector_field: The column of the vectors. Default: ``embedding``.
            text_field: The column of the chunks. Default: ``chunks``.
            metadata_field: The column of Bedrock's metadata. Default: ``metadata``.
            custom_metadata_field: The column of one's own metadata, on which callers may filter. Default:
                ``custom_metadata``.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.VectorDB.html
        """
        names = {"database_name": database_name, "schema_name": schema_name, "table_name": table_name}
        fields = field_mapping(
            {
                "primary_key_field": primary_key_field,
                "vector_field": vector_field,
                "text_field": text_field,
                "metadata_field": metadata_field,
                "custom_metadata_field": custom_metadata_field,
            }
        )
        return AuroraStore(cluster, credentials_secret, names, fields)

    @staticmethod
    def open_search_managed(
        domain: opensearch.IDomainRef | str,
        *,
        index_name: str,
        domain_endpoint: str | None = None,
        vector_field: str = VECTOR_FIELD,
        text_field: str = TEXT_FIELD,
        metadata_field: str = METADATA_FIELD,
    ) -> Store:
        """Keep the vectors in an index, which exists, of an Amazon OpenSearch Service domain.

        The domain must be public, and its access policy and fine-grained access control must admit the
        service role (https://docs.aws.amazon.com/bedrock/latest/userguide/kb-osm-permissions-prereq.html).

        Args:
            domain: The domain or its ARN.
            index_name: The index.
            domain_endpoint: The domain's endpoint. Default: what the construct tells.
            vector_field: The field of the vectors. Default: ``bedrock-knowledge-base-default-vector``.
            text_field: The field of the chunks. Default: ``AMAZON_BEDROCK_TEXT_CHUNK``.
            metadata_field: The field of Bedrock's metadata. Default: ``AMAZON_BEDROCK_METADATA``.
        """
        fields = field_mapping(
            {"vector_field": vector_field, "text_field": text_field, "metadata_field": metadata_field}
        )
        return OpenSearchManagedStore(domain, domain_endpoint, index_name, fields)

    @staticmethod
    def neptune_analytics(
        graph: neptune.IGraphRef | str,
        *,
        vector_dimension: int | None = None,
        text_field: str = TEXT_FIELD,
        metadata_field: str = METADATA_FIELD,
    ) -> Store:
        """Keep the vectors in a graph, which exists, of Amazon Neptune Analytics (GraphRAG).

        Args:
            graph: The graph or its ARN. Its vector index must have the dimension of the model.
            vector_dimension: The dimension of its vector index, to be checked. Default: not checked.
            text_field: The field of the chunks. Default: ``AMAZON_BEDROCK_TEXT_CHUNK``.
            metadata_field: The field of Bedrock's metadata. Default: ``AMAZON_BEDROCK_METADATA``.
        """
        fields = field_mapping({"text_field": text_field, "metadata_field": metadata_field})
        return NeptuneAnalyticsStore(graph, vector_dimension, fields)

    @staticmethod
    def pinecone(
        *,
        connection_string: str,
        credentials_secret: secretsmanager.ISecret,
        namespace: str | None = None,
        text_field: str = TEXT_FIELD,
        metadata_field: str = METADATA_FIELD,
    ) -> Store:
        """Keep the vectors in an index, which exists, of Pinecone.

        Args:
            connection_string: The endpoint of the index, ``https://...``.
            credentials_secret: The secret with ``apiKey``; reading and decrypting it is granted.
            namespace: The namespace in the index. Default: none.
            text_field: The field of the chunks. Default: ``AMAZON_BEDROCK_TEXT_CHUNK``.
            metadata_field: The field of Bedrock's metadata. Default: ``AMAZON_BEDROCK_METADATA``.
        """
        fields = field_mapping({"text_field": text_field, "metadata_field": metadata_field})
        return PineconeStore(connection_string, credentials_secret, namespace, fields)

    @staticmethod
    def mongo_db_atlas(
        *,
        endpoint: str,
        credentials_secret: secretsmanager.ISecret,
        database_name: str,
        collection_name: str,
        vector_index_name: str,
        text_index_name: str | None = None,
        endpoint_service_name: str | None = None,
        vector_field: str = VECTOR_FIELD,
        text_field: str = TEXT_FIELD,
        metadata_field: str = METADATA_FIELD,
    ) -> Store:
        """Keep the vectors in a collection, which exists, of MongoDB Atlas.

        Args:
            endpoint: The host of the cluster, ``cluster0.abcde.mongodb.net``.
            credentials_secret: The secret with ``username`` and ``password``; reading and decrypting it is
                granted.
            database_name: The database, 1-63 characters.
            collection_name: The collection, 1-63 characters.
            vector_index_name: The vector index.
            text_index_name: The text index for hybrid search. Default: none, semantic search only.
            endpoint_service_name: The AWS PrivateLink endpoint service. Default: none, over the internet.
            vector_field: The field of the vectors. Default: ``bedrock-knowledge-base-default-vector``.
            text_field: The field of the chunks. Default: ``AMAZON_BEDROCK_TEXT_CHUNK``.
            metadata_field: The field of Bedrock's metadata. Default: ``AMAZON_BEDROCK_METADATA``.
        """
        names = {
            "database_name": database_name,
            "collection_name": collection_name,
            "vector_index_name": vector_index_name,
            "text_index_name": text_index_name,
            "endpoint_service_name": endpoint_service_name,
        }
        fields = field_mapping(
            {"vector_field": vector_field, "text_field": text_field, "metadata_field": metadata_field}
        )
        return MongoDbAtlasStore(endpoint, credentials_secret, names, fields)
