"""Data sources: names, roles, owners elsewhere, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Annotations, Match

from constructs_lib import (
    Chunking,
    ConnectorAuth,
    CrawlFilter,
    DataSource,
    DocumentSource,
    Enrichment,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    MediaExtraction,
    Parsing,
    PlanesError,
    SyncSchedule,
    Transformation,
)
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.data_source.cases import (
    TENANT,
    bucket,
    knowledge_base,
    secret,
    service_role,
)
from tests.control_plane.data_source.text import as_text

if TYPE_CHECKING:
    from collections.abc import Callable


def _any(value: Any) -> Any:
    """Return the value as one that type checkers let pass, as code without them does."""
    return value


IMPORTED = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/ABCDEF1234"


def only(found: dict[str, Any], kind: str) -> dict[str, Any]:
    [one] = resources(found, kind).values()
    return one


def own(stack: cdk.Stack) -> KnowledgeBase:
    return KnowledgeBase(stack, "Kb", knowledge_base_name="docs")


def name_of(stack: cdk.Stack) -> str:
    return str(only(template(stack), "AWS::Bedrock::DataSource")["Properties"]["Name"])


# Names


def named(chunking: Chunking | None = None, parsing: Parsing | None = None, **props: Any) -> str:
    stack = Stack()
    own(stack).add_data_source(
        "Source", DocumentSource.s3(bucket(stack)), chunking=chunking, parsing=parsing, **props
    )
    return name_of(stack)


def test_a_generated_name_changes_with_what_replaces_the_data_source() -> None:
    names = [
        named(),
        named(Chunking.none()),
        named(Chunking.fixed()),
        named(Chunking.fixed(max_tokens=301)),
        named(parsing=Parsing.foundation_model("amazon.nova-pro-v1:0")),
        named(parsing=Parsing.foundation_model("amazon.nova-lite-v1:0")),
    ]
    assert len(set(names)) == len(names)
    assert all(name.startswith("S-Kb-Source-") for name in names)


def test_a_generated_name_stays_when_only_what_can_be_updated_changes() -> None:
    assert named() == named(description="Other") == named()


def test_a_knowledge_base_that_is_replaced_gives_its_data_sources_other_names() -> None:
    names = set()
    for model in ("amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1"):
        stack = Stack()
        base = KnowledgeBase(stack, "Kb", type=KnowledgeBaseType.vector(embedding_model=model))
        base.add_data_source("Source", DocumentSource.s3(bucket(stack)))
        names.add(name_of(stack))
    assert len(names) == 2


def test_an_override_of_what_replaces_the_data_source_changes_the_name() -> None:
    stack = Stack()
    source = own(stack).add_data_source("Source", DocumentSource.s3(bucket(stack)))
    l1 = source.node.default_child
    assert isinstance(l1, bedrock.CfnDataSource)
    l1.add_property_override("VectorIngestionConfiguration.ChunkingConfiguration.ChunkingStrategy", "NONE")
    assert name_of(stack) not in {named(), named(Chunking.none())}


def test_an_override_leaves_a_given_name_alone() -> None:
    stack = Stack()
    source = own(stack).add_data_source("Source", DocumentSource.s3(bucket(stack)), data_source_name="mine")
    l1 = source.node.default_child
    assert isinstance(l1, bedrock.CfnDataSource)
    l1.add_property_override("VectorIngestionConfiguration.ChunkingConfiguration.ChunkingStrategy", "NONE")
    assert name_of(stack) == "mine"


def test_a_long_path_gives_a_name_that_bedrock_takes() -> None:
    stack = Stack("S" * 120)
    own(stack).add_data_source("Source" * 10, DocumentSource.s3(bucket(stack)))
    assert len(name_of(stack)) <= 100


# Roles


@pytest.mark.parametrize("kind", ["imported", "L1"])
def test_a_knowledge_base_whose_role_is_not_known_needs_it(kind: str) -> None:
    stack = Stack()
    base = (
        KnowledgeBase.from_knowledge_base_arn(stack, "Kb", IMPORTED)
        if kind == "imported"
        else knowledge_base(stack, "OPENSEARCH_SERVERLESS", service_role(stack))
    )
    message = "`role` is missing: .* of `S/Source` isn't known and needs s3:GetObject, s3:ListBucket; pass it"
    with pytest.raises(PlanesError, match=message):
        DataSource(stack, "Source", knowledge_base=base, source=DocumentSource.s3(bucket(stack)))


def test_an_imported_role_gets_the_policy() -> None:
    stack = Stack()
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/path/kb")
    base = KnowledgeBase.from_knowledge_base_arn(stack, "Kb", IMPORTED)
    base.add_data_source("Source", DocumentSource.s3(bucket(stack)), role=role)
    found = template(stack)
    assert only(found, "AWS::IAM::Policy")["Properties"]["Roles"] == ["kb"]
    assert only(found, "AWS::Bedrock::DataSource")["Properties"]["KnowledgeBaseId"] == "ABCDEF1234"


def test_a_source_that_needs_nothing_needs_no_role() -> None:
    stack = Stack()
    base = KnowledgeBase.from_knowledge_base_arn(stack, "Kb", IMPORTED)
    base.add_data_source("Source", DocumentSource.custom(), chunking=Chunking.none())
    assert resources(template(stack), "AWS::IAM::Policy") == {}


def test_attributes_and_references() -> None:
    stack = Stack()
    source = own(stack).add_data_source("Source", DocumentSource.custom())
    reference = source.data_source_ref
    [logical_id] = resources(template(stack), "AWS::Bedrock::DataSource")

    def attribute(name: str) -> dict[str, list[str]]:
        return {"Fn::GetAtt": [logical_id, name]}

    resolved: dict[str, list[Any]] = {
        "DataSourceId": [source.data_source_id, reference.data_source_id],
        "DataSourceStatus": [source.status],
        "CreatedAt": [source.created_at],
        "UpdatedAt": [source.updated_at],
        "FailureReasons": [source.failure_reasons],
        "DataSourceConfiguration.WebConfiguration.CrawlerConfiguration.UserAgentHeader": [
            source.user_agent_header
        ],
    }
    for name, values in resolved.items():
        assert [stack.resolve(value) for value in values] == [attribute(name)] * len(values)
    assert reference.knowledge_base_id == source.knowledge_base_id


def test_an_imported_data_source_is_a_reference() -> None:
    source = DataSource.from_data_source_attributes(
        Stack(), "D", data_source_id="ABCDEF1234", knowledge_base_id="GHIJKL5678"
    )
    assert (source.data_source_ref.data_source_id, source.data_source_ref.knowledge_base_id) == (
        "ABCDEF1234",
        "GHIJKL5678",
    )


# Buckets, keys, secrets


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    policies = resources(template(stack), "AWS::IAM::Policy")
    return [s for p in policies.values() for s in p["Properties"]["PolicyDocument"]["Statement"]]


def test_the_owner_of_another_accounts_bucket_is_told_what_to_add() -> None:
    stack = Stack()
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/kb")
    base = KnowledgeBase.from_knowledge_base_arn(stack, "Kb", IMPORTED)
    source = DocumentSource.s3(bucket(stack), prefix="public/", bucket_owner_account_id="999988887777")
    base.add_data_source("Source", source, role=role)
    [warning] = Annotations.from_stack(stack).find_warning("/S/Kb/Source", Match.any_value())
    said, _, statement = str(warning.entry.data).partition(": ")
    assert said.startswith(
        "the bucket `acme-docs` is of another account. Ingestion fails until its owner adds"
    )
    printed = json.loads(statement.partition(" [ack: ")[0])
    assert as_text(printed) == {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/kb"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::acme-docs", "arn:aws:s3:::acme-docs/public/*"],
    }


def test_a_bucket_of_the_stacks_account_asks_nobody() -> None:
    stack = Stack()
    own(stack).add_data_source("Source", DocumentSource.s3(bucket(stack)))
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_the_owner_of_an_imported_key_is_told_what_to_add_if_need_be() -> None:
    stack = Stack()
    where = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    key = kms.Key.from_key_arn(stack, "Key", where)
    own(stack).add_data_source("Source", DocumentSource.s3(bucket(stack), encryption_key=key))
    info = Match.string_like_regexp(f"the key `{where}` is not of this app. If its policy .*kms:Decrypt.*")
    assert len(Annotations.from_stack(stack).find_info("/S/Kb/Source", info)) == 1
    assert statements(stack)[-1] == {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": where,
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}},
    }


def test_the_key_of_a_bucket_of_this_app_is_found() -> None:
    stack = Stack()
    documents = s3.Bucket(stack, "Docs", encryption_key=kms.Key(stack, "Key"))
    own(stack).add_data_source("Source", DocumentSource.s3(documents))
    [key_id] = resources(template(stack), "AWS::KMS::Key")
    assert statements(stack)[-1]["Resource"] == {"Fn::GetAtt": [key_id, "Arn"]}
    assert Annotations.from_stack(stack).find_info("*", Match.any_value()) == []


def test_an_l1_of_a_bucket_is_a_bucket() -> None:
    stack = Stack()
    documents = s3.CfnBucket(stack, "Docs")
    own(stack).add_data_source("Source", DocumentSource.s3(_any(documents)))
    assert statements(stack)[0]["Resource"] == {"Fn::GetAtt": ["Docs", "Arn"]}


def test_a_secret_by_name_and_its_key_are_named_in_the_policy() -> None:
    stack = Stack()
    role = service_role(stack)
    key = kms.Key(stack, "Key")
    partial = secretsmanager.Secret.from_secret_attributes(
        stack,
        "Secret",
        secret_partial_arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:connector",
        encryption_key=key,
    )
    base = knowledge_base(stack, "MANAGED", role)
    source = ManagedSource.confluence("https://acme.atlassian.net", auth=ConnectorAuth.oauth2(partial))
    DataSource(stack, "Source", knowledge_base=base, source=source, role=role)
    [key_id] = resources(template(stack), "AWS::KMS::Key")
    assert statements(stack) == [
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            "Resource": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:connector-??????",
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": {"Fn::GetAtt": [key_id, "Arn"]},
            "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}},
        },
    ]


def test_a_version_of_a_function_is_invoked_as_it_is() -> None:
    stack = Stack()
    version = lambda_.Version.from_version_arn(
        stack, "Version", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:chunks:7"
    )
    own(stack).add_data_source(
        "Source",
        DocumentSource.custom(),
        transformation=Transformation.function(version, bucket=bucket(stack, "Chunks")),
    )
    assert statements(stack) == [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": version.function_arn},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": arn("s3:::acme-chunks/*"),
        },
    ]


def test_tokens_pass_every_check() -> None:
    stack = Stack()
    text = cdk.CfnParameter(stack, "Text").value_as_string
    own(stack).add_data_source(
        "Source",
        DocumentSource.s3(bucket(stack), prefix=text, bucket_owner_account_id=text),
        data_source_name=text,
        description=text,
    )
    properties = only(template(stack), "AWS::Bedrock::DataSource")["Properties"]
    assert (properties["Name"], properties["Description"]) == ({"Ref": "Text"}, {"Ref": "Text"})


# What is refused


def _source(**props: Any) -> Callable[[cdk.Stack], Any]:
    return lambda stack: own(stack).add_data_source("Source", DocumentSource.s3(bucket(stack)), **props)


def _managed(
    make: Callable[[cdk.Stack], ManagedSource], kind: str = "MANAGED", **props: Any
) -> Callable[[cdk.Stack], Any]:
    def build(stack: cdk.Stack) -> Any:
        role = service_role(stack)
        base = knowledge_base(stack, kind, role)
        return DataSource(stack, "Source", knowledge_base=base, source=make(stack), role=role, **props)

    return build


def _in_vectors(source: DocumentSource) -> Callable[[cdk.Stack], Any]:
    return lambda stack: own(stack).add_data_source("Source", source)


def _custom(_: cdk.Stack) -> ManagedSource:
    return ManagedSource.custom()


def _managed_s3(stack: cdk.Stack) -> ManagedSource:
    return ManagedSource.s3(bucket(stack))


def _elsewhere(stack: cdk.Stack) -> s3.IBucket:
    return s3.Bucket.from_bucket_attributes(stack, "B", bucket_name="acme-docs", region="eu-west-1")


BASIC = ConnectorAuth("basic", None)
REFUSED: dict[str, tuple[Callable[[cdk.Stack], Any], str]] = {
    # Props of the data source
    "data_source_name": (
        _source(data_source_name="a b"),
        "`data_source_name` has the value `a b`: use 1-100 letters",
    ),
    "description": (_source(description="x" * 201), "`description` must have 1 to 200 characters, got 201"),
    "deletion policy": (
        _source(deletion_policy="KEEP"),
        "`deletion_policy` has the value `'KEEP'`: use one of DataDeletionPolicy.DELETE, ",
    ),
    "no source": (
        lambda stack: own(stack).add_data_source("S", _any(bucket(stack))),
        "`source` has a value of the type .*: use a factory such as `DocumentSource.s3",
    ),
    "no knowledge base": (
        lambda stack: DataSource(
            stack,
            "S",
            knowledge_base=_any(IMPORTED),
            source=DocumentSource.custom(),
        ),
        f"`knowledge_base` has `{IMPORTED}` of the type `str`: pass a knowledge base",
    ),
    "chunking as text": (
        _source(chunking="SEMANTIC"),
        "`chunking` has a value of the type `str`: use a factory such as `Chunking.semantic",
    ),
    "schedule of no connector": (
        _source(sync_schedule=SyncSchedule.daily()),
        "`sync_schedule` is given, and only the connectors of managed knowledge bases have it: use a",
    ),
    # S3
    "bucket as text": (
        lambda _: DocumentSource.s3(_any("acme-docs")),
        "`bucket` has `acme-docs` of the type `str`: pass a bucket such as `s3.Bucket`",
    ),
    "bucket of another Region": (
        lambda stack: own(stack).add_data_source("S", DocumentSource.s3(_elsewhere(stack))),
        "`bucket` is a bucket of the Region `eu-west-1`, and the knowledge base is in `us-east-1`: ",
    ),
    "empty prefix": (
        lambda stack: DocumentSource.s3(bucket(stack), prefix=""),
        "`prefix` must have 1 to 300 characters, got 0",
    ),
    "account as number": (
        lambda stack: DocumentSource.s3(bucket(stack), bucket_owner_account_id="1234"),
        "`bucket_owner_account_id` has the value `1234`: use the 12 digits",
    ),
    # Crawlers
    "no seeds": (lambda _: DocumentSource.web_crawler([]), "`seed_urls` has 0 entries: use 1 to 100"),
    "seed as text": (
        lambda _: DocumentSource.web_crawler("https://a.example"),
        "`seed_urls` has the value `'https://a.example'`: pass a list of texts, also for one",
    ),
    "seed without scheme": (
        lambda _: DocumentSource.web_crawler(["a.example"]),
        "`seed_urls` has the value `a.example`: use a URL that begins with `https://`",
    ),
    "too many pages": (
        lambda _: DocumentSource.web_crawler(["https://a.example"], max_pages=25_001),
        "`max_pages` has the value `25001`: use a whole number of pages, 1 to 25000",
    ),
    "scope as text": (
        lambda _: DocumentSource.web_crawler(["https://a.example"], scope=_any("HOST_ONLY")),
        "`scope` has the value `'HOST_ONLY'`: use one of CrawlScope.HOST_ONLY, CrawlScope.SUBDOMAINS",
    ),
    "short user agent": (
        lambda _: DocumentSource.web_crawler(["https://a.example"], user_agent="acme"),
        "`user_agent` must have 15 to 40 characters, got 4",
    ),
    "http": (
        lambda _: DocumentSource.confluence("http://a.example", auth=BASIC),
        "`host_url` has the value `http://a.example`: use a URL that begins with `https://`",
    ),
    "auth of another connector": (
        lambda stack: DocumentSource.salesforce("https://a.example", auth=ConnectorAuth.basic(secret(stack))),
        r"`auth` is `ConnectorAuth.basic\(...\)`, which Salesforce doesn't take: use ConnectorAuth.oauth2",
    ),
    "secret as text": (
        lambda _: ConnectorAuth.basic(_any("secret")),
        "`secret` has `secret` of the type `str`: pass a secret such as `secretsmanager.Secret",
    ),
    "tenant": (
        lambda stack: DocumentSource.sharepoint(
            ["https://a.example"], domain="a", tenant_id="acme", auth=ConnectorAuth.oauth2(secret(stack))
        ),
        "`tenant_id` has the value `acme`: use the tenant's id, such as 1234",
    ),
    "empty filter": (
        lambda _: CrawlFilter("Page"),
        "the filter of `Page` has no patterns: give `inclusion` or `exclusion`",
    ),
    "crawler into S3 Vectors": (
        _in_vectors(DocumentSource.web_crawler(["https://a.example"])),
        "`source` is of the type `WEB`, and the knowledge base's store is `S3_VECTORS`: .*OpenSearch",
    ),
    # Chunking
    "no tokens": (
        lambda _: Chunking.fixed(max_tokens=0),
        "`max_tokens` has the value `0`: use a whole number of tokens, 1 to 8192",
    ),
    "tokens as text": (
        lambda _: Chunking.fixed(max_tokens=_any("300")),
        "`max_tokens` has the value `'300'`: use a whole number of tokens, 1 to 8192",
    ),
    "overlap": (
        lambda _: Chunking.fixed(overlap_percentage=100),
        "`overlap_percentage` has the value `100`: use a whole number of percent, 1 to 99",
    ),
    "child larger than parent": (
        lambda _: Chunking.hierarchical(parent_max_tokens=300, child_max_tokens=300),
        "`child_max_tokens` has the value `300` and `parent_max_tokens` `300`: .*make it smaller",
    ),
    "overlap larger than child": (
        lambda _: Chunking.hierarchical(overlap_tokens=300),
        "`overlap_tokens` has the value `300` and `child_max_tokens` `300`: make the overlap smaller",
    ),
    "buffer": (
        lambda _: Chunking.semantic(buffer_size=2),
        "`buffer_size` has the value `2`: use a whole number of sentences, 0 to 1",
    ),
    "breakpoint": (
        lambda _: Chunking.semantic(breakpoint_percentile_threshold=49),
        "`breakpoint_percentile_threshold` has the value `49`: use a whole number of percent, 50 to 99",
    ),
    # Parsing, transformation, enrichment
    "embedding model as parser": (
        lambda _: Parsing.foundation_model("amazon.titan-embed-text-v2:0"),
        "`model` has the value `amazon.titan-embed-text-v2:0`, which writes no text: use a model such as",
    ),
    "text model as parser": (
        lambda _: Parsing.foundation_model("us.amazon.nova-micro-v1:0"),
        "`model` has the value `us.amazon.nova-micro-v1:0`, which reads no images, which the pages",
    ),
    "long prompt": (
        lambda _: Parsing.foundation_model("amazon.nova-pro-v1:0", prompt="x" * 10_001),
        "`prompt` must have 1 to 10000 characters, got 10001",
    ),
    "images without storage": (
        _source(parsing=Parsing.data_automation(multimodal=True)),
        "`parsing` has `multimodal=True`, and the knowledge base has no multimodal storage",
    ),
    "parser of managed": (
        _source(parsing=Parsing.smart()),
        "`parsing` has the strategy `SMART_PARSING`, which knowledge bases of the type `VECTOR` don't have",
    ),
    "long transformation prefix": (
        lambda stack: Transformation.function(
            lambda_.Function.from_function_name(stack, "F", "f"), bucket=bucket(stack), prefix="x" * 65
        ),
        "`prefix` must have 1 to 64 characters, got 65",
    ),
    "function as text": (
        lambda stack: Transformation.function(_any("f"), bucket=bucket(stack)),
        "`function` has `f` of the type `str`: pass a function such as `lambda_.Function`",
    ),
    "enrichment without a graph": (
        _source(enrichment=Enrichment.foundation_model("amazon.nova-pro-v1:0")),
        "`enrichment` is given, and the knowledge base's store is `S3_VECTORS`: only Neptune Analytics",
    ),
    # Managed knowledge bases
    "connector of a vector knowledge base": (
        lambda stack: own(stack).add_data_source("S", ManagedSource.custom()),
        "`source` is a `ManagedSource`, and the knowledge base is of the type `VECTOR`: use `DocumentSource`",
    ),
    "plain source of a managed knowledge base": (
        _managed(lambda stack: _any(DocumentSource.s3(bucket(stack)))),
        "`source` is a `DocumentSource`, and the knowledge base is of the type `MANAGED`: use ",
    ),
    "chunking with the service's model": (
        _managed(_managed_s3, chunking=Chunking.fixed()),
        "`chunking` is given, and the knowledge base uses the service's own embedding model",
    ),
    "semantic chunking": (
        _managed(_managed_s3, "CUSTOM", chunking=Chunking.semantic()),
        r"`chunking` is `Chunking.semantic\(...\)`, which managed knowledge bases don't have: use",
    ),
    "model parser of a managed knowledge base": (
        _managed(_managed_s3, parsing=Parsing.data_automation()),
        "`parsing` has the strategy `BEDROCK_DATA_AUTOMATION`, which knowledge bases of the type `MANAGED`",
    ),
    "multimodal embeddings with the service's model": (
        _managed(_managed_s3, parsing=Parsing.multimodal_embeddings()),
        r"`parsing` is `Parsing.multimodal_embeddings\(\)`, and .* reads text: choose a multimodal",
    ),
    "key": (
        lambda stack: _managed(_managed_s3, encryption_key=kms.Key(stack, "Key"))(stack),
        "`encryption_key` is given, and a managed knowledge base encrypts .* give it to the knowledge base",
    ),
    "schedule of a custom connector": (
        _managed(_custom, sync_schedule=SyncSchedule.daily()),
        r"`sync_schedule` is given, and `ManagedSource.custom\(\)` isn't synced",
    ),
    "protection": (
        _managed(_managed_s3, deletion_protection=101),
        "`deletion_protection` has the value `101`: use a whole number of percent, 0 to 100",
    ),
    "day of the month": (
        lambda _: SyncSchedule.monthly(29),
        "`day` has the value `29`: use a whole number of days, 1 to 28",
    ),
    "day of the week": (
        lambda _: SyncSchedule.weekly(_any("SUNDAY")),
        "`day` has the value `'SUNDAY'`: use one of DayOfWeek.SUNDAY, ",
    ),
    "media": (
        lambda _: MediaExtraction(images=_any("yes")),
        "`images` has the value `'yes'`: use True or False",
    ),
    "sharepoint without certificate": (
        lambda stack: ManagedSource.sharepoint(
            ["https://a.sharepoint.com/sites/x"],
            tenant_id=TENANT,
            auth=ConnectorAuth.app_only(secret(stack)),
        ),
        "`auth` has no certificate, which SharePoint needs: use `ConnectorAuth.app_only",
    ),
    "half a certificate": (
        lambda stack: ConnectorAuth.app_only(secret(stack), certificate_key="app.p12"),
        "`certificate_bucket` is missing: the certificate needs",
    ),
    "no site": (
        lambda stack: ManagedSource.sharepoint(
            ["https://a.sharepoint.com/"], tenant_id=TENANT, auth=ConnectorAuth.oauth2(secret(stack))
        ),
        "`site_urls` has the value `https://a.sharepoint.com/`: use the URL of a site",
    ),
    "access control of a user's sign-in": (
        lambda stack: ManagedSource.google_drive(auth=ConnectorAuth.oauth2(secret(stack)), acl_enabled=True),
        r"`acl_enabled` is True, and `auth` is `ConnectorAuth.oauth2\(...\)`: .*service_account",
    ),
    "folders of a service account": (
        lambda stack: ManagedSource.google_drive(
            auth=ConnectorAuth.service_account(secret(stack)), inclusion_folder_ids=["1A"]
        ),
        "`inclusion_folder_ids` is given, and Google Drive takes it with OAuth 2.0 only",
    ),
    "files shared with an application": (
        lambda stack: ManagedSource.onedrive(
            tenant_id=TENANT, auth=ConnectorAuth.app_only(secret(stack)), crawl_shared_with_me=True
        ),
        "`crawl_shared_with_me` is True, and an application has no files shared with it",
    ),
    "dates in reverse": (
        lambda stack: ManagedSource.onedrive(
            tenant_id=TENANT,
            auth=ConnectorAuth.oauth2(secret(stack)),
            modified_after="2026-12-31",
            modified_before="2026-01-01",
        ),
        "`modified_after` has the value `2026-12-31`, which isn't before `modified_before` `2026-01-01`",
    ),
    "attachments of nothing": (
        lambda stack: ManagedSource.confluence(
            "https://a.example",
            auth=ConnectorAuth.basic(secret(stack)),
            crawl_pages=False,
            crawl_page_attachments=True,
        ),
        "`crawl_page_attachments` is True and `crawl_pages` False",
    ),
    "nothing to crawl": (
        lambda _: ManagedSource.web_crawler(),
        "`seed_urls` is missing: give URLs to begin with, or `sitemap_urls`",
    ),
    "too many sitemaps": (
        lambda _: ManagedSource.web_crawler(sitemap_urls=["https://a.example/s.xml"] * 4),
        "`sitemap_urls` has 4 entries: use 0 to 3",
    ),
    "connector without its site": (
        lambda _: _any(ManagedSource).sharepoint(),
        "`ManagedSource.sharepoint` needs `site_urls`: pass it",
    ),
    "connector without its tenant": (
        lambda stack: _any(ManagedSource).onedrive(auth=ConnectorAuth.oauth2(secret(stack))),
        "`ManagedSource.onedrive` needs `tenant_id`: pass it",
    ),
    "connector without its sign-in": (
        lambda _: _any(ManagedSource).confluence("https://a.atlassian.net"),
        "`ManagedSource.confluence` needs `auth`: pass it",
    ),
    "source without its sign-in": (
        lambda _: _any(DocumentSource).salesforce("https://a.example"),
        "`DocumentSource.salesforce` needs `auth`: pass it",
    ),
    "sign-in without its secret": (
        lambda _: _any(ConnectorAuth).basic(),
        "`ConnectorAuth.basic` needs `secret`",
    ),
    "chunking of another name": (
        lambda _: _any(Chunking).hierarchical(max_tokens=300),
        r"`Chunking.hierarchical` has no prop `max_tokens`: did you mean `\w*max_tokens`\?",
    ),
    "managed bucket of another Region": (
        _managed(lambda stack: ManagedSource.s3(_elsewhere(stack))),
        "`bucket` is a bucket of the Region `eu-west-1`",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=[*REFUSED])
def test_a_wrong_value_is_named_with_its_remedy(make: Callable[[cdk.Stack], Any], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        make(Stack())


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("eu-north-1", "the Region `eu-north-1` has no managed knowledge bases: use one of ap-northeast-1, "),
        ("us-gov-west-1", "`source` has the connector `CUSTOM`, which the Region `us-gov-west-1` doesn't "),
    ],
)
def test_a_region_without_the_connector_is_refused(region: str, message: str) -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region=region))
    role = service_role(stack)
    with pytest.raises(PlanesError, match=message):
        DataSource(
            stack,
            "Source",
            knowledge_base=knowledge_base(stack, "MANAGED", role),
            source=ManagedSource.custom(),
            role=role,
        )


def test_what_is_not_known_of_an_imported_knowledge_base_is_not_judged() -> None:
    stack = Stack()
    base = KnowledgeBase.from_knowledge_base_arn(stack, "Kb", IMPORTED)
    crawler = DocumentSource.web_crawler(["https://a.example"])
    base.add_data_source("Crawled", crawler, parsing=Parsing.smart())
    base.add_data_source("Managed", ManagedSource.custom(), chunking=Chunking.fixed())
    assert len(resources(template(stack), "AWS::Bedrock::DataSource")) == 2
