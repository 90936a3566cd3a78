"""Each source, parser, chunking, transformation and enrichment once, with every field that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_lib import (
    Chunking,
    ConnectorAuth,
    CrawlFilter,
    CrawlScope,
    DataDeletionPolicy,
    DataSource,
    DayOfWeek,
    DocumentSource,
    Enrichment,
    KnowledgeBase,
    ManagedSource,
    MediaExtraction,
    Parsing,
    SyncSchedule,
    Transformation,
    WebScope,
)
from tests.cdk import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

TENANT = "12345678-1234-1234-1234-123456789012"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:connector-AbCdEf"
MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.titan-embed-text-v2:0"
COLLECTION = f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection/abcdefghijklmnopqrst"
GRAPH = f"arn:aws:neptune-graph:{REGION}:{ACCOUNT}:graph/g-0123456789"


def service_role(stack: cdk.Stack) -> iam.Role:
    """Return a role such as that of a knowledge base that was made elsewhere."""
    return iam.Role(
        stack,
        "Role",
        assumed_by=iam.ServicePrincipal(
            "bedrock.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/*"},
            },
        ),
    )


def knowledge_base(
    stack: cdk.Stack, kind: str, role: iam.Role, *, images: bool = False
) -> bedrock.CfnKnowledgeBase:
    """Return the L1 of a knowledge base whose type or store this library may not make."""
    vector: dict[str, Any] = {"embeddingModelArn": MODEL}
    if images:
        location = {"supplementalDataStorageLocationType": "S3", "s3Location": {"uri": "s3://images-of-docs"}}
        vector["supplementalDataStorageConfiguration"] = {"supplementalDataStorageLocations": [location]}
    managed = {"embeddingModelType": "MANAGED" if kind == "MANAGED" else "CUSTOM"}
    if kind == "CUSTOM":
        managed["embeddingModelArn"] = MODEL
    fields = {"textField": "text", "metadataField": "metadata"}
    stores: dict[str, Any] = {
        "OPENSEARCH_SERVERLESS": {
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": COLLECTION,
                "vectorIndexName": "docs",
                "fieldMapping": {"vectorField": "vector", **fields},
            },
        },
        "NEPTUNE_ANALYTICS": {
            "type": "NEPTUNE_ANALYTICS",
            "neptuneAnalyticsConfiguration": {"graphArn": GRAPH, "fieldMapping": fields},
        },
    }
    of_service = kind in {"MANAGED", "CUSTOM"}
    return bedrock.CfnKnowledgeBase(
        stack,
        "Kb",
        name="docs",
        role_arn=role.role_arn,
        knowledge_base_configuration=(
            {"type": "MANAGED", "managedKnowledgeBaseConfiguration": managed}
            if of_service
            else {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vector}
        ),
        storage_configuration=None if of_service else stores[kind],
    )


def secret(stack: cdk.Stack) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", SECRET)


def bucket(stack: cdk.Stack, construct_id: str = "Docs") -> s3.IBucket:
    return s3.Bucket.from_bucket_name(stack, construct_id, f"acme-{construct_id.lower()}")


def _own(stack: cdk.Stack, source: DocumentSource, **props: Any) -> DataSource:
    return KnowledgeBase(stack, "Kb", knowledge_base_name="docs").add_data_source("Source", source, **props)


def _s3(stack: cdk.Stack) -> DataSource:
    return _own(stack, DocumentSource.s3(bucket(stack)), data_source_name="docs", description="What we know")


def _s3_elsewhere(stack: cdk.Stack) -> DataSource:
    found = s3.Bucket.from_bucket_attributes(
        stack,
        "Docs",
        bucket_name="acme-docs",
        account="999988887777",
        encryption_key=kms.Key.from_key_arn(
            stack, "Key", f"arn:aws:kms:{REGION}:999988887777:key/11111111-2222-3333-4444-555555555555"
        ),
    )
    return _own(stack, DocumentSource.s3(found, prefix="public/"), deletion_policy=DataDeletionPolicy.RETAIN)


def _encrypted(stack: cdk.Stack) -> DataSource:
    return _own(stack, DocumentSource.custom(), encryption_key=kms.Key(stack, "Key"))


def _crawled(source: Callable[[cdk.Stack], DocumentSource]) -> Callable[[cdk.Stack], DataSource]:
    def make(stack: cdk.Stack) -> DataSource:
        role = service_role(stack)
        base = knowledge_base(stack, "OPENSEARCH_SERVERLESS", role)
        return DataSource(stack, "Source", knowledge_base=base, source=source(stack), role=role)

    return make


def _ingested(**props: Callable[[cdk.Stack], Any]) -> Callable[[cdk.Stack], DataSource]:
    def make(stack: cdk.Stack) -> DataSource:
        role = service_role(stack)
        kind = "NEPTUNE_ANALYTICS" if "enrichment" in props else "OPENSEARCH_SERVERLESS"
        base = knowledge_base(stack, kind, role, images=True)
        made = {name: value(stack) for name, value in props.items()}
        return DataSource(
            stack, "Source", knowledge_base=base, source=DocumentSource.custom(), role=role, **made
        )

    return make


def _connected(
    source: Callable[[cdk.Stack], ManagedSource], kind: str = "MANAGED", **props: Any
) -> Callable[[cdk.Stack], DataSource]:
    def make(stack: cdk.Stack) -> DataSource:
        role = service_role(stack)
        base = knowledge_base(stack, kind, role)
        return DataSource(stack, "Source", knowledge_base=base, source=source(stack), role=role, **props)

    return make


def _transformation(stack: cdk.Stack) -> Transformation:
    function = lambda_.Function(
        stack,
        "Function",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    return Transformation.function(function, bucket=bucket(stack, "Chunks"), prefix="chunks/")


FILTERS = [CrawlFilter("Page", inclusion=["Public.*"], exclusion=[".*private.*"])]

CASES: dict[str, Callable[[cdk.Stack], DataSource]] = {
    "s3": _s3,
    "s3 of another account": _s3_elsewhere,
    "custom, encrypted": _encrypted,
    "web crawler": _crawled(
        lambda _: DocumentSource.web_crawler(
            ["https://docs.example.com"],
            scope=CrawlScope.HOST_ONLY,
            max_pages=500,
            rate_limit=60,
            inclusion_filters=[".*/guide/.*"],
            exclusion_filters=[".*/old/.*"],
            user_agent="acme-docs-crawler",
        )
    ),
    "confluence": _crawled(
        lambda stack: DocumentSource.confluence(
            "https://acme.atlassian.net", auth=ConnectorAuth.oauth2(secret(stack)), filters=FILTERS
        )
    ),
    "sharepoint": _crawled(
        lambda stack: DocumentSource.sharepoint(
            ["https://acme.sharepoint.com/sites/docs"],
            domain="acme",
            tenant_id=TENANT,
            auth=ConnectorAuth.app_only(secret(stack)),
            filters=FILTERS,
        )
    ),
    "salesforce": _crawled(
        lambda stack: DocumentSource.salesforce(
            "https://acme.my.salesforce.com", auth=ConnectorAuth.oauth2(secret(stack)), filters=FILTERS
        )
    ),
    "chunking fixed": _ingested(chunking=lambda _: Chunking.fixed()),
    "chunking hierarchical": _ingested(chunking=lambda _: Chunking.hierarchical()),
    "chunking semantic": _ingested(chunking=lambda _: Chunking.semantic()),
    "chunking none": _ingested(chunking=lambda _: Chunking.none()),
    "parsing foundation model": _ingested(
        parsing=lambda _: Parsing.foundation_model(
            "us.amazon.nova-pro-v1:0", prompt="Transcribe the page.", multimodal=True
        )
    ),
    "parsing data automation": _ingested(parsing=lambda _: Parsing.data_automation(multimodal=True)),
    "transformation": _ingested(transformation=_transformation),
    "enrichment": _ingested(enrichment=lambda _: Enrichment.foundation_model("amazon.nova-pro-v1:0")),
    "managed s3": _connected(
        lambda stack: ManagedSource.s3(
            bucket(stack),
            inclusion_prefixes=["docs/", "faq/"],
            exclusion_prefixes=["docs/old/"],
            inclusion_patterns=[r".*\.pdf"],
            exclusion_patterns=[r".*\.tmp"],
            max_file_size=cdk.Size.mebibytes(50),
            metadata_prefix="metadata/",
            acl_file="acl.json",
        ),
        sync_schedule=SyncSchedule.daily(),
        deletion_protection=15,
        media=MediaExtraction(images=True, audio=False, video=False),
    ),
    "managed s3, own embedding model": _connected(
        lambda stack: ManagedSource.s3(bucket(stack)),
        "CUSTOM",
        chunking=Chunking.fixed(max_tokens=500, overlap_percentage=10),
        parsing=Parsing.smart(),
        sync_schedule=SyncSchedule.weekly(DayOfWeek.SUNDAY),
    ),
    "managed s3, multimodal embeddings": _connected(
        lambda stack: ManagedSource.s3(bucket(stack)),
        "CUSTOM",
        parsing=Parsing.multimodal_embeddings(),
        sync_schedule=SyncSchedule.monthly(28),
    ),
    "managed confluence": _connected(
        lambda stack: ManagedSource.confluence(
            "https://acme.atlassian.net",
            auth=ConnectorAuth.basic(secret(stack)),
            acl_enabled=True,
            crawl_pages=True,
            crawl_blogs=True,
            crawl_page_attachments=True,
            crawl_blog_attachments=False,
            crawl_archived_spaces=False,
            crawl_archived_pages=False,
            crawl_personal_spaces=False,
            inclusion_space_keys=["ENG"],
            inclusion_space_urls=["https://acme.atlassian.net/wiki/spaces/DOCS"],
            inclusion_mime_types=["application/pdf"],
            exclusion_mime_types=["image/gif"],
            max_file_size=cdk.Size.mebibytes(100),
        ),
        sync_schedule=SyncSchedule.monthly(),
    ),
    "managed sharepoint": _connected(
        lambda stack: ManagedSource.sharepoint(
            ["https://acme.sharepoint.com/sites/docs"],
            tenant_id=TENANT,
            auth=ConnectorAuth.app_only(
                secret(stack), certificate_bucket=bucket(stack, "Certificates"), certificate_key="app.p12"
            ),
            acl_enabled=True,
            crawl_files=True,
            crawl_pages=False,
            modified_after="2026-01-01",
            modified_before="2026-12-31",
            inclusion_item_paths=["/sites/docs/Shared Documents"],
        )
    ),
    "managed onedrive": _connected(
        lambda stack: ManagedSource.onedrive(
            tenant_id=TENANT,
            auth=ConnectorAuth.oauth2(secret(stack)),
            crawl_personal_drives=True,
            crawl_shared_with_me=True,
            inclusion_user_emails=["ann@acme.example"],
            exclusion_user_emails=["bob@acme.example"],
            inclusion_drive_items=["/Docs"],
            exclusion_drive_items=["/Docs/Old"],
            inclusion_mime_types=["application/pdf"],
            exclusion_mime_types=["image/gif"],
            modified_after="2026-01-01",
            modified_before="2026-12-31",
        )
    ),
    "managed google drive": _connected(
        lambda stack: ManagedSource.google_drive(
            auth=ConnectorAuth.oauth2(secret(stack)),
            crawl_my_drive=True,
            crawl_shared_with_me=True,
            crawl_shared_drives=True,
            inclusion_shared_drive_ids=["0A"],
            exclusion_shared_drive_ids=["0B"],
            inclusion_folder_ids=["1A"],
            inclusion_file_ids=["2A"],
            inclusion_shared_folder_ids=["1B"],
            inclusion_shared_file_ids=["2B"],
            inclusion_mime_types=["application/pdf"],
            exclusion_mime_types=["image/gif"],
            modified_after="2026-01-01",
            modified_before="2026-12-31",
            max_file_size=cdk.Size.mebibytes(100),
        )
    ),
    "managed web crawler": _connected(
        lambda stack: ManagedSource.web_crawler(
            seed_urls=["https://docs.example.com"],
            sitemap_urls=["https://docs.example.com/sitemap.xml"],
            auth=ConnectorAuth.form(secret(stack)),
            crawl_depth=3,
            max_links_per_url=100,
            max_urls_per_minute=50,
            wait=cdk.Duration.seconds(2),
            scope=WebScope.SUBDOMAINS,
            crawl_attachments=True,
            inclusion_patterns=[".*/guide/.*"],
            exclusion_patterns=[".*/old/.*"],
            max_file_size=cdk.Size.mebibytes(100),
        )
    ),
    "managed custom": _connected(lambda _: ManagedSource.custom()),
}
