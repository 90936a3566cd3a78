"""A VPC without a way to the internet, and the private ways into Bedrock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2

from constructs_lib import BedrockVpcEndpoints
from constructs_lib.cdk_support import ROLE_PATHS
from stacks.base import PlanesStack, acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

__all__ = ["NetworkStack"]


class NetworkStack(PlanesStack):
    """Isolated subnets in two zones with the four Bedrock endpoints."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "Network",
            settings=settings,
            description="A VPC that reaches Amazon Bedrock and nothing else",
        )
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/20"),
            max_azs=2,
            nat_gateways=0,
            # The default security group is used by nothing here; emptying it would take another function.
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
                )
            ],
        )
        acknowledge(
            self.vpc,
            "AwsSolutions::AwsSolutions-VPC7",
            "Nothing but HTTPS to the Bedrock endpoints leaves these subnets, and CloudTrail and the "
            "invocation logging record each call with more than a flow log holds.",
        )
        roles = f"arn:{self.partition}:iam::{self.account}:role"
        self.endpoints = BedrockVpcEndpoints(
            self,
            "Endpoints",
            vpc=self.vpc,
            # By their paths: the roles are made after the network, and the deploy role before it.
            for_roles=[f"{roles}{ROLE_PATHS[kind]}*" for kind in ("app", "deploy", "operator")],
        )
        self.output("VpcId", self.vpc.vpc_id, "The VPC of the application")
