"""What types and stores hand to the knowledge base, and what they share."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.cdk_support import (
    PlanesError,
    bucket_arn_of,
    bucket_key_of,
    bucket_name_of,
    has_attribute,
    is_token,
    key_arn_of,
)

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_kms as kms_refs
    from aws_cdk.interfaces import aws_s3 as s3_refs
    from constructs import Construct, IConstruct, IDependable

__all__ = [
    "Context",
    "Parts",
    "allow",
    "arn_from",
    "bucket_parts",
    "key_parts",
    "policy_document",
    "secret_statements",
]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a type or a store may use while the knowledge base is made.

    Attributes:
        scope: The knowledge base, under which a store makes its resources.
        role_arn: The ARN of the service role, for policies that name it.
        encryption_key: The key that the caller gave the knowledge base. Default: none.
        removal_policy: What becomes of the resources that the store makes.
        model_arn: The ARN of the embedding model. Vectors of two models can't be compared, so an index that
            the store makes is another one when it changes.
    """

    scope: Construct
    role_arn: str
    encryption_key: kms_refs.IKeyRef | None
    removal_policy: cdk.RemovalPolicy
    model_arn: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a type or a store adds to the knowledge base.

    Attributes:
        configuration: The property in the L1's names.
        statements: What the service role needs.
        referred: The L1s behind the references in ``configuration``, for the fingerprint.
        dependencies: What has to exist before the knowledge base.
        owns_store: Whether the vectors go with the knowledge base.
    """

    configuration: Json
    statements: list[Json] = field(default_factory=list)
    referred: list[cdk.CfnResource] = field(default_factory=list)
    dependencies: list[IDependable] = field(default_factory=list)
    owns_store: bool = False


def allow(actions: str | list[str], resources: str | list[str], condition: Json | None = None) -> Json:
    """Return an Allow statement."""
    statement: Json = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement


def policy_document(statements: list[Json]) -> Json:
    """Return a policy with each statement once: a list of one is its element, and actions are sorted."""
    found: list[Json] = []
    for statement in statements:
        actions = statement["Action"]
        named = [actions] if isinstance(actions, str) else sorted({*actions})
        targets = statement["Resource"]
        targets = targets[0] if isinstance(targets, list) and len(targets) == 1 else targets
        one = {**statement, "Action": named[0] if len(named) == 1 else named, "Resource": targets}
        if one not in found:
            found.append(one)
    return {"Version": "2012-10-17", "Statement": found}


def arn_from(prop: str, value: object, path: str, example: str) -> str:
    """Return the ARN of a resource given as a construct with a reference interface, or as the ARN itself.

    Args:
        prop: The prop, for the message.
        value: The construct, L1 or ARN.
        path: Where the reference interface has the ARN, such as ``graph_ref.graph_arn``.
        example: An ARN for the message.

    Raises:
        PlanesError: It is neither.
    """
    if isinstance(value, str):
        service = example.split(":")[2]
        if is_token(value) or (value.split(":")[:1] == ["arn"] and value.split(":")[2:3] == [service]):
            return value
        raise PlanesError(
            f"`{prop}` has the value `{value}`: pass the construct, or an ARN such as {example}"
        )
    first, _, rest = path.partition(".")
    if has_attribute(value, first):
        return str(getattr(getattr(value, first), rest))
    raise PlanesError(
        f"`{prop}` has a value of the type `{type(value).__name__}`: pass the construct, its L1, or an ARN "
        f"such as {example}"
    )


def key_parts(
    scope: IConstruct, actions: list[str], key: kms_refs.IKeyRef | str | None, via: str | None = None
) -> list[Json]:
    """Return the statement for a KMS key, if there is one; ``via`` is the service that uses it.

    Where the key isn't of this app, the knowledge base tells what its owner may have to add.
    """
    if key is None:
        return []
    condition = {"StringEquals": {"kms:ViaService": via}} if via else None
    statement = allow(actions[0] if len(actions) == 1 else actions, key_arn_of(key), condition)
    if isinstance(key, str) or (key.node.default_child is None and not isinstance(key, cdk.CfnElement)):
        _tell_owner(scope, key_arn_of(key), {**statement, "Resource": "*"})
    return [statement]


def _tell_owner(scope: IConstruct, key_arn: str, statement: Json) -> None:
    stack, role = cdk.Stack.of(scope), getattr(scope, "role", None)
    arn = stack.resolve(role.role_arn) if role is not None else None
    principal = arn if isinstance(arn, str) else f"<the ARN of the service role of {scope.node.path}>"
    text = json.dumps({**stack.resolve(statement), "Principal": {"AWS": principal}}, sort_keys=True)
    shown = "that is passed in" if is_token(key_arn) else key_arn
    cdk.Annotations.of(scope).add_info(
        f"the key `{shown}` is not of this app. If its policy doesn't leave access to IAM policies, its "
        f"owner adds this statement: {text}"
    )


def secret_statements(scope: IConstruct, secret: secretsmanager.ISecret) -> list[Json]:
    """Return what reading a secret, and decrypting it, needs.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (Secrets Manager secret)
    and https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-kb.html
    """
    stack = cdk.Stack.of(scope)
    via = f"secretsmanager.{stack.region}.{stack.url_suffix}"
    return [
        allow("secretsmanager:GetSecretValue", secret.secret_arn),
        *key_parts(scope, ["kms:Decrypt"], secret.encryption_key, via),
    ]


def bucket_parts(scope: IConstruct, prop: str, bucket: s3_refs.IBucketRef) -> tuple[Json, list[Json]]:
    """Return the configuration of a bucket for multimodal content, and what the service role needs.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-permissions.html (multimodal
    storage destination)

    Raises:
        PlanesError: The bucket is known to be in another Region or account.
    """
    stack = cdk.Stack.of(scope)
    there = bucket.env.region
    if not is_token(there) and not is_token(stack.region) and there != stack.region:
        raise PlanesError(
            f"`{prop}` is the bucket `{bucket.node.path}` in {there}, and the knowledge base is in "
            f"{stack.region}: use a bucket of the same Region"
        )
    owner = bucket.env.account
    if not is_token(owner) and not is_token(stack.account) and owner != stack.account:
        raise PlanesError(
            f"`{prop}` is the bucket `{bucket.node.path}` of the account {owner}, and what is processed is "
            f"written to buckets of the knowledge base's account only: use a bucket of {stack.account}"
        )
    arn = bucket_arn_of(bucket)
    own = {"StringEquals": {"aws:ResourceAccount": stack.account}}
    statements = [
        allow("s3:ListBucket", arn, own),
        allow(
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            f"{arn}/*",
            own,
        ),
        *key_parts(
            scope,
            ["kms:Decrypt", "kms:GenerateDataKey"],
            bucket_key_of(bucket),
            f"s3.{stack.region}.{stack.url_suffix}",
        ),
    ]
    configuration: Json = {
        "supplementalDataStorageLocations": [
            {
                "supplementalDataStorageLocationType": "S3",
                "s3Location": {"uri": f"s3://{bucket_name_of(bucket)}"},
            }
        ]
    }
    return configuration, statements
