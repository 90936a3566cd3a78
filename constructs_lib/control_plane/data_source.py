"""Documents in Amazon S3 that a knowledge base ingests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib.cdk_support import PlanesError, check_length, check_name, check_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from constructs_lib.control_plane.knowledge_base import KnowledgeBase

__all__ = ["DataSourceBase", "S3DataSource"]


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


class S3DataSource(DataSourceBase):
    """A bucket, or prefixes of it, that a knowledge base ingests from.

    Args:
        knowledge_base: A :class:`~constructs_lib.KnowledgeBase` of this app: its service role is given
            read access to the objects before the data source exists.
        bucket: The bucket with the documents, in the same account.
        name: 1-100 letters, digits, ``-`` and ``_``, unique in the knowledge base.
        inclusion_prefixes: Only objects under these prefixes are read, and may be read. AWS takes one at
            most. Default: the whole bucket.
        data_deletion_policy: ``DELETE`` or ``RETAIN``: what happens to the vectors when the data source is
            deleted. Default: ``DELETE``.
        description: At most 200 characters. Default: none.

    Attributes:
        data_source_id: Its id.
        knowledge_base_id: The id of the knowledge base that ingests it.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/s3-data-source-connector.html and
    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (Amazon S3)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base: KnowledgeBase,
        bucket: s3.IBucket,
        name: str,
        inclusion_prefixes: Sequence[str] = (),
        data_deletion_policy: str = "DELETE",
        description: str | None = None,
    ) -> None:
        check_name(name)
        check_length("description", description, 1, 200)
        check_pattern("data_deletion_policy", data_deletion_policy, "DELETE|RETAIN", "use DELETE or RETAIN")
        if len(inclusion_prefixes) > 1:
            raise PlanesError(
                f"`inclusion_prefixes` has {len(inclusion_prefixes)} entries and AWS takes one: "
                "make a data source for each prefix"
            )
        super().__init__(scope, construct_id)
        policy = iam.Policy(
            self,
            "ReadPolicy",
            roles=[knowledge_base.role],
            statements=_read_statements(self, bucket, list(inclusion_prefixes)),
        )
        self._l1 = bedrock.CfnDataSource(
            self,
            "Resource",
            name=name,
            description=description,
            knowledge_base_id=knowledge_base.knowledge_base_id,
            data_deletion_policy=data_deletion_policy,
            data_source_configuration=bedrock.CfnDataSource.DataSourceConfigurationProperty(
                type="S3",
                s3_configuration=bedrock.CfnDataSource.S3DataSourceConfigurationProperty(
                    bucket_arn=bucket.bucket_arn, inclusion_prefixes=list(inclusion_prefixes) or None
                ),
            ),
        )
        # The first ingestion may start as soon as the data source exists; on deletion Bedrock still needs
        # the role.
        self._l1.node.add_dependency(policy)
        self.data_source_id: str = self._l1.attr_data_source_id
        self.knowledge_base_id: str = knowledge_base.knowledge_base_id

    @staticmethod
    def from_data_source_attributes(
        scope: Construct, construct_id: str, *, data_source_id: str, knowledge_base_id: str
    ) -> DataSourceBase:
        """Refer to a data source that exists."""
        check_length("data_source_id", data_source_id, 10, 10)
        imported = DataSourceBase(scope, construct_id)
        imported.data_source_id = data_source_id
        imported.knowledge_base_id = knowledge_base_id
        return imported


def _read_statements(scope: Construct, bucket: s3.IBucket, prefixes: list[str]) -> list[iam.PolicyStatement]:
    """Return what the service role needs to list and read the documents, and nothing outside the prefixes."""
    # The account condition keeps the role from a stranger's bucket that takes over a deleted bucket's name.
    own = {"StringEquals": {"aws:ResourceAccount": cdk.Stack.of(scope).account}}
    listing = {**own, "StringLike": {"s3:prefix": [f"{p}*" for p in prefixes]}} if prefixes else own
    statements = [
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn], conditions=listing),
        iam.PolicyStatement(
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects(f"{p}*") for p in prefixes or [""]],
            conditions=own,
        ),
    ]
    if bucket.encryption_key is not None:
        statements.append(
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[bucket.encryption_key.key_arn])
        )
    return statements
