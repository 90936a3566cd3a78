"""How much of CloudFormation's schemas the constructs reach: the figures of ``docs/coverage.md``.

A path that no prop reaches is left to the L1, and the page says so: the test has the paths, the page the why.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
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
    FlowConcurrency,
    FlowDefinitionObject,
    GatewayAuth,
    GuardrailVersion,
    Harness,
    HarnessApiFormat,
    HarnessAuthorizer,
    HarnessEndpoint,
    HarnessFileSystem,
    HarnessHook,
    HarnessHookTarget,
    HarnessMemory,
    HarnessModel,
    HarnessSkill,
    HarnessTool,
    HarnessTruncation,
    JwtClaim,
    KnowledgeBase,
    MemoryRetrieval,
    Model,
    PrivateEndpoint,
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
                    "selectiveModeConfiguration": {"fieldsToInclude": [{"fieldName": "a"}]},
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
        flow_name="f",
        description="d",
        encryption_key=key(stack),
        tags=TAGS,
        test_alias_tags=TAGS,
    )
    version = made.create_version(description="first")
    FlowAlias(
        stack,
        "Live",
        flow=made,
        version=version,
        flow_alias_name="live",
        description="d",
        concurrency=FlowConcurrency.manual(max_concurrency=3),
        tags=TAGS,
    )
    Flow(
        stack,
        "Stored",
        definition=FlowDefinitionObject(
            bucket=s3.Bucket.from_bucket_name(stack, "Flows", "flows"), key="ask.json", object_version="1"
        ),
        substitutions={"ALIAS": "x"},
        role=iam.Role.from_role_arn(stack, "FlowRole", f"arn:aws:iam::{ACCOUNT}:role/flows"),
    )
    Flow(stack, "Answering", definition=answering)
    excluding = copy.deepcopy(answering)
    own = excluding["nodes"][1]["configuration"]["knowledgeBase"]["rerankingConfiguration"]
    own["bedrockRerankingConfiguration"]["metadataConfiguration"]["selectiveModeConfiguration"] = {
        "fieldsToExclude": [{"fieldName": "b"}]
    }
    Flow(stack, "Excluding", definition=excluding)
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
    _harness_models(stack)
    _harness_surroundings(stack)
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


def _harness_models(stack: cdk.Stack) -> None:
    sampling: dict[str, Any] = {"max_tokens": 9, "temperature": 1, "top_p": 0.5}
    more: dict[str, Any] = {**sampling, "additional_params": {"k": 1}}
    chat, base = HarnessApiFormat.CHAT_COMPLETIONS, "https://models.example.com"
    models = [
        HarnessModel.bedrock(NOVA, api_format=HarnessApiFormat.CONVERSE_STREAM, **more),
        HarnessModel.bedrock("openai.gpt-oss-120b", api_format=HarnessApiFormat.RESPONSES),
        HarnessModel.open_ai("gpt-5", api_key="openai", api_base=base, api_format=chat, **more),
        HarnessModel.gemini("gemini-3", api_key="gemini", top_k=40, **more),
        HarnessModel.lite_llm("anthropic/claude", api_key="anthropic", api_base=base, **more),
    ]
    for number, model in enumerate(models):
        Harness(stack, f"Model{number}", model=model, harness_name=f"model{number}")


def _harness_surroundings(stack: cdk.Stack) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "skills")
    function = lambda_.Function.from_function_arn(
        stack, "Function", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:look"
    )
    topic = sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:steps")
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "steps")
    security = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-12345678")
    point = efs.AccessPoint.from_access_point_attributes(
        stack,
        "Point",
        access_point_id="fsap-12345678",
        file_system=efs.FileSystem.from_file_system_attributes(
            stack, "Files", file_system_id="fs-12345678", security_group=security
        ),
    )
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-12345678", availability_zones=[f"{REGION}a"])
    lattice = PrivateEndpoint.lattice("rcfg-0123456789abcdefg")
    inside = PrivateEndpoint.managed_vpc(
        vpc,
        subnets=["subnet-12345678"],
        security_groups=["sg-12345678"],
        routing_domain="idp.example.com",
        tags=TAGS,
    )
    targets = (
        HarnessHookTarget.function(function, timeout=cdk.Duration.seconds(5), allow_on_failure=True),
        HarnessHookTarget.topic(topic),
        HarnessHookTarget.event_bus(bus),
    )
    gateway = HarnessTool.gateway(
        f"{CORE}:gateway/tools-abcdefghij",
        auth=GatewayAuth.oauth(
            "idp",
            scopes=["read"],
            grant_type="CLIENT_CREDENTIALS",
            default_return_url="https://example.com",
            custom_parameters={"a": "b"},
        ),
    )
    memory = HarnessMemory.existing(
        f"{CORE}:memory/m-abcdefghij",
        retrieval={"/facts": MemoryRetrieval(top_k=3, relevance_score=0.5, strategy_id="s")},
    )
    Harness(
        stack,
        "Everything",
        model=NOVA,
        harness_name="everything",
        tools=[gateway],
        memory=memory,
        skills=[
            HarnessSkill.aws(["core-skills/*"]),
            HarnessSkill.git("https://example.com/x.git", path="a", credential="git", username="me"),
            HarnessSkill.path("/skills/orders"),
            HarnessSkill.s3(bucket, "skills/orders/"),
        ],
        hooks=[
            make(f"{make.__name__}-{number}", one)
            for make in (
                HarnessHook.before_invocation,
                HarnessHook.after_invocation,
                HarnessHook.before_tool_call,
                HarnessHook.after_tool_call,
            )
            for number, one in enumerate(targets)
        ],
        truncation=HarnessTruncation.sliding_window(messages_count=20),
        authorizer=HarnessAuthorizer.jwt(
            "https://idp.example.com/.well-known/openid-configuration",
            allowed_audience=["orders"],
            allowed_clients=["web"],
            allowed_scopes=["orders/read"],
            custom_claims=[
                JwtClaim.equals("team", "sales"),
                JwtClaim.contains("groups", "sales"),
                JwtClaim.contains_any("groups", ["sales", "support"]),
            ],
            advertised_scopes={"orders/read": "read"},
            private_endpoint=lattice,
            private_endpoint_overrides={"idp.example.com": inside},
        ),
        file_systems=[
            HarnessFileSystem.session("/mnt/session"),
            HarnessFileSystem.efs(point, "/mnt/efs"),
            HarnessFileSystem.s3_files(
                f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/fs-0123456789abcdef0/access-point/"
                "fsap-0123456789abcdef0",
                "/mnt/files",
                read_only=True,
            ),
        ],
        idle_timeout=cdk.Duration.minutes(5),
        max_lifetime=cdk.Duration.hours(1),
        subnets=["subnet-12345678"],
        security_groups=["sg-12345678"],
    )
    Harness(
        stack,
        "Summarizing",
        model=NOVA,
        harness_name="summarizing",
        tools=[HarnessTool.gateway(f"{CORE}:gateway/a-abcdefghij", auth=GatewayAuth.aws_iam())],
        truncation=HarnessTruncation.summarization(
            preserve_recent_messages=5, summary_ratio=0.5, system_prompt="Be brief."
        ),
    )
    Harness(
        stack,
        "Open",
        model=NOVA,
        harness_name="open",
        tools=[HarnessTool.gateway(f"{CORE}:gateway/a-abcdefghij", auth=GatewayAuth.none())],
        truncation=HarnessTruncation.none(),
        authorizer=HarnessAuthorizer.jwt(
            "https://idp.example.com/.well-known/openid-configuration",
            allowed_clients=["web"],
            private_endpoint=inside,
            private_endpoint_overrides={"idp.example.com": lattice},
        ),
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
        agent_name="a",
        foundation_model=NOVA,
        instruction="Answer questions about the planes of Amazon Bedrock.",
        description="d",
        knowledge_bases=[(base, "For everything")],
        guardrail=version,
        encryption_key=key(stack),
        tags=TAGS,
    ).create_alias(agent_alias_name="live", tags=TAGS)


# By type: what makes it, and below which paths nothing is reached; an agent gets no new features.
TYPES: dict[str, tuple[Callable[[cdk.Stack], None], tuple[str, ...]]] = {
    "Bedrock::Guardrail": (guardrails, ()),
    "Bedrock::GuardrailVersion": (guardrails, ()),
    "Bedrock::ResourcePolicy": (guardrails, ()),
    "Bedrock::EnforcedGuardrailConfiguration": (enforced, ()),
    "Bedrock::Prompt": (prompt, ()),
    "Bedrock::PromptVersion": (prompt, ()),
    "Bedrock::Flow": (flow, ("/DefinitionString",)),
    "Bedrock::FlowVersion": (flow, ()),
    "Bedrock::FlowAlias": (flow, ()),
    "Bedrock::ApplicationInferenceProfile": (models, ()),
    "Bedrock::IntelligentPromptRouter": (models, ()),
    "BedrockMantle::Project": (models, ()),
    "BedrockAgentCore::Harness": (harness, ()),
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


# Free JSON, of which only the model or the tool knows what is in it.
FREE = ("/AdditionalModelRequestFields", "/AdditionalParams", "/InputSchema", "/InputSchema/Json")
# Agents Classic is closed to new customers: its constructs get no new features.
CLASSIC = {"Bedrock::Agent", "Bedrock::AgentAlias"}


@pytest.mark.parametrize("kind", sorted(TYPES.keys() - CLASSIC))
def test_no_more_than_a_twentieth_of_a_type_is_left_out(kind: str, reached: dict[str, set[str]]) -> None:
    paths = wanted(kind)
    typed = {path for path in reached[kind] if not path.endswith(FREE)}
    assert len(paths - typed) <= len(paths) / 20


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
