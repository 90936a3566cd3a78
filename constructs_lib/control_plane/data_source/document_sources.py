"""Where the documents of a vector knowledge base come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    check_length,
    check_pattern,
    with_explained_calls,
)
from constructs_lib.control_plane.data_source.access import (
    check_region,
    owner_of,
    read_bucket,
    read_secret,
)
from constructs_lib.control_plane.data_source.auth import ConnectorAuth
from constructs_lib.control_plane.data_source.checks import (
    check_attributes,
    check_choice,
    check_kind,
    check_number,
    check_texts,
    check_url,
)
from constructs_lib.control_plane.data_source.model import Bound, KnowledgeBaseFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

__all__ = ["CrawlFilter", "CrawlScope", "DocumentSource"]

_MOST_PAGES = 25_000


class CrawlScope(Enum):
    """Which links a web crawler follows.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_WebCrawlerConfiguration.html
    """

    HOST_ONLY = "HOST_ONLY"
    """Those of the same host."""
    SUBDOMAINS = "SUBDOMAINS"
    """Those of the same primary domain."""


@with_explained_calls
@dataclass(frozen=True)
class CrawlFilter:
    """Which objects of one type are crawled, by regular expressions.

    Args:
        object_type: What the connector calls the type: ``Page``, ``Attachment``, 1 to 50 characters.
        inclusion: At most 25 patterns of 1,000 characters; only what matches is crawled. Default: everything.
        exclusion: At most 25 patterns; what matches isn't crawled, also if it is included. Default: nothing.

    Raises:
        PlanesError: It filters nothing, or has too much.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PatternObjectFilter.html
    """

    object_type: str
    inclusion: Sequence[str] = ()
    exclusion: Sequence[str] = ()

    def __post_init__(self) -> None:
        check_length("object_type", self.object_type, 1, 50)
        check_texts("inclusion", self.inclusion, 0, 25)
        check_texts("exclusion", self.exclusion, 0, 25)
        if not self.inclusion and not self.exclusion:
            raise PlanesError(
                f"the filter of `{self.object_type}` has no patterns: give `inclusion` or `exclusion`"
            )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class DocumentSource:
    """Where the documents come from. Another kind replaces the data source.

    For a managed knowledge base, use :class:`~constructs_lib.ManagedSource`.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/data-source-connectors.html
    """

    type: str
    make: Callable[[Construct], Bound]
    bucket: s3_refs.IBucketRef | None = None
    prefixes: tuple[str, ...] = ()

    @classmethod
    def s3(
        cls,
        bucket: s3_refs.IBucketRef,
        *,
        prefix: str | None = None,
        bucket_owner_account_id: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> DocumentSource:
        """Ingest the objects of a bucket.

        Args:
            bucket: The bucket, in the knowledge base's Region.
            prefix: Only objects under it are read, and may be read: 1 to 300 characters. AWS takes one for a
                data source. Default: the whole bucket.
            bucket_owner_account_id: The account that owns the bucket. A warning prints what has to be added
                to the policy of another account's bucket. Default: the account that ``bucket`` was imported
                with, which is the stack's if none was named.
            encryption_key: The key that encrypts the objects. Default: the bucket's own, if this app knows
                it.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/s3-data-source-connector.html
        """
        check_bucket("bucket", bucket)
        check_length("prefix", prefix, 1, 300)
        check_account(bucket_owner_account_id)

        def make(scope: Construct) -> Bound:
            check_region(scope, "bucket", bucket)
            owner, elsewhere = owner_of(scope, bucket, bucket_owner_account_id)
            prefixes = [prefix] if prefix is not None else []
            access = read_bucket(
                scope,
                bucket,
                owner=owner,
                elsewhere=elsewhere,
                key=encryption_key,
                prefixes=prefixes,
                list_by_prefix=True,
            )
            settings: dict[str, Any] = {"bucketArn": bucket_arn_of(bucket)}
            if prefixes:
                settings["inclusionPrefixes"] = prefixes
            if elsewhere:
                settings["bucketOwnerAccountId"] = owner
            return Bound({"s3Configuration": settings}, access.statements, access.owners)

        return cls("S3", make, bucket, () if prefix is None else (prefix,))

    @classmethod
    def web_crawler(
        cls,
        seed_urls: Sequence[str],
        *,
        scope: CrawlScope | None = None,
        max_pages: int | None = None,
        rate_limit: int | None = None,
        inclusion_filters: Sequence[str] = (),
        exclusion_filters: Sequence[str] = (),
        user_agent: str | None = None,
    ) -> DocumentSource:
        """Crawl web pages, of which you must be allowed to use the content.

        Args:
            seed_urls: Where it begins, 1 to 100 URLs.
            scope: Which links it follows. Default: those of the same host below the seed's path.
            max_pages: Pages at most, 1 to 25,000; a sync that finds more fails. Default: 25,000.
            rate_limit: Pages a minute of each host, 1 to 300. Default: 300.
            inclusion_filters: At most 25 patterns of URLs that are crawled. Default: all.
            exclusion_filters: At most 25 patterns of URLs that aren't. Default: none.
            user_agent: What the crawler adds to its name, 15 to 40 characters. Default: nothing.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_WebDataSourceConfiguration.html
        """
        seeds = check_texts("seed_urls", seed_urls, 1, 100, longest=2048)
        for seed in seeds:
            check_url("seed_urls", seed, "https?")
        crawler: dict[str, Any] = {}
        limits: dict[str, int] = {}
        if scope is not None:
            check_choice("scope", scope, CrawlScope)
            crawler["scope"] = scope.value
        if max_pages is not None:
            check_number("max_pages", max_pages, 1, _MOST_PAGES, "pages")
            limits["maxPages"] = max_pages
        if rate_limit is not None:
            check_number("rate_limit", rate_limit, 1, 300, "pages a minute")
            limits["rateLimit"] = rate_limit
        if limits:
            crawler["crawlerLimits"] = limits
        filters = {"inclusionFilters": inclusion_filters, "exclusionFilters": exclusion_filters}
        for prop, given in (
            ("inclusion_filters", inclusion_filters),
            ("exclusion_filters", exclusion_filters),
        ):
            check_texts(prop, given, 0, 25)
        crawler.update({name: list(given) for name, given in filters.items() if given})
        check_length("user_agent", user_agent, 15, 40)
        if user_agent is not None:
            crawler["userAgent"] = user_agent
        configuration: dict[str, Any] = {
            "sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": seed} for seed in seeds]}}
        }
        if crawler:
            configuration["crawlerConfiguration"] = crawler
        return cls("WEB", lambda _: Bound({"webConfiguration": configuration}))

    @classmethod
    def confluence(
        cls, host_url: str, *, auth: ConnectorAuth, filters: Sequence[CrawlFilter] = ()
    ) -> DocumentSource:
        """Crawl Confluence Cloud.

        Args:
            host_url: Its base URL, such as ``https://example.atlassian.net``.
            auth: ``ConnectorAuth.basic(secret)`` or ``.oauth2(secret)``, whose tokens the service role then
                refreshes in the secret.
            filters: At most 25 filters of ``Space``, ``Page``, ``Blog``, ``Comment``, ``Attachment``.
                Default: everything is crawled.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/confluence-data-source-connector.html
        """
        check_url("host_url", host_url)
        types = {"basic": "BASIC", "oauth2": "OAUTH2_CLIENT_CREDENTIALS"}
        settings = {"hostType": "SAAS", "hostUrl": host_url}
        return cls._crawled("CONFLUENCE", "confluenceConfiguration", settings, auth, types, filters)

    @classmethod
    def sharepoint(
        cls,
        site_urls: Sequence[str],
        *,
        domain: str,
        tenant_id: str,
        auth: ConnectorAuth,
        filters: Sequence[CrawlFilter] = (),
    ) -> DocumentSource:
        """Crawl SharePoint Online.

        Args:
            site_urls: 1 to 100 URLs of sites.
            domain: The domain, such as ``example`` of ``example.sharepoint.com``, 1 to 50 characters.
            tenant_id: The id of the Microsoft 365 tenant.
            auth: ``ConnectorAuth.app_only(secret)``, which AWS recommends, or ``.oauth2(secret)``.
            filters: At most 25 filters of ``Page``, ``Event``, ``File``, ``Link``, ... Default: everything is
                crawled.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/sharepoint-data-source-connector.html
        """
        sites = check_texts("site_urls", site_urls, 1, 100, longest=2048)
        for site in sites:
            check_url("site_urls", site)
        check_length("domain", domain, 1, 50)
        check_tenant(tenant_id)
        types = {
            "oauth2": "OAUTH2_CLIENT_CREDENTIALS",
            "app_only": "OAUTH2_SHAREPOINT_APP_ONLY_CLIENT_CREDENTIALS",
        }
        settings = {"hostType": "ONLINE", "siteUrls": sites, "domain": domain, "tenantId": tenant_id}
        return cls._crawled("SHAREPOINT", "sharePointConfiguration", settings, auth, types, filters)

    @classmethod
    def salesforce(
        cls, host_url: str, *, auth: ConnectorAuth, filters: Sequence[CrawlFilter] = ()
    ) -> DocumentSource:
        """Crawl Salesforce.

        Args:
            host_url: The instance's URL, such as ``https://company.my.salesforce.com``.
            auth: ``ConnectorAuth.oauth2(secret)``.
            filters: At most 25 filters of ``Account``, ``Case``, ``Document``, ... Default: everything is
                crawled.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/salesforce-data-source-connector.html
        """
        check_url("host_url", host_url)
        types = {"oauth2": "OAUTH2_CLIENT_CREDENTIALS"}
        settings = {"hostUrl": host_url}
        return cls._crawled("SALESFORCE", "salesforceConfiguration", settings, auth, types, filters)

    @classmethod
    def custom(cls) -> DocumentSource:
        """Take documents that are ingested one by one with ``IngestKnowledgeBaseDocuments``.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/custom-data-source-connector.html
        """
        return cls("CUSTOM", lambda _: Bound({}))

    @classmethod
    def _crawled(  # noqa: PLR0917 - what the three connectors differ in
        cls,
        kind: str,
        name: str,
        settings: dict[str, Any],
        auth: ConnectorAuth,
        types: dict[str, str],
        filters: Sequence[CrawlFilter],
    ) -> DocumentSource:
        check_auth(auth)
        settings["authType"] = auth.type_in(kind.capitalize(), types)
        if len(filters) > 25:
            raise PlanesError(f"`filters` has {len(filters)} entries: use 25 at most")
        for one in filters:
            check_kind(
                "filters", one, CrawlFilter, 'pass filters such as `CrawlFilter("Page", exclusion=[...])`'
            )

        def make(scope: Construct) -> Bound:
            access = read_secret(scope, auth, refresh=kind == "CONFLUENCE" and auth.kind == "oauth2")
            configuration: dict[str, Any] = {
                "sourceConfiguration": {**settings, "credentialsSecretArn": auth.secret.secret_arn}
            }
            if filters:
                patterns = {"filters": [_pattern(one) for one in filters]}
                configuration["crawlerConfiguration"] = {
                    "filterConfiguration": {"type": "PATTERN", "patternObjectFilter": patterns}
                }
            return Bound({name: configuration}, access.statements, access.owners)

        return cls(kind, make)

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the configuration, and what the service role needs for it.

        Raises:
            PlanesError: The knowledge base has no such sources.
        """
        if facts.type is not None and facts.type != "VECTOR":
            remedy = (
                "use `ManagedSource`"
                if facts.type == "MANAGED"
                else "its index or database is its only source"
            )
            raise PlanesError(
                f"`source` is a `DocumentSource`, and the knowledge base is of the type `{facts.type}`: "
                f"{remedy}"
            )
        crawled = self.type not in {"S3", "CUSTOM"}
        if crawled and facts.store is not None and facts.store != "OPENSEARCH_SERVERLESS":
            # Said on each connector's page: "only Amazon OpenSearch Serverless vector store is available".
            raise PlanesError(
                f"`source` is of the type `{self.type}`, and the knowledge base's store is `{facts.store}`: "
                "AWS "
                "crawls into OpenSearch Serverless only, so use that store, a managed knowledge base, or S3"
            )
        bound = self.make(scope)
        return Bound({"type": self.type, **bound.configuration}, bound.statements, bound.owners)


def _pattern(one: CrawlFilter) -> dict[str, Any]:
    patterns = {"inclusionFilters": list(one.inclusion), "exclusionFilters": list(one.exclusion)}
    return {"objectType": one.object_type, **{name: given for name, given in patterns.items() if given}}


def check_bucket(prop: str, bucket: Any) -> None:
    """Raise :class:`PlanesError` unless the value is a bucket."""
    check_attributes(prop, bucket, ("bucket_ref",), "pass a bucket such as `s3.Bucket`")


def check_account(account: str | None) -> None:
    """Raise :class:`PlanesError` unless the text is an account id."""
    check_pattern("bucket_owner_account_id", account, r"\d{12}", "use the 12 digits of an account id as text")


def check_tenant(tenant_id: str) -> None:
    """Raise :class:`PlanesError` unless the text is the id of a Microsoft tenant."""
    check_pattern(
        "tenant_id",
        tenant_id,
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "use the tenant's id, such as 12345678-1234-1234-1234-123456789012, in small letters",
    )


def check_auth(auth: Any) -> None:
    """Raise :class:`PlanesError` unless the value is a way to sign in."""
    check_kind("auth", auth, ConnectorAuth, "pass one such as `ConnectorAuth.basic(secret)`")
