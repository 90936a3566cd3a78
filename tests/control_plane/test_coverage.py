"""How much of CloudFormation's schemas the constructs reach: the figures of ``docs/coverage.md``.

A path that no prop reaches is left to the L1, and the page says so: the test has the paths, the page the why.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib import (
    Agent,
    ApplicationInferenceProfile,
    BedrockMantleProject,
    ChatMessage,
    ContentGuarding,
    EnforcedGuardrail,
    Flow,
    FlowAlias,
    GuardrailVersion,
    Harness,
    HarnessEndpoint,
    HarnessMemory,
    HarnessTool,
    KnowledgeBase,
    Model,
    Prompt,
    PromptRouter,
    PromptTool,
    PromptVariant,
    PromptVersion,
    ResourcePolicy,
    ToolChoice,
)
from tests.cdk import ACCOUNT, REGION, Stack, resources, template
from tests.control_plane import test_flow as flows
from tests.control_plane import test_prompt as prompts
from tests.control_plane.guardrail_example import KEY_ARN, every_prop
from tests.control_plane.paths import schema_paths, set_paths
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

PAGE = (ROOT / "docs" / "coverage.md").read_text("utf-8")
NOVA = "amazon.nova-lite-v1:0"
CORE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
TAGS = {"team": "sales"}
# A loop is a flow inside a flow, whose paths the schema has once.
LOOP = "/Definition/Nodes/*/Configuration/Loop/Definition"


def key(scope: Construct) -> kms.IKey:
    return kms.Key.from_key_arn(scope, "Key", KEY_ARN)


def guardrails(stack: cdk.Stack) -> None:
    made = every_prop(stack)
    made.create_version(description="first")
    made.share_with_account("444455556666")


def enforced(stack: cdk.Stack) -> None:
    version = GuardrailVersion.from_guardrail_version_attributes(
        stack, "V", guardrail_id="abcdef123456", version="3"
    )
    EnforcedGuardrail(
        stack,
        "E",
        guardrail=version,
        included_models=[NOVA],
        excluded_models=["amazon.titan-embed-text-v2:0"],
        messages=ContentGuarding.COMPREHENSIVE,
        system=ContentGuarding.SELECTIVE,
    )


def prompt(stack: cdk.Stack) -> None:
    made = prompts.every_prop(stack)
    PromptVersion(stack, "V", prompt=made, description="d", tags=TAGS)
    for number, choice in enumerate((ToolChoice.auto(), ToolChoice.any())):
        chat = PromptVariant.chat(
            "chat",
            messages=[ChatMessage.user("Hello")],
            tools=[PromptTool(name="t", input_schema={"type": "object"})],
            tool_choice=choice,
        )
        Prompt(stack, f"Choice{number}", variants=[chat])


def flow(stack: cdk.Stack) -> None:
    text = {"maxTokens": 5, "temperature": 0.5, "topP": 1, "stopSequences": ["."]}
    guardrail = {"guardrailIdentifier": "abcdef123456", "guardrailVersion": "1"}
    ask = flows.inline()
    ask["sourceConfiguration"]["inline"]["inferenceConfiguration"] = {"text": text}
    definition = {
        **flows.SIMPLE,
        "nodes": [
            flows.START,
            {**flows.ASK, "configuration": {"prompt": {**ask, "guardrailConfiguration": guardrail}}},
            flows.END,
        ],
    }
    docs = flows.EACH["KnowledgeBase"][0]
    template_of = {"textPromptTemplate": "$search_results$"}
    [start, own, end] = docs["nodes"]
    generating = {
        "knowledgeBaseId": "ABCDEF1234",
        "modelId": NOVA,
        "numberOfResults": 3,
        "guardrailConfiguration": guardrail,
        "inferenceConfiguration": {"text": text},
        "promptTemplate": template_of,
        "orchestrationConfiguration": {
            "additionalModelRequestFields": {"k": 1},
            "inferenceConfig": {"text": text},
            "performanceConfig": {"latency": "standard"},
            "promptTemplate": template_of,
        },
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {
                "modelConfiguration": {
                    "modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/amazon.rerank-v1:0",
                    "additionalModelRequestFields": {"k": 1},
                },
                "numberOfRerankedResults": 3,
                "metadataConfiguration": {
                    "selectionMode": "SELECTIVE",
                    "selectiveModeConfiguration": {
                        "fieldsToInclude": [{"fieldName": "a"}],
                        "fieldsToExclude": [{"fieldName": "b"}],
                    },
                },
            },
        },
    }
    answering = {
        "nodes": [
            start,
            {
                **own,
                "outputs": [{"name": "outputText", "type": "String"}],
                "configuration": {"knowledgeBase": generating},
            },
            {**end, "inputs": [flows.port("document")]},
        ],
        "connections": [
            docs["connections"][0],
            flows.data("Own", "outputText", "End", "document"),
        ],
    }
    made = Flow(
        stack,
        "F",
        definition=definition,
        name="f",
        description="d",
        encryption_key=key(stack),
        tags=TAGS,
    )
    version = made.create_version(description="first")
    FlowAlias(stack, "Live", flow=made, version=version, name="live", description="d", tags=TAGS)
    Flow(stack, "Answering", definition=answering)
    loop = copy.deepcopy(flows.EACH["Loop"][0])
    controller = loop["nodes"][1]["configuration"]["loop"]["definition"]["nodes"][1]
    controller["configuration"]["loopController"]["maxIterations"] = 3
    controller["inputs"][0]["category"] = "LoopCondition"
    Flow(stack, "Looping", definition=loop)
    for number, (one, _) in enumerate(flows.EACH.values()):
        Flow(stack, f"F{number}", definition=one, prompt_models=[NOVA])


def models(stack: cdk.Stack) -> None:
    ApplicationInferenceProfile(stack, "P", model=NOVA, description="d", tags=TAGS)
    PromptRouter(
        stack,
        "R",
        models=[NOVA, "amazon.nova-pro-v1:0"],
        fallback=NOVA,
        response_quality_difference=10,
        description="d",
        tags=TAGS,
    )
    BedrockMantleProject(stack, "M", tags=TAGS)


def harness(stack: cdk.Stack) -> None:
    made = Harness(
        stack,
        "H",
        model=NOVA,
        harness_name="chat",
        system_prompt="Be brief.",
        tools=[
            HarnessTool.browser(f"{CORE}:browser-custom/b-abcdefghij"),
            HarnessTool.code_interpreter(f"{CORE}:code-interpreter-custom/c-abcdefghij", name="python"),
            HarnessTool.gateway(f"{CORE}:gateway/tools-abcdefghij"),
            HarnessTool.remote_mcp("docs", url="https://example.com/mcp", headers={"x": "y"}),
            HarnessTool.inline_function("now", description="The time", input_schema={"type": "object"}),
        ],
        allowed_tools=["*"],
        memory=HarnessMemory.existing(f"{CORE}:memory/m-abcdefghij", actor_id="me", messages_count=1),
        max_iterations=5,
        max_tokens=100,
        timeout=cdk.Duration.minutes(2),
        temperature=0.5,
        top_p=1,
        container_uri=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/agents/chat:1",
        environment_variables={"A": "B"},
        subnets=["subnet-12345678"],
        security_groups=["sg-12345678"],
        tags=TAGS,
    )
    HarnessEndpoint(stack, "E", harness=made, target_version="2", description="d", tags=TAGS)
    managed = HarnessMemory.managed(
        strategies=["SEMANTIC"], event_expiry=cdk.Duration.days(7), encryption_key=KEY_ARN
    )
    Harness(stack, "Managed", model=Model.of(NOVA), harness_name="notes", memory=managed)
    Harness(stack, "Forgetting", model=NOVA, harness_name="none", memory=HarnessMemory.none())
    ResourcePolicy(
        stack,
        "Policy",
        resource_arn=f"{CORE}:runtime/chat-abcdefghij",
        statements=[
            iam.PolicyStatement(
                principals=[iam.AccountPrincipal("444455556666")],
                actions=["bedrock-agentcore:InvokeAgentRuntime"],
            )
        ],
    )


def agent(stack: cdk.Stack) -> None:
    base = KnowledgeBase.from_knowledge_base_arn(
        stack, "Kb", f"arn:aws:bedrock:{REGION}:{ACCOUNT}:knowledge-base/ABCDEF1234"
    )
    version = GuardrailVersion.from_guardrail_version_attributes(
        stack, "V", guardrail_id="abcdef123456", version="3"
    )
    Agent(
        stack,
        "A",
        name="a",
        foundation_model=NOVA,
        instruction="Answer questions about the planes of Amazon Bedrock.",
        description="d",
        knowledge_bases=[(base, "For everything")],
        guardrail=version,
        encryption_key=key(stack),
        tags=TAGS,
    ).create_alias(name="live", tags=TAGS)


# By type: what makes it, and below which paths nothing is reached; an agent gets no new features.
TYPES: dict[str, tuple[Callable[[cdk.Stack], None], tuple[str, ...]]] = {
    "Bedrock::Guardrail": (guardrails, ()),
    "Bedrock::GuardrailVersion": (guardrails, ()),
    "Bedrock::ResourcePolicy": (guardrails, ()),
    "Bedrock::EnforcedGuardrailConfiguration": (enforced, ()),
    "Bedrock::Prompt": (prompt, ()),
    "Bedrock::PromptVersion": (prompt, ()),
    "Bedrock::Flow": (
        flow,
        ("/DefinitionS3Location", "/DefinitionString", "/DefinitionSubstitutions", "/TestAliasTags"),
    ),
    "Bedrock::FlowVersion": (flow, ()),
    "Bedrock::FlowAlias": (flow, ("/ConcurrencyConfiguration",)),
    "Bedrock::ApplicationInferenceProfile": (models, ()),
    "Bedrock::IntelligentPromptRouter": (models, ()),
    "BedrockMantle::Project": (models, ()),
    "BedrockAgentCore::Harness": (
        harness,
        (
            "/AuthorizerConfiguration",
            "/Environment/AgentCoreRuntimeEnvironment/FilesystemConfigurations",
            "/Environment/AgentCoreRuntimeEnvironment/LifecycleConfiguration",
            "/Hooks",
            "/Memory/AgentCoreMemoryConfiguration/RetrievalConfig",
            "/Model/BedrockModelConfig/AdditionalParams",
            "/Model/BedrockModelConfig/ApiFormat",
            "/Model/BedrockModelConfig/MaxTokens",
            "/Model/GeminiModelConfig",
            "/Model/LiteLlmModelConfig",
            "/Model/OpenAiModelConfig",
            "/Skills",
            "/Tools/*/Config/AgentCoreGateway/OutboundAuth",
            "/Truncation",
        ),
    ),
    "BedrockAgentCore::HarnessEndpoint": (harness, ()),
    "BedrockAgentCore::ResourcePolicy": (harness, ()),
    "Bedrock::Agent": (
        agent,
        (
            "/ActionGroups",
            "/AgentCollaboration",
            "/AgentCollaborators",
            "/CustomOrchestration",
            "/MemoryConfiguration",
            "/OrchestrationType",
            "/PromptOverrideConfiguration",
            "/SkipResourceInUseCheckOnDelete",
            "/TestAliasTags",
        ),
    ),
    "Bedrock::AgentAlias": (agent, ("/RoutingConfiguration",)),
}


@pytest.fixture(scope="module")
def reached() -> dict[str, set[str]]:
    """The paths that are set, by type; each maker runs once."""
    found: dict[str, set[str]] = {}
    for make in {make for make, _ in TYPES.values()}:
        stack = Stack()
        make(stack)
        synthesized = template(stack)
        for kind in TYPES:
            for resource in resources(synthesized, f"AWS::{kind}").values():
                paths = set_paths(resource["Properties"])
                found.setdefault(kind, set()).update(
                    paths, {one.replace(LOOP, "/Definition") for one in paths}
                )
    return found


def wanted(kind: str) -> set[str]:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, f"AWS::{kind}").schema
    return schema_paths(schema)


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_not_reached_is_left_out_on_purpose(kind: str, reached: dict[str, set[str]]) -> None:
    left = TYPES[kind][1]
    missing = wanted(kind) - reached[kind]
    assert {path for path in missing if not f"{path}/".startswith(tuple(f"{one}/" for one in left))} == set()
    assert {one for one in left if one not in missing} == set()


@pytest.mark.parametrize("kind", TYPES)
def test_the_page_has_the_figure(kind: str, reached: dict[str, set[str]]) -> None:
    paths = wanted(kind)
    figure = f"{len(paths & reached[kind])} of {len(paths)}"
    [row] = re.findall(rf"^\| `AWS::{kind}` \|.*\|$", PAGE, re.MULTILINE)
    assert f"| {figure} |" in row


def test_the_page_says_of_every_other_type_who_builds_it() -> None:
    types = {
        name.removeprefix("AWS::")
        for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION)
        if name.startswith(("AWS::Bedrock::", "AWS::BedrockAgentCore::", "AWS::BedrockMantle::"))
    }
    assert {name for name in types if f"`AWS::{name}`" not in PAGE} == set()
