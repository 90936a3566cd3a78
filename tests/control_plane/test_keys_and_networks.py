"""Keys, subnets and security groups of any library: props take the CDK's references."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

import constructs_lib
from constructs_lib import (
    Agent,
    DocumentSource,
    Flow,
    Guardrail,
    Harness,
    HarnessMemory,
    KnowledgeBase,
    KnowledgeBaseType,
    ManagedSource,
    PrivateEndpoint,
    Prompt,
    PromptVariant,
    VectorBucket,
    VectorIndex,
)
from tests.cdk import Stack, resources, template
from tests.control_plane import test_flow as flows
from tests.control_plane.prop_cases import NOVA

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

ARN = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
ROOT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
KEYS: dict[str, Callable[[cdk.Stack], Any]] = {
    "an L2": lambda s: kms.Key(s, "Key"),
    "an imported one": lambda s: kms.Key.from_key_arn(s, "Key", ARN),
    "an L1": lambda s: kms.CfnKey(s, "Key", key_policy={"Version": "2012-10-17", "Statement": [ROOT]}),
}


def _managed(s: cdk.Stack, **props: Any) -> KnowledgeBase:
    return KnowledgeBase(s, "B", type=KnowledgeBaseType.managed(), **props)


TAKE_A_KEY: dict[str, Callable[[cdk.Stack, Any], object]] = {
    "Agent": lambda s, key: Agent(
        s, "A", agent_name="a", foundation_model=NOVA, instruction="x" * 40, encryption_key=key
    ),
    "DataSource": lambda s, key: KnowledgeBase(s, "B").add_data_source(
        "D", DocumentSource.custom(), encryption_key=key
    ),
    "DocumentSource.s3": lambda s, key: KnowledgeBase(s, "B").add_data_source(
        "D", DocumentSource.s3(_bucket(s), encryption_key=key)
    ),
    "Flow": lambda s, key: Flow(s, "F", definition=flows.SIMPLE, encryption_key=key),
    "Guardrail": lambda s, key: Guardrail(s, "G", words=["w"], encryption_key=key),
    "HarnessMemory.managed": lambda s, key: Harness(
        s, "H", model=NOVA, memory=HarnessMemory.managed(encryption_key=key)
    ),
    "KnowledgeBase": lambda s, key: KnowledgeBase(s, "B", encryption_key=key),
    "KnowledgeBase, managed": lambda s, key: _managed(s, encryption_key=key),
    "ManagedSource.s3": lambda s, key: _managed(s).add_data_source(
        "D", ManagedSource.s3(_bucket(s), encryption_key=key)
    ),
    "Prompt": lambda s, key: Prompt(
        s, "P", variants=[PromptVariant.text("a", text="Hi")], encryption_key=key
    ),
    "VectorBucket": lambda s, key: VectorBucket(s, "V", encryption_key=key),
    "VectorIndex": lambda s, key: VectorIndex(
        s, "I", vector_bucket=VectorBucket(s, "V"), dimension=8, encryption_key=key
    ),
}
# Its key goes into the CDK's own construct for a trail, which takes nothing else.
EXCEPT = {"BedrockTrail"}


def _bucket(s: cdk.Stack) -> Any:
    return s3.Bucket.from_bucket_name(s, "Bucket", "acme-docs")


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", TAKE_A_KEY)
def test_a_key_of_any_kind_encrypts(name: str, kind: str) -> None:
    stack = Stack()
    TAKE_A_KEY[name](stack, KEYS[kind](stack))
    made = template(stack)
    keys = resources(made, "AWS::KMS::Key")
    wanted = str({"Fn::GetAtt": [*keys, "Arn"]}) if keys else ARN
    assert wanted in str({k: v for k, v in made["Resources"].items() if k not in keys})


def test_every_public_prop_for_a_key_takes_a_reference() -> None:
    seen = 0
    for name in sorted({*constructs_lib.__all__} - EXCEPT):
        cls = getattr(constructs_lib, name)
        if not inspect.isclass(cls):
            continue
        for member in {"__init__": cls.__init__, **vars(cls)}.values():
            function = getattr(member, "__func__", member)
            if not inspect.isfunction(function):
                continue
            if (given := inspect.signature(function).parameters.get("encryption_key")) is not None:
                assert given.annotation in {"kms_refs.IKeyRef | None", "str | kms_refs.IKeyRef | None"}, name
                seen += 1
    assert seen >= len(TAKE_A_KEY)


def test_the_policy_of_an_l1_key_is_opened_and_its_use_granted() -> None:
    stack = Stack()
    bucket = VectorBucket(stack, "V", encryption_key=KEYS["an L1"](stack))
    bucket.grants.read(iam.User(stack, "U"))
    made = template(stack)
    [key] = resources(made, "AWS::KMS::Key").values()
    assert [one.get("Sid") for one in key["Properties"]["KeyPolicy"]["Statement"]] == [
        None,
        "AmazonS3VectorsIndexing",
    ]
    [policy] = resources(made, "AWS::IAM::Policy").values()
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": {"Fn::GetAtt": ["Key", "Arn"]}} in policy[
        "Properties"
    ]["PolicyDocument"]["Statement"]


def test_a_harness_and_its_endpoint_take_subnets_and_groups_as_constructs_or_ids() -> None:
    stack = Stack()
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    subnet, group = vpc.private_subnets[0], ec2.SecurityGroup(stack, "Group", vpc=vpc)
    Harness(
        stack,
        "H",
        model=NOVA,
        subnets=["subnet-12345678"],
        security_groups=[ec2.CfnSecurityGroup(stack, "L1", group_description="d")],
    )
    [harness] = resources(template(stack), "AWS::BedrockAgentCore::Harness").values()
    config = harness["Properties"]["Environment"]["AgentCoreRuntimeEnvironment"]["NetworkConfiguration"]
    assert config["NetworkModeConfig"] == {
        "Subnets": ["subnet-12345678"],
        "SecurityGroups": [{"Ref": "L1"}],
    }
    endpoint = PrivateEndpoint.managed_vpc(vpc, subnets=[subnet], security_groups=[group]).to_config()
    assert stack.resolve(endpoint)["managedVpcResource"] == {
        "vpcIdentifier": {"Ref": "Vpc8378EB38"},
        "subnetIds": [{"Ref": "VpcPrivateSubnet1Subnet536B997A"}],
        "securityGroupIds": [{"Fn::GetAtt": ["GroupC77FDACD", "GroupId"]}],
        "endpointIpAddressType": "IPV4",
    }
