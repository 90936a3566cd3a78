# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The permissions that CloudFormation needs for types that ministack makes in-process, without a call.

What AWS's handlers call to create such a resource with the properties that it has; what they call to read,
update and delete it is not checked. The full lists are in AWS's schemas under `handlers`.
The check comes after the creation, when the physical id is known, and a refusal takes it away again.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.authorization import boundary_keys, denial, role_arn
from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["NEEDED", "install"]

_log = logging.getLogger("bedrock-planes")


@dataclass(frozen=True, slots=True)
class Needed:
    """An action, the form of its resource, and the property that makes AWS's handler call it.

    `{id}` is the physical id, `{path}` the same without a slash in front; `{Bucket}` and the like are
    the template's own properties, `{each}` for every item of the list in the property `each`, and `{role}` is
    the ARN of the role that is made or that `each` names.
    `passes_to` names the service that the role in the property `Role` is passed to.
    """

    action: str
    resource: str = "*"
    when: str = ""
    each: str = ""
    passes_to: str = ""


_ROLE = "{role}"
_BUCKET = "arn:aws:s3:::{id}"
_GROUP = "arn:aws:logs:{region}:{account}:log-group:{id}"
_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{id}"
_PARAMETER = "arn:aws:ssm:{region}:{account}:parameter/{path}"


def _ec2(kind: str, create: str, *more: Needed) -> tuple[Needed, ...]:
    """Return what a type of Amazon EC2 needs; tags are given with the resource."""
    arn = f"arn:aws:ec2:{{region}}:{{account}}:{kind}/{{id}}"
    actions = (Needed(create, arn), Needed("ec2:CreateTags", arn, when="Tags"))
    return actions + tuple(Needed(one.action, arn, when=one.when) for one in more)


NEEDED: dict[str, tuple[Needed, ...]] = {
    "AWS::IAM::Role": (
        Needed("iam:CreateRole", _ROLE),
        Needed("iam:PutRolePolicy", _ROLE, when="Policies"),
        Needed("iam:AttachRolePolicy", _ROLE, when="ManagedPolicyArns", each="ManagedPolicyArns"),
        Needed("iam:TagRole", _ROLE, when="Tags"),
    ),
    "AWS::IAM::Policy": (Needed("iam:PutRolePolicy", _ROLE, each="Roles"),),
    "AWS::IAM::ManagedPolicy": (Needed("iam:CreatePolicy", "{id}"),),
    "AWS::S3::Bucket": (
        Needed("s3:CreateBucket", _BUCKET),
        Needed("s3:PutEncryptionConfiguration", _BUCKET, when="BucketEncryption"),
        Needed("s3:PutBucketPublicAccessBlock", _BUCKET, when="PublicAccessBlockConfiguration"),
        Needed("s3:PutBucketVersioning", _BUCKET, when="VersioningConfiguration"),
        Needed("s3:PutBucketTagging", _BUCKET, when="Tags"),
    ),
    "AWS::S3::BucketPolicy": (Needed("s3:PutBucketPolicy", "arn:aws:s3:::{Bucket}"),),
    "AWS::KMS::Key": (Needed("kms:CreateKey"),),
    "AWS::Logs::LogGroup": (
        Needed("logs:CreateLogGroup", _GROUP),
        Needed("logs:PutRetentionPolicy", _GROUP, when="RetentionInDays"),
        Needed("logs:TagResource", _GROUP, when="Tags"),
    ),
    "AWS::Lambda::Function": (
        Needed("lambda:CreateFunction", _FUNCTION, passes_to="lambda.amazonaws.com"),
        Needed("lambda:TagResource", _FUNCTION, when="Tags"),
        # Lambda reads the code as whoever creates the function.
        Needed("s3:GetObject", "arn:aws:s3:::{S3Bucket}/{S3Key}", when="S3Bucket"),
    ),
    "AWS::SSM::Parameter": (
        Needed("ssm:PutParameter", _PARAMETER),
        Needed("ssm:AddTagsToResource", _PARAMETER, when="Tags"),
    ),
    "AWS::EC2::VPC": _ec2(
        "vpc",
        "ec2:CreateVpc",
        Needed("ec2:ModifyVpcAttribute", when="EnableDnsHostnames"),
        Needed("ec2:ModifyVpcAttribute", when="EnableDnsSupport"),
    ),
    "AWS::EC2::Subnet": _ec2(
        "subnet", "ec2:CreateSubnet", Needed("ec2:ModifySubnetAttribute", when="MapPublicIpOnLaunch")
    ),
    "AWS::EC2::RouteTable": _ec2("route-table", "ec2:CreateRouteTable"),
    "AWS::EC2::SubnetRouteTableAssociation": (
        Needed("ec2:AssociateRouteTable", "arn:aws:ec2:{region}:{account}:route-table/{RouteTableId}"),
    ),
    "AWS::EC2::SecurityGroup": _ec2(
        "security-group",
        "ec2:CreateSecurityGroup",
        Needed("ec2:AuthorizeSecurityGroupIngress", when="SecurityGroupIngress"),
        Needed("ec2:AuthorizeSecurityGroupEgress", when="SecurityGroupEgress"),
    ),
    "AWS::EC2::VPCEndpoint": _ec2("vpc-endpoint", "ec2:CreateVpcEndpoint"),
}
"""By type name."""


