"""A vector bucket of Amazon S3 Vectors."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_s3vectors as refs

from constructs_lib.cdk_support import check_pattern, with_explained_calls
from constructs_lib.control_plane.fingerprint import RecordingVectorBucket
from constructs_lib.control_plane.s3_vectors.bucket_policy import VectorBucketPolicy
from constructs_lib.control_plane.s3_vectors.grants import VectorBucketGrants
from constructs_lib.control_plane.s3_vectors.names import (
    BUCKET_ARN,
    check_bucket_name,
    encryption,
    last_part,
    open_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

__all__ = ["VectorBucket", "VectorBucketBase"]


@jsii.implements(refs.IVectorBucketRef)
class VectorBucketBase(cdk.Resource):
    """What a vector bucket of this app and an imported one have in common."""

    vector_bucket_arn: str
    encryption_key: kms_refs.IKeyRef | None = None
    _l1: cdk.CfnResource | None = None  # an imported one has none

    @property
    def vector_bucket_ref(self) -> refs.VectorBucketReference:
        """The reference that other libraries' constructs take."""
        return refs.VectorBucketReference(vector_bucket_arn=self.vector_bucket_arn)

    @property
    def vector_bucket_name(self) -> str:
        """The bucket's name."""
        return last_part(self.vector_bucket_arn)

    @property
    def grants(self) -> VectorBucketGrants:
        """Grants on every index of the bucket."""
        return VectorBucketGrants(self.vector_bucket_arn, self.encryption_key)


@with_explained_calls
class VectorBucket(VectorBucketBase):
    """A bucket for vector indexes.

    An update changes its tags and its policy only. Another name or key replaces the bucket, and its indexes
    and the knowledge bases on them with it: their vectors are made again by the next ingestion. A bucket with
    an index can't be deleted.

    Args:
        vector_bucket_name: 3-63 lower-case letters, digits and ``-``, unique in the account and Region. A
            given name can't be replaced: AWS refuses the second bucket of the name. Default:
            CloudFormation generates one.
        encryption_key: The KMS key that encrypts the vectors, whose policy is extended by what the service's
            indexing needs. Default: Amazon S3's own keys.
        tags: Tags of the bucket. Default: those of the stack only.
        removal_policy: What becomes of the bucket when the construct goes. Default: it is retained.

    Attributes:
        vector_bucket_arn: Its ARN.
        vector_bucket_name: Its name.
        creation_time: When it was made.
        encryption_key: Its KMS key, or ``None``.
        grants: Grants on every index of the bucket.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3vectors-vectorbucket.html
    """

    _l1: RecordingVectorBucket

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vector_bucket_name: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
        tags: Mapping[str, str] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        check_bucket_name("vector_bucket_name", vector_bucket_name)
        super().__init__(scope, construct_id)
        self._l1 = RecordingVectorBucket(
            self,
            "Resource",
            vector_bucket_name=vector_bucket_name,
            encryption_configuration=encryption(encryption_key),
        )
        self._l1.apply_removal_policy(removal_policy)
        for name, value in (tags or {}).items():
            cdk.Tags.of(self).add(name, value)
        if encryption_key is not None:
            open_key(self, encryption_key)
        self.encryption_key = encryption_key
        self._policy: VectorBucketPolicy | None = None

    @cached_property
    def vector_bucket_arn(self) -> str:  # type: ignore[override]  # asked of the CDK on first use; only imports are given it
        """Its ARN."""
        return self._l1.attr_vector_bucket_arn

    @cached_property
    def creation_time(self) -> str:
        """When it was made."""
        return self._l1.attr_creation_time

    def add_to_resource_policy(self, statement: iam.PolicyStatement) -> iam.AddToResourcePolicyResult:
        """Add a statement to the bucket's policy, which is made on first use."""
        if self._policy is None:
            self._policy = VectorBucketPolicy(self, "Policy", vector_bucket=self)
        self._policy.document.add_statements(statement)
        return iam.AddToResourcePolicyResult(statement_added=True, policy_dependable=self._policy)

    @staticmethod
    def from_vector_bucket_arn(
        scope: Construct,
        construct_id: str,
        vector_bucket_arn: str,
        *,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> VectorBucketBase:
        """Refer to a vector bucket that exists; ``encryption_key`` is the one that encrypts it."""
        check_pattern(
            "vector_bucket_arn",
            vector_bucket_arn,
            BUCKET_ARN,
            "pass an ARN such as arn:aws:s3vectors:us-east-1:111122223333:bucket/vectors",
        )
        imported = VectorBucketBase(scope, construct_id, environment_from_arn=vector_bucket_arn)
        imported.vector_bucket_arn = vector_bucket_arn
        imported.encryption_key = encryption_key
        return imported

    @staticmethod
    def from_vector_bucket_name(
        scope: Construct, construct_id: str, vector_bucket_name: str
    ) -> VectorBucketBase:
        """Refer to a vector bucket that exists in this account and Region."""
        check_bucket_name("vector_bucket_name", vector_bucket_name)
        stack = cdk.Stack.of(scope)
        imported = VectorBucketBase(scope, construct_id)
        imported.vector_bucket_arn = (
            f"arn:{stack.partition}:s3vectors:{stack.region}:{stack.account}:bucket/{vector_bucket_name}"
        )
        return imported
