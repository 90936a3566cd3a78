"""What a flow and its alias take: a definition that is in Amazon S3, and how many nodes run at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from aws_cdk import aws_bedrock as bedrock

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_name_of,
    check_length,
    check_number,
    check_value,
    with_explained_calls,
)

if TYPE_CHECKING:
    from aws_cdk.interfaces import aws_s3 as s3_refs

__all__ = ["FlowConcurrency", "FlowDefinitionObject"]


@with_explained_calls
@dataclass(frozen=True, kw_only=True)
class FlowDefinitionObject:
    """A definition that CloudFormation reads from Amazon S3 when it deploys the flow.

    Nothing of it is known at synth: it isn't checked, and the flow needs a ``role`` of one's own. A new
    object under the same key is no change of the flow: give ``object_version``, or a new key.

    Args:
        bucket: The bucket, which the deploying role must be able to read.
        key: The key of a JSON object with ``nodes`` and ``connections``, 1-1,024 characters.
        object_version: The version of the object, 1-1,024 characters. Default: the newest.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrock-flow-s3location.html

    """

    bucket: s3_refs.IBucketRef
    key: str
    object_version: str | None = None

    def __post_init__(self) -> None:
        """Check the types and the lengths."""
        check_value("bucket", self.bucket, "s3_refs.IBucketRef")
        check_value("key", self.key, "str")
        check_value("object_version", self.object_version, "str | None")
        check_length("key", self.key, 1, 1024)
        check_length("object_version", self.object_version, 1, 1024)

    def to_config(self) -> bedrock.CfnFlow.S3LocationProperty:
        """Return the L1's structure."""
        return bedrock.CfnFlow.S3LocationProperty(
            bucket=bucket_name_of(self.bucket), key=self.key, version=self.object_version
        )


@with_explained_calls
@dataclass(frozen=True)
class FlowConcurrency:
    """How nodes of a flow run at the same time; the factories ``automatic`` and ``manual`` make it.

    Args:
        kind: ``Automatic`` or ``Manual``.
        max_concurrency: How many nodes run at the same time, 1 to 100. Default: AWS's.

    Raises:
        PlanesError: A value that AWS doesn't take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_FlowAliasConcurrencyConfiguration.html

    """

    kind: Literal["Automatic", "Manual"]
    max_concurrency: int | None = None

    def __post_init__(self) -> None:
        """Check the kind and the number."""
        if self.kind not in {"Automatic", "Manual"}:
            raise PlanesError(f"`kind` has the value `{self.kind}`: use `Automatic` or `Manual`")
        if self.max_concurrency is not None:
            check_number("max_concurrency", self.max_concurrency, 1, 100)
            if isinstance(self.max_concurrency, float) and self.max_concurrency % 1:
                raise PlanesError(
                    f"`max_concurrency` has the value `{self.max_concurrency}`: pass a whole number"
                )

    @staticmethod
    def automatic(*, max_concurrency: int | None = None) -> FlowConcurrency:
        """Let Bedrock decide which nodes run at the same time, by what they wait for."""
        return FlowConcurrency("Automatic", max_concurrency)

    @staticmethod
    def manual(*, max_concurrency: int | None = None) -> FlowConcurrency:
        """Decide oneself how many nodes run at the same time."""
        return FlowConcurrency("Manual", max_concurrency)

    def to_config(self) -> bedrock.CfnFlowAlias.FlowAliasConcurrencyConfigurationProperty:
        """Return the L1's structure."""
        return bedrock.CfnFlowAlias.FlowAliasConcurrencyConfigurationProperty(
            type=self.kind, max_concurrency=self.max_concurrency
        )
