"""KMS keys as props and arguments take them: constructs of any library, and where it is said, ARNs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, overload

from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support.types import has_attribute

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk.interfaces import aws_kms as kms_refs

__all__ = ["grant_key", "key_arn_of"]


@overload
def key_arn_of(key: str | kms_refs.IKeyRef) -> str: ...
@overload
def key_arn_of(key: None) -> None: ...
@overload
def key_arn_of(key: str | kms_refs.IKeyRef | None) -> str | None: ...
def key_arn_of(key: str | kms_refs.IKeyRef | None) -> str | None:
    """Return the ARN of a key of this app, an L1, an imported one or an ARN; ``None`` for no key."""
    return key if key is None or isinstance(key, str) else str(key.key_ref.key_arn)


def grant_key(key: kms_refs.IKeyRef, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
    """Allow actions on a key. The policy of an L1 has to leave permissions to IAM, as an L2's does."""
    if has_attribute(key, "grant"):
        return cast("kms.IKey", key).grant(grantee, *actions)
    # Not into the policy of the key too: a role of another stack there makes the two wait for each other.
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=[*actions], resource_arns=[key_arn_of(key)], scope=key
    )
