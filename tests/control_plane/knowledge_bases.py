"""Each type and store of a knowledge base once, for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_lib import (
    CuratedQuery,
    Inclusion,
    KnowledgeBase,
    KnowledgeBasePolicy,
    KnowledgeBaseType,
    QueryAuth,
    QueryColumn,
    QueryEngine,
    QueryTable,
    SqlStorage,
    VectorBucket,
    VectorDataType,
    VectorIndex,
    VectorStore,
)
from tests.cdk import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import Stack

NOVA = "amazon.nova-2-multimodal-embeddings-v1:0"
DOMAIN = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/documents"
ENDPOINT = "https://search-documents-abc.us-east-1.es.amazonaws.com"
CLUSTER = f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:documents"
COLLECTION = f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/abcdefghij1234567890"
GRAPH = f"arn:aws:neptune-graph:{REGION}:{ACCOUNT}:graph/g-abcdefghij"
KENDRA = f"arn:aws:kendra:{REGION}:{ACCOUNT}:index/12345678-90ab-cdef-1234-567890abcdef"
WORKGROUP = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/12345678-90ab-cdef-1234-567890abcdef"
INDEX = f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/vectors/index/documents"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:store-AbCdEf"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef"


def secret(stack: Stack) -> secretsmanager.ISecret:
    """A secret of another stack, with a key of its own."""
    key = kms.Key.from_key_arn(stack, "SecretKey", KEY)
    return secretsmanager.Secret.from_secret_attributes(
        stack, "Secret", secret_complete_arn=SECRET, encryption_key=key
    )


def of(make: Callable[[Stack], KnowledgeBaseType], **props: object) -> Callable[[Stack], KnowledgeBase]:
    return lambda stack: KnowledgeBase(stack, "KB", type=make(stack), **props)  # type: ignore[arg-type]  # table data


def _own_key(stack: Stack) -> KnowledgeBase:
    return KnowledgeBase(
        stack, "KB", encryption_key=kms.Key(stack, "Key"), rerank_models=["amazon.rerank-v1:0"]
    )


def _made(stack: Stack) -> KnowledgeBaseType:
    bucket = VectorBucket(stack, "Vectors", removal_policy=cdk.RemovalPolicy.DESTROY)
    index = VectorIndex(stack, "Documents", vector_bucket=bucket, dimension=256)
    return KnowledgeBaseType.vector(dimension=256, vector_store=VectorStore.s3_vectors(index))


def cluster(stack: Stack, **props: Any) -> rds.DatabaseCluster:
    """A small cluster of Aurora PostgreSQL, whose Data API is on."""
    given = {"enable_data_api": True, "default_database_name": "docs", **props}
    version = rds.AuroraPostgresEngineVersion.VER_16_4
    return rds.DatabaseCluster(
        stack,
        "Cluster",
        engine=rds.DatabaseClusterEngine.aurora_postgres(version=version),
        writer=rds.ClusterInstance.serverless_v2("Writer"),
        vpc=ec2.Vpc.from_vpc_attributes(
            stack,
            "Vpc",
            vpc_id="vpc-12345678",
            availability_zones=["us-east-1a", "us-east-1b"],
            private_subnet_ids=["subnet-1", "subnet-2"],
        ),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        **given,
    )


def _aurora(stack: Stack) -> KnowledgeBaseType:
    there = cluster(stack)
    assert there.secret is not None
    store = VectorStore.aurora(there, credentials_secret=there.secret, database_name="docs")
    return KnowledgeBaseType.vector(vector_store=store)


def _shared(stack: Stack) -> KnowledgeBase:
    kb = KnowledgeBase(stack, "KB", type=KnowledgeBaseType.managed())
    KnowledgeBasePolicy(stack, "Policy", knowledge_base=kb, allow=[iam.AccountPrincipal("444455556666")])
    return kb


def _all_of_s3_vectors(stack: Stack) -> KnowledgeBaseType:
    tags, key = {"team": "search"}, kms.Key(stack, "Key")
    bucket = VectorBucket(stack, "Vectors", vector_bucket_name="docs-vectors", encryption_key=key, tags=tags)
    reading = iam.PolicyStatement(
        principals=[iam.AccountPrincipal("444455556666")],
        actions=["s3vectors:QueryVectors"],
        resources=[f"{bucket.vector_bucket_arn}/index/*"],
    )
    bucket.add_to_resource_policy(reading)
    index = VectorIndex(
        stack,
        "Documents",
        vector_bucket=bucket,
        dimension=1024,
        index_name="documents",
        encryption_key=key,
        tags=tags,
    )
    return KnowledgeBaseType.vector(vector_store=VectorStore.s3_vectors(index))


CASES: dict[str, Callable[[Stack], KnowledgeBase]] = {
    "alone": lambda stack: KnowledgeBase(stack, "KB"),
    "own-key": _own_key,
    "own-index": of(_made),
    "imported-index": of(
        lambda stack: KnowledgeBaseType.vector(
            vector_store=VectorStore.s3_vectors(VectorIndex.from_vector_index_arn(stack, "Documents", INDEX))
        )
    ),
    "own-bucket": of(
        lambda stack: KnowledgeBaseType.vector(
            vector_store=VectorStore.s3_vectors(
                vector_bucket=VectorBucket(stack, "Vectors"), non_filterable_metadata_keys=["summary"]
            )
        )
    ),
    "multimodal": of(
        lambda stack: KnowledgeBaseType.vector(
            embedding_model=NOVA,
            multimodal_storage=s3.Bucket(stack, "Media"),
            audio_segment=cdk.Duration.seconds(5),
            video_segment=cdk.Duration.seconds(10),
        )
    ),
    "open-search-serverless": of(
        lambda _: KnowledgeBaseType.vector(vector_store=VectorStore.open_search_serverless())
    ),
    "open-search-serverless-binary": lambda stack: KnowledgeBase(
        stack,
        "KB",
        type=KnowledgeBaseType.vector(
            data_type=VectorDataType.BINARY,
            vector_store=VectorStore.open_search_serverless(
                standby_replicas=False, created_by=[f"arn:aws:iam::{ACCOUNT}:role/deploys"]
            ),
        ),
        encryption_key=kms.Key(stack, "Key"),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    ),
    "open-search-serverless-existing": of(
        lambda _: KnowledgeBaseType.vector(
            vector_store=VectorStore.open_search_serverless(
                COLLECTION, collection_name="docs", index_name="chunks"
            )
        )
    ),
    "aurora": of(_aurora),
    "aurora-existing": of(
        lambda stack: KnowledgeBaseType.vector(
            vector_store=VectorStore.aurora(
                CLUSTER, credentials_secret=secret(stack), database_name="docs", table_name="chunks"
            )
        )
    ),
    "open-search-managed": of(
        lambda _: KnowledgeBaseType.vector(
            data_type=VectorDataType.BINARY,
            vector_store=VectorStore.open_search_managed(DOMAIN, index_name="docs", domain_endpoint=ENDPOINT),
        )
    ),
    "neptune-analytics": of(
        lambda _: KnowledgeBaseType.vector(
            vector_store=VectorStore.neptune_analytics(GRAPH, vector_dimension=1024)
        )
    ),
    "pinecone": of(
        lambda stack: KnowledgeBaseType.vector(
            vector_store=VectorStore.pinecone(
                connection_string="https://docs-abc.svc.us-east-1.pinecone.io",
                credentials_secret=secret(stack),
                namespace="docs",
            )
        )
    ),
    "mongo-db-atlas": of(
        lambda stack: KnowledgeBaseType.vector(
            vector_store=VectorStore.mongo_db_atlas(
                endpoint="cluster0.abcde.mongodb.net",
                credentials_secret=secret(stack),
                database_name="docs",
                collection_name="chunks",
                vector_index_name="vectors",
                text_index_name="texts",
                endpoint_service_name="com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
            )
        )
    ),
    "managed": of(
        lambda _: KnowledgeBaseType.managed(),
        knowledge_base_name="answers",
        description="What we know",
        tags={"team": "search"},
    ),
    "managed-custom": lambda stack: KnowledgeBase(
        stack,
        "KB",
        type=KnowledgeBaseType.managed(
            embedding_model=NOVA,
            multimodal_storage=s3.Bucket(stack, "Media"),
            audio_segment=cdk.Duration.seconds(5),
            video_segment=cdk.Duration.seconds(10),
        ),
        encryption_key=kms.Key(stack, "Key"),
    ),
    "kendra": of(lambda _: KnowledgeBaseType.kendra(KENDRA)),
    "sql-serverless": of(
        lambda _: KnowledgeBaseType.sql(
            QueryEngine.serverless(WORKGROUP), storage=SqlStorage.redshift("sales")
        )
    ),
    "sql-secret": of(
        lambda stack: KnowledgeBaseType.sql(
            QueryEngine.serverless(WORKGROUP, auth=QueryAuth.from_secret(secret(stack))),
            storage=SqlStorage.redshift("sales"),
        )
    ),
    "shared": _shared,
    "all-of-s3-vectors": of(_all_of_s3_vectors),
    "sql-provisioned": of(
        lambda stack: KnowledgeBaseType.sql(
            QueryEngine.provisioned("warehouse", auth=QueryAuth.from_secret(secret(stack))),
            storage=[SqlStorage.redshift("sales")],
        )
    ),
    "sql-user": of(
        lambda _: KnowledgeBaseType.sql(
            QueryEngine.provisioned("warehouse", auth=QueryAuth.database_user("reader")),
            storage=SqlStorage.redshift("sales"),
        )
    ),
    "sql-catalog": of(
        lambda _: KnowledgeBaseType.sql(
            QueryEngine.provisioned("warehouse"),
            storage=SqlStorage.data_catalog("sales.orders", "sales.*"),
            execution_timeout=cdk.Duration.seconds(60),
            tables=[
                QueryTable(
                    "awsdatacatalog.sales.orders",
                    description="One row for each order",
                    inclusion=Inclusion.INCLUDE,
                    columns=[QueryColumn("id", "The number", Inclusion.EXCLUDE)],
                )
            ],
            curated_queries=[CuratedQuery("How many orders?", "SELECT count(*) FROM orders")],
        )
    ),
}
"""Name of the case -> a function that makes the knowledge base in a stack."""
