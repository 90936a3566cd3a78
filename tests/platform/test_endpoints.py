from __future__ import annotations

import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_lib import BedrockVpcEndpoints, PlanesError, catalogue
from tests.cdk import ACCOUNT, Stack, resources, template

CORE = {"bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime"}


def vpc(stack: Stack) -> ec2.Vpc:
    isolated = ec2.SubnetConfiguration(name="I", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    return ec2.Vpc(stack, "Vpc", nat_gateways=0, subnet_configuration=[isolated])


def test_each_endpoint_admits_its_own_plane_for_this_account() -> None:
    stack = Stack()
    BedrockVpcEndpoints(stack, "E", vpc=vpc(stack))
    endpoints = resources(template(stack), "AWS::EC2::VPCEndpoint").values()
    by_service = {e["Properties"]["ServiceName"].split("us-east-1.")[1]: e["Properties"] for e in endpoints}
    assert set(by_service) == CORE
    for service, properties in by_service.items():
        plane = catalogue.families()[service].plane
        expected = sorted(
            a.name for a in catalogue.actions().values() if a.family in CORE and a.plane is plane
        )
        assert properties["PrivateDnsEnabled"] is True
        assert properties["PolicyDocument"]["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": expected,
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            }
        ]


def test_one_group_admits_https_from_the_vpc() -> None:
    stack = Stack()
    BedrockVpcEndpoints(stack, "E", vpc=vpc(stack), services=["bedrock-runtime"])
    found = template(stack)
    [group] = resources(found, "AWS::EC2::SecurityGroup").values()
    [vpc_id] = resources(found, "AWS::EC2::VPC")
    assert group["Properties"]["SecurityGroupIngress"] == [
        {
            "CidrIp": {"Fn::GetAtt": [vpc_id, "CidrBlock"]},
            "Description": "HTTPS from the VPC",
            "FromPort": 443,
            "ToPort": 443,
            "IpProtocol": "tcp",
        }
    ]
    assert len(resources(found, "AWS::EC2::VPCEndpoint")) == 1


@pytest.mark.parametrize("services", [["bedrock-mantle"], []])
def test_an_unknown_service_is_refused(services: list[str]) -> None:
    stack = Stack()
    with pytest.raises(
        PlanesError, match=r"`services` has the value `.*`: choose from bedrock, bedrock-agent"
    ):
        BedrockVpcEndpoints(stack, "E", vpc=vpc(stack), services=services)
