"""Buckets of Amazon S3 as props take them: constructs of any library, L1s and imported ones too."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib.cdk_support.errors import PlanesError
from constructs_lib.cdk_support.types import has_attribute
from constructs_lib.cdk_support.validation import is_token

if TYPE_CHECKING:
    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs

__all__ = ["bucket_arn_of", "bucket_key_of", "bucket_name_of"]

_T = TypeVar("_T")
_MANAGED = "alias/aws/s3"
"""The key that AWS manages: its policy lets everybody of the account use it through Amazon S3."""


def bucket_arn_of(bucket: s3_refs.IBucketRef) -> str:
    """Return the ARN of a bucket of this app, an L1 or an imported one."""
    # An L2's own attribute knows how to name a bucket of another environment.
    if has_attribute(bucket, "bucket_arn"):
        return str(cast("s3.IBucket", bucket).bucket_arn)
    return str(bucket.bucket_ref.bucket_arn)


def bucket_name_of(bucket: s3_refs.IBucketRef) -> str:
    """Return the name of a bucket of this app, an L1 or an imported one."""
    if has_attribute(bucket, "bucket_arn"):
        return str(cast("s3.IBucket", bucket).bucket_name)
    return str(bucket.bucket_ref.bucket_name)


def bucket_key_of(bucket: s3_refs.IBucketRef) -> kms_refs.IKeyRef | str | None:
    """Return the customer managed key that encrypts a bucket, or its ARN; ``None`` if none is known.

    Of an L1 it is read from the property ``BucketEncryption``.

    Raises:
        PlanesError: An L1 names its key in a way that doesn't tell the key's ARN, which IAM asks for.

    Sources:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-serversideencryptionbydefault.html
        https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html (a key by its ARN)
    """
    if not isinstance(bucket, s3.CfnBucket):
        return cast("s3.IBucket", bucket).encryption_key if has_attribute(bucket, "encryption_key") else None
    encryption = bucket.bucket_encryption
    if encryption is None:
        return None
    rules = _read(
        bucket, encryption, s3.CfnBucket.BucketEncryptionProperty
    ).server_side_encryption_configuration
    for rule in _read(bucket, rules, list):
        by_default = _read(
            bucket, rule, s3.CfnBucket.ServerSideEncryptionRuleProperty
        ).server_side_encryption_by_default
        if by_default is not None:
            name = _read(
                bucket, by_default, s3.CfnBucket.ServerSideEncryptionByDefaultProperty
            ).kms_master_key_id
            return None if name is None else _key(bucket, name)
    return None


def _key(bucket: s3.CfnBucket, name: str) -> kms_refs.IKeyRef | str | None:
    """Return the key that the id, ARN or alias of an L1's property names."""
    if is_token(name):
        target = _referred_to(name)
        if isinstance(target, kms.CfnAlias):
            return _key(bucket, target.target_key_id)
        if isinstance(target, kms.CfnKey):
            return target
        if target is not None or not name.startswith("arn:") or ":key/" not in name:
            raise _unknown(bucket, "by a reference that isn't to a key of this app")
        return name
    if name == _MANAGED or name.endswith(f":{_MANAGED}"):
        return None
    if "alias/" in name:
        raise _unknown(bucket, f"by its alias `{name}`")
    if name.startswith("arn:"):
        return name
    return cdk.Stack.of(bucket).format_arn(service="kms", resource="key", resource_name=name)


def _referred_to(text: str) -> object | None:
    """Return the construct to which a text refers, if it is nothing but a reference."""
    token = cdk.Tokenization.reverse(text, fail_concat=False)
    return cast("cdk.Reference", token).target if cdk.Reference.is_reference(token) else None


def _read(bucket: s3.CfnBucket, value: object, kind: type[_T]) -> _T:
    """Return a part of an L1's property; raise :class:`PlanesError` for one that is known at deployment."""
    if not isinstance(value, kind):
        raise _unknown(bucket, "in a value that only the deployment knows")
    return value


def _unknown(bucket: s3.CfnBucket, how: str) -> PlanesError:
    return PlanesError(
        f"the bucket `{bucket.node.path}` names its key {how}, which doesn't tell the key's ARN: give the "
        "ARN, or pass `s3.Bucket.from_bucket_attributes(...)` with `encryption_key`"
    )
