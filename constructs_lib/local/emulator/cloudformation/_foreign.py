# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""The permissions that CloudFormation needs for types that ministack makes in-process, without a call.

Only what creating such a resource can't do without; the full lists stand in AWS's schemas under `handlers`.
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

from constructs_lib.local.emulator._request import Check
from constructs_lib.local.emulator.authorization._decide import denial
from constructs_lib.local.emulator.cloudformation import execution_role

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NEEDED", "install"]

_log = logging.getLogger("bedrock-planes")


@dataclass(frozen=True, slots=True)
class Needed:
    """An action and the form of its resource.

    `{id}` is the physical id, `{path}` the same without a slash in front.
    `passes_to` names the service that the role in the property `Role` is passed to.
    """

    action: str
    resource: str = "*"
    passes_to: str = ""


NEEDED: dict[str, Needed] = {
    "AWS::IAM::Role": Needed("iam:CreateRole", "arn:aws:iam::{account}:role/{id}"),
    "AWS::IAM::ManagedPolicy": Needed("iam:CreatePolicy", "{id}"),
    "AWS::S3::Bucket": Needed("s3:CreateBucket", "arn:aws:s3:::{id}"),
    "AWS::KMS::Key": Needed("kms:CreateKey"),
    "AWS::Logs::LogGroup": Needed("logs:CreateLogGroup", "arn:aws:logs:{region}:{account}:log-group:{id}"),
    "AWS::Lambda::Function": Needed(
        "lambda:CreateFunction", "arn:aws:lambda:{region}:{account}:function:{id}", "lambda.amazonaws.com"
    ),
    "AWS::SSM::Parameter": Needed("ssm:PutParameter", "arn:aws:ssm:{region}:{account}:parameter/{path}"),
    "AWS::EC2::VPC": Needed("ec2:CreateVpc", "arn:aws:ec2:{region}:{account}:vpc/{id}"),
    "AWS::EC2::Subnet": Needed("ec2:CreateSubnet", "arn:aws:ec2:{region}:{account}:subnet/{id}"),
    "AWS::EC2::SecurityGroup": Needed(
        "ec2:CreateSecurityGroup", "arn:aws:ec2:{region}:{account}:security-group/{id}"
    ),
    "AWS::EC2::VPCEndpoint": Needed(
        "ec2:CreateVpcEndpoint", "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}"
    ),
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
    needed: Needed,
    logical_id: str,
    properties: dict[str, Any],
    stack: str,
) -> Any:
    made = stock(logical_id, properties, stack)
    sentence = _refusal(needed, made[0], properties, stack)
    if sentence is None:
        return made
    try:
        delete(made[0], properties)
    except Exception:  # noqa: BLE001 - the denial is what the caller must see
        _log.warning("could not take away %s", made[0])
    raise PermissionError(sentence)


def _refusal(needed: Needed, physical_id: str, properties: dict[str, Any], stack: str) -> str | None:
    principal = execution_role.principal_of(stack)
    if principal is None:
        return None
    names = {
        "id": physical_id,
        "path": physical_id.lstrip("/"),
        "region": get_region(),
        "account": get_account_id(),
    }
    checks = [Check(needed.action, needed.resource.format(**names))]
    if needed.passes_to:
        checks.append(Check("iam:PassRole", properties["Role"], {"iam:passedtoservice": needed.passes_to}))
    return next((sentence for check in checks if (sentence := denial(principal, check))), None)