def install() -> None:
    """Put the check behind ministack's handlers."""
    for type_name, needed in NEEDED.items():
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        handlers["create"] = functools.partial(_create, handlers["create"], handlers["delete"], needed)


def _create(  # noqa: PLR0917 - ministack's signature behind three of ours
    stock: Callable[..., Any],
    delete: Callable[..., Any],
    needed: tuple[Needed, ...],
    logical_id: str,
    properties: dict[str, Any],
    stack: str,
) -> Any:
    made = stock(logical_id, properties, stack)
    principal = execution_role.principal_of(stack)
    if principal is None:
        return made
    checks = _checks(needed, str(made[0]), properties)
    sentence = next((sentence for check in checks if (sentence := denial(principal, check))), None)
    if sentence is None:
        return made
    try:
        delete(made[0], properties)
    except Exception:  # noqa: BLE001 - the denial is what the caller must see
        _log.warning("could not take away %s", made[0])
    raise PermissionError(sentence)


def _checks(needed: tuple[Needed, ...], physical_id: str, properties: dict[str, Any]) -> Iterator[Check]:
    # Where a function's code is in Amazon S3 is said one level below.
    given = {**properties, **(code if isinstance(code := properties.get("Code"), dict) else {})}
    given["Tags"] = _own_tags(properties.get("Tags"))
    names = {
        **{name: value for name, value in given.items() if isinstance(value, str)},
        "id": physical_id,
        "path": physical_id.lstrip("/"),
        "region": get_region(),
        "account": get_account_id(),
    }
    for one in needed:
        if one.when and not given.get(one.when):
            continue
        for item in given.get(one.each) or [] if one.each else [""]:
            role = item if one.each == "Roles" else physical_id
            keys = boundary_keys(one.action.removeprefix("iam:"), {**properties, "RoleName": role})
            if one.each == "ManagedPolicyArns":
                keys["iam:policyarn"] = item
            yield Check(one.action, one.resource.format(**names, each=item, role=role_arn(role)), keys)
        if one.passes_to:
            yield Check("iam:PassRole", properties["Role"], {"iam:passedtoservice": one.passes_to})


def _own_tags(tags: object) -> list[str]:
    """Return the keys of the user's tags; CloudFormation's own need no permission."""
    keys = tags if isinstance(tags, dict) else [tag["Key"] for tag in tags] if isinstance(tags, list) else []
    return [key for key in keys if not key.startswith("aws:")]
