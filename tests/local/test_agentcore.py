"""A harness on the local AWS: the deployment's permissions and the trust of its role are checked."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole, Harness, HarnessMemory, HarnessTool, Model
from constructs_lib.deploy import DeployOptions, deploy_policy
from constructs_lib.local import LocalAws
from constructs_lib.templates import TemplateSource
from tests.cdk import ACCOUNT, REGION, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.deploy import DeployPolicy


@pytest.fixture(scope="module")
def migrated() -> dict[str, Any]:
    """What the guide from Agents Classic to AgentCore ends with."""
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(
        app,
        "S",
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.BootstraplessSynthesizer(),
    )
    caller = AppRole(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    chat = Harness(
        stack,
        "Chat",
        model=Model.of("amazon.nova-lite-v1:0").cross_region("us"),
        system_prompt="Answer the questions of our customers about their orders.",
        tools=[HarnessTool.code_interpreter()],
        memory=HarnessMemory.managed(),
    )
    chat.add_endpoint("Live", target_version="1").grant_invoke(caller)
    return template(stack)


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws() as server:
        yield server


def _policy(found: dict[str, Any]) -> DeployPolicy:
    source = TemplateSource("s.json", found, stack="S", account=ACCOUNT, region=REGION)
    return deploy_policy([source], DeployOptions(without_boundary=True))


def _deploy(
    aws: LocalAws, found: dict[str, Any], without: str = "", policy: DeployPolicy | None = None
) -> str:
    """Deploy with the derived policy less one action; return the status and the reasons."""
    aws.reset()
    role, trusted = aws.client("iam"), {"Service": "cloudformation.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    made = role.create_role(RoleName="cfn", AssumeRolePolicyDocument=json.dumps(document))
    for number, one in enumerate((policy or _policy(found)).documents):
        text = json.dumps(one).replace(f'"{without}"', '"s3:ListBucket"') if without else json.dumps(one)
        role.put_role_policy(RoleName="cfn", PolicyName=f"P{number}", PolicyDocument=text)
    client = aws.client("cloudformation")
    client.create_stack(
        StackName="S",
        TemplateBody=json.dumps(found),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        RoleARN=made["Role"]["Arn"],
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = client.describe_stacks(StackName="S")["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    events = client.describe_stack_events(StackName="S")["StackEvents"]
    reasons = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"]
    return " ".join([str(status), *reasons])


def test_the_migrated_agent_deploys_with_the_derived_policy(aws: LocalAws, migrated: dict[str, Any]) -> None:
    assert _deploy(aws, migrated) == "CREATE_COMPLETE"
    client = aws.client("cloudformation")
    client.delete_stack(StackName="S")
    client.get_waiter("stack_delete_complete").wait(
        StackName="S", WaiterConfig={"Delay": 0.05, "MaxAttempts": 400}
    )


def test_the_runtime_under_a_harness_is_changed_and_deleted_on_the_harnesss_arn(
    migrated: dict[str, Any],
) -> None:
    on = {
        action: statement.resources
        for statement in _policy(migrated).statements
        for action in statement.actions
        if action.endswith("AgentRuntime") and not action.endswith(("CreateAgentRuntime", "GetAgentRuntime"))
    }
    here = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
    both = (f"{here}:harness/*", f"{here}:runtime/*")
    assert on == {
        "bedrock-agentcore:DeleteAgentRuntime": both,
        "bedrock-agentcore:UpdateAgentRuntime": both,
    }


@pytest.mark.parametrize("action", ["bedrock-agentcore:CreateHarness", "iam:PassRole"])
def test_without_one_action_it_fails_and_names_it(
    aws: LocalAws, migrated: dict[str, Any], action: str
) -> None:
    status = _deploy(aws, migrated, without=action)
    assert status.startswith("ROLLBACK_COMPLETE")
    assert f"is not authorized to perform: {action}" in status


def test_a_role_that_agentcore_can_not_assume_fails(aws: LocalAws, migrated: dict[str, Any]) -> None:
    text = json.dumps(migrated).replace('"bedrock-agentcore.amazonaws.com"', '"lambda.amazonaws.com"')
    assert "AgentCore can't assume the role" in _deploy(aws, json.loads(text), policy=_policy(migrated))
