"""What the service role of a knowledge base needs to reach the documents, and their owners have to add.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-permissions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    bucket_key_of,
    bucket_name_of,
    is_token,
    key_arn_of,
)
from constructs_lib.control_plane.data_source.model import Bound, OwnersStatement
from constructs_lib.grants import environment_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_lib.control_plane.data_source.auth import ConnectorAuth

__all__ = [
    "check_region",
    "owner_of",
    "read_bucket",
    "read_objects",
    "read_secret",
]

Statement = dict[str, Any]


def check_region(scope: Construct, prop: str, bucket: Any) -> None:
    """Raise :class:`PlanesError` where the bucket is known to be of another Region.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-s3.html (same AWS Region) and
    https://docs.aws.amazon.com/bedrock/latest/userguide/s3-data-source-connector.html
    """
    here, there = environment_of(scope).region, bucket.env.region
    if here != there and not is_token(here) and not is_token(there):
        raise PlanesError(
            f"`{prop}` is a bucket of the Region `{there}`, and the knowledge base is in `{here}`: AWS "
            "ingests "
            "from its own Region only, so replicate the documents into a bucket there"
        )


def owner_of(scope: Construct, bucket: Any, given: str | None) -> tuple[str, bool]:
    """Return the account that owns the bucket, and whether it is another one than the knowledge base's."""
    own = environment_of(scope).account
    owner = given if given is not None else bucket.env.account
    if given is None and (is_token(owner) or is_token(own)):
        # Nothing says that it is elsewhere: an imported bucket has its stack's account.
        return own, False
    return owner, owner != own


def read_bucket(
    scope: Construct,
    bucket: Any,
    *,
    owner: str,
    elsewhere: bool,
    key: Any,
    prefixes: Sequence[str],
    list_by_prefix: bool,
    also: Sequence[str] = (),
) -> Bound:
    """Return what listing and reading the documents takes, and nothing outside the prefixes.

    Args:
        scope: The data source.
        bucket: The bucket.
        owner: Its account: the condition keeps the role from a stranger's bucket that takes over the name.
        elsewhere: Whether it is another account's.
        key: The key that the objects are encrypted with; ``None`` is the bucket's own, if it has one.
        prefixes: Prefixes of the documents; none is the whole bucket.
        list_by_prefix: Whether the service lists each prefix by itself. Otherwise it lists the bucket.
        also: More objects, as keys or patterns of keys.
    """
    arn = bucket_arn_of(bucket)
    own = {"StringEquals": {"aws:ResourceAccount": owner}}
    keys = [f"{prefix}*" for prefix in prefixes] or ["*"]
    listing = {**own, "StringLike": {"s3:prefix": keys}} if prefixes and list_by_prefix else own
    objects = [f"{arn}/{one}" for one in dict.fromkeys([*keys, *(also if prefixes else ())])]
    statements: list[Statement] = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn, "Condition": listing},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": objects, "Condition": own},
    ]
    owners = []
    if elsewhere:
        statement = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [arn, *objects],
        }
        owners.append(
            OwnersStatement(f"the bucket `{_shown(bucket_name_of(bucket))}`", statement, certain=True)
        )
    used = key if key is not None else bucket_key_of(bucket)
    if used is not None:
        decrypt = _decrypt(scope, used, "s3")
        statements.append(decrypt)
        if (asked := _owner_of_key(used, decrypt, elsewhere=elsewhere)) is not None:
            owners.append(asked)
    return Bound({}, statements, owners)


def read_objects(scope: Construct, bucket: Any, keys: Sequence[str]) -> list[Statement]:
    """Return what reading single objects takes."""
    arn = bucket_arn_of(bucket)
    statements: list[Statement] = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{arn}/{key}" for key in keys]}
    ]
    key = bucket_key_of(bucket)
    return [*statements, _decrypt(scope, key, "s3")] if key is not None else statements


def read_secret(scope: Construct, auth: ConnectorAuth, *, refresh: bool = False) -> Bound:
    """Return what reading the secret of a connector takes, and refreshing its tokens if ``refresh``."""
    if auth.secret is None:
        return Bound({})
    # Without the six characters that Secrets Manager adds, the ARN is the prefix of the real one.
    full = auth.secret.secret_full_arn
    arn = full if full is not None else f"{auth.secret.secret_arn}-??????"
    actions = ["secretsmanager:GetSecretValue", *(["secretsmanager:PutSecretValue"] if refresh else [])]
    statements: list[Statement] = [{"Effect": "Allow", "Action": actions, "Resource": arn}]
    owners = []
    key = auth.secret.encryption_key
    if key is not None:
        decrypt = _decrypt(scope, key, "secretsmanager")
        if refresh:
            decrypt["Action"] = ["kms:Decrypt", "kms:GenerateDataKey"]
        statements.append(decrypt)
        if (asked := _owner_of_key(key, decrypt, elsewhere=False)) is not None:
            owners.append(asked)
    if auth.certificate_bucket is not None:
        statements += read_objects(scope, auth.certificate_bucket, [str(auth.certificate_key)])
    return Bound({}, statements, owners)


def use_key(key: Any) -> Bound:
    """Return what encrypting the transient data of an ingestion takes.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html (transient data storage)
    """
    statement = {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": key_arn_of(key),
    }
    asked = _owner_of_key(key, statement, elsewhere=False)
    return Bound({"kmsKeyArn": key_arn_of(key)}, [statement], [asked] if asked is not None else [])


def _decrypt(scope: Construct, key: Any, service: str) -> Statement:
    via = f"{service}.{environment_of(scope).region}.amazonaws.com"
    return {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": key_arn_of(key),
        "Condition": {"StringEquals": {"kms:ViaService": via}},
    }


def _owner_of_key(key: Any, statement: Mapping[str, Any], *, elsewhere: bool) -> OwnersStatement | None:
    """Return what the owner of a key that isn't of this app adds to its policy."""
    node = getattr(key, "node", None)
    if not elsewhere and (node is None or node.default_child is not None or hasattr(key, "cfn_options")):
        return None
    return OwnersStatement(
        f"the key `{_shown(key_arn_of(key))}`", {**statement, "Resource": "*"}, certain=elsewhere
    )


def _shown(text: str) -> str:
    return "that is passed in" if is_token(text) else text
