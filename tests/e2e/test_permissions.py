"""Each permission is needed: without it a deployment, an ingestion or a retrieval fails and names it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.platform.deploy_policies import (
    Scope,
    bedrock_statements,
    foundation_statements,
    network_statements,
    usage_statements,
)
from tests.e2e import use
from tests.e2e.changes import changed, without_parts
from tests.e2e.deployment import STACKS, Deployment, DeploymentFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.deployment import Change

CONTROL = "BedrockPlanesControlPlane"
SCOPE = Scope(
    "aws", "us-east-1", "111122223333", "BedrockPlanes", "bedrock-planes", "BedrockPlanesDeployRole"
)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions_of_the_deploy_role() -> Iterator[tuple[str, str]]:
    """Yield (statement, action) of Bedrock and S3 Vectors, and passing roles."""
    for statement in bedrock_statements(SCOPE, agents=True):
        for action in statement["Action"]:
            yield statement["Sid"], action


def live(deployment: Deployment) -> None:
    """Create, change and delete the control plane, as a pipeline does over the months."""
    deployment.deploy(CONTROL)
    content = changed(deployment.template(CONTROL))
    deployment.update(CONTROL, content, [{"Key": "other", "Value": "x"}])
    deployment.update(CONTROL, without_parts(content), [])
    deployment.destroy(CONTROL)


def without(deployment: Deployment, sid: str, action: str | None) -> None:
    """Take an action (or with None all actions) of one statement from the execution policies."""
    for arn, document in deployment.policies().items():
        kept = []
        for statement in document["Statement"]:
            if statement.get("Sid") == sid:
                statement["Action"] = [a for a in listed(statement["Action"]) if action not in (None, a)]
            if statement["Action"]:
                kept.append(statement)
        deployment.replace_policy(arn, {**document, "Statement": kept})


def test_with_all_permissions_it_lives(fresh: Deployment) -> None:
    live(fresh)


@pytest.mark.parametrize("sid", sorted({sid for sid, _ in actions_of_the_deploy_role()}))
def test_without_a_statement_the_deployment_rolls_back_and_names_an_action(
    fresh: Deployment, sid: str
) -> None:
    without(fresh, sid, None)
    with pytest.raises(
        DeploymentFailed, match=r"(?s)ROLLBACK_COMPLETE.*not authorized to perform: "
    ) as raised:
        fresh.deploy(CONTROL)
    assert any(action in str(raised.value) for found, action in actions_of_the_deploy_role() if found == sid)


NEEDED = list(actions_of_the_deploy_role())


@pytest.mark.prove
@pytest.mark.parametrize(("sid", "action"), NEEDED, ids=[action for _, action in NEEDED])
def test_each_action_of_the_deploy_role_is_needed(fresh: Deployment, sid: str, action: str) -> None:
    without(fresh, sid, action)
    with pytest.raises(DeploymentFailed, match=f"not authorized to perform: {action} "):
        live(fresh)


# ------------------------------------------------------------ what the constructs need beside Bedrock
BESIDE = {
    "Roles": ("iam:CreateRole", "iam:PutRolePolicy", "iam:TagRole"),
    "Buckets": (
        "s3:CreateBucket",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
    ),
    "Assets": ("s3:GetObject",),
    "Functions": ("lambda:CreateFunction", "lambda:TagResource"),
    "LogGroups": ("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"),
    "Queries": ("logs:PutQueryDefinition",),
    "Alarms": ("cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"),
    "Dashboards": ("cloudwatch:PutDashboard",),
    "Parameters": ("ssm:AddTagsToResource", "ssm:PutParameter"),
    "Network": (
        "ec2:AssociateRouteTable",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet",
        "ec2:CreateTags",
        "ec2:CreateVpc",
        "ec2:CreateVpcEndpoint",
        "ec2:ModifyVpcAttribute",
    ),
}
"""The statements and actions that the local AWS checks; docs/local-aws.md names those that it doesn't."""

NOT_CHECKED = {
    # Permissions boundaries are checked when a role is updated, which is not emulated.
    "Boundaries",
    # The stacks share the boundary that is made beside the deploy role, so they make no policy of their own.
    "Policies",
    # The roles of the stacks have no managed policies of AWS.
    "HarmlessPolicies",
    # The local CloudFormation calls the function behind a custom resource by itself.
    "Handlers",
    # Reads of CloudFormation's own, before and after it makes something.
    "Bootstrap",
    "ListLogGroups",
    "ReadNetwork",
}
BESIDE_CASES = [(sid, action) for sid, actions in BESIDE.items() for action in actions]


def test_the_lists_of_statements_are_whole() -> None:
    statements = [*foundation_statements(SCOPE), *usage_statements(SCOPE), *network_statements(SCOPE)]
    granted = {s["Sid"]: {*listed(s["Action"])} for s in statements if s["Effect"] == "Allow"}
    assert granted.keys() == BESIDE.keys() | NOT_CHECKED
    assert all({*actions} <= granted[sid] for sid, actions in BESIDE.items())


@pytest.mark.parametrize("sid", sorted(BESIDE))
def test_without_a_statement_of_another_service_the_deployment_rolls_back(
    fresh: Deployment, sid: str
) -> None:
    without(fresh, sid, None)
    with pytest.raises(
        DeploymentFailed, match=r"(?s)ROLLBACK_COMPLETE.*not authorized to perform: "
    ) as raised:
        fresh.deploy()
    assert any(f"perform: {action} on" in str(raised.value) for action in BESIDE[sid])


