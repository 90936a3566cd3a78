"""Grants on vector buckets and vector indexes, as facades beside the resources.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-access-management.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3vectors.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import grant_key, with_explained_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3vectors as refs

__all__ = ["VectorBucketGrants", "VectorIndexGrants"]

_READ = ("s3vectors:GetIndex", "s3vectors:GetVectors", "s3vectors:ListVectors", "s3vectors:QueryVectors")
_WRITE = ("s3vectors:DeleteVectors", "s3vectors:GetIndex", "s3vectors:PutVectors")
_LIST = ("s3vectors:GetVectorBucket", "s3vectors:ListIndexes")
_DECRYPT = ("kms:Decrypt",)
# PutVectors makes a data key and, to index, reads what is there.
_ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")


class _VectorGrants:
    """Grants on the vectors behind some ARNs."""

    def __init__(self, arn: str, key: kms_refs.IKeyRef | None) -> None:
        self._arn, self._key = arn, key

    def _give(self, grantee: iam.IGrantable, actions: Sequence[str], key_actions: Sequence[str]) -> iam.Grant:
        if self._key is not None:
            grant_key(self._key, grantee, *key_actions)
        return iam.Grant.add_to_principal(grantee=grantee, actions=[*actions], resource_arns=[self._arn])


@with_explained_calls
class VectorIndexGrants(_VectorGrants):
    """Grants on the vectors of one index, and on its key where that is known."""

    @classmethod
    def from_vector_index(
        cls, index: refs.IIndexRef, key: kms_refs.IKeyRef | None = None
    ) -> VectorIndexGrants:
        """Return the grants of an index given by its reference; ``key`` is the one that encrypts it."""
        return cls(index.index_ref.index_arn, key)

    def read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to query, list and get the vectors of the index."""
        return self._give(grantee, _READ, _DECRYPT)

    def write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to put and delete the vectors of the index."""
        return self._give(grantee, _WRITE, _ENCRYPT)

    def read_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to query, list, get, put and delete the vectors of the index."""
        return self._give(grantee, sorted({*_READ, *_WRITE}), _ENCRYPT)


@with_explained_calls
class VectorBucketGrants(_VectorGrants):
    """Grants on every index of a bucket, and on the bucket's key where that is known."""

    @classmethod
    def from_vector_bucket(
        cls, bucket: refs.IVectorBucketRef, key: kms_refs.IKeyRef | None = None
    ) -> VectorBucketGrants:
        """Return the grants of a bucket given by its reference; ``key`` is the one that encrypts it."""
        return cls(bucket.vector_bucket_ref.vector_bucket_arn, key)

    def list(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to see the bucket and to list its indexes, not their vectors."""
        return iam.Grant.add_to_principal(grantee=grantee, actions=[*_LIST], resource_arns=[self._arn])

    def read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to query, list and get the vectors of every index of the bucket."""
        return self._on_indexes().read(grantee)

    def write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to put and delete the vectors of every index of the bucket."""
        return self._on_indexes().write(grantee)

    def read_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to query, list, get, put and delete the vectors of every index of the bucket."""
        return self._on_indexes().read_write(grantee)

    def _on_indexes(self) -> VectorIndexGrants:
        return VectorIndexGrants(f"{self._arn}/index/*", self._key)
