"""Actions of other services that decide about the planes: IAM changes, role passing, running something.

The catalogue knows Bedrock alone; these few are listed here, each list with its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam.patterns import counts_in, covers, matches, may_overlap
from constructs_lib.iam.runs_as import STARTS
from constructs_lib.iam.work import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.iam.model import Condition, Effect, Policy, Statement

__all__ = [
    "ASSUME_ROLE",
    "CHAIN_ACTIONS",
    "CREATE_API_KEY",
    "ESCALATIONS",
    "PASS_ROLE",
    "RUNNERS",
    "Denied",
    "ForeignGrant",
    "foreign_actions",
    "foreign_grants",
]

ASSUME_ROLE = "sts:AssumeRole"
PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action's name
CREATE_API_KEY = "iam:CreateServiceSpecificCredential"

# Changes of policies, trust, boundaries and credentials, of identity providers, of the members of groups in
# IAM Identity Center, and of the policies of an organization:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenterdirectory.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
ESCALATIONS = (
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:AddRoleToInstanceProfile",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreatePolicyVersion",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:DeleteGroupPolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteUserPolicy",
    "iam:DetachGroupPolicy",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:RemoveUserFromGroup",
    "iam:ResetServiceSpecificCredential",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "iam:UpdateSAMLProvider",
    "iam:UpdateServiceSpecificCredential",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
    "identitystore:CreateGroupMembership",
    "organizations:DeletePolicy",
    "organizations:DetachPolicy",
    "organizations:LeaveOrganization",
    "organizations:UpdatePolicy",
    "sso-directory:AddMemberToGroup",
    "sso-directory:UpdatePassword",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:DeletePermissionsBoundaryFromPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:PutPermissionsBoundaryToPermissionSet",
)

# Service that runs as the passed role -> actions that start or change what it runs. The services of the page
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html with the dependent action
# iam:PassRole in the service authorization reference.
RUNNERS: dict[str, tuple[str, ...]] = {
    "lambda.amazonaws.com": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
    "bedrock.amazonaws.com": (
        "bedrock:CreateAgent",
        "bedrock:CreateEvaluationJob",
        "bedrock:CreateFlow",
        "bedrock:CreateKnowledgeBase",
        "bedrock:CreateModelCustomizationJob",
        "bedrock:CreateModelInvocationJob",
        "bedrock:InvokeInlineAgent",
        "bedrock:UpdateAgent",
        "bedrock:UpdateFlow",
        "bedrock:UpdateKnowledgeBase",
    ),
    "bedrock-agentcore.amazonaws.com": (
        "bedrock-agentcore:CreateAgentRuntime",
        "bedrock-agentcore:CreateBrowser",
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:CreateGateway",
        "bedrock-agentcore:CreateHarness",
        "bedrock-agentcore:UpdateAgentRuntime",
        "bedrock-agentcore:UpdateGateway",
        "bedrock-agentcore:UpdateHarness",
    ),
    "ecs-tasks.amazonaws.com": (
        "ecs:CreateService",
        "ecs:RegisterTaskDefinition",
        "ecs:RunTask",
        "ecs:StartTask",
        "ecs:UpdateService",
    ),
    "states.amazonaws.com": ("states:CreateStateMachine", "states:UpdateStateMachine"),
    "ec2.amazonaws.com": (
        "ec2:AssociateIamInstanceProfile",
        "ec2:CreateFleet",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "ec2:RequestSpotFleet",
        "ec2:RequestSpotInstances",
        "ec2:RunInstances",
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:CreateLaunchConfiguration",
        "autoscaling:UpdateAutoScalingGroup",
    ),
    "glue.amazonaws.com": (
        "glue:CreateDevEndpoint",
        "glue:CreateJob",
        "glue:CreateSession",
        "glue:UpdateJob",
    ),
    "sagemaker.amazonaws.com": (
        "sagemaker:CreateDomain",
        "sagemaker:CreateModel",
        "sagemaker:CreateNotebookInstance",
        "sagemaker:CreatePipeline",
        "sagemaker:CreateProcessingJob",
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateUserProfile",
        "sagemaker:UpdateDomain",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:UpdatePipeline",
        "sagemaker:UpdateUserProfile",
    ),
    "codebuild.amazonaws.com": ("codebuild:CreateProject", "codebuild:StartBuild", "codebuild:UpdateProject"),
    "codepipeline.amazonaws.com": ("codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"),
    "cloudformation.amazonaws.com": (
        "cloudformation:CreateChangeSet",
        "cloudformation:CreateStack",
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStack",
        "cloudformation:UpdateStackSet",
    ),
    "pods.eks.amazonaws.com": ("eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"),
    "scheduler.amazonaws.com": ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
    "events.amazonaws.com": ("events:PutTargets",),
    "pipes.amazonaws.com": ("pipes:CreatePipe", "pipes:UpdatePipe"),
    "batch.amazonaws.com": ("batch:RegisterJobDefinition", "batch:SubmitJob"),
    "ssm.amazonaws.com": ("ssm:CreateActivation", "ssm:CreateAssociation", "ssm:StartAutomationExecution"),
    "tasks.apprunner.amazonaws.com": ("apprunner:CreateService", "apprunner:UpdateService"),
    "elasticmapreduce.amazonaws.com": ("elasticmapreduce:RunJobFlow",),
    "airflow-env.amazonaws.com": ("airflow:CreateEnvironment", "airflow:UpdateEnvironment"),
    "kinesisanalytics.amazonaws.com": (
        "kinesisanalytics:CreateApplication",
        "kinesisanalytics:UpdateApplication",
    ),
    "omics.amazonaws.com": ("omics:StartRun",),
    "emr-serverless.amazonaws.com": ("emr-serverless:StartJobRun",),
    "datapipeline.amazonaws.com": ("datapipeline:PutPipelineDefinition",),
    "apigateway.amazonaws.com": ("apigateway:PATCH", "apigateway:POST", "apigateway:PUT"),
    "appsync.amazonaws.com": ("appsync:CreateDataSource", "appsync:UpdateDataSource"),
}


# Every action by which one principal becomes another one.
CHAIN_ACTIONS = frozenset((ASSUME_ROLE, PASS_ROLE)).union(*RUNNERS.values(), STARTS)


class Denied(NamedTuple):
    """An unconditional Deny of some actions on some resources: those named, or all but those ``unless``."""

    actions: frozenset[str]
    resources: tuple[str, ...]
    unless: tuple[str, ...] | None

    def covers(self, action: str, arn: str, here: str | None) -> bool:
        """Whether it certainly covers an action on a resource.

        Args:
            action: The action's exact name.
            arn: The resource's ARN; parts of it may be open.
            here: How the ARN is written in the statement's own template, ``None`` if the resource is not in
                it. There, equal texts are the same ARN even with open parts.

        """
        if action not in self.actions:
            return False
        if self.unless is not None:
            return not any(text == here or may_overlap(text, arn) for text in self.unless)
        return any(text == here or covers(text, arn) for text in self.resources)


@dataclass(frozen=True, slots=True)
class ForeignGrant:
    """The actions of other services that one Allow statement grants.

    ``denied`` are the Denies that cover a part of its resources.
    """

    policy: Policy
    statement: Statement
    actions: frozenset[str]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    denied: tuple[Denied, ...] = ()

    def denies(self, action: str, arn: str, here: str | None) -> bool:
        """Whether a Deny certainly covers an action on a resource; the arguments are those of `Denied`."""
        return any(item.covers(action, arn, here) for item in self.denied)


@cache
def _known() -> tuple[str, ...]:
    return tuple(sorted({*CHAIN_ACTIONS, *ESCALATIONS}))


@remembered(4096)
def foreign_actions(
    effect: Effect, actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None
) -> frozenset[str]:
    """Return the actions listed here that a statement names, undocumented patterns in the worst case."""
    if actions is not None:
        return frozenset().union(*(_pattern(text) for text in actions if counts_in(text, effect)))
    other: Effect = "Deny" if effect == "Allow" else "Allow"
    excepted = (_pattern(text) for text in not_actions or () if counts_in(text, other))
    return frozenset(_known()).difference(*excepted)


@remembered(4096)
def _pattern(pattern: str) -> frozenset[str]:
    if "*" not in pattern and "?" not in pattern:
        return _exact().get(pattern.lower(), frozenset())
    return frozenset(name for name in _known() if matches(pattern, name, ignore_case=True))


@cache
def _exact() -> dict[str, frozenset[str]]:
    return {name.lower(): frozenset({name}) for name in _known()}


def foreign_grants(
    policies: Iterable[Policy], limits: Iterable[Iterable[Policy]]
) -> tuple[ForeignGrant, ...]:
    """Return what policies grant of these actions, minus Denies and within every layer of limits."""
    allows: list[tuple[Policy, Statement, frozenset[str]]] = []
    denies: list[Statement] = []
    for policy in policies:
        for statement in policy.statements:
            named = foreign_actions(statement.effect, statement.actions, statement.not_actions)
            if not named:
                continue
            if statement.effect == "Allow":
                allows.append((policy, statement, named))
            else:
                denies.append(statement)
    if not allows:
        return ()
    layers = [[s for policy in layer for s in policy.statements] for layer in limits]
    denies += [s for layer in layers for s in layer if s.effect == "Deny"]
    result = []
    for policy, statement, named in allows:
        left = _left(statement, named, denies, layers)
        if left:
            actions, resources, denied = left
            result.append(ForeignGrant(policy, statement, actions, resources, statement.conditions, denied))
    return tuple(result)


def foreign_denials(
    action: str, policies: Iterable[Policy], limits: Iterable[Iterable[Policy]]
) -> tuple[Denied, ...]:
    """Return the unconditional Denies of one of these actions, in policies and in every layer of limits.

    They hold against what a trust allows, too: an explicit Deny overrides every Allow
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html).
    """
    found = []
    for policy in (*policies, *(policy for layer in limits for policy in layer)):
        for deny in policy.statements:
            if deny.effect != "Deny" or deny.conditions or deny.conditional:
                continue
            if action in foreign_actions("Deny", deny.actions, deny.not_actions):
                found.append(Denied(frozenset((action,)), deny.resources or ("*",), deny.not_resources))
    return tuple(dict.fromkeys(found))


def _left(
    statement: Statement, named: frozenset[str], denies: list[Statement], layers: list[list[Statement]]
) -> tuple[frozenset[str], tuple[str, ...], tuple[Denied, ...]] | None:
    """Return the actions and resources that remain, and the Denies that cover a part of these."""
    resources = ("*",) if statement.not_resources is not None else statement.resources or ("*",)
    parts: list[Denied] = []
    for deny in denies:
        if deny.conditions or deny.conditional:
            continue
        actions = foreign_actions("Deny", deny.actions, deny.not_actions)
        denied = deny.resources or ("*",)
        if deny.not_resources is None and all(
            any(covers(text, resource) for text in denied) for resource in resources
        ):
            named -= actions
        elif actions & named:
            parts.append(Denied(actions, denied, deny.not_resources))
    for layer in layers:
        named = frozenset(action for action in named if _within(action, resources, layer))
    return (named, resources, tuple(parts)) if named else None


def _within(action: str, resources: tuple[str, ...], layer: list[Statement]) -> bool:
    for limit in layer:
        if limit.effect == "Allow" and action in foreign_actions("Allow", limit.actions, limit.not_actions):
            allowed = ("*",) if limit.not_resources is not None else limit.resources or ("*",)
            if any(may_overlap(text, resource) for text in allowed for resource in resources):
                return True
    return False
