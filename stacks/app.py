"""The application: its role, and a function that answers questions over the knowledge base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib import AppRole, DataPlaneBoundary
from constructs_lib.grants import model_arn
from examples.ask.bundle import bundled
from stacks.base import PlanesStack, acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.network import NetworkStack
    from stacks.settings import Settings

__all__ = ["AppStack"]

# What Lambda itself does with the role to put a function into a VPC.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


class AppStack(PlanesStack):
    """A function in the isolated subnets: without the endpoints it reaches nothing at all."""

    def __init__(self, scope: Construct, *, settings: Settings, network: NetworkStack) -> None:
        super().__init__(
            scope, "App", settings=settings, description="An application on the data plane of Amazon Bedrock"
        )
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        self.role = self._role(log_group)
        function = self._function(network.vpc, log_group)
        self.output("AppRoleArn", self.role.role_arn, "The role of the application")
        self.output("FunctionName", function.function_name, "The function that answers questions")
        self.output("ModelId", settings.model, "The model that it answers with")

    def _role(self, log_group: logs.LogGroup) -> AppRole:
        model = self.settings.model
        knowledge_base = self.shared("knowledge-base-arn")
        role = AppRole(
            self,
            "AppRole",
            assumed_by=self.settings.principal("lambda.amazonaws.com", self.settings.app_assumable_by),
            description="Answers questions: runs models and retrieves, configures nothing",
            permissions_boundary=DataPlaneBoundary.from_deploy_stack(
                self, "SharedBoundary", f"{self.settings.stack_prefix}DeployRole"
            ),
        )
        role.grants.converse(model, streaming=True)
        role.grants.invoke(model, streaming=True)
        if self.settings.large_model is not None:
            role.grants.converse(self.settings.large_model)
        role.grants.apply_guardrail(self.shared("guardrail-arn"))
        role.grants.retrieve(knowledge_base)
        role.grants.retrieve_and_generate(knowledge_base, model)
        if self.settings.agents_classic:
            role.grants.invoke_agent(self.shared("agent-alias-arn"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
            )
        )
        self._interfaces(role)
        acknowledge(
            role,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "Lambda makes network interfaces whose ids nobody knows.",
        )
        return role

    def _interfaces(self, role: AppRole) -> None:
        """Let Lambda make the network interfaces, and keep the code of the function from doing so."""
        role.add_to_policy(iam.PolicyStatement(actions=list(_INTERFACES), resources=["*"]))
        functions = f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.stack_name}-*"
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=list(_INTERFACES),
                resources=["*"],
                conditions={"ArnLike": {"lambda:SourceFunctionArn": functions}},
            )
        )

    def _function(self, vpc: ec2.IVpc, log_group: logs.LogGroup) -> lambda_.Function:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="HTTPS to the endpoints of the VPC",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(443), "HTTPS to the endpoints")
        return lambda_.Function(
            self,
            "Ask",
            description="Answers questions over the knowledge base",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="handler.handler",
            code=lambda_.Code.from_asset(str(bundled())),
            role=self.role,
            timeout=cdk.Duration.minutes(1),
            memory_size=256,
            log_group=log_group,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[group],
            environment={
                "KNOWLEDGE_BASE_ID": self.shared("knowledge-base-id"),
                "GUARDRAIL_ID": self.shared("guardrail-id"),
                "GUARDRAIL_VERSION": self.shared("guardrail-version"),
                "MODEL_ID": self.settings.model,
                # An inference profile's ARN can't be told from its id by the function.
                "MODEL_ARN": model_arn(self, self.settings.model),
                **({"LARGE_MODEL_ID": self.settings.large_model} if self.settings.large_model else {}),
                "PROMPT_CACHE": "true" if self.settings.prompt_cache else "false",
            },
        )
