"""The first deployment succeeds in any order that the templates allow, with permissions that count late.

The stacks of the demo, and one stack with the other constructs that the local AWS serves.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import (
    ApplicationInferenceProfile,
    AppRole,
    DeployRole,
    Flow,
    Guardrail,
    Harness,
    HarnessMemory,
    KnowledgeBase,
    Model,
    Prompt,
    PromptVariant,
)
from constructs_lib.local import LocalAws
from tests.e2e.deployment import Deployment

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT, REGION = "111122223333", "us-east-1"
NOVA = "amazon.nova-lite-v1:0"
DELAY = 6
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(2, 11))]


def _others(stack: cdk.Stack) -> None:
    """Make what the demo hasn't."""
    model = Model.of(NOVA).cross_region("us")
    base = KnowledgeBase(stack, "Knowledge")
    guardrail = Guardrail(stack, "Guardrail", words=["secret"])
    version = guardrail.create_version(keep=3)
    prompt = Prompt(stack, "Prompt", variants=[PromptVariant.text("a", text="Hello", model=model)])
    profile = ApplicationInferenceProfile(stack, "Profile", model=NOVA)
    nodes: list[dict[str, Any]] = [
        {"name": "Start", "type": "Input", "outputs": [{"name": "document", "type": "String"}]},
        {
            "name": "Search",
            "type": "KnowledgeBase",
            "configuration": {"knowledgeBase": {"knowledgeBaseId": base.knowledge_base_id, "modelId": NOVA}},
            "inputs": [{"name": "retrievalQuery", "type": "String", "expression": "$.data"}],
            "outputs": [{"name": "outputText", "type": "String"}],
        },
        {
            "name": "End",
            "type": "Output",
            "inputs": [{"name": "document", "type": "String", "expression": "$.data"}],
        },
    ]
    ends = [("Start", "document", "Search", "retrievalQuery"), ("Search", "outputText", "End", "document")]
    connections = [
        {
            "name": f"{source}To{target}",
            "source": source,
            "target": target,
            "type": "Data",
            "configuration": {"data": {"sourceOutput": output, "targetInput": given}},
        }
        for source, output, target, given in ends
    ]
    flow = Flow(stack, "Flow", definition={"nodes": nodes, "connections": connections})
    alias = flow.create_alias(flow_alias_name="live")
    harness = Harness(stack, "Chat", model=model, memory=HarnessMemory.managed())
    live = harness.add_endpoint("Live", target_version="1")
    caller = AppRole(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    caller.grants.invoke_flow(alias)
    caller.grants.render_prompt(prompt)
    caller.grants.converse(profile, streaming=True)
    caller.grants.apply_guardrail(version)
    live.grant_invoke(caller)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly of that stack, and of the account's with a deploy role for it."""
    folder = tmp_path_factory.mktemp("others")
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False)
    env = cdk.Environment(account=ACCOUNT, region=REGION)
    stack, account = cdk.Stack(app, "Others", env=env), cdk.Stack(app, "Account", env=env)
    _others(stack)
    deploy = DeployRole(account, "DeployRole", deploys=[stack], without_boundary=True)
    cdk.CfnOutput(account, "ExecutionPolicyArns", value=cdk.Fn.join(",", deploy.policy_arns))
    app.synth()
    return folder


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_deployment_succeeds_in_any_order(seed: int, assembly: Path) -> None:
    with LocalAws(order_seed=seed, propagation=DELAY) as aws:
        made = Deployment(aws, assembly)
        made.bootstrap()
        made.deploy()
        assert {one["StackStatus"] for one in aws.client("cloudformation").describe_stacks()["Stacks"]} == {
            "CREATE_COMPLETE"
        }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_other_constructs_too(seed: int, others: Path) -> None:
    with LocalAws(order_seed=seed, propagation=DELAY) as aws:
        made = Deployment(aws, others, deploy_stack="Account")
        made.bootstrap()
        made.deploy("Others")


ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "bedrock.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}
POLICY = {
    "Type": "AWS::IAM::Policy",
    "Properties": {
        "PolicyName": "Model",
        "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "bedrock:InvokeModel",
                    "Resource": [
                        f"arn:aws:bedrock:{REGION}::foundation-model/{NOVA}",
                        f"arn:aws:bedrock:{REGION}:{ACCOUNT}:project/default",
                    ],
                }
            ],
        },
    },
}


def _agent(*depends_on: str) -> dict[str, Any]:
    agent = {
        "Type": "AWS::Bedrock::Agent",
        "Properties": {
            "AgentName": "a",
            "FoundationModel": NOVA,
            "Instruction": "Answer questions about the two planes of Amazon Bedrock.",
            "AgentResourceRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        },
        "DependsOn": list(depends_on),
    }
    topic = {"Type": "AWS::SNS::Topic", "DependsOn": ["Grant"]}
    return {"Resources": {"Role": ROLE, "Grant": POLICY, "Talker": agent, "Topic": topic}}


def _create(aws: LocalAws, template: dict[str, Any]) -> tuple[str, list[str]]:
    """Create a stack as the account's root; return its status and what was made in this order."""
    aws.reset()
    client = aws.client("cloudformation")
    client.create_stack(
        StackName="A", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = client.describe_stacks(StackName="A")["Stacks"][0]["StackStatus"]
        if not status.endswith("IN_PROGRESS"):
            break
        time.sleep(0.02)
    events = client.describe_stack_events(StackName="A")["StackEvents"]
    made = [
        one["LogicalResourceId"] for one in reversed(events) if one["ResourceStatus"] == "CREATE_IN_PROGRESS"
    ]
    return str(status), made


def test_an_agent_without_a_path_to_its_permission_fails_and_with_one_succeeds() -> None:
    with LocalAws() as aws:
        # By their names the policy comes before the agent, and counts at once: so the fault is not seen.
        assert _create(aws, _agent()) == ("CREATE_COMPLETE", ["A", "Role", "Grant", "Talker", "Topic"])
    with LocalAws(propagation=DELAY) as aws:
        assert _create(aws, _agent())[0] == "ROLLBACK_COMPLETE"
    with LocalAws(order_seed=3, propagation=DELAY) as aws:
        assert _create(aws, _agent())[0] == "ROLLBACK_COMPLETE"
        assert _create(aws, _agent("Grant"))[0] == "CREATE_COMPLETE"
        assert _create(aws, _agent("Topic"))[0] == "CREATE_COMPLETE"  # a path by way of another resource


def test_a_delay_that_is_over_denies_nothing_and_a_rolled_back_stack_leaves_none() -> None:
    with LocalAws(propagation=1) as aws:
        _create(aws, _agent())
        status, made = _create(aws, _agent("Topic"))
        assert (status, made[-1]) == ("CREATE_COMPLETE", "Talker")
        role = aws.client("iam").list_roles()["Roles"][0]["Arn"]
        aws.client("bedrock-agent").create_agent(
            agentName="b", foundationModel=NOVA, agentResourceRoleArn=role
        )


def test_a_seed_is_an_order_of_its_own_and_the_same_in_each_run() -> None:
    template = {"Resources": {name: {"Type": "AWS::SNS::Topic"} for name in "ABCDEF"}}
    orders = []
    for seed in (1, 1, 2, None):
        with LocalAws(order_seed=seed) as aws:
            orders.append("".join(_create(aws, template)[1][1:]))
    assert orders[0] == orders[1]
    assert len(set(orders)) == 3
    assert orders[3] == "ABCDEF"
    assert {"".join(sorted(one)) for one in orders} == {"ABCDEF"}
