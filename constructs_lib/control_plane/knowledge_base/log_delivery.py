"""The delivery of a knowledge base's ingestion logs.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-bases-logging.html and, for managed
ones, https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-observability.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.cdk_support import PlanesError, has_attribute
from constructs_lib.control_plane.fingerprint import FingerprintedName

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk.interfaces import aws_kinesisfirehose as firehose_refs
    from aws_cdk.interfaces import aws_logs as logs_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs

    from constructs_lib.control_plane.knowledge_base.base import KnowledgeBaseBase

__all__ = ["deliver_logs"]

# A delivery source's name has at most 60 characters.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
_LONGEST_STEM = 48


def deliver_logs(
    knowledge_base: KnowledgeBaseBase,
    construct_id: str,
    destination: logs_refs.ILogGroupRef | s3_refs.IBucketRef | firehose_refs.IDeliveryStreamRef,
    stem: str,
    fingerprint: Callable[[], str],
) -> None:
    """Deliver the logs to a log group, a bucket or a Firehose stream.

    The names carry the fingerprint of the knowledge base: its replacement makes a second source first.
    The policy of a log group or bucket that lets the delivery write is CloudWatch's own doing for whoever
    creates the delivery, see
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html

    Raises:
        PlanesError: The destination is something else.
    """
    arn = _arn(destination)
    scope = Construct(knowledge_base, construct_id)
    name = FingerprintedName(f"{stem[:_LONGEST_STEM].rstrip('-')}-{construct_id[4:]}-", fingerprint)
    source = logs.CfnDeliverySource(
        scope,
        "Source",
        name=name.name(),
        log_type="APPLICATION_LOGS",
        resource_arn=knowledge_base.knowledge_base_arn,
    )
    target = logs.CfnDeliveryDestination(
        scope, "Destination", name=name.name(), destination_resource_arn=arn, output_format="json"
    )
    delivery = logs.CfnDelivery(
        scope, "Delivery", delivery_source_name=source.ref, delivery_destination_arn=target.attr_arn
    )
    delivery.node.add_dependency(source)


_REFERENCES = (
    ("log_group_ref", "log_group_arn"),
    ("bucket_ref", "bucket_arn"),
    ("delivery_stream_ref", "delivery_stream_arn"),
)


def _arn(destination: object) -> str:
    for reference, arn in _REFERENCES:
        # An L2, an L1 and an imported one have the reference; asking for the ARN of an L2 costs less.
        if has_attribute(destination, reference):
            return str(getattr(destination, arn, None) or getattr(getattr(destination, reference), arn))
    raise PlanesError(
        f"`log_delivery` has a value of the type `{type(destination).__name__}`: pass a log group, a bucket "
        "or a Firehose stream"
    )
