"""What ministack's own types lack for templates that the CDK writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.cloudformation import execution_role

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]


def install() -> None:
    """Close the gaps."""
    vpc = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]
    for verb in ("create", "update"):
        vpc[verb] = _with_cidr(vpc[verb])
    ec2._vpce_fields_xml = _with_policy(ec2._vpce_fields_xml)
    provisioners._RESOURCE_HANDLERS["AWS::IAM::RolePolicy"] = {
        "create": _put_role_policy,
        "update": lambda physical_id, _old, new, stack: (physical_id, _put_role_policy("", new, stack)[1]),
        "delete": _delete_role_policy,
    }


def _with_cidr(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Fn::GetAtt of a VPC's CidrBlock, which interface endpoints' security groups use."""

    def handler(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - ministack's handlers have no types
        physical_id, found = stock(*arguments, **named)
        cidr = (ec2._vpcs.get(physical_id) or {}).get("CidrBlock", "")
        return physical_id, {**found, "CidrBlock": cidr, "CidrBlockAssociations": [], "Ipv6CidrBlocks": []}

    return handler


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
    except client.exceptions.NoSuchEntityException:
        return
