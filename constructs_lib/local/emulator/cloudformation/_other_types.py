# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Types of other services: what ministack's own lack for the CDK's templates, and types without behaviour.

The latter are validated against their schema and recorded, so that a stack deploys; `RECORDED` lists them.
"""

from __future__ import annotations

import functools
import json
import uuid
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, iam, secretsmanager
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.cloudformation._properties import attributes, identifier, validated

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RECORDED", "install", "record", "recorded_update"]


def install() -> None:
    """Correct ministack's types and register those that nothing emulates."""
    _record_types()
    vpc = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]
    for verb in ("create", "update"):
        vpc[verb] = _with_cidr(vpc[verb])
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    role["create"] = _with_boundary(role["create"], properties_at=1)
    role["update"] = _with_boundary(role["update"], properties_at=2)
    # CloudFormation gives a stack's tags to every resource that takes tags.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html
    provisioners._STACK_TAG_PROPERTY.setdefault("AWS::S3::Bucket", ("Tags", "list"))
    secret = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    for verb in ("create", "update", "delete"):
        secret[verb] = _by_arn(secret[verb], made=verb != "delete", by_id=verb != "create")
    groups = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    groups["create"] = _named_like_aws(groups["create"])
    groups["update"] = _keeping_the_name(groups["update"])
    ec2._vpce_fields_xml = _with_policy(ec2._vpce_fields_xml)
    ec2._ACTION_MAP["CreateVpcEndpoint"] = _keeping_policy(ec2._ACTION_MAP["CreateVpcEndpoint"])
    provisioners._cw_metric_alarm_put = _with_expressions(provisioners._cw_metric_alarm_put)
    provisioners._RESOURCE_HANDLERS["AWS::IAM::RolePolicy"] = {
        "create": _put_role_policy,
        "update": lambda physical_id, _old, new, stack: (physical_id, _put_role_policy("", new, stack)[1]),
        "delete": _delete_role_policy,
    }