@pytest.mark.prove
@pytest.mark.parametrize(("sid", "action"), BESIDE_CASES, ids=[action for _, action in BESIDE_CASES])
def test_each_checked_action_of_another_service_is_needed(fresh: Deployment, sid: str, action: str) -> None:
    without(fresh, sid, action)
    with pytest.raises(DeploymentFailed, match=f"not authorized to perform: {action} "):
        fresh.deploy()


# ------------------------------------------------------------ service roles
SERVICE = [
    ("InvocationLoggingServiceRole", "logs:CreateLogStream"),
    ("InvocationLoggingServiceRole", "logs:PutLogEvents"),
    ("InvocationLoggingHandlerRole", "bedrock:GetModelInvocationLoggingConfiguration"),
    ("InvocationLoggingHandlerRole", "bedrock:PutModelInvocationLoggingConfiguration"),
    ("InvocationLoggingHandlerRole", "iam:PassRole"),
    ("KnowledgeBaseDataSourceServicePolicy", "s3:ListBucket"),
    ("KnowledgeBaseDataSourceServicePolicy", "s3:GetObject"),
    ("KnowledgeBaseServicePolicy", "bedrock:InvokeModel"),
    ("KnowledgeBaseServicePolicy", "s3vectors:DeleteVectors"),
    ("KnowledgeBaseServicePolicy", "s3vectors:GetIndex"),
    ("KnowledgeBaseServicePolicy", "s3vectors:GetVectors"),
    ("KnowledgeBaseServicePolicy", "s3vectors:PutVectors"),
    ("KnowledgeBaseServicePolicy", "s3vectors:QueryVectors"),
    ("AgentServiceRole", "bedrock:InvokeModel"),
    ("AgentServiceRole", "bedrock:Retrieve"),
    ("AgentServiceRole", "bedrock:ApplyGuardrail"),
]
SAMPLE = {"s3vectors:PutVectors", "s3vectors:QueryVectors", "s3:GetObject"}


def stripped(template: dict[str, Any], role: str, action: str) -> dict[str, Any]:
    """Return the template without one action of one role or policy."""
    found = copy.deepcopy(template)
    [properties] = [r["Properties"] for name, r in found["Resources"].items() if name[:-8] == role]
    documents = [p["PolicyDocument"] for p in properties.get("Policies", ())] or [
        properties["PolicyDocument"]
    ]
    before = json.dumps(documents)
    for document in documents:
        for statement in document["Statement"]:
            statement["Action"] = [a for a in listed(statement["Action"]) if a != action]
        document["Statement"] = [s for s in document["Statement"] if s["Action"]]
    assert json.dumps(documents) != before
    return found


def case_marks() -> list[Any]:
    return [
        pytest.param(role, action, marks=() if action in SAMPLE else pytest.mark.prove, id=f"{role}-{action}")
        for role, action in SERVICE
    ]


@pytest.mark.parametrize(("role", "action"), case_marks())
def test_each_permission_of_a_service_role_is_needed(fresh: Deployment, role: str, action: str) -> None:
    def change(stack: str, template: dict[str, Any]) -> dict[str, Any]:
        return stripped(template, role, action) if stack == CONTROL else template

    with pytest.raises((DeploymentFailed, use.UseFailed, ClientError)) as raised:
        deploy_and_use(fresh, change)
    # Bedrock answers a log role that lacks a permission without naming the action.
    assert action in str(raised.value) or "Failed to validate permissions for log group" in str(raised.value)


def deploy_and_use(deployment: Deployment, change: Change) -> None:
    """Do all that needs a service role."""
    deployment.deploy(*STACKS, change=change)
    use.use(deployment)


@pytest.mark.prove
def test_the_handler_needs_to_delete_when_its_stack_goes(fresh: Deployment) -> None:
    action = "bedrock:DeleteModelInvocationLoggingConfiguration"
    fresh.deploy(
        CONTROL, change=lambda _, template: stripped(template, "InvocationLoggingHandlerRole", action)
    )
    with pytest.raises(DeploymentFailed, match=rf"DELETE_FAILED.*{action}"):
        fresh.destroy(CONTROL)


def test_the_lists_are_those_of_the_template(assembly: Path) -> None:
    """Every permission of a service role is tried, but for the two that write the handler's own log."""
    template = json.loads((assembly / f"{CONTROL}.template.json").read_text("utf-8"))
    found = set()
    for name, resource in template["Resources"].items():
        kind = resource.get("Metadata", {}).get("bedrock-planes:role", {}).get("kind")
        # The policies of a knowledge base's role are resources of their own.
        if kind in ("service", "deploy") or (name.startswith("KnowledgeBase") and "Policy" in name):
            properties = resource["Properties"]
            documents = [p["PolicyDocument"] for p in properties.get("Policies", ())]
            documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
            for document in documents:
                found |= {(name[:-8], a) for s in document["Statement"] for a in listed(s["Action"])}
    tried = {
        *SERVICE,
        ("InvocationLoggingHandlerRole", "bedrock:DeleteModelInvocationLoggingConfiguration"),
        ("InvocationLoggingHandlerRole", "logs:CreateLogStream"),
        ("InvocationLoggingHandlerRole", "logs:PutLogEvents"),
        # The local AWS answers agents without streaming from the model.
        ("AgentServiceRole", "bedrock:InvokeModelWithResponseStream"),
    }
    assert found == tried
