"""Where the documents of a managed knowledge base come from.

CloudFormation takes the connector's parameters as free JSON and passes them on, and the service checks them
in its own time: a wrong body leaves the stack waiting. So every field is typed and checked here.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-connect-ds.html and a page for each
connector. That page calls two types ``WEB_CRAWLER`` and ``GOOGLE_DRIVE``; the connectors' own pages, whose
requests are complete, call them ``WEB`` and ``GOOGLEDRIVE``. These are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_name_of,
    check_given_list,
    check_length,
    check_pattern,
    check_value,
    is_token,
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
    check_bool,
    check_choice,
    check_number,
    check_texts,
    check_url,
)
from constructs_lib.control_plane.data_source.document_sources import (
    check_account,
    check_auth,
    check_bucket,
    check_tenant,
)
from constructs_lib.control_plane.data_source.model import Bound, KnowledgeBaseFacts
from constructs_lib.grants import environment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

__all__ = ["DayOfWeek", "ManagedSource", "MediaExtraction", "SyncSchedule", "WebScope"]

# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-regions.html, seen on 2026-11-28
_GOVERNMENT = "us-gov-west-1"
_REGIONS = (
    "ap-northeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    _GOVERNMENT,
    "us-west-2",
)


class DayOfWeek(Enum):
    """A day of the week, as in ``SyncSchedule.weekly(DayOfWeek.SUNDAY)``."""

    SUNDAY = "SUNDAY"
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"


class WebScope(Enum):
    """Which links the web crawler of a managed knowledge base follows."""

    PATH = "PATH_SPECIFIC"
    """Those of the seed's host below the seed's path."""
    HOST = "DOMAINS_ONLY"
    """Those of the seed's host."""
    SUBDOMAINS = "SUB_DOMAINS"
    """Those of the seed's primary domain."""


@with_explained_calls
@dataclass(frozen=True, slots=True)
class SyncSchedule:
    """When a managed knowledge base syncs a data source by itself; AWS chooses the hour.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_SyncSchedule.html
    """

    configuration: dict[str, Any]

    @classmethod
    def daily(cls) -> SyncSchedule:
        """Sync once a day."""
        return cls({"daily": {}})

    @classmethod
    def weekly(cls, day: DayOfWeek) -> SyncSchedule:
        """Sync once a week.

        Raises:
            PlanesError: It is no day of the week.
        """
        check_choice("day", day, DayOfWeek)
        return cls({"weekly": {"dayOfWeek": day.value}})

    @classmethod
    def monthly(cls, day: int | None = None) -> SyncSchedule:
        """Sync once a month.

        Args:
            day: The day of the month, 1 to 28. Default: the last day of each month.

        Raises:
            PlanesError: The day isn't in every month.
        """
        if day is None:
            return cls({"monthly": {"dayOfMonth": {"lastDayOfMonth": {}}}})
        check_number("day", day, 1, 28, "days")
        return cls({"monthly": {"dayOfMonth": {"dayNumber": day}}})


@with_explained_calls
@dataclass(frozen=True)
class MediaExtraction:
    """What a managed knowledge base takes out of files beside text.

    Args:
        images: Image files, and images in documents. Default: what AWS does by default.
        audio: Audio files. Default: what AWS does by default.
        video: Video files. Default: what AWS does by default.

    Raises:
        PlanesError: A value is no bool.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_MediaExtractionConfiguration.html
    """

    images: bool | None = None
    audio: bool | None = None
    video: bool | None = None

    def __post_init__(self) -> None:
        for name, value in self._given():
            check_bool(name, value)

    def _given(self) -> list[tuple[str, bool]]:
        values = {"images": self.images, "audio": self.audio, "video": self.video}
        return [(name, value) for name, value in values.items() if value is not None]

    def to_config(self) -> dict[str, Any]:
        """Return CloudFormation's properties."""
        kinds = {"images": "image", "audio": "audio", "video": "video"}
        return {
            f"{kinds[name]}ExtractionConfiguration": {
                f"{kinds[name]}ExtractionStatus": "ENABLED" if value else "DISABLED"
            }
            for name, value in self._given()
        }


