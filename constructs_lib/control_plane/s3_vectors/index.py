"""A vector index of Amazon S3 Vectors."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk.interfaces import aws_s3vectors as refs

from constructs_lib.cdk_support import (
    PlanesError,
    check_pattern,
    environment_of,
    has_attribute,
    is_token,
    keep_stack,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import RecordingVectorIndex, resource_behind
from constructs_lib.control_plane.s3_vectors.bucket import VectorBucketBase
from constructs_lib.control_plane.s3_vectors.grants import VectorIndexGrants
from constructs_lib.control_plane.s3_vectors.names import INDEX_ARN, check_index_name, encryption, open_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

__all__ = ["DistanceMetric", "VectorIndex", "VectorIndexBase"]

_LARGEST = 4096
_MOST_KEYS = 10
_LONGEST_KEY = 63


class DistanceMetric(Enum):
    """How the distance of two vectors is measured."""

    COSINE = "cosine"
    """The angle between them; what text embeddings are made for."""
    EUCLIDEAN = "euclidean"
    """The straight line between them."""


@jsii.implements(refs.IIndexRef)
class VectorIndexBase(cdk.Resource):
    """What a vector index of this app and an imported one have in common."""

    index_arn: str
    dimension: int | None = None
    encryption_key: kms_refs.IKeyRef | None = None
    _l1: cdk.CfnResource | None = None  # an imported one has none

    @property
    def index_ref(self) -> refs.IndexReference:
        """The reference that other libraries' constructs take."""
        return refs.IndexReference(index_arn=self.index_arn)

    @property
    def index_name(self) -> str:
        """The index's name."""
        if not is_token(self.index_arn):
            return self.index_arn.rpartition("/")[2]
        return cdk.Fn.select(3, cdk.Fn.split("/", self.index_arn))

    @property
    def grants(self) -> VectorIndexGrants:
        """Grants on the vectors of the index."""
        return VectorIndexGrants(self.index_arn, self.encryption_key)


@with_explained_calls
class VectorIndex(VectorIndexBase):
    """An index of vectors of one length.

    An update changes its tags only: everything else replaces the index, which is empty then, and the
    knowledge base on it with it.

    Args:
        vector_bucket: The bucket, of this app or imported.
        dimension: The length of the vectors, 1 to 4,096.
        distance_metric: How distances are measured. Default: ``DistanceMetric.COSINE``.
        non_filterable_metadata_keys: Up to 10 keys, each of 1-63 characters, whose metadata is kept beside
            the vector and can't be filtered on; filterable metadata is limited to 2 KB a vector.
            Default: none.
        index_name: 3-63 lower-case letters, digits, ``-`` and ``.``, unique in the bucket. A given name
            can't be replaced: AWS refuses the second index of the name. Default: CloudFormation generates
            one.
        encryption_key: The KMS key that encrypts the vectors of this index. Default: as the bucket.
        tags: Tags of the index. Default: those of the stack only.
        removal_policy: What becomes of the index when the construct goes. Default: it is retained.

    Attributes:
        index_arn: Its ARN.
        index_name: Its name.
        creation_time: When it was made.
        dimension: The length of its vectors.
        encryption_key: The KMS key of the index or its bucket, or ``None``.
        grants: Grants on the vectors of the index.

    Raises:
        PlanesError: A prop is wrong.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3vectors-index.html
    and https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
    """

    _l1: RecordingVectorIndex

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vector_bucket: refs.IVectorBucketRef,
        dimension: int,
        distance_metric: DistanceMetric = DistanceMetric.COSINE,
        non_filterable_metadata_keys: Sequence[str] = (),
        index_name: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
        tags: Mapping[str, str] | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        check_index_name("index_name", index_name)
        _check(vector_bucket, dimension, distance_metric, non_filterable_metadata_keys)
        super().__init__(scope, construct_id)
        keep_stack(self, scope)
        _check_region(self, vector_bucket)
        self._l1 = RecordingVectorIndex(
            self,
            "Resource",
            vector_bucket_arn=(
                vector_bucket.vector_bucket_arn
                if isinstance(vector_bucket, VectorBucketBase)
                else vector_bucket.vector_bucket_ref.vector_bucket_arn
            ),
            index_name=index_name,
            # The one type that the service has.
            data_type="float32",
            dimension=dimension,
            distance_metric=distance_metric.value,
            encryption_configuration=encryption(encryption_key),
            metadata_configuration=(
                {"nonFilterableMetadataKeys": [*non_filterable_metadata_keys]}
                if non_filterable_metadata_keys
                else None
            ),
        )
        self._l1.apply_removal_policy(removal_policy)
        for name, value in (tags or {}).items():
            cdk.Tags.of(self).add(name, value)
        if encryption_key is not None:
            open_key(self, encryption_key)
        of_bucket = vector_bucket.encryption_key if isinstance(vector_bucket, VectorBucketBase) else None
        self.encryption_key = encryption_key if encryption_key is not None else of_bucket
        self.dimension: int | None = dimension
        self._bucket_resource = resource_behind(vector_bucket)

    @cached_property
    def index_arn(self) -> str:  # type: ignore[override]  # asked of the CDK on first use; only imports are given it
        """Its ARN."""
        return self._l1.attr_index_arn

    @cached_property
    def creation_time(self) -> str:
        """When it was made."""
        return self._l1.attr_creation_time

    def create_only_resources(self) -> list[cdk.CfnResource]:
        """Return the L1s whose replacement replaces what refers to this index: its own, and its bucket's."""
        return [self._l1, *([self._bucket_resource] if self._bucket_resource is not None else [])]

    @staticmethod
    def from_vector_index_arn(
        scope: Construct,
        construct_id: str,
        vector_index_arn: str,
        *,
        dimension: int | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
    ) -> VectorIndexBase:
        """Refer to a vector index that exists.

        Args:
            scope: Where the reference is made.
            construct_id: Its id.
            vector_index_arn: The ARN of the index.
            dimension: The length of its vectors, to be checked against the embedding model. Default: not
                checked.
            encryption_key: The key that encrypts it. Default: none is granted.
        """
        check_pattern(
            "vector_index_arn",
            vector_index_arn,
            INDEX_ARN,
            "pass an ARN such as arn:aws:s3vectors:us-east-1:111122223333:bucket/vectors/index/documents",
        )
        imported = VectorIndexBase(scope, construct_id, environment_from_arn=vector_index_arn)
        imported.index_arn = vector_index_arn
        imported.dimension = dimension
        imported.encryption_key = encryption_key
        return imported


