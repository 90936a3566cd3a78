"""The data source of a knowledge base."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib.cdk_support import (
    PlanesError,
    check_length,
    check_name,
    with_explained_calls,
)
from constructs_lib.control_plane.data_source.access import use_key
from constructs_lib.control_plane.data_source.checks import (
    check_attributes,
    check_choice,
    check_kind,
    check_number,
)
from constructs_lib.control_plane.data_source.document_sources import DocumentSource
from constructs_lib.control_plane.data_source.ingestion import (
    Chunking,
    Enrichment,
    Parsing,
    Transformation,
)
from constructs_lib.control_plane.data_source.managed_sources import (
    ManagedSource,
    MediaExtraction,
    SyncSchedule,
)
from constructs_lib.control_plane.data_source.model import KnowledgeBaseFacts, Parts, facts_of
from constructs_lib.control_plane.fingerprint import (
    FingerprintedName,
    RecordingDataSource,
    at_the_end,
    create_only_fingerprint,
    resource_behind,
)
from constructs_lib.control_plane.replacement import keep_removed, keep_replaced, refer_weakly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_s3 as s3
    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct

__all__ = ["DataDeletionPolicy", "DataSource", "DataSourceBase"]

# Two data sources of a knowledge base can't have one name, and these replace the data source: the new one is
# made before the old one goes. What the knowledge base refers to makes no difference, since another knowledge
# base has names of its own.
_CREATE_ONLY = ("chunkingConfiguration", "parsingConfiguration")
_OVERRIDES = (
    "Properties.DataSourceConfiguration",
    "Properties.VectorIngestionConfiguration",
)


class DataDeletionPolicy(Enum):
    """What happens to the vectors of a data source that is deleted.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-ds-delete.html
    """

    DELETE = "DELETE"
    """They are deleted, with the knowledge base's service role; if it can't, the deletion fails."""
    RETAIN = "RETAIN"
    """They stay, and queries still find them."""


@jsii.implements(refs.IDataSourceRef)
class DataSourceBase(cdk.Resource):
    """What a data source of this app and an imported one have in common."""

    data_source_id: str
    knowledge_base_id: str

    @property
    def data_source_ref(self) -> refs.DataSourceReference:
        """The reference that other libraries' constructs take."""
        return refs.DataSourceReference(
            data_source_id=self.data_source_id, knowledge_base_id=self.knowledge_base_id
        )