def _with_cidr(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Fn::GetAtt of a VPC's CidrBlock, which interface endpoints' security groups use."""

    def handler(*arguments: Any, **named: Any) -> Any:
        physical_id, found = stock(*arguments, **named)
        cidr = (ec2._vpcs.get(physical_id) or {}).get("CidrBlock", "")
        return physical_id, {**found, "CidrBlock": cidr, "CidrBlockAssociations": [], "Ipv6CidrBlocks": []}

    return handler


def _with_boundary(stock: Callable[..., Any], *, properties_at: int) -> Callable[..., Any]:
    """Keep a role's permissions boundary, which ministack's type leaves out: without it nothing is cut."""

    def handler(*arguments: Any, **named: Any) -> Any:
        physical_id, found = stock(*arguments, **named)
        iam._roles[physical_id]["PermissionsBoundary"] = (
            arguments[properties_at].get("PermissionsBoundary") or ""
        )
        return physical_id, found

    return handler


def _by_arn(stock: Callable[..., Any], *, made: bool, by_id: bool) -> Callable[..., Any]:
    """`Ref` of a secret is its ARN; ministack has the name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
    """

    def handler(first: str, *arguments: Any, **named: Any) -> Any:
        known = secretsmanager._resolve(first, use_arn_scope=True)[0] if by_id else None
        found = stock(known or first, *arguments, **named)
        if not made:
            return found
        secret = secretsmanager._secrets.get(found[0]) or {}
        return secret.get("ARN", found[0]), found[1]

    return handler


def _named_like_aws(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Name a log group without a name as AWS does, after stack and logical id; policies rely on it."""

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        name = properties.get("LogGroupName") or provisioners._physical_name(stack, logical_id)
        return stock(logical_id, {**properties, "LogGroupName": name}, stack)

    return create


def _keeping_the_name(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Update a log group without a name under the one that it got."""

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *more: Any) -> Any:
        named = {"LogGroupName": physical_id}
        return stock(physical_id, {**named, **old}, {**named, **new}, *more)

    return update


def _with_policy(stock: Callable[..., str]) -> Callable[..., str]:
    """DescribeVpcEndpoints shows the endpoint's policy."""

    def fields(endpoint: dict[str, Any], tag: str = "item") -> str:
        xml = stock(endpoint, tag)
        policy = endpoint.get("PolicyDocument")
        if not policy:
            return xml
        text = policy if isinstance(policy, str) else json.dumps(policy)
        return xml.replace("<state>", f"<policyDocument>{escape(text)}</policyDocument><state>", 1)

    return fields


def _keeping_policy(stock: Callable[..., Any]) -> Callable[..., Any]:
    """CreateVpcEndpoint over the API keeps the policy that it is given."""

    def create(parameters: dict[str, Any]) -> Any:
        before = set(ec2._vpc_endpoints.keys())
        answer = stock(parameters)
        policy = ec2._p(parameters, "PolicyDocument")
        for endpoint_id in set(ec2._vpc_endpoints.keys()) - before:
            if policy:
                ec2._vpc_endpoints[endpoint_id]["PolicyDocument"] = policy
        return answer

    return create


def _with_expressions(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Record an alarm over a metric expression, which ministack refuses; it stays without a state."""

    def put(name: str, properties: dict[str, Any]) -> Any:
        if not properties.get("Metrics"):
            return stock(name, properties)
        validated("AWS::CloudWatch::Alarm", properties)
        provisioners._cw.cloudformation_delete_metric_alarm(name)  # what it was before an update
        return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}

    return put


def _put_role_policy(_logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    document = properties.get("PolicyDocument") or {}
    execution_role.client("iam", stack).put_role_policy(
        RoleName=properties["RoleName"],
        PolicyName=properties["PolicyName"],
        PolicyDocument=document if isinstance(document, str) else json.dumps(document),
    )
    return f"{properties['PolicyName']}|{properties['RoleName']}", {}


def _delete_role_policy(physical_id: str, _properties: dict[str, Any]) -> None:
    policy, _, role = physical_id.partition("|")
    client = execution_role.client("iam", None)
    try:
        client.delete_role_policy(RoleName=role, PolicyName=policy)
    except client.exceptions.NoSuchEntityException:  # a deletion that finds nothing to delete has succeeded
        return


RECORDED = (
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::Trail",
    "AWS::Config::ConfigRule",
    "AWS::EC2::FlowLog",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::QueryDefinition",
)


def _record_types() -> None:
    """Register the types that ministack doesn't have itself."""
    for type_name in RECORDED:
        handlers = {
            "create": functools.partial(record, type_name),
            "update": functools.partial(recorded_update, type_name),
            "delete": _delete,
        }
        provisioners._RESOURCE_HANDLERS.setdefault(type_name, handlers)


def record(
    type_name: str, logical_id: str, properties: dict[str, Any], stack: str
) -> tuple[str, dict[str, Any]]:
    """Check the properties, and return a physical id and attributes of a resource that nothing makes."""
    validated(type_name, properties)
    _, service, noun = type_name.lower().split("::")
    unique = uuid.uuid4().hex[:17]
    parts = {}
    for name in identifier(type_name):
        made = (
            f"arn:aws:{service}:{get_region()}:{get_account_id()}:{noun}/{unique}"
            if name.lower().endswith("arn")
            else f"{noun}-{unique}"
            if name in attributes(type_name)
            else provisioners._physical_name(stack, logical_id)
        )
        parts[name] = str(properties.get(name) or made)
    found = {name: parts.get(name, f"{noun}-{unique}") for name in attributes(type_name)}
    return "|".join(parts.values()), found


def recorded_update(
    type_name: str, physical_id: str, _old: dict[str, Any], new: dict[str, Any], _stack: str
) -> tuple[str, dict[str, Any]]:
    """Check the new properties, and return the physical id and the attributes as they were."""
    validated(type_name, new)
    known = dict(zip(identifier(type_name), physical_id.split("|"), strict=True))
    return physical_id, {name: known.get(name, physical_id) for name in attributes(type_name)}


def _delete(_physical_id: str, _properties: dict[str, Any]) -> None:
    """Nothing was made."""
