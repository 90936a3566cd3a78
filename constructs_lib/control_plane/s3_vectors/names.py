"""Names and ARNs of Amazon S3 Vectors, and the encryption that buckets and indexes share.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import (
    add_to_resource_policy,
    ask_owner,
    check_length,
    check_pattern,
    is_token,
    key_arn_of,
)

if TYPE_CHECKING:
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import IConstruct

__all__ = [
    "BUCKET_ARN",
    "INDEX_ARN",
    "check_bucket_name",
    "check_index_name",
    "encryption",
    "last_part",
    "open_key",
]

BUCKET_ARN = r"arn:[\w-]+:s3vectors:[\w-]+:\d{12}:bucket/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
"""The form of a vector bucket's ARN."""

INDEX_ARN = BUCKET_ARN + r"/index/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
"""The form of a vector index's ARN."""


def check_bucket_name(prop: str, name: str | None) -> None:
    """Raise :class:`PlanesError` unless it is a name that a vector bucket may have; tokens pass."""
    check_length(prop, name, 3, 63)
    check_pattern(
        prop,
        name,
        r"[a-z0-9][a-z0-9-]*[a-z0-9]",
        "use lower-case letters, digits and -, and begin and end with a letter or digit",
    )


def check_index_name(prop: str, name: str | None) -> None:
    """Raise :class:`PlanesError` unless it is a name that a vector index may have; tokens pass."""
    check_length(prop, name, 3, 63)
    check_pattern(
        prop,
        name,
        r"[a-z0-9][a-z0-9.-]*[a-z0-9]",
        "use lower-case letters, digits, - and ., and begin and end with a letter or digit",
    )


def last_part(arn: str) -> str:
    """Return the name at the end of the ARN of a bucket or an index; a token is split when deployed."""
    if not is_token(arn):
        return arn.rpartition("/")[2]
    parts = cdk.Fn.split("/", arn)
    return cdk.Fn.select(1, parts)


def encryption(key: kms_refs.IKeyRef | None) -> dict[str, Any] | None:
    """Return the L1's ``encryption_configuration``; without a key Amazon S3's own keys encrypt."""
    return {"sseType": "aws:kms", "kmsKeyArn": key_arn_of(key)} if key is not None else None


def open_key(scope: IConstruct, key: kms_refs.IKeyRef) -> None:
    """Let the service's indexing in the background decrypt with a key, for this account's buckets only.

    Without it a bucket or an index with the key refuses vectors ("Insufficient access to perform
    asynchronous indexing"). Where the key is imported, a warning prints the statement.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-data-encryption.html
    """
    stack = cdk.Stack.of(scope)
    statement = iam.PolicyStatement(
        sid="AmazonS3VectorsIndexing",
        principals=[iam.ServicePrincipal("indexing.s3vectors.amazonaws.com")],
        actions=["kms:Decrypt"],
        resources=["*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {
                "aws:SourceArn": f"arn:{stack.partition}:s3vectors:{stack.region}:{stack.account}:bucket/*"
            },
        },
    )
    if not add_to_resource_policy(key, statement).statement_added:
        ask_owner(
            scope,
            "bedrock-planes:vectors-key-owner",
            f"the policy of the key `{key.node.path}`",
            statement,
            "Amazon S3 Vectors refuses vectors",
        )
