"""The policy of a vector bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3vectors as s3vectors
from aws_cdk.interfaces import aws_s3vectors as refs
from constructs import IValidation

from constructs_lib.cdk_support import PlanesError, has_attribute, with_explained_calls

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["VectorBucketPolicy"]


@with_explained_calls
@jsii.implements(refs.IVectorBucketPolicyRef)
class VectorBucketPolicy(cdk.Resource):
    """The resource policy of a vector bucket and its indexes; a bucket has one.

    An update changes the policy in place. Another bucket replaces it.

    Args:
        vector_bucket: The bucket, of this app or imported.
        document: The policy. Default: an empty one, to which ``document.add_statements`` adds.
        removal_policy: What becomes of the policy when the construct goes. Default: it is deleted.

    Attributes:
        document: The policy.
        vector_bucket_arn: The ARN of the bucket.

    Raises:
        PlanesError: A value is wrong. A policy without a statement fails the synthesis.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3vectors-vectorbucketpolicy.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vector_bucket: refs.IVectorBucketRef,
        document: iam.PolicyDocument | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.DESTROY,
    ) -> None:
        if not has_attribute(vector_bucket, "vector_bucket_ref"):
            raise PlanesError(
                f"`vector_bucket` has a value of the type `{type(vector_bucket).__name__}`: pass a "
                "`VectorBucket`, its L1, or `VectorBucket.from_vector_bucket_arn(...)`"
            )
        super().__init__(scope, construct_id)
        self.document = document if document is not None else iam.PolicyDocument()
        self.vector_bucket_arn: str = vector_bucket.vector_bucket_ref.vector_bucket_arn
        self._l1 = s3vectors.CfnVectorBucketPolicy(
            self, "Resource", vector_bucket_arn=self.vector_bucket_arn, policy=self.document
        )
        self._l1.apply_removal_policy(removal_policy)
        self.node.add_validation(_HasStatements(self))

    @property
    def vector_bucket_policy_ref(self) -> refs.VectorBucketPolicyReference:
        """The reference that other libraries' constructs take."""
        return refs.VectorBucketPolicyReference(vector_bucket_arn=self.vector_bucket_arn)


@jsii.implements(IValidation)
class _HasStatements:
    """Says before the template is written that the policy says nothing."""

    def __init__(self, policy: VectorBucketPolicy) -> None:
        self._policy = policy

    def validate(self) -> list[str]:
        """Return what is wrong, for the CDK to print beside the construct's path."""
        if not self._policy.document.is_empty:
            return []
        return [
            "the policy has no statement: add one with `document.add_statements`, or leave the policy out"
        ]
