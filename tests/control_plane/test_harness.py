"""Harnesses, their endpoints and resource policies of AgentCore: templates, roles, grants, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam

from constructs_lib import (
    AppRole,
    DataPlaneGrants,
    Harness,
    HarnessEndpoint,
    HarnessMemory,
    HarnessTool,
    Model,
    PlanesError,
    ResourcePolicy,
)
from tests.cdk import ACCOUNT, PARTITION, REGION, Stack, arn, resources, template
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA = "amazon.nova-lite-v1:0"
HERE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
CORE = f"bedrock-agentcore:{REGION}:{ACCOUNT}"
MEMORY = f"{HERE}:memory/notes-abcdefghij"
RUNTIME = f"{HERE}:runtime/chat-abcdefghij"


def only(found: dict[str, Any], kind: str) -> dict[str, Any]:
    [one] = resources(found, kind).values()
    properties: dict[str, Any] = one["Properties"]
    return properties


def statements(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one
        for policy in resources(found, "AWS::IAM::Policy").values()
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def on(found: dict[str, Any], action: str) -> Any:
    """Return the resources of the one statement with an action."""
    [one] = [statement for statement in statements(found) if action in listed(statement["Action"])]
    return one["Resource"]


def test_a_harness_with_nothing_but_its_model() -> None:
    stack = Stack()
    harness = Harness(stack, "Chat", model=NOVA)
    assert harness.harness_name == "S_Chat"
    found = only(template(stack), "AWS::BedrockAgentCore::Harness")
    assert found == {
        "HarnessName": "S_Chat",
        "ExecutionRoleArn": stack.resolve(harness.role.role_arn),
        "Model": {"BedrockModelConfig": {"ModelId": NOVA}},
        "Memory": {"Disabled": {}},
    }


def test_a_harness_with_all_its_props() -> None:
    stack = Stack()
    Harness(
        stack,
        "Chat",
        model=Model.of(NOVA).cross_region("us"),
        harness_name="chat",
        system_prompt="Be brief.",
        tools=[
            HarnessTool.browser(),
            HarnessTool.code_interpreter(f"{HERE}:code-interpreter-custom/ci-abcdefghij", name="python"),
            HarnessTool.gateway(f"{HERE}:gateway/tools-abcdefghij"),
            HarnessTool.remote_mcp("docs", url="https://example.com/mcp", headers={"x": "y"}),
            HarnessTool.inline_function("now", description="The time", input_schema={"type": "object"}),
        ],
        allowed_tools=["*"],
        memory=HarnessMemory.existing(MEMORY, actor_id="me", messages_count=10),
        max_iterations=5,
        max_tokens=100,
        timeout=cdk.Duration.minutes(2),
        temperature=0.5,
        top_p=1,
        container_uri=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/agents/chat:1",
        environment_variables={"A": "B"},
        subnets=["subnet-12345678"],
        security_groups=["sg-12345678"],
        tags={"team": "sales"},
    )
    found = only(template(stack), "AWS::BedrockAgentCore::Harness")
    assert found.pop("ExecutionRoleArn")
    assert found == {
        "HarnessName": "chat",
        "Model": {"BedrockModelConfig": {"ModelId": f"us.{NOVA}", "Temperature": 0.5, "TopP": 1}},
        "SystemPrompt": [{"Text": "Be brief."}],
        "Tools": [
            {"Type": "agentcore_browser"},
            {
                "Type": "agentcore_code_interpreter",
                "Name": "python",
                "Config": {
                    "AgentCoreCodeInterpreter": {
                        "CodeInterpreterArn": f"{HERE}:code-interpreter-custom/ci-abcdefghij"
                    }
                },
            },
            {
                "Type": "agentcore_gateway",
                "Config": {"AgentCoreGateway": {"GatewayArn": f"{HERE}:gateway/tools-abcdefghij"}},
            },
            {
                "Type": "remote_mcp",
                "Name": "docs",
                "Config": {"RemoteMcp": {"Url": "https://example.com/mcp", "Headers": {"x": "y"}}},
            },
            {
                "Type": "inline_function",
                "Name": "now",
                "Config": {"InlineFunction": {"Description": "The time", "InputSchema": {"type": "object"}}},
            },
        ],
        "AllowedTools": ["*"],
        "Memory": {"AgentCoreMemoryConfiguration": {"Arn": MEMORY, "ActorId": "me", "MessagesCount": 10}},
        "MaxIterations": 5,
        "MaxTokens": 100,
        "TimeoutSeconds": 120,
        "Environment": {
            "AgentCoreRuntimeEnvironment": {
                "NetworkConfiguration": {
                    "NetworkMode": "VPC",
                    "NetworkModeConfig": {
                        "SecurityGroups": ["sg-12345678"],
                        "Subnets": ["subnet-12345678"],
                    },
                }
            }
        },
        "EnvironmentArtifact": {
            "ContainerConfiguration": {
                "ContainerUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/agents/chat:1"
            }
        },
        "EnvironmentVariables": {"A": "B"},
        "Tags": [{"Key": "team", "Value": "sales"}],
    }


def test_the_role_trusts_agentcore_for_this_account_only_and_is_an_app_role() -> None:
    stack = Stack()
    Harness(stack, "Chat", model=NOVA)
    [role] = resources(template(stack), "AWS::IAM::Role").values()
    assert role["Properties"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": arn(f"{CORE}:*")},
            },
        }
    ]
    assert role["Metadata"]["bedrock-planes:role"]["kind"] == "app"
    assert role["Properties"]["PermissionsBoundary"]


def test_the_role_holds_what_the_harness_calls_and_nothing_else() -> None:
    stack = Stack()
    Harness(stack, "Chat", model=NOVA)
    found = template(stack)
    assert sorted(action for one in statements(found) for action in listed(one["Action"])) == [
        "bedrock-agentcore:GetWorkloadAccessToken",
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "ecr-public:GetAuthorizationToken",
        "sts:GetServiceBearerToken",
    ]
    assert on(found, "bedrock-agentcore:GetWorkloadAccessToken") == [
        arn(f"{CORE}:workload-identity-directory/default"),
        arn(f"{CORE}:workload-identity-directory/default/workload-identity/harness_S_Chat-*"),
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (None, "harness_S_Chat_*"),
        ("a" * 26, f"harness_{'a' * 26}_*"),
        ("a" * 27, f"harness_{'a' * 26}*"),
        ("a" * 40, f"harness_{'a' * 26}*"),
    ],
)
def test_a_managed_memory_is_scoped_to_what_agentcore_calls_it(name: str | None, pattern: str) -> None:
    stack = Stack()
    memory = HarnessMemory.managed(strategies=["SEMANTIC"], event_expiry=cdk.Duration.days(7))
    Harness(stack, "Chat", model=NOVA, harness_name=name, memory=memory)
    found = template(stack)
    assert on(found, "bedrock-agentcore:ListEvents") == arn(f"{CORE}:memory/{pattern}")
    assert only(found, "AWS::BedrockAgentCore::Harness")["Memory"] == {
        "ManagedMemoryConfiguration": {"Strategies": ["SEMANTIC"], "EventExpiryDuration": 7}
    }


@pytest.mark.parametrize("construct_id", ["Chat", "C" * 60, "with-a-dash_and_more_of_it_still"])
def test_a_generated_name_is_one_that_agentcore_takes(construct_id: str) -> None:
    name = Harness(Stack(), construct_id, model=NOVA).harness_name
    assert name[0].isalpha()
    assert name.replace("_", "").isalnum()
    assert len(name) <= 26


def test_an_existing_memory_is_granted_exactly() -> None:
    stack = Stack()
    Harness(stack, "Chat", model=NOVA, memory=HarnessMemory.existing("notes-abcdefghij"))
    assert on(template(stack), "bedrock-agentcore:ListEvents") == arn(f"{CORE}:memory/notes-abcdefghij")


def test_an_image_of_ones_own_is_pulled_from_its_repository() -> None:
    stack = Stack()
    image = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/agents/chat:1"
    Harness(stack, "Chat", model=NOVA, container_uri=image)
    found = template(stack)
    assert on(found, "ecr:BatchGetImage") == arn("ecr:eu-west-1:444455556666:repository/agents/chat")
    assert not [one for one in statements(found) if "ecr-public" in str(one)]


def test_the_policy_of_the_role_comes_before_the_harness() -> None:
    stack = Stack()
    Harness(stack, "Chat", model=NOVA)
    found = template(stack)
    [harness] = resources(found, "AWS::BedrockAgentCore::Harness").values()
    assert set(resources(found, "AWS::IAM::Policy")) <= set(harness["DependsOn"])


def test_a_role_of_ones_own_gets_the_permissions() -> None:
    stack = Stack()
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"))
    Harness(stack, "Chat", model=NOVA, role=role, tools=[HarnessTool.code_interpreter()])
    found = template(stack)
    assert on(found, "bedrock-agentcore:InvokeCodeInterpreter") == arn(
        f"bedrock-agentcore:{REGION}:aws:code-interpreter/aws.codeinterpreter.v1"
    )


def test_an_imported_role_is_warned_about_with_the_statements() -> None:
    stack = Stack()
    role = iam.Role.from_role_arn(stack, "Own", "arn:aws:iam::444455556666:role/own")
    Harness(stack, "Chat", model=NOVA, role=role)
    found = cdk.assertions.Annotations.from_stack(stack).find_warning("*", cdk.assertions.Match.any_value())
    texts = [str(one.entry.data) for one in found if "can't be changed" in str(one.entry.data)]
    assert any("bedrock:InvokeModelWithResponseStream" in text for text in texts)


def test_an_imported_role_of_the_account_is_given_a_policy() -> None:
    stack = Stack()
    role = iam.Role.from_role_arn(stack, "Own", f"arn:aws:iam::{ACCOUNT}:role/own")
    Harness(stack, "Chat", model=NOVA, role=role)
    assert on(template(stack), "bedrock:InvokeModel")
    found = cdk.assertions.Annotations.from_stack(stack).find_warning("*", cdk.assertions.Match.any_value())
    assert found == []


def test_an_endpoint_with_and_without_its_props() -> None:
    stack = Stack()
    harness = Harness(stack, "Chat", model=NOVA)
    harness.add_endpoint("Live")
    [endpoint] = resources(template(stack), "AWS::BedrockAgentCore::HarnessEndpoint").values()
    assert endpoint["Properties"] == {
        "EndpointName": "S_Chat_Live",
        "HarnessId": stack.resolve(harness.harness_id),
    }
    stack = Stack()
    HarnessEndpoint(
        stack,
        "Live",
        harness=Harness.from_harness_arn(stack, "Chat", f"{HERE}:harness/chat-abcdefghij"),
        endpoint_name="live",
        target_version="2",
        description="what users call",
        tags={"team": "sales"},
    )
    assert only(template(stack), "AWS::BedrockAgentCore::HarnessEndpoint") == {
        "EndpointName": "live",
        "HarnessId": "chat-abcdefghij",
        "TargetVersion": "2",
        "Description": "what users call",
        "Tags": [{"Key": "team", "Value": "sales"}],
    }


def test_callers_are_granted_the_harness_and_at_an_endpoint_both() -> None:
    stack = Stack()
    user = iam.User(stack, "U")
    endpoint = HarnessEndpoint.from_harness_endpoint_arn(
        stack, "E", f"{HERE}:harness/chat-abcdefghij/harness-endpoint/live"
    )
    endpoint.grant_invoke(user)
    assert statements(template(stack)) == [
        {
            "Action": ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness"],
            "Effect": "Allow",
            "Resource": f"{HERE}:harness/chat-abcdefghij",
        },
        {
            "Action": "bedrock-agentcore:InvokeHarness",
            "Effect": "Allow",
            "Resource": f"{HERE}:harness/chat-abcdefghij/harness-endpoint/live",
        },
    ]


def test_the_facade_takes_the_construct_and_an_l1() -> None:
    made = []
    for as_l1 in (False, True):
        stack = Stack()
        harness = Harness(stack, "Chat", model=NOVA)
        target: Any = harness.node.default_child if as_l1 else harness
        DataPlaneGrants(iam.User(stack, "U")).invoke_harness(target)
        policies = resources(template(stack), "AWS::IAM::Policy")
        [mine] = [one for name, one in policies.items() if name.startswith("U")]
        made.append(mine["Properties"]["PolicyDocument"]["Statement"][0]["Action"])
    assert made[0] == made[1] == ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeHarness"]


def test_a_resource_policy_is_on_its_resource() -> None:
    stack = Stack()
    statement = iam.PolicyStatement(
        principals=[iam.AccountPrincipal("444455556666")], actions=["bedrock-agentcore:InvokeAgentRuntime"]
    )
    ResourcePolicy(stack, "P", resource_arn=RUNTIME, statements=[statement])
    found = only(template(stack), "AWS::BedrockAgentCore::ResourcePolicy")
    assert found["ResourceArn"] == RUNTIME
    parts = found["Policy"]["Fn::Join"][1]
    text = "".join("aws" if part == PARTITION else part for part in parts)
    assert json.loads(text)["Statement"] == [
        {
            "Action": "bedrock-agentcore:InvokeAgentRuntime",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Resource": RUNTIME,
        }
    ]
    assert statement.resources == []


@pytest.mark.parametrize("kind", ["runtime", "code interpreter", "browser"])
def test_an_app_role_for_agentcore_serves_the_constructs_of_the_cdk(kind: str) -> None:
    stack = Stack()
    role = AppRole.for_agentcore(stack, "Role", telemetry=kind == "runtime")
    role.grants.converse(NOVA, streaming=True)
    if kind == "runtime":
        agentcore.CfnRuntime(
            stack,
            "X",
            agent_runtime_name="chat",
            role_arn=role.role_arn,
            agent_runtime_artifact={"containerConfiguration": {"containerUri": "x"}},
            network_configuration={"networkMode": "PUBLIC"},
        )
    elif kind == "browser":
        agentcore.BrowserCustom(stack, "X", browser_custom_name="chat", execution_role=role)
    else:
        agentcore.CodeInterpreterCustom(stack, "X", code_interpreter_custom_name="chat", execution_role=role)
    found = template(stack)
    [made] = resources(found, "AWS::IAM::Role").values()
    held = made["Properties"].get("Policies", [])
    assert [policy["PolicyName"] for policy in held] == (["Telemetry"] if kind == "runtime" else [])


STATEMENT: dict[str, Any] = {"actions": ["bedrock-agentcore:InvokeAgentRuntime"]}
REFUSED: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "a name with a dash": (
        lambda s: Harness(s, "H", model=NOVA, harness_name="my-chat"),
        "`harness_name` has the value `my-chat`: use 1-40 letters, digits and _, the first a letter",
    ),
    "an empty prompt": (lambda s: Harness(s, "H", model=NOVA, system_prompt=" "), "`system_prompt` is empty"),
    "a temperature of 2.1": (
        lambda s: Harness(s, "H", model=NOVA, temperature=2.1),
        "`temperature` has the value `2.1`: pass a number from 0 to 2",
    ),
    "subnets alone": (
        lambda s: Harness(s, "H", model=NOVA, subnets=["subnet-12345678"]),
        "`subnets` and `security_groups` belong together",
    ),
    "a tool as text": (
        lambda s: Harness(s, "H", model=NOVA, tools=["browser"]),  # type: ignore[list-item]  # the point
        "`tools` has the value `'browser'`: pass a tool such as",
    ),
    "a tool outside a list": (
        lambda s: Harness(s, "H", model=NOVA, tools=HarnessTool.browser()),  # type: ignore[arg-type]  # the point
        "pass a list, also for one tool",
    ),
    "a timeout in seconds": (
        lambda s: Harness(s, "H", model=NOVA, timeout=30),  # type: ignore[arg-type]  # the point
        "`timeout` has the value `30` of the type `int`: pass a `cdk.Duration`",
    ),
    "a tool's name twice": (
        lambda s: Harness(
            s,
            "H",
            model=NOVA,
            tools=[HarnessTool.browser(name="web"), HarnessTool.remote_mcp("web", url="https://x.y")],
        ),
        "`tools` has the name `web` twice",
    ),
    "a tool's name with a space": (lambda s: HarnessTool.browser(name="my web"), "use 1-64 letters"),
    "a memory as text": (
        lambda s: Harness(s, "H", model=NOVA, memory="managed"),  # type: ignore[arg-type]  # the point
        r"`memory` has the value `'managed'`: pass `HarnessMemory.managed\(\)`",
    ),
    "a memory of another kind": (
        lambda s: Harness(s, "H", model=NOVA, memory=HarnessMemory.existing(RUNTIME)),
        "`memory` has the value",
    ),
    "an unknown strategy": (
        lambda s: HarnessMemory.managed(strategies=["semantic"]),
        "`strategies` has the value `semantic`: use SEMANTIC",
    ),
    "an expiry of 2 days": (
        lambda s: HarnessMemory.managed(event_expiry=cdk.Duration.days(2)),
        "`event_expiry` is 2 days: AgentCore keeps events 3 to 365 days",
    ),
    "a model that is none": (lambda s: Harness(s, "H", model="nova"), "an id is written `PROVIDER.MODEL`"),
    "an endpoint's version in words": (
        lambda s: Harness(s, "H", model=NOVA).add_endpoint("E", target_version="latest"),
        "`target_version` has the value `latest`: pass a version",
    ),
    "an endpoint of a text": (
        lambda s: HarnessEndpoint(s, "E", harness="chat"),  # type: ignore[arg-type]  # the point
        "`harness` has a value of the type `str`: pass a `Harness`",
    ),
    "a policy on a bucket": (
        lambda s: ResourcePolicy(s, "P", resource_arn="arn:aws:s3:::b", statements=[]),
        "pass the ARN of a runtime, of an endpoint or of a gateway",
    ),
    "a policy without statements": (
        lambda s: ResourcePolicy(s, "P", resource_arn=RUNTIME, statements=[]),
        "`statements` is empty",
    ),
    "a policy for everybody": (
        lambda s: ResourcePolicy(
            s,
            "P",
            resource_arn=RUNTIME,
            statements=[iam.PolicyStatement(principals=[iam.AnyPrincipal()], **STATEMENT)],
        ),
        "lets everybody in; name the account or the role, or add a condition",
    ),
    "a policy for nobody": (
        lambda s: ResourcePolicy(s, "P", resource_arn=RUNTIME, statements=[iam.PolicyStatement(**STATEMENT)]),
        "a statement has no principal",
    ),
    "a policy with another service's action": (
        lambda s: ResourcePolicy(
            s,
            "P",
            resource_arn=RUNTIME,
            statements=[
                iam.PolicyStatement(principals=[iam.AccountPrincipal(ACCOUNT)], actions=["s3:GetObject"])
            ],
        ),
        "takes actions of `bedrock-agentcore` only",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_prop_is_named_with_the_remedy(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(PlanesError, match=message):
        build(Stack())


def test_everybody_of_an_organization_may_be_let_in() -> None:
    statement = iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        conditions={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}},
        **STATEMENT,
    )
    ResourcePolicy(Stack(), "P", resource_arn=RUNTIME, statements=[statement])


def test_it_deploys_and_stays_on_the_data_plane(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        harness = Harness(
            stack,
            "Chat",
            model=Model.of(NOVA).cross_region("us"),
            memory=HarnessMemory.managed(),
            tools=[HarnessTool.browser(), HarnessTool.code_interpreter()],
        )
        endpoint = harness.add_endpoint("Live", target_version="1")
        caller = AppRole(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        endpoint.grant_invoke(caller)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {
        "bedrock-agentcore:CreateHarness",
        "bedrock-agentcore:CreateAgentRuntime",
        "bedrock-agentcore:CreateMemory",
        "bedrock-agentcore:CreateHarnessEndpoint",
        "bedrock-agentcore:DeleteHarness",
        "iam:PassRole",
    }
    assert deployed_by(found, wanted) == set()