def _check_region(scope: Construct, bucket: refs.IVectorBucketRef) -> None:
    """Raise :class:`PlanesError` where an imported bucket is known to be of another Region.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-buckets.html (a vector bucket,
    with the indexes inside it, exists within one Region)
    """
    arn = bucket.vector_bucket_arn if type(bucket) is VectorBucketBase else ""
    there, here = (arn.split(":") + [""] * 4)[3], environment_of(scope).region
    if there and not is_token(arn) and not is_token(here) and there != here:
        raise PlanesError(
            f"`vector_bucket` is a bucket of the Region `{there}`, and the index is in `{here}`: use a "
            "bucket of the same Region"
        )


def _check(bucket: object, dimension: object, metric: object, keys: Sequence[str]) -> None:
    if not has_attribute(bucket, "vector_bucket_ref"):
        raise PlanesError(
            f"`vector_bucket` has a value of the type `{type(bucket).__name__}`: pass a `VectorBucket`, its "
            "L1, or `VectorBucket.from_vector_bucket_arn(...)`"
        )
    if isinstance(dimension, bool) or not isinstance(dimension, int) or not 1 <= dimension <= _LARGEST:
        raise PlanesError(f"`dimension` has the value `{dimension}`: S3 Vectors takes 1 to {_LARGEST}")
    if not isinstance(metric, DistanceMetric):
        raise PlanesError(
            f"`distance_metric` has the value `{metric}`: pass `DistanceMetric.COSINE` or "
            "`DistanceMetric.EUCLIDEAN`"
        )
    if isinstance(keys, str):
        raise PlanesError(f"`non_filterable_metadata_keys` is the text `{keys}`: pass a list")
    if len(keys) > _MOST_KEYS:
        raise PlanesError(
            f"`non_filterable_metadata_keys` has {len(keys)} keys and an index takes {_MOST_KEYS}: "
            "leave some filterable"
        )
    for key in keys:
        if not is_token(key) and not 1 <= len(key) <= _LONGEST_KEY:
            raise PlanesError(
                f"`non_filterable_metadata_keys` has the key `{key}`: a key has 1 to {_LONGEST_KEY} "
                "characters"
            )
    if len({*keys}) < len(keys):
        raise PlanesError("`non_filterable_metadata_keys` names a key twice: name each once")
