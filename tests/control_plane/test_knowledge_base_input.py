"""Wrong props of knowledge bases and their stores: the message names the prop, the value and the remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match

from constructs_lib import (
    KnowledgeBase,
    KnowledgeBasePolicy,
    KnowledgeBaseType,
    PlanesError,
    QueryAuth,
    QueryEngine,
    SqlStorage,
    VectorBucket,
    VectorDataType,
    VectorIndex,
    VectorStore,
)
from tests.cdk import Stack
from tests.control_plane.knowledge_bases import (
    CLUSTER,
    COLLECTION,
    DOMAIN,
    ENDPOINT,
    GRAPH,
    INDEX,
    KENDRA,
    KEY,
    NOVA,
    WORKGROUP,
    cluster,
    secret,
)

if TYPE_CHECKING:
    from collections.abc import Callable

vector, managed, sql = KnowledgeBaseType.vector, KnowledgeBaseType.managed, KnowledgeBaseType.sql
BEDROCK = iam.ServicePrincipal("bedrock.amazonaws.com")
BINARY = VectorDataType.BINARY
LITE = "amazon.nova-lite-v1:0"
MARENGO = "twelvelabs.marengo-embed-3-0-v1:0"


def kb(stack: Stack, **props: Any) -> KnowledgeBase:
    return KnowledgeBase(stack, "KB", **props)


def bucket_elsewhere(stack: Stack) -> s3.IBucket:
    return s3.Bucket.from_bucket_attributes(stack, "There", bucket_name="media", region="eu-west-1")


def index(stack: Stack, **props: Any) -> VectorIndex:
    given = {"vector_bucket": VectorBucket(stack, "B"), "dimension": 256, **props}
    return VectorIndex(stack, "I", **given)


WRONG: dict[str, tuple[Callable[[Stack], object], str]] = {
    "knowledge_base_name": (
        lambda s: kb(s, knowledge_base_name="a b"),
        r"`knowledge_base_name` has the value `a b`: use 1-100 letters",
    ),
    "description": (
        lambda s: kb(s, description="x" * 201),
        r"`description` must have 1 to 200 characters, got 201",
    ),
    "type": (
        lambda s: kb(s, type="VECTOR"),
        r"`type` has the value `VECTOR`: pass one of `KnowledgeBaseType`",
    ),
    "role": (
        lambda s: kb(s, role="arn:aws:iam::1:role/x"),
        r"`role` has the value `'arn:aws:iam::1:role/x'` of the type `str`: pass a role",
    ),
    "role-and-path": (
        lambda s: kb(
            s,
            role=iam.Role(s, "R", assumed_by=BEDROCK),
            role_path="/x/",
        ),
        r"`role` and `role_path` are both given: the path is of the role that is made",
    ),
    "rerank-text": (
        lambda s: kb(s, rerank_models="amazon.rerank-v1:0"),
        r"`rerank_models` has the value `amazon.rerank-v1:0`: pass a list, also for one",
    ),
    "log-destination": (
        lambda s: kb(s, log_delivery=[kms.Key(s, "K")]),
        r"`log_delivery` has a value of the type `Key`: pass a log group, a bucket or",
    ),
    "dimension": (
        lambda _: vector(dimension=77),
        r"`dimension` has the value `77`, and `amazon.titan-embed-text-v2:0` makes 1024, 512, 256: choose",
    ),
    "dimension-of-profile": (
        lambda _: vector(embedding_model="us.cohere.embed-v4:0", dimension=77),
        r"`dimension` has the value `77`, and `cohere.embed-v4:0` makes 1536, 1024, 512, 256: choose one",
    ),
    "dimension-of-a-model-of-the-cdk": (
        lambda s: vector(
            embedding_model=bedrock.FoundationModel.from_foundation_model_id(
                s, "F", bedrock.FoundationModelIdentifier("amazon.titan-embed-text-v2:0")
            ),
            dimension=77,
        ),
        r"`dimension` has the value `77`, and `amazon.titan-embed-text-v2:0` makes 1024, 512, 256: choose",
    ),
    "dimension-of-an-arn-with-tokens": (
        lambda s: vector(
            embedding_model=f"arn:{s.partition}:bedrock:{s.region}::foundation-model/cohere.embed-english-v3",
            dimension=77,
        ),
        r"`dimension` has the value `77`, and `cohere.embed-english-v3` makes 1024: choose",
    ),
    "model-of-an-arn-with-tokens": (
        lambda s: vector(embedding_model=f"arn:{s.partition}:bedrock:us-east-1::foundation-model/{LITE}"),
        r"`embedding_model` is `amazon.nova-lite-v1:0`, which makes no embeddings: use one",
    ),
    "model-none": (
        lambda _: vector(embedding_model=None),  # type: ignore[arg-type]  # what is refused
        r"`embedding_model` has the value `None`: pass a model's id such as `amazon.titan",
    ),
    "model-empty": (
        lambda _: vector(embedding_model=""),
        r"`embedding_model` has the value ``: pass a model's id such as `amazon.titan",
    ),
    "storage-of-another-account": (
        lambda s: kb(
            s,
            type=vector(
                embedding_model=NOVA,
                multimodal_storage=s3.Bucket.from_bucket_attributes(
                    s, "There", bucket_name="media", account="444455556666"
                ),
            ),
        ),
        r"`multimodal_storage` is the bucket `S/There` of the account 444455556666, .*: use a bucket of",
    ),
    "index-in-another-region": (
        lambda s: index(
            s,
            vector_bucket=VectorBucket.from_vector_bucket_arn(
                s, "V", "arn:aws:s3vectors:eu-west-1:111122223333:bucket/vectors"
            ),
        ),
        r"`vector_bucket` is a bucket of the Region `eu-west-1`, and the index is in `us-east-1`: use a",
    ),
    "factory-without-a-prop": (
        lambda _: VectorStore.aurora(CLUSTER),  # type: ignore[call-arg]  # what is refused
        r"`VectorStore.aurora` needs `credentials_secret`: pass it",
    ),
    "factory-with-another-prop": (
        lambda _: vector(dimensions=256),  # type: ignore[call-arg]  # what is refused
        r"`KnowledgeBaseType.vector` has no prop `dimensions`: did you mean `dimension`\?",
    ),
    "dimension-unknown": (
        lambda _: vector(embedding_model="acme.embed-1"),
        r"`dimension` is missing and the catalogue doesn't know the embedding model `acme.embed-1`: give",
    ),
    "dimension-long": (
        lambda _: vector(embedding_model="acme.embed-1", dimension=5000),
        r"`dimension` has the value `5000`: a knowledge base takes 1 to 4096",
    ),
    "dimension-text": (
        lambda _: vector(embedding_model="acme.embed-1", dimension="8"),  # type: ignore[arg-type]  # what is refused
        r"`dimension` has the value `8`: pass a whole number",
    ),
    "custom-model": (
        lambda s: kb(
            s,
            type=vector(
                embedding_model="arn:aws:bedrock:us-east-1:111122223333:custom-model/a/b", dimension=8
            ),
        ),
        r"`embedding_model`: .*custom model is called through its deployment",
    ),
    "text-model": (
        lambda _: vector(embedding_model="amazon.nova-lite-v1:0"),
        r"`embedding_model` is `amazon.nova-lite-v1:0`, which makes no embeddings: use one that",
    ),
    "text-model-by-profile": (
        lambda _: managed(embedding_model="us.amazon.nova-lite-v1:0"),
        r"`embedding_model` is `amazon.nova-lite-v1:0`, which makes no embeddings: use one that",
    ),
    "no-kb-model": (
        lambda _: vector(embedding_model="twelvelabs.marengo-embed-2-7-v1:0"),
        r"`embedding_model` is `twelvelabs.marengo-embed-2-7-v1:0`, which no knowledge base takes: use one",
    ),
    "managed-only-model": (
        lambda _: vector(embedding_model=MARENGO),
        r"`embedding_model` is `twelvelabs.marengo-embed-3-0-v1:0`, which only managed .* use",
    ),
    "not-a-managed-model": (
        lambda _: managed(embedding_model="amazon.titan-embed-text-v1"),
        r"`embedding_model` is `amazon.titan-embed-text-v1`, which managed knowledge bases don't take: leave",
    ),
    "managed-dimension": (
        lambda _: managed(embedding_model="amazon.titan-embed-text-v2:0", dimension=256),
        r"`dimension` has the value `256`: a managed knowledge base takes 1024 of `amazon.titan.*leave it",
    ),
    "managed-dimension-alone": (
        lambda _: managed(dimension=256),
        r"`dimension` has the value `256` and `embedding_model` is missing: .*leave it out or name a model",
    ),
    "data-type": (
        lambda _: vector(data_type="BINARY"),  # type: ignore[arg-type]  # what is refused
        r"`data_type` has the value `BINARY`: pass `VectorDataType.FLOAT32` or",
    ),
    "binary-store": (
        lambda _: vector(data_type=BINARY),
        r"`data_type` is BINARY, and Amazon S3 Vectors holds floating-point vectors only: leave it out, or",
    ),
    "binary-graph": (
        lambda _: vector(data_type=BINARY, vector_store=VectorStore.neptune_analytics(GRAPH)),
        r"`data_type` is BINARY, and Amazon Neptune Analytics holds floating-point vectors only: leave",
    ),
    "binary-model": (
        lambda _: vector(
            embedding_model="amazon.titan-embed-text-v1",
            data_type=BINARY,
            vector_store=VectorStore.open_search_managed(DOMAIN, index_name="d", domain_endpoint=ENDPOINT),
        ),
        r"`data_type` is BINARY, and `amazon.titan-embed-text-v1` makes floating-point vectors only: leave",
    ),
    "multimodal": (
        lambda _: vector(embedding_model=NOVA),
        r"`multimodal_storage` is missing, and `amazon.nova-2-multimodal-embeddings-v1:0` embeds",
    ),
    "multimodal-managed": (
        lambda _: managed(embedding_model=MARENGO),
        r"`multimodal_storage` is missing, and `twelvelabs.marengo-embed-3-0-v1:0` embeds images.* give a",
    ),
    "multimodal-type": (
        lambda _: managed(multimodal_storage="media"),  # type: ignore[arg-type]  # what is refused
        r"`multimodal_storage` has a value of the type `str`: pass a bucket such as `s3.Bucket`",
    ),
    "multimodal-region": (
        lambda s: kb(s, type=vector(multimodal_storage=bucket_elsewhere(s))),
        r"`multimodal_storage` is the bucket `S/There` in eu-west-1, and the .* us-east-1: use a bucket of",
    ),
    "segment-of-text": (
        lambda _: vector(audio_segment=cdk.Duration.seconds(5)),
        r"`audio_segment` is given, and `amazon.titan-embed-text-v2:0` embeds text: leave it out",
    ),
    "segment-of-managed": (
        lambda _: managed(video_segment=cdk.Duration.seconds(5)),
        r"`video_segment` is given and `embedding_model` is missing: .*name a multimodal model",
    ),
    "segment-length": (
        lambda s: vector(
            embedding_model=NOVA,
            multimodal_storage=s3.Bucket(s, "M"),
            video_segment=cdk.Duration.seconds(31),
        ),
        r"`video_segment` is 31 s: AWS takes 1 to 30 s",
    ),
    "store": (
        lambda _: vector(vector_store="S3"),  # type: ignore[arg-type]  # what is refused
        r"`vector_store` has a value of the type `str`: pass one of `VectorStore`",
    ),
    "cluster": (
        lambda s: VectorStore.aurora("docs", credentials_secret=secret(s), database_name="d"),
        r"`cluster` has the value `docs`: pass the construct, or an ARN such as arn:aws:rds",
    ),
    "cluster-secret": (
        lambda _: VectorStore.aurora(CLUSTER, credentials_secret="s", database_name="d"),  # type: ignore[arg-type]  # what is refused
        r"`credentials_secret` has a value of the type `str`: pass a secret",
    ),
    "cluster-table": (
        lambda s: VectorStore.aurora(
            CLUSTER, credentials_secret=secret(s), database_name="d", table_name="x; drop table y"
        ),
        r"`table_name` has the value `x; drop table y`: use 1-63 lower-case letters, digits and `_`",
    ),
    "cluster-names-together": (
        lambda s: VectorStore.aurora(
            CLUSTER, credentials_secret=secret(s), database_name="d", table_name="t" * 44
        ),
        r"`schema_name` and `table_name` are `bedrock_integration.t+`, 64 characters, .*: rename one of them",
    ),
    "cluster-schema": (
        lambda s: VectorStore.aurora(
            CLUSTER, credentials_secret=secret(s), database_name="d", schema_name="s" * 31
        ),
        r"`schema_name` must have 1 to 30 characters, got 31",
    ),
    "cluster-field": (
        lambda s: VectorStore.aurora(
            CLUSTER, credentials_secret=secret(s), database_name="d", text_field="Chunks"
        ),
        r"`text_field` has the value `Chunks`: use 1-63 lower-case letters",
    ),
    "cluster-fields": (
        lambda s: VectorStore.aurora(
            CLUSTER, credentials_secret=secret(s), database_name="d", text_field="metadata"
        ),
        r"the fields .* share a name: give each its own",
    ),
    "cluster-data-api": (
        lambda s: VectorStore.aurora(
            cluster(s, enable_data_api=False), credentials_secret=secret(s), database_name="d"
        ),
        r"`cluster` is `S/Cluster/Resource`, whose Data API is off.*with `enable_data_api=True`",
    ),
    "cluster-binary": (
        lambda s: vector(
            data_type=BINARY,
            vector_store=VectorStore.aurora(CLUSTER, credentials_secret=secret(s), database_name="d"),
        ),
        r"`data_type` is BINARY, and Amazon Aurora holds floating-point vectors only",
    ),
    "cluster-dimension": (
        lambda s: vector(
            embedding_model=NOVA,
            multimodal_storage=s3.Bucket(s, "M"),
            dimension=3072,
            vector_store=VectorStore.aurora(CLUSTER, credentials_secret=secret(s), database_name="d"),
        ),
        r"`amazon.nova-2-multimodal-embeddings-v1:0` makes 3072 numbers, and pgvector indexes 2000 at most",
    ),
    "collection-missing": (
        lambda _: VectorStore.open_search_serverless(index_name="chunks"),
        r"`collection_name` and `index_name` are of a collection that exists, and `collection` is missing",
    ),
    "collection-index": (
        lambda _: VectorStore.open_search_serverless(COLLECTION),
        r"`index_name` is missing, and `collection` is given: name the vector index in it",
    ),
    "collection-arn": (
        lambda _: VectorStore.open_search_serverless("docs", index_name="chunks"),
        r"`collection` has the value `docs`: pass the construct, or an ARN such as arn:aws:aoss",
    ),
    "collection-name": (
        lambda _: VectorStore.open_search_serverless(COLLECTION, collection_name="Docs", index_name="c"),
        r"`collection_name` has the value `Docs`: use 3-32 lower-case letters",
    ),
    "collection-replicas": (
        lambda _: VectorStore.open_search_serverless(COLLECTION, index_name="chunks", standby_replicas=False),
        r"`collection` is given, so `created_by` and `standby_replicas` have no effect: leave them out",
    ),
    "collection-creator": (
        lambda _: VectorStore.open_search_serverless(created_by="arn:aws:iam::111122223333:role/x"),
        r"`created_by` has the value `'arn:aws:iam::111122223333:role/x'`: pass a list, also for one",
    ),
    "collection-dimension": (
        lambda _: vector(
            embedding_model="arn:aws:bedrock:us-east-1::foundation-model/acme.embed",
            vector_store=VectorStore.open_search_serverless(),
        ),
        r"`dimension` is missing and the catalogue doesn't know the embedding model",
    ),
    "store-and-bucket": (
        lambda s: VectorStore.s3_vectors(index(s), vector_bucket=VectorBucket(s, "C")),
        r"`index` is given, so `vector_bucket` and `non_filterable_metadata_keys` have no effect",
    ),
    "store-index": (
        lambda _: VectorStore.s3_vectors(INDEX),  # type: ignore[arg-type]  # what is refused
        r"`index` has a value of the type `str`: pass a `VectorIndex`, its L1, or `VectorIndex.from_vector",
    ),
    "store-dimension": (
        lambda s: vector(vector_store=VectorStore.s3_vectors(index(s))),
        r"`index` holds vectors of 256 numbers, and `amazon.titan-embed-text-v2:0` makes 1024: give",
    ),
    "graph-dimension": (
        lambda _: vector(vector_store=VectorStore.neptune_analytics(GRAPH, vector_dimension=256)),
        r"`graph` holds vectors of 256 numbers, and .* makes 1024: give `dimension=256`",
    ),
    "graph": (
        lambda _: VectorStore.neptune_analytics(DOMAIN),
        r"`graph` has the value `arn:aws:es:.*`: pass the construct, or an ARN such as arn:aws:neptune-graph",
    ),
    "domain-endpoint": (
        lambda _: VectorStore.open_search_managed(DOMAIN, index_name="docs"),
        r"`domain_endpoint` is missing and `domain` doesn't tell it: give the domain's endpoint",
    ),
    "domain-index": (
        lambda _: VectorStore.open_search_managed(DOMAIN, index_name="Docs", domain_endpoint=ENDPOINT),
        r"`index_name` has the value `Docs`: use lower-case letters",
    ),
    "fields": (
        lambda _: VectorStore.neptune_analytics(GRAPH, text_field="x", metadata_field="x"),
        r"the fields `text_field`, `metadata_field` share a name: give each its own",
    ),
    "pinecone": (
        lambda s: VectorStore.pinecone(connection_string="docs.pinecone.io", credentials_secret=secret(s)),
        r"`connection_string` has the value `docs.pinecone.io`: pass the endpoint of the index, such as",
    ),
    "pinecone-secret": (
        lambda _: VectorStore.pinecone(
            connection_string="https://docs.pinecone.io",
            credentials_secret="key",  # type: ignore[arg-type]  # what is refused
        ),
        r"`credentials_secret` has a value of the type `str`: pass a secret such as",
    ),
    "mongo": (
        lambda s: VectorStore.mongo_db_atlas(
            endpoint="https://x",
            credentials_secret=secret(s),
            database_name="d",
            collection_name="c",
            vector_index_name="v",
        ),
        r"`endpoint` has the value `https://x`: pass the host of the cluster, such as cluster0",
    ),
    "key-of-existing-store": (
        lambda s: kb(
            s, type=vector(vector_store=VectorStore.neptune_analytics(GRAPH)), encryption_key=kms.Key(s, "K")
        ),
        r"`encryption_key` is given, .*: the vector store exists and has a key of its own",
    ),
    "key-of-kendra": (
        lambda s: kb(s, type=KnowledgeBaseType.kendra(KENDRA), encryption_key=kms.Key(s, "K")),
        r"`encryption_key` is given, .*: encrypt its data where it is kept",
    ),
    "kendra": (
        lambda _: KnowledgeBaseType.kendra("documents"),
        r"`index` has the value `documents`: pass the construct, or an ARN such as arn:aws:kendra",
    ),
    "sql-engine": (
        lambda _: sql("x", storage=SqlStorage.redshift("d")),  # type: ignore[arg-type]  # what is refused
        r"`query_engine` has a value of the type `str`: pass `QueryEngine.serverless",
    ),
    "sql-storage": (
        lambda _: sql(QueryEngine.serverless(WORKGROUP), storage=[]),
        r"`storage` names nothing to query: pass `SqlStorage.redshift",
    ),
    "sql-workgroup": (
        lambda _: QueryEngine.serverless("default"),
        r"`workgroup` has the value `default`: pass the construct, or an ARN such as",
    ),
    "sql-user": (
        lambda _: QueryEngine.serverless(WORKGROUP, auth=QueryAuth.database_user("reader")),
        r"`auth` is a database user, which provisioned clusters alone take: use `QueryAuth.iam\(\)`",
    ),
    "sql-catalog-auth": (
        lambda _: sql(
            QueryEngine.provisioned("w", auth=QueryAuth.database_user("u")),
            storage=SqlStorage.data_catalog("sales.orders"),
        ),
        r"`auth` is USERNAME, and the AWS Glue Data Catalog takes IAM only: use `QueryAuth.iam\(\)`",
    ),
    "sql-table": (
        lambda _: SqlStorage.data_catalog("orders"),
        r"`table_names` has the value `orders`: name a table as `database.table`",
    ),
    "sql-timeout": (
        lambda _: sql(
            QueryEngine.serverless(WORKGROUP),
            storage=SqlStorage.redshift("d"),
            execution_timeout=cdk.Duration.minutes(5),
        ),
        r"`execution_timeout` is 300 s: AWS takes 1 to 200 s",
    ),
    "bucket-name": (
        lambda s: VectorBucket(s, "B", vector_bucket_name="Vectors"),
        r"`vector_bucket_name` has the value `Vectors`: use lower-case letters",
    ),
    "index-name": (lambda s: index(s, index_name="ab"), r"`index_name` must have 3 to 63 characters, got 2"),
    "index-dimension": (
        lambda s: index(s, dimension=0),
        r"`dimension` has the value `0`: S3 Vectors takes 1 to 4096",
    ),
    "index-bucket": (
        lambda s: index(s, vector_bucket="vectors"),
        r"`vector_bucket` has a value of the type `str`: pass a `VectorBucket`, its L1, or",
    ),
    "index-metric": (
        lambda s: index(s, distance_metric="cosine"),
        r"`distance_metric` has the value `cosine`: pass `DistanceMetric.COSINE` or",
    ),
    "index-keys": (
        lambda s: index(s, non_filterable_metadata_keys=[f"k{n}" for n in range(11)]),
        r"`non_filterable_metadata_keys` has 11 keys and an index takes 10: leave some filterable",
    ),
    "index-key-twice": (
        lambda s: index(s, non_filterable_metadata_keys=["a", "a"]),
        r"`non_filterable_metadata_keys` names a key twice: name each once",
    ),
    "arn-of-bucket": (
        lambda s: VectorBucket.from_vector_bucket_arn(s, "B", INDEX),
        r"`vector_bucket_arn` has the value `arn.*/index/documents`: pass an ARN such as",
    ),
    "policy-type": (
        lambda s: KnowledgeBasePolicy(s, "P", knowledge_base=kb(s), allow=[iam.AccountRootPrincipal()]),
        r"`knowledge_base` is of the type VECTOR, and AWS attaches policies to managed ones only: use",
    ),
    "policy-nobody": (
        lambda s: KnowledgeBasePolicy(s, "P", knowledge_base=kb(s, type=managed())),
        r"`allow` and `deny` are both empty: name at least one principal",
    ),
    "policy-everybody": (
        lambda s: KnowledgeBasePolicy(
            s, "P", knowledge_base=kb(s, type=managed()), allow=[iam.AnyPrincipal()]
        ),
        r"`allow` holds everybody: name accounts or roles",
    ),
    "generate": (
        lambda s: kb(s, type=managed()).grants.retrieve_and_generate(
            iam.User(s, "U"), "amazon.nova-lite-v1:0"
        ),
        r"`knowledge_base` is managed, and AWS refuses `RetrieveAndGenerate` there: grant `retrieve`",
    ),
    "metric": (
        lambda s: kb(s).metric_invocations(),
        r"`S/KB` is a VECTOR knowledge base, and AWS publishes metrics of managed ones only: count",
    ),
    "id": (
        lambda s: KnowledgeBase.from_knowledge_base_id(s, "K", "kb"),
        r"`knowledge_base_id` has the value `kb`: pass an id such as ABCDEF1234",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_prop_is_named_with_value_and_remedy(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(PlanesError, match=message):
        make(Stack())


def _imported_key(stack: Stack) -> kms.IKey:
    return kms.Key.from_key_arn(stack, "K", KEY)


def _media(stack: Stack) -> KnowledgeBase:
    storage = s3.Bucket(stack, "M", encryption_key=_imported_key(stack))
    return kb(stack, type=vector(embedding_model=NOVA, multimodal_storage=storage))


def _pinecone(stack: Stack) -> KnowledgeBase:
    store = VectorStore.pinecone(
        connection_string="https://docs.pinecone.io", credentials_secret=secret(stack)
    )
    return kb(stack, type=vector(vector_store=store))


IMPORTED_KEYS: dict[str, tuple[Callable[[Stack], KnowledgeBase], str]] = {
    "vectors": (lambda s: kb(s, encryption_key=_imported_key(s)), '["kms:Decrypt", "kms:GenerateDataKey"]'),
    "media": (_media, '["kms:Decrypt", "kms:GenerateDataKey"]'),
    "secret": (_pinecone, '"kms:Decrypt"'),
}


@pytest.mark.parametrize("case", IMPORTED_KEYS)
def test_what_the_owner_of_an_imported_key_may_have_to_add_is_printed(case: str) -> None:
    make, actions = IMPORTED_KEYS[case]
    stack = Stack()
    make(stack)
    [found] = Annotations.from_stack(stack).find_info("*", Match.any_value())
    text = str(found.entry.data)
    assert text.startswith(f"the key `{KEY}` is not of this app.")
    statement = json.loads(text.partition("adds this statement: ")[2])
    assert json.dumps(statement["Action"]) == actions
    assert statement["Principal"] == {"AWS": "<the ARN of the service role of S/KB>"}
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")


def test_a_key_of_this_app_is_opened_without_a_word() -> None:
    stack = Stack()
    kb(stack, encryption_key=kms.Key(stack, "K"))
    assert Annotations.from_stack(stack).find_info("*", Match.any_value()) == []