@with_explained_calls
class DataSource(DataSourceBase):
    """Documents that a knowledge base ingests: where they are, and how they are read, split and enriched.

    Another ``knowledge_base``, kind of ``source``, ``chunking`` or ``parsing`` replaces the data source, and
    the documents have to be ingested again. AWS has no tags for data sources. If the knowledge base has
    ``on_replace=OnReplace.KEEP``, the old data source is kept with its vectors too.

    Args:
        knowledge_base: Any knowledge base: of this library, an L1, of another library, or imported.
        source: Where the documents are: a :class:`~constructs_lib.DocumentSource`, or for a managed knowledge
            base a :class:`~constructs_lib.ManagedSource`.
        data_source_name: 1-100 letters, digits and single ``-`` and ``_``, unique in the knowledge base.
            With a name of one's own, each replacement needs another one, or AWS answers that the data source
            already exists. Default: one from the construct's path and a fingerprint of what replaces the data
            source.
        description: At most 200 characters. Default: none.
        role: The service role of the knowledge base, which gets what the source needs before the data source
            exists. Default: the ``role`` of the knowledge base; an imported one or an L1 has none.
        chunking: How documents are split. Default: AWS's, about 300 tokens a chunk.
        parsing: How text is taken out of documents. Default: AWS's parser, for text.
        transformation: A function that changes the chunks. Default: none.
        enrichment: What is added to the chunks for a graph. Default: nothing.
        deletion_policy: What happens to the vectors when the data source goes. Default:
            ``DataDeletionPolicy.DELETE``.
        encryption_key: The key for the transient data of an ingestion. A managed knowledge base has one key
            for everything, its own. Default: a key of AWS's.
        sync_schedule: When the service syncs by itself; for connectors of managed knowledge bases. Default:
            never.
        deletion_protection: The percentage of the documents, 0 to 100, that one sync may delete from the
            index at most; for connectors of managed knowledge bases. Default: no limit.
        media: What is taken out of files beside text; for connectors of managed knowledge bases. Default:
            what AWS does by default.

    Attributes:
        data_source_id: Its id.
        knowledge_base_id: The id of the knowledge base that ingests it.
        data_source_name: Its name.
        status: ``AVAILABLE``, ``CREATING``, ``DELETE_UNSUCCESSFUL``, ...
        created_at: When it was made (ISO 8601).
        updated_at: When it was changed last.
        failure_reasons: Why it failed.
        user_agent_header: What a web crawler calls itself; of no use for other sources.
        takes_ingestion_jobs: Whether it is synced by ingestion jobs; the documents of a custom one aren't.

    Raises:
        PlanesError: A prop is wrong, or the knowledge base can't have such a source.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-datasource.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base: refs.IKnowledgeBaseRef,
        source: DocumentSource | ManagedSource,
        data_source_name: str | None = None,
        description: str | None = None,
        role: iam.IRole | None = None,
        chunking: Chunking | None = None,
        parsing: Parsing | None = None,
        transformation: Transformation | None = None,
        enrichment: Enrichment | None = None,
        deletion_policy: DataDeletionPolicy = DataDeletionPolicy.DELETE,
        encryption_key: kms_refs.IKeyRef | None = None,
        sync_schedule: SyncSchedule | None = None,
        deletion_protection: int | None = None,
        media: MediaExtraction | None = None,
    ) -> None:
        if data_source_name is not None:
            check_name("data_source_name", data_source_name)
        check_length("description", description, 1, 200)
        check_choice("deletion_policy", deletion_policy, DataDeletionPolicy)
        check_attributes(
            "knowledge_base",
            knowledge_base,
            ("knowledge_base_ref",),
            "pass a knowledge base such as `KnowledgeBase`, or an imported one",
        )
        check_kind(
            "source",
            source,
            (DocumentSource, ManagedSource),
            "use a factory such as `DocumentSource.s3(bucket)` or `ManagedSource.s3(bucket)`",
        )
        _check_parts(chunking=chunking, parsing=parsing, transformation=transformation, enrichment=enrichment)
        connector = _connector(source, sync_schedule, deletion_protection, media)
        if isinstance(source, ManagedSource) and encryption_key is not None:
            # https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html
            raise PlanesError(
                "`encryption_key` is given, and a managed knowledge base encrypts all of its data with its "
                "own key: "
                "give it to the knowledge base"
            )
        super().__init__(scope, construct_id)
        facts = facts_of(knowledge_base)
        if facts.type is None and isinstance(source, ManagedSource):
            facts = KnowledgeBaseFacts(type="MANAGED")
        parts = Parts()
        configuration = dict(parts.add(source.bind(self, facts)))
        if isinstance(source, ManagedSource):
            managed = {"connectorParameters": configuration, **connector}
            configuration = {
                "type": "MANAGED_KNOWLEDGE_BASE_CONNECTOR",
                "managedKnowledgeBaseConnectorConfiguration": managed,
            }
        chosen = {
            "chunkingConfiguration": chunking,
            "parsingConfiguration": parsing,
            "customTransformationConfiguration": transformation,
            "contextEnrichmentConfiguration": enrichment,
        }
        ingestion = {
            prop: parts.add(part.bind(self, facts)) for prop, part in chosen.items() if part is not None
        }
        encryption = dict(parts.add(use_key(encryption_key))) if encryption_key is not None else None
        role = role if role is not None else getattr(knowledge_base, "role", None)
        policy = self._allow(role, parts)
        self._create_only = _create_only(configuration, ingestion)
        self._knowledge_base = knowledge_base
        # 100 characters less the fingerprint of 8 and its hyphen.
        stem = cdk.Names.unique_resource_name(self, max_length=91, separator="-")
        generated = FingerprintedName(f"{stem}-", self.fingerprint)
        self.data_source_name: str = data_source_name if data_source_name is not None else generated.name()
        if data_source_name is None:
            at_the_end(self, lambda: generated.settle(self.fingerprint()))
        self.knowledge_base_id: str = knowledge_base.knowledge_base_ref.knowledge_base_id
        self._l1 = RecordingDataSource(
            self,
            "Resource",
            name=self.data_source_name,
            description=description,
            knowledge_base_id=self.knowledge_base_id,
            data_deletion_policy=deletion_policy.value,
            data_source_configuration=configuration,
            vector_ingestion_configuration=ingestion or None,
            server_side_encryption_configuration=encryption,
        )
        self._keep(knowledge_base, policy)
        if policy is not None:
            # The first ingestion may start as soon as the data source exists.
            self._l1.node.add_dependency(policy)
        self.data_source_id: str = self._l1.attr_data_source_id
        # Documents of custom sources are ingested one by one:
        # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion.html
        self.takes_ingestion_jobs: bool = source.type != "CUSTOM"
        self._bucket = (source.bucket, source.prefixes)
        known = getattr(knowledge_base, "data_sources", None)
        if isinstance(known, list):
            known.append(self)  # for the sync of the knowledge base
            for watch in knowledge_base.__dict__.get("_watchers", ()):
                watch(self)

    def _keep(self, knowledge_base: object, policy: iam.Policy | None) -> None:
        """Keep it where its knowledge base is kept: deleting it would delete the vectors."""
        removal_policy = getattr(knowledge_base, "removal_policy", cdk.RemovalPolicy.DESTROY)
        if removal_policy is not cdk.RemovalPolicy.DESTROY:
            behind = [one for one in (self._l1, resource_behind(policy)) if one is not None]
            keep_removed(removal_policy, behind)
        if getattr(knowledge_base, "keeps_replaced", False):
            keep_replaced([self._l1])
            refer_weakly(self._l1)

    @property
    def documents(self) -> tuple[s3.IBucket | s3_refs.IBucketRef | None, tuple[str, ...]]:
        """The bucket that is read, if it is one, and the prefixes in it."""
        return self._bucket

    @property
    def status(self) -> str:
        """``AVAILABLE``, ``CREATING``, ``DELETE_UNSUCCESSFUL``, ..."""
        return self._l1.attr_data_source_status

    @property
    def created_at(self) -> str:
        """When it was made (ISO 8601)."""
        return self._l1.attr_created_at

    @property
    def updated_at(self) -> str:
        """When it was changed last (ISO 8601)."""
        return self._l1.attr_updated_at

    @property
    def failure_reasons(self) -> list[str]:
        """Why it failed."""
        return self._l1.attr_failure_reasons

    @property
    def user_agent_header(self) -> str:
        """What a web crawler calls itself."""
        return (
            self._l1.attr_data_source_configuration_web_configuration_crawler_configuration_user_agent_header
        )

    @staticmethod
    def from_data_source_attributes(
        scope: Construct, construct_id: str, *, data_source_id: str, knowledge_base_id: str
    ) -> DataSourceBase:
        """Refer to a data source that exists."""
        check_length("data_source_id", data_source_id, 10, 10)
        check_length("knowledge_base_id", knowledge_base_id, 10, 10)
        imported = DataSourceBase(scope, construct_id)
        imported.data_source_id = data_source_id
        imported.knowledge_base_id = knowledge_base_id
        return imported

    def _allow(self, role: iam.IRole | None, parts: Parts) -> iam.Policy | None:
        """Give the service role what the parts need, and print what owners elsewhere have to add."""
        if not parts.statements:
            return None
        if role is None:
            actions = sorted({a for s in parts.statements for a in _listed(s["Action"])})
            raise PlanesError(
                f"`role` is missing: the service role of the knowledge base of `{self.node.path}` isn't "
                "known and "
                f"needs {', '.join(actions)}; pass it, such as `iam.Role.from_role_arn(...)`"
            )
        for asked in parts.owners:
            _ask(self, role, asked.place, asked.statement, certain=asked.certain)
        return iam.Policy(
            self,
            "ServicePolicy",
            roles=[role],
            statements=[iam.PolicyStatement.from_json(dict(one)) for one in parts.statements],
        )

    def fingerprint(self) -> str:
        """Return a short hash of what replaces this data source when it changes.

        It covers what is create-only of it, overrides too, and what is of its knowledge base, if that is of
        this app. What a parameter or an import stands for can't be seen.
        """
        overrides = {p: value for p, value in self._l1.overrides.items() if p.startswith(_OVERRIDES)}
        of_base = getattr(self._knowledge_base, "fingerprint", None)
        behind = resource_behind(self._knowledge_base) if of_base is None else None
        content = [self._create_only, overrides, of_base() if of_base is not None else None]
        return create_only_fingerprint(content, self, [behind] if behind is not None else [])


def _create_only(configuration: Mapping[str, Any], ingestion: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": configuration["type"],
        **{name: ingestion[name] for name in _CREATE_ONLY if name in ingestion},
    }


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _check_parts(**parts: Any) -> None:
    kinds: dict[str, tuple[type, str]] = {
        "chunking": (Chunking, "Chunking.semantic()"),
        "parsing": (Parsing, "Parsing.foundation_model(...)"),
        "transformation": (Transformation, "Transformation.function(...)"),
        "enrichment": (Enrichment, "Enrichment.foundation_model(...)"),
    }
    for prop, part in parts.items():
        if part is not None:
            kind, example = kinds[prop]
            check_kind(prop, part, kind, f"use a factory such as `{example}`")


def _connector(
    source: DocumentSource | ManagedSource,
    schedule: SyncSchedule | None,
    protection: int | None,
    media: MediaExtraction | None,
) -> dict[str, Any]:
    """Return what is around the parameters of a managed knowledge base's connector."""
    given = {"sync_schedule": schedule, "deletion_protection": protection, "media": media}
    found: dict[str, Any] = {}
    for prop, value in given.items():
        if value is None:
            continue
        if isinstance(source, DocumentSource):
            raise PlanesError(
                f"`{prop}` is given, and only the connectors of managed knowledge bases have it: use a "
                "`ManagedSource`, or leave it out"
            )
        if source.type == "CUSTOM" and prop != "media":
            # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-connect-ds.html
            raise PlanesError(
                f"`{prop}` is given, and `ManagedSource.custom()` isn't synced: documents are ingested one "
                "by one, "
                "so leave it out"
            )
    if schedule is not None:
        check_kind("sync_schedule", schedule, SyncSchedule, "use a factory such as `SyncSchedule.daily()`")
        found["syncSchedule"] = schedule.configuration
    if protection is not None:
        check_number("deletion_protection", protection, 0, 100, "percent")
        found["deletionProtectionConfiguration"] = {
            "deletionProtectionStatus": "ENABLED",
            "deletionProtectionThreshold": protection,
        }
    if media is not None:
        check_kind("media", media, MediaExtraction, "use `MediaExtraction(images=True)`")
        found["mediaExtractionConfiguration"] = media.to_config()
    return found


def _ask(
    scope: Construct, role: iam.IRole, place: str, statement: Mapping[str, Any], *, certain: bool
) -> None:
    """Print the statement that the owner of a bucket or key elsewhere has to add."""
    stack = cdk.Stack.of(scope)
    arn = stack.resolve(role.role_arn)
    principal = arn if isinstance(arn, str) else f"<the ARN of the role {role.node.path}>"
    whole = {**stack.resolve(dict(statement)), "Principal": {"AWS": principal}}
    text = json.dumps(whole, sort_keys=True)
    if certain:
        cdk.Annotations.of(scope).add_warning_v2(
            "bedrock-planes:data-source-owner",
            f"{place} is of another account. Ingestion fails until its owner adds this statement to its "
            f"policy: {text}",
        )
    else:
        cdk.Annotations.of(scope).add_info(
            f"{place} is not of this app. If its policy doesn't leave access to IAM policies, its owner adds "
            "this "
            f"statement: {text}"
        )
