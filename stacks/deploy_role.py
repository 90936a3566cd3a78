"""What an administrator deploys once, before `cdk bootstrap`: the role that deploys everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import DataPlaneBoundary, DeployRole
from stacks.base import PlanesStack, acknowledge, acknowledge_wildcards

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

__all__ = ["DeployRoleStack"]

_GENERATED = "CloudFormation makes the names; all of them begin with the name of one of these stacks."
_RANDOM = "Bedrock makes the ids, which nobody knows before; the account and the Region are fixed."
_REASONS = {
    "Create": "Creating something has no ARN to be checked against yet; the Region is fixed by a condition.",
    "Guardrails": _RANDOM,
    "KnowledgeBases": _RANDOM,
    "Tags": _RANDOM,
    "Agents": _RANDOM,
    "AgentAliases": _RANDOM,
    "Vectors": _GENERATED,
    "PassRoles": f"{_GENERATED} A condition names the services that they may be passed to.",
    "Roles": _GENERATED,
    "Boundaries": _GENERATED,
    "HarmlessPolicies": f"{_GENERATED} A condition names the policies.",
    "Policies": _GENERATED,
    "Buckets": _GENERATED,
    "Assets": "The bootstrap stack's bucket of this account and Region; its qualifier is the user's choice.",
    "Functions": _GENERATED,
    "Handlers": f"{_GENERATED} Only functions behind custom resources are among them.",
    "LogGroups": _GENERATED,
    "ListLogGroups": "The listing actions of CloudWatch Logs are not limited to one log group.",
    "Queries": "Saved queries have no ARN; the Region is fixed by a condition.",
    "Alarms": _GENERATED,
    "Dashboards": "The stacks give the names, which begin with their prefix.",
    "Parameters": "Values that the stacks share under their own prefix.",
    "Bootstrap": "The version of the bootstrap stack; its qualifier is the user's choice.",
    "Network": "Amazon EC2 makes the ids; the account and the Region are fixed.",
    "ReadNetwork": "The describing actions of Amazon EC2 have no resource types; the Region is fixed by "
    "a condition.",
}


class DeployRoleStack(PlanesStack):
    """The deploy role, and its policies for `cdk bootstrap --cloudformation-execution-policies`."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "DeployRole",
            settings=settings,
            description="The role that configures Amazon Bedrock and never runs it",
            # There is no bootstrap stack yet, so the stack uses neither its roles nor its bucket.
            synthesizer=cdk.LegacyStackSynthesizer(),
        )
        # Beside the deploy role, so that neither it nor a template that it deploys can change the boundary.
        DataPlaneBoundary(self, "DataPlaneBoundary", shared=True)
        role = DeployRole(
            self,
            "DeployRole",
            name_prefix=settings.stack_prefix,
            parameter_prefix=settings.prefix,
            agents_classic=settings.agents_classic,
            assumed_by=iam.ArnPrincipal(settings.assumable_by) if settings.assumable_by else None,
        )
        for policy in role.policies:
            acknowledge_wildcards(policy, policy.document, _REASONS)
        acknowledge(
            role,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "The account's Bedrock settings have no ARN: IAM takes their actions on * only.",
        )
        self.output("DeployRoleArn", role.role_arn, "The role of a pipeline")
        self.output(
            "ExecutionPolicyArns",
            cdk.Fn.join(",", role.policy_arns),
            "For cdk bootstrap --cloudformation-execution-policies",
        )
