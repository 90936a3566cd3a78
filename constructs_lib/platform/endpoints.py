"""Private ways into Amazon Bedrock: one interface endpoint for each of the four core services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib import catalogue
from constructs_lib.cdk_support import PlanesError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BedrockVpcEndpoints"]

_SERVICES = ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime")


class BedrockVpcEndpoints(Construct):
    """Interface endpoints for Bedrock, each with a policy that admits its own plane and nothing else.

    Whoever may reach only the runtime endpoints can't configure anything, whatever his role says.

    Args:
        vpc: The VPC. Private DNS is on, so its DNS support and hostnames must be too.
        services: Which of ``bedrock``, ``bedrock-agent``, ``bedrock-runtime``, ``bedrock-agent-runtime``.
            Default: all four.
        subnets: Default: the isolated subnets of the VPC.

    Attributes:
        security_group: The security group of all endpoints; it admits HTTPS from the VPC.
        endpoints: The endpoints by service.

    Raises:
        PlanesError: A service is unknown.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        services: Sequence[str] = _SERVICES,
        subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        unknown = [service for service in services if service not in _SERVICES]
        if unknown or not services:
            raise PlanesError(
                f"`services` has the value `{', '.join(unknown) or 'none'}`: "
                f"choose from {', '.join(_SERVICES)}"
            )
        super().__init__(scope, construct_id)
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="HTTPS from the VPC to the Bedrock endpoints",
            allow_all_outbound=False,
        )
        self.security_group.add_ingress_rule(
            ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(443), "HTTPS from the VPC"
        )
        chosen = subnets or ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.endpoints: Mapping[str, ec2.InterfaceVpcEndpoint] = {
            service: self._endpoint(service, vpc, chosen) for service in services
        }

    def _endpoint(
        self, service: str, vpc: ec2.IVpc, subnets: ec2.SubnetSelection
    ) -> ec2.InterfaceVpcEndpoint:
        endpoint = ec2.InterfaceVpcEndpoint(
            self,
            "".join(word.capitalize() for word in service.split("-")),
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService(service),
            subnets=subnets,
            security_groups=[self.security_group],
            open=False,
            private_dns_enabled=True,
        )
        endpoint.add_to_policy(
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=plane_actions(service),
                resources=["*"],
                # Credentials of other accounts carried into the VPC must not get data out of it.
                conditions={"StringEquals": {"aws:PrincipalAccount": cdk.Stack.of(self).account}},
            )
        )
        return endpoint


def plane_actions(service: str) -> list[str]:
    """Return the actions of the core services that are on the same plane as this one, sorted.

    The other service of the same plane is included: some operations are authorised by its actions too
    (``TagResource`` is common to both control services, ``RetrieveAndGenerate`` checks ``InvokeModel``).
    """
    families = catalogue.families()
    plane = families[service].plane
    return sorted(
        action.name
        for action in catalogue.actions().values()
        if action.family in _SERVICES and action.plane == plane
    )