@with_explained_calls
@dataclass(frozen=True, slots=True)
class ManagedSource:
    """A connector of a managed knowledge base. A data source for another knowledge base is refused.

    ``acl_enabled`` is document-level access control. AWS fixes it when the data source is made, and
    CloudFormation doesn't know that: give the construct another id to change it.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-connect-ds.html
    """

    type: str
    make: Callable[[Construct], Bound]
    acl_enabled: bool = False
    bucket: s3_refs.IBucketRef | None = None
    prefixes: tuple[str, ...] = ()

    @classmethod
    def s3(
        cls,
        bucket: s3_refs.IBucketRef,
        *,
        inclusion_prefixes: Sequence[str] = (),
        exclusion_prefixes: Sequence[str] = (),
        inclusion_patterns: Sequence[str] = (),
        exclusion_patterns: Sequence[str] = (),
        max_file_size: cdk.Size | None = None,
        metadata_prefix: str | None = None,
        acl_file: str | None = None,
        bucket_owner_account_id: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> ManagedSource:
        """Ingest the objects of a bucket.

        Args:
            bucket: The bucket, in the knowledge base's Region.
            inclusion_prefixes: Only objects under these are ingested, and may be read. Default: the whole
                bucket.
            exclusion_prefixes: Objects under these are left out. Default: none.
            inclusion_patterns: Only keys that match one of the regular expressions are ingested. Default:
                all.
            exclusion_patterns: Keys that match are left out. Default: none.
            max_file_size: Larger files are left out; whole mebibytes. Default: 500 MiB.
            metadata_prefix: Where the ``.metadata.json`` files are. Default: beside the documents.
            acl_file: The key of the file that says who may find which prefixes. Default: no document-level
                access control.
            bucket_owner_account_id: The account that owns the bucket. A warning prints what has to be added
                to the policy of another account's bucket. Default: the account that ``bucket`` was imported
                with, which is the stack's if none was named.
            encryption_key: The key that encrypts the objects. Default: the bucket's own, if this app knows
                it.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-s3.html
        """
        check_given_list("inclusion_prefixes", inclusion_prefixes)
        check_bucket("bucket", bucket)
        check_account(bucket_owner_account_id)
        check_length("metadata_prefix", metadata_prefix, 1, 1024)
        check_length("acl_file", acl_file, 1, 1024)
        filters = {
            **_lists(
                inclusionPrefixes=("inclusion_prefixes", inclusion_prefixes),
                exclusionPrefixes=("exclusion_prefixes", exclusion_prefixes),
                inclusionPatterns=("inclusion_patterns", inclusion_patterns),
                exclusionPatterns=("exclusion_patterns", exclusion_patterns),
            ),
            **_size(max_file_size),
        }

        def make(scope: Construct) -> Bound:
            check_region(scope, "bucket", bucket)
            owner, elsewhere = owner_of(scope, bucket, bucket_owner_account_id)
            also = [f"{metadata_prefix}*"] if metadata_prefix is not None else []
            access = read_bucket(
                scope,
                bucket,
                owner=owner,
                elsewhere=elsewhere,
                key=encryption_key,
                prefixes=list(inclusion_prefixes),
                list_by_prefix=False,
                also=[*also, *([acl_file] if acl_file is not None else [])],
            )
            parameters: dict[str, Any] = {
                "connectionConfiguration": {
                    "bucketName": bucket_name_of(bucket),
                    "bucketOwnerAccountId": owner,
                }
            }
            if filters:
                parameters["filterConfiguration"] = filters
            if metadata_prefix is not None:
                parameters["metadataFilesPrefix"] = metadata_prefix
            if acl_file is not None:
                uri = f"s3://{bucket_name_of(bucket)}/{acl_file}"
                parameters["aclConfiguration"] = {"globalAccessControlListS3Uri": uri}
            return Bound(parameters, access.statements, access.owners)

        # What a change of says something new: with prefixes, also what stands beside them.
        beside = [one for one in (metadata_prefix, acl_file) if one is not None]
        watched = (*inclusion_prefixes, *beside) if inclusion_prefixes else ()
        return cls("S3", make, acl_file is not None, bucket, watched)

    @classmethod
    def confluence(
        cls,
        host_url: str,
        *,
        auth: ConnectorAuth,
        acl_enabled: bool = False,
        crawl_pages: bool | None = None,
        crawl_blogs: bool | None = None,
        crawl_page_attachments: bool | None = None,
        crawl_blog_attachments: bool | None = None,
        crawl_archived_spaces: bool | None = None,
        crawl_archived_pages: bool | None = None,
        crawl_personal_spaces: bool | None = None,
        inclusion_space_keys: Sequence[str] = (),
        inclusion_space_urls: Sequence[str] = (),
        inclusion_mime_types: Sequence[str] = (),
        exclusion_mime_types: Sequence[str] = (),
        max_file_size: cdk.Size | None = None,
    ) -> ManagedSource:
        """Crawl Confluence Cloud.

        Args:
            host_url: Its base URL, such as ``https://example.atlassian.net``.
            auth: ``ConnectorAuth.basic(secret)`` or ``.oauth2(secret)``, whose tokens the service role then
                refreshes in the secret.
            acl_enabled: Document-level access control, which needs the credentials of an administrator of the
                Atlassian organization in the secret. Default: none.
            crawl_pages: Whether pages are crawled. Default: AWS's.
            crawl_blogs: Whether blog posts are crawled. Default: AWS's.
            crawl_page_attachments: Whether attachments of pages are crawled, which needs ``crawl_pages``.
                Default: AWS's.
            crawl_blog_attachments: Whether attachments of blog posts are crawled, which needs
                ``crawl_blogs``. Default: AWS's.
            crawl_archived_spaces: Whether archived spaces are crawled. Default: AWS's.
            crawl_archived_pages: Whether archived pages are crawled. Default: AWS's.
            crawl_personal_spaces: Whether personal spaces are crawled. Default: AWS's.
            inclusion_space_keys: Keys of the spaces that are crawled. Default: all.
            inclusion_space_urls: URLs of the spaces that are crawled. Default: all.
            inclusion_mime_types: MIME types that are ingested. Default: all.
            exclusion_mime_types: MIME types that are left out. Default: none.
            max_file_size: Larger files are left out; whole mebibytes. Default: 500 MiB.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-confluence-connect.html
        """
        check_url("host_url", host_url)
        _needs("crawl_page_attachments", crawl_page_attachments, "crawl_pages", crawl_pages)
        _needs("crawl_blog_attachments", crawl_blog_attachments, "crawl_blogs", crawl_blogs)
        return cls._signed_in(
            "CONFLUENCE",
            auth,
            {"basic": "BASIC", "oauth2": "OAUTH2"},
            {"type": "SAAS", "hostUrl": host_url},
            acl_enabled=acl_enabled,
            entities=_bools(
                crawlPage=("crawl_pages", crawl_pages),
                crawlBlog=("crawl_blogs", crawl_blogs),
                crawlPageAttachment=("crawl_page_attachments", crawl_page_attachments),
                crawlBlogAttachment=("crawl_blog_attachments", crawl_blog_attachments),
                crawlArchivedSpace=("crawl_archived_spaces", crawl_archived_spaces),
                crawlArchivedPage=("crawl_archived_pages", crawl_archived_pages),
                crawlPersonalSpace=("crawl_personal_spaces", crawl_personal_spaces),
            ),
            filters={
                **_lists(
                    inclusionSpaceKeys=("inclusion_space_keys", inclusion_space_keys),
                    inclusionSpaceUrls=("inclusion_space_urls", inclusion_space_urls),
                    inclusionMimeTypes=("inclusion_mime_types", inclusion_mime_types),
                    exclusionMimeTypes=("exclusion_mime_types", exclusion_mime_types),
                ),
                **_size(max_file_size),
            },
        )

    @classmethod
    def sharepoint(
        cls,
        site_urls: Sequence[str],
        *,
        tenant_id: str,
        auth: ConnectorAuth,
        acl_enabled: bool = False,
        crawl_files: bool | None = None,
        crawl_pages: bool | None = None,
        modified_after: str | None = None,
        modified_before: str | None = None,
        inclusion_item_paths: Sequence[str] = (),
    ) -> ManagedSource:
        """Crawl SharePoint Online.

        Args:
            site_urls: URLs of sites, whose path begins with ``/sites/``, ``/teams/`` or ``/personal/``.
            tenant_id: The id of the Microsoft Entra tenant.
            auth: ``ConnectorAuth.app_only(secret, certificate_bucket=..., certificate_key=...)``, which AWS
                recommends, or ``.oauth2(secret)``.
            acl_enabled: Document-level access control, which needs ``app_only``. Default: none.
            crawl_files: Whether files are crawled. Default: they are.
            crawl_pages: Whether pages are crawled. Default: they are.
            modified_after: Only what was modified after this date (ISO 8601). Default: everything.
            modified_before: Only what was modified before this date (ISO 8601). Default: everything.
            inclusion_item_paths: Paths of the items that are crawled. Default: all.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-sharepoint-connect.html
        """
        sites = check_texts("site_urls", site_urls, 1, 100, longest=2048)
        for site in sites:
            check_pattern(
                "site_urls",
                site,
                r"https://[^/\s]+/(sites|teams|personal)/\S+",
                "use the URL of a site, such as https://contoso.sharepoint.com/sites/engineering",
            )
        check_tenant(tenant_id)
        _only_with(auth, "app_only", acl_enabled=acl_enabled)
        if auth.kind == "app_only" and auth.certificate_bucket is None:
            raise PlanesError(
                "`auth` has no certificate, which SharePoint needs: use `ConnectorAuth.app_only(secret, "
                "certificate_bucket=..., certificate_key=...)`"
            )
        return cls._signed_in(
            "SHAREPOINT",
            auth,
            {"app_only": "ENTRA_ID_APP_ONLY", "oauth2": "OAUTH2_APP"},
            {"tenantId": tenant_id},
            acl_enabled=acl_enabled,
            entities={
                "siteUrls": sites,
                **_bools(crawlFiles=("crawl_files", crawl_files), crawlPages=("crawl_pages", crawl_pages)),
            },
            filters={
                **_dates("modifiedDateAfter", modified_after, "modifiedDateBefore", modified_before),
                **_lists(inclusionItemPaths=("inclusion_item_paths", inclusion_item_paths)),
            },
        )

    @classmethod
    def onedrive(
        cls,
        *,
        tenant_id: str,
        auth: ConnectorAuth,
        acl_enabled: bool = False,
        crawl_personal_drives: bool | None = None,
        crawl_shared_with_me: bool | None = None,
        inclusion_user_emails: Sequence[str] = (),
        exclusion_user_emails: Sequence[str] = (),
        inclusion_drive_items: Sequence[str] = (),
        exclusion_drive_items: Sequence[str] = (),
        inclusion_mime_types: Sequence[str] = (),
        exclusion_mime_types: Sequence[str] = (),
        modified_after: str | None = None,
        modified_before: str | None = None,
    ) -> ManagedSource:
        """Crawl Microsoft OneDrive.

        Args:
            tenant_id: The id of the Microsoft Entra tenant.
            auth: ``ConnectorAuth.app_only(secret)``, which AWS recommends, or ``.oauth2(secret)``.
            acl_enabled: Document-level access control, which needs ``app_only`` with a certificate. Default:
                none.
            crawl_personal_drives: Whether the users' own drives are crawled. Default: AWS's.
            crawl_shared_with_me: Whether files that were shared with the user are crawled, which needs
                ``oauth2``. Default: AWS's.
            inclusion_user_emails: Users whose drives are crawled. Default: all.
            exclusion_user_emails: Users whose drives aren't. Default: none.
            inclusion_drive_items: Paths that are crawled. Default: all.
            exclusion_drive_items: Paths that aren't. Default: none.
            inclusion_mime_types: MIME types that are ingested. Default: all.
            exclusion_mime_types: MIME types that are left out. Default: none.
            modified_after: Only what was modified after this date (ISO 8601). Default: everything.
            modified_before: Only what was modified before this date (ISO 8601). Default: everything.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-onedrive-connect.html
        """
        check_tenant(tenant_id)
        _only_with(auth, "app_only", acl_enabled=acl_enabled)
        if acl_enabled and auth.certificate_bucket is None:
            raise PlanesError(
                "`auth` has no certificate, which `acl_enabled` needs: use `ConnectorAuth.app_only(secret, "
                "certificate_bucket=..., certificate_key=...)`"
            )
        if crawl_shared_with_me and auth.kind != "oauth2":
            raise PlanesError(
                "`crawl_shared_with_me` is True, and an application has no files shared with it: use "
                "`auth=ConnectorAuth.oauth2(secret)`, or leave it out"
            )
        return cls._signed_in(
            "ONEDRIVE",
            auth,
            {"app_only": "ENTRA_APP_ID", "oauth2": "OAUTH2"},
            {"tenantId": tenant_id},
            acl_enabled=acl_enabled,
            entities=_bools(
                crawlPersonalDrives=("crawl_personal_drives", crawl_personal_drives),
                crawlSharedWithMe=("crawl_shared_with_me", crawl_shared_with_me),
            ),
            filters={
                **_lists(
                    inclusionUserEmailAddresses=("inclusion_user_emails", inclusion_user_emails),
                    exclusionUserEmailAddresses=("exclusion_user_emails", exclusion_user_emails),
                    inclusionDriveItems=("inclusion_drive_items", inclusion_drive_items),
                    exclusionDriveItems=("exclusion_drive_items", exclusion_drive_items),
                    includeMimeTypes=("inclusion_mime_types", inclusion_mime_types),
                    excludeMimeTypes=("exclusion_mime_types", exclusion_mime_types),
                ),
                **_dates("absoluteDateAfter", modified_after, "absoluteDateBefore", modified_before),
            },
        )

    @classmethod
    def google_drive(
        cls,
        *,
        auth: ConnectorAuth,
        acl_enabled: bool = False,
        crawl_my_drive: bool | None = None,
        crawl_shared_with_me: bool | None = None,
        crawl_shared_drives: bool | None = None,
        inclusion_shared_drive_ids: Sequence[str] = (),
        exclusion_shared_drive_ids: Sequence[str] = (),
        inclusion_folder_ids: Sequence[str] = (),
        inclusion_file_ids: Sequence[str] = (),
        inclusion_shared_folder_ids: Sequence[str] = (),
        inclusion_shared_file_ids: Sequence[str] = (),
        inclusion_mime_types: Sequence[str] = (),
        exclusion_mime_types: Sequence[str] = (),
        modified_after: str | None = None,
        modified_before: str | None = None,
        max_file_size: cdk.Size | None = None,
    ) -> ManagedSource:
        """Crawl Google Drive.

        Args:
            auth: ``ConnectorAuth.service_account(secret)``, which AWS recommends, or ``.oauth2(secret)``.
            acl_enabled: Document-level access control, which needs ``service_account``. Default: none.
            crawl_my_drive: Whether the user's own drive is crawled. Default: AWS's.
            crawl_shared_with_me: Whether files that were shared with the user are crawled. Default: AWS's.
            crawl_shared_drives: Whether shared drives are crawled. Default: AWS's.
            inclusion_shared_drive_ids: Shared drives that are crawled. Default: all.
            exclusion_shared_drive_ids: Shared drives that aren't. Default: none.
            inclusion_folder_ids: Folders that are crawled, with ``oauth2`` only. Default: all.
            inclusion_file_ids: Files that are crawled, with ``oauth2`` only. Default: all.
            inclusion_shared_folder_ids: Shared folders that are crawled, with ``oauth2`` only. Default: all.
            inclusion_shared_file_ids: Shared files that are crawled, with ``oauth2`` only. Default: all.
            inclusion_mime_types: MIME types that are ingested. Default: all.
            exclusion_mime_types: MIME types that are left out. Default: none.
            modified_after: Only what was modified after this date (ISO 8601). Default: everything.
            modified_before: Only what was modified before this date (ISO 8601). Default: everything.
            max_file_size: Larger files are left out; whole mebibytes. Default: 500 MiB.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-googledrive-connect.html
        """
        _only_with(auth, "service_account", acl_enabled=acl_enabled)
        by_user = {
            "inclusionFolderIds": ("inclusion_folder_ids", inclusion_folder_ids),
            "inclusionFileIds": ("inclusion_file_ids", inclusion_file_ids),
            "inclusionSharedFolderIds": ("inclusion_shared_folder_ids", inclusion_shared_folder_ids),
            "inclusionSharedFileIds": ("inclusion_shared_file_ids", inclusion_shared_file_ids),
        }
        for prop, given in by_user.values():
            if given and auth.kind != "oauth2":
                raise PlanesError(
                    f"`{prop}` is given, and Google Drive takes it with OAuth 2.0 only: use "
                    "`auth=ConnectorAuth.oauth2(secret)`, or leave it out"
                )
        return cls._signed_in(
            "GOOGLEDRIVE",
            auth,
            {"service_account": "SERVICE_ACCOUNT", "oauth2": "OAUTH2"},
            {},
            acl_enabled=acl_enabled,
            entities=_bools(
                crawlMyDrive=("crawl_my_drive", crawl_my_drive),
                crawlSharedWithMe=("crawl_shared_with_me", crawl_shared_with_me),
                crawlSharedDrives=("crawl_shared_drives", crawl_shared_drives),
            ),
            filters={
                **_lists(
                    inclusionSharedDriveIds=("inclusion_shared_drive_ids", inclusion_shared_drive_ids),
                    exclusionSharedDriveIds=("exclusion_shared_drive_ids", exclusion_shared_drive_ids),
                    inclusionMimeTypes=("inclusion_mime_types", inclusion_mime_types),
                    exclusionMimeTypes=("exclusion_mime_types", exclusion_mime_types),
                    **by_user,
                ),
                **_dates("modifiedDateAfter", modified_after, "modifiedDateBefore", modified_before),
                **_size(max_file_size),
            },
        )

    @classmethod
    def web_crawler(
        cls,
        *,
        seed_urls: Sequence[str] = (),
        sitemap_urls: Sequence[str] = (),
        auth: ConnectorAuth | None = None,
        crawl_depth: int | None = None,
        max_links_per_url: int | None = None,
        max_urls_per_minute: int | None = None,
        wait: cdk.Duration | None = None,
        scope: WebScope | None = None,
        crawl_attachments: bool | None = None,
        inclusion_patterns: Sequence[str] = (),
        exclusion_patterns: Sequence[str] = (),
        max_file_size: cdk.Size | None = None,
    ) -> ManagedSource:
        """Crawl web pages, of which you must be allowed to use the content.

        Args:
            seed_urls: Where it begins, at most 10. Default: the sitemaps.
            sitemap_urls: Sitemaps, at most 3. Default: the seeds.
            auth: ``ConnectorAuth.basic(secret)``, ``.form(secret)`` or ``.saml(secret)``. Default: public
                pages.
            crawl_depth: How many links deep, 0 to 10. Default: 2.
            max_links_per_url: Links of a page that are followed, 1 to 1000. Default: 100.
            max_urls_per_minute: Pages a minute, 1 to 300. Default: AWS's.
            wait: How long it waits for the scripts of a page, whole seconds. Default: AWS's.
            scope: Which links it follows. Default: those of the seed's host below the seed's path.
            crawl_attachments: Whether files that pages link to are crawled. Default: AWS's.
            inclusion_patterns: Only URLs that match one of the regular expressions. Default: all.
            exclusion_patterns: URLs that match are left out. Default: none.
            max_file_size: Larger files are left out; whole mebibytes. Default: 500 MiB.

        Raises:
            PlanesError: A value is wrong.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-webcrawler.html
        """
        seeds = check_texts("seed_urls", seed_urls, 0, 10, longest=2048)
        sitemaps = check_texts("sitemap_urls", sitemap_urls, 0, 3, longest=2048)
        for prop, urls in (("seed_urls", seeds), ("sitemap_urls", sitemaps)):
            for url in urls:
                check_url(prop, url, "https?")
        if not seeds and not sitemaps:
            raise PlanesError("`seed_urls` is missing: give URLs to begin with, or `sitemap_urls`")
        crawl: dict[str, Any] = {}
        for name, prop, value, low, high in (
            ("crawlDepth", "crawl_depth", crawl_depth, 0, 10),
            ("maxLinksPerUrl", "max_links_per_url", max_links_per_url, 1, 1000),
            ("maxCrawledUrlsPerMinute", "max_urls_per_minute", max_urls_per_minute, 1, 300),
        ):
            if value is not None:
                check_number(prop, value, low, high, "links")
                crawl[name] = value
        if wait is not None:
            check_value("wait", wait, "cdk.Duration")
            crawl["implicitWaitInSeconds"] = wait.to_seconds()
        if scope is not None:
            check_choice("scope", scope, WebScope)
            crawl["syncScope"] = scope.value
        crawl.update(_bools(crawlAttachments=("crawl_attachments", crawl_attachments)))
        connection = {name: urls for name, urls in (("seedUrls", seeds), ("siteMapUrls", sitemaps)) if urls}
        return cls._signed_in(
            "WEB",
            auth if auth is not None else ConnectorAuth.none(),
            {"none": "NO_AUTH", "basic": "BASIC_AUTH", "form": "FORM", "saml": "SAML"},
            connection,
            acl_enabled=False,
            crawl=crawl,
            filters={
                **_lists(
                    inclusionPatterns=("inclusion_patterns", inclusion_patterns),
                    exclusionPatterns=("exclusion_patterns", exclusion_patterns),
                ),
                **_size(max_file_size),
            },
        )

    @classmethod
    def custom(cls, *, acl_enabled: bool = False) -> ManagedSource:
        """Take documents that are ingested one by one with ``IngestKnowledgeBaseDocuments``.

        Args:
            acl_enabled: Document-level access control, from the lists that come with each document. Default:
                none.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-custom.html
        """
        check_bool("acl_enabled", acl_enabled)
        return cls("CUSTOM", lambda _: Bound({}), acl_enabled)

    @classmethod
    def _signed_in(
        cls,
        kind: str,
        auth: ConnectorAuth,
        types: dict[str, str],
        connection: dict[str, Any],
        *,
        acl_enabled: bool,
        entities: dict[str, Any] | None = None,
        crawl: dict[str, Any] | None = None,
        filters: dict[str, Any],
    ) -> ManagedSource:
        check_auth(auth)
        check_bool("acl_enabled", acl_enabled)
        connection["authType"] = auth.type_in(kind.capitalize(), types)

        def make(scope: Construct) -> Bound:
            access = read_secret(scope, auth, refresh=kind == "CONFLUENCE" and auth.kind == "oauth2")
            signed_in = dict(connection)
            if auth.secret is not None:
                signed_in["secretArn"] = auth.secret.secret_arn
            if auth.certificate_bucket is not None:
                check_region(scope, "certificate_bucket", auth.certificate_bucket)
                signed_in["certificateS3Path"] = {
                    "s3BucketName": bucket_name_of(auth.certificate_bucket),
                    "s3KeyName": auth.certificate_key,
                }
            parts = {
                "dataEntityConfiguration": entities,
                "crawlConfiguration": crawl,
                "filterConfiguration": filters,
            }
            given = {name: part for name, part in parts.items() if part}
            return Bound({"connectionConfiguration": signed_in, **given}, access.statements, access.owners)

        return cls(kind, make, acl_enabled)

    def bind(self, scope: Construct, facts: KnowledgeBaseFacts) -> Bound:
        """Return the connector's parameters, and what the service role needs for it.

        Raises:
            PlanesError: The knowledge base isn't managed, or the Region has no such connector.
        """
        if facts.type is not None and facts.type != "MANAGED":
            raise PlanesError(
                f"`source` is a `ManagedSource`, and the knowledge base is of the type `{facts.type}`: use "
                "`DocumentSource`, or make the knowledge base managed"
            )
        region = environment_of(scope).region
        if not is_token(region):
            if region not in _REGIONS:
                raise PlanesError(
                    f"`source` is a `ManagedSource`, and the Region `{region}` has no managed knowledge "
                    "bases: "
                    f"use one of {', '.join(_REGIONS)}"
                )
            if region == _GOVERNMENT and (self.type != "S3" or self.acl_enabled):
                what = (
                    "document-level access control" if self.type == "S3" else f"the connector `{self.type}`"
                )
                raise PlanesError(
                    f"`source` has {what}, which the Region `{region}` doesn't have: use "
                    "`ManagedSource.s3(...)` "
                    "without `acl_file`"
                )
        bound = self.make(scope)
        parameters: dict[str, Any] = {"type": self.type, "version": "1"}
        # Always said: what AWS assumes depends on how the connector signs in, and can't be changed later.
        if self.type != "WEB" and region != _GOVERNMENT:
            parameters["aclEnabled"] = self.acl_enabled
        return Bound({**parameters, **bound.configuration}, bound.statements, bound.owners)


def _lists(**named: tuple[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the lists that hold something, by AWS's name; the first of each pair is the prop."""
    return {
        name: listed
        for name, (prop, given) in named.items()
        if (listed := check_texts(prop, given, 0, 1000, longest=2048))
    }


def _bools(**named: tuple[str, bool | None]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for name, (prop, given) in named.items():
        if given is not None:
            check_bool(prop, given)
            found[name] = given
    return found


def _size(max_file_size: cdk.Size | None) -> dict[str, str]:
    if max_file_size is None:
        return {}
    check_value("max_file_size", max_file_size, "cdk.Size")
    amount = max_file_size.to_mebibytes()
    if not max_file_size.is_unresolved() and amount < 1:
        raise PlanesError("`max_file_size` is less than a mebibyte: use `cdk.Size.mebibytes(1)` or more")
    return {"maxFileSizeInMegaBytes": cdk.Tokenization.stringify_number(amount)}


def _dates(after: str, since: str | None, before: str, until: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, prop, given in ((after, "modified_after", since), (before, "modified_before", until)):
        if given is not None:
            check_pattern(prop, given, r"\d{4}-\d\d-\d\d(T\S+)?", "use a date such as 2026-01-31 (ISO 8601)")
            found[name] = given
    if since is not None and until is not None and not is_token(since + until) and since >= until:
        raise PlanesError(
            f"`modified_after` has the value `{since}`, which isn't before `modified_before` `{until}`: no "
            "document can match"
        )
    return found


def _needs(prop: str, value: bool | None, other: str, others: bool | None) -> None:
    if value and others is False:
        raise PlanesError(
            f"`{prop}` is True and `{other}` False: AWS takes attachments of what it crawls only"
        )


def _only_with(auth: ConnectorAuth, kind: str, *, acl_enabled: bool) -> None:
    check_auth(auth)
    check_bool("acl_enabled", acl_enabled)
    if acl_enabled and auth.kind != kind:
        raise PlanesError(
            f"`acl_enabled` is True, and `auth` is `ConnectorAuth.{auth.kind}(...)`: document-level access "
            f"control needs `ConnectorAuth.{kind}(...)`"
        )
