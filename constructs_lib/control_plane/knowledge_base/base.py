"""What a knowledge base of this app and an imported one have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib.cdk_support import PlanesError
from constructs_lib.control_plane.data_source import DataDeletionPolicy, DataSource
from constructs_lib.control_plane.knowledge_base.grants import KnowledgeBaseGrants
from constructs_lib.control_plane.knowledge_base.sync import KnowledgeBaseSync
from constructs_lib.control_plane.knowledge_base.types import METRICS_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_scheduler as scheduler
    from aws_cdk.interfaces import aws_kms as kms_refs

    from constructs_lib.control_plane.data_source import (
        Chunking,
        DocumentSource,
        Enrichment,
        ManagedSource,
        MediaExtraction,
        Parsing,
        SyncSchedule,
        Transformation,
    )
    from constructs_lib.grants import ModelLike

__all__ = ["KnowledgeBaseBase"]


class MetricOptions(TypedDict, total=False):
    """Options of ``cloudwatch.Metric``, without what names the metric itself."""

    account: str
    color: str
    id: str
    label: str
    period: cdk.Duration
    region: str
    stack_account: str
    stack_region: str
    statistic: str
    unit: cloudwatch.Unit
    visible: bool


@jsii.implements(refs.IKnowledgeBaseRef)
class KnowledgeBaseBase(cdk.Resource):
    """What a knowledge base of this app and an imported one have in common."""

    knowledge_base_arn: str
    knowledge_base_id: str
    role: iam.IRole | None = None
    type_name: str | None = None
    _l1: cdk.CfnResource | None = None  # an imported one has none

    @property
    def knowledge_base_ref(self) -> refs.KnowledgeBaseReference:
        """The reference that other libraries' constructs take."""
        return refs.KnowledgeBaseReference(
            knowledge_base_arn=self.knowledge_base_arn, knowledge_base_id=self.knowledge_base_id
        )

    def add_data_source(
        self,
        construct_id: str,
        source: DocumentSource | ManagedSource,
        *,
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
    ) -> DataSource:
        """Add a data source in the scope of this knowledge base.

        The parameters are those of :class:`~constructs_lib.DataSource`; an imported knowledge base needs
        ``role``.
        """
        return DataSource(
            self,
            construct_id,
            knowledge_base=self,
            source=source,
            data_source_name=data_source_name,
            description=description,
            role=role,
            chunking=chunking,
            parsing=parsing,
            transformation=transformation,
            enrichment=enrichment,
            deletion_policy=deletion_policy,
            encryption_key=encryption_key,
            sync_schedule=sync_schedule,
            deletion_protection=deletion_protection,
            media=media,
        )

    @property
    def data_sources(self) -> list[DataSource]:
        """The data sources that this app has made of it until now."""
        found: list[DataSource] = self.__dict__.setdefault("_data_sources", [])
        return found

    def sync(
        self,
        construct_id: str = "Sync",
        *,
        data_sources: Sequence[refs.IDataSourceRef] | None = None,
        on_deploy: bool | str = False,
        every: scheduler.ScheduleExpression | None = None,
        on_change: cdk.Duration | None = None,
        role_path: str | None = None,
    ) -> KnowledgeBaseSync:
        """Ingest its data sources at deployment, on a schedule, after changes, or when you start it.

        The parameters are those of :class:`~constructs_lib.KnowledgeBaseSync`.
        """
        return KnowledgeBaseSync(
            self,
            construct_id,
            knowledge_base=self,
            data_sources=data_sources,
            on_deploy=on_deploy,
            every=every,
            on_change=on_change,
            role_path=role_path,
        )

    @property
    def grants(self) -> KnowledgeBaseGrants:
        """Grants on this knowledge base."""
        return KnowledgeBaseGrants(self, self.type_name)

    def grant_retrieve(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``Retrieve`` on this knowledge base (data plane)."""
        return self.grants.retrieve(grantee)

    def grant_retrieve_and_generate(self, grantee: iam.IGrantable, model: ModelLike) -> iam.Grant:
        """Allow ``RetrieveAndGenerate`` and its stream over this knowledge base with one generation model."""
        return self.grants.retrieve_and_generate(grantee, model)

    def grant_agentic_retrieve(self, grantee: iam.IGrantable, model: ModelLike | None = None) -> iam.Grant:
        """Allow ``AgenticRetrieveStream`` on this knowledge base; AWS chooses the model if none is named."""
        return self.grants.agentic_retrieve(grantee, model)

    def grant_ingest(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to start, follow, list and stop ingestion jobs (control plane: not for an app role)."""
        return self.grants.ingest(grantee)

    def grant_ingest_documents(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to ingest, read, list and delete documents directly (control plane: not for an app role)."""
        return self.grants.ingest_documents(grantee)

    def metric(
        self, metric_name: str, *, operation: str | None = "Retrieve", **options: Unpack[MetricOptions]
    ) -> cloudwatch.Metric:
        """Return a metric that Bedrock publishes of a managed knowledge base.

        Args:
            metric_name: Its name in the namespace ``AWS/Bedrock/KnowledgeBases``.
            operation: The operation that it counts; ``None`` for a metric without that dimension.
            **options: Options of ``cloudwatch.Metric``, such as ``period``. Default: a sum over 5 minutes.

        Raises:
            PlanesError: The knowledge base is not managed: AWS publishes no metrics of the others.

        Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-observability.html
        """
        return self._metric(metric_name, operation, options)

    def metric_invocations(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how often ``Retrieve`` was called, failures too; managed knowledge bases only."""
        return self._metric("Invocations", "Retrieve", options)

    def metric_client_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how often ``Retrieve`` was refused, throttling aside; managed knowledge bases only."""
        return self._metric("ClientErrors", "Retrieve", options)

    def metric_server_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how often ``Retrieve`` failed for AWS's fault; managed knowledge bases only."""
        return self._metric("ServerErrors", "Retrieve", options)

    def metric_throttles(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how often ``Retrieve`` was throttled; managed knowledge bases only."""
        return self._metric("Throttles", "Retrieve", options)

    def metric_raw_data_size(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return the size of the source data after an ingestion, in GB; managed knowledge bases only."""
        options.setdefault("statistic", "Maximum")
        return self._metric("RawDataSize", None, options)

    def _metric(self, metric_name: str, operation: str | None, options: MetricOptions) -> cloudwatch.Metric:
        known = MetricOptions.__annotations__
        for name in sorted(options.keys() - known.keys()):
            raise PlanesError(f"`KnowledgeBase.metric` has no prop `{name}`: it has {', '.join(known)}")
        if self.type_name not in {None, "MANAGED"}:
            raise PlanesError(
                f"`{self.node.path}` is a {self.type_name} knowledge base, and AWS publishes metrics of "
                "managed ones only: count the calls of the role instead, or use `KnowledgeBaseType.managed()`"
            )
        dimensions = {"KnowledgeBaseId": f"knowledge-base/{self.knowledge_base_id}"}
        if operation is not None:
            dimensions["Operation"] = operation
        options.setdefault("statistic", "Sum")
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE, metric_name=metric_name, dimensions_map=dimensions, **options
        )
