"""Each construct with only what it needs, and a value for each prop that it may have.

``tests/control_plane/prop_golden.py`` writes what each prop changes in the template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from constructs_lib import (
    Agent,
    AgentAlias,
    ApplicationInferenceProfile,
    BedrockMantleProject,
    ContentFilter,
    ContentGuarding,
    ContextualGrounding,
    DeniedTopic,
    EnforcedGuardrail,
    Flow,
    FlowAlias,
    FlowConcurrency,
    FlowDefinitionObject,
    FlowVersion,
    Guardrail,
    GuardrailTier,
    GuardrailVersion,
    Harness,
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
    Job,
    JobRole,
    KnowledgeBase,
    ManagedWordList,
    Model,
    OrganizationGuardrail,
    PiiEntity,
    PiiEntityType,
    Prompt,
    PromptRouter,
    PromptVariant,
    PromptVersion,
    RegexFilter,
    ResourcePolicy,
    Word,
)
from tests.cdk import ACCOUNT, REGION
from tests.control_plane import test_flow as flows
from tests.control_plane.guardrail_example import KEY_ARN, POLICY_ARN

__all__ = ["CASES", "NOTHING", "Case", "Props", "Values"]

NOVA, PRO = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
HERE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
CORE = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}"
TAGS = {"team": "sales"}
US = Model.of(NOVA).cross_region("us")


Values = Callable[[cdk.Stack], Mapping[str, Any]]
NOTHING = "nothing"


@dataclass(frozen=True)
class Props:
    """Values of props.

    Attributes:
        make: Makes the values in a stack.
        beside: The name of what the construct has in any case, which the comparison has on both sides.

    """

    make: Values
    beside: str = NOTHING


@dataclass(frozen=True)
class Case:
    """A construct.

    Attributes:
        construct: The construct.
        needed: The props that it needs.
        props: By name, the optional props; a name of several words is another value of one.
        bases: By name, what else the construct has while a prop is tried.

    """

    construct: type
    needed: Values
    props: Mapping[str, Props] = field(default_factory=dict)
    bases: Mapping[str, Values] = field(default_factory=dict)


def one(beside: str = NOTHING, /, **values: Any) -> Props:
    """Give props whose values need no stack."""
    return Props(lambda stack: values, beside)


def key(stack: cdk.Stack) -> Any:
    return kms.Key.from_key_arn(stack, "Key", KEY_ARN)


def bucket(stack: cdk.Stack, name: str = "Bucket") -> Any:
    return stack.node.try_find_child(name) or s3.Bucket.from_bucket_name(stack, name, "data")


def role(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Own", f"arn:aws:iam::{ACCOUNT}:role/own")


def guardrail(stack: cdk.Stack, **props: Any) -> Guardrail:
    return Guardrail(stack, "G", guardrail_name="g", words=["secret"], **props)


def version(stack: cdk.Stack) -> Any:
    return GuardrailVersion.from_guardrail_version_attributes(
        stack, "V", guardrail_id="abcdef123456", version="3"
    )


def prompt(stack: cdk.Stack) -> Prompt:
    return Prompt(stack, "P", prompt_name="p", variants=[PromptVariant.text("a", text="Hello {{name}}")])


def flow(stack: cdk.Stack) -> Flow:
    return Flow(stack, "F", flow_name="f", definition=flows.SIMPLE)


def agent(stack: cdk.Stack) -> Agent:
    return Agent(stack, "A", agent_name="a", foundation_model=NOVA, instruction="x" * 40)


def harness(stack: cdk.Stack) -> Harness:
    return Harness(stack, "H", model=NOVA, harness_name="chat")


def base(stack: cdk.Stack) -> Any:
    return KnowledgeBase.from_knowledge_base_arn(stack, "Kb", f"{HERE}:knowledge-base/ABCDEF1234")


def function(stack: cdk.Stack) -> Any:
    return lambda_.Function.from_function_arn(stack, "Fn", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f")


L1 = bedrock.CfnGuardrail
STRUCTURES: dict[str, Any] = {
    "content_policy_config": L1.ContentPolicyConfigProperty(
        filters_config=[
            L1.ContentFilterConfigProperty(type="HATE", input_strength="LOW", output_strength="LOW")
        ]
    ),
    "topic_policy_config": L1.TopicPolicyConfigProperty(
        topics_config=[L1.TopicConfigProperty(name="t", definition="d", type="DENY")]
    ),
    "word_policy_config": L1.WordPolicyConfigProperty(words_config=[L1.WordConfigProperty(text="w")]),
    "sensitive_information_policy_config": L1.SensitiveInformationPolicyConfigProperty(
        pii_entities_config=[L1.PiiEntityConfigProperty(type="EMAIL", action="BLOCK")]
    ),
    "contextual_grounding_policy_config": L1.ContextualGroundingPolicyConfigProperty(
        filters_config=[L1.ContextualGroundingFilterConfigProperty(type="RELEVANCE", threshold=0.5)]
    ),
}


def _guardrails() -> dict[str, Case]:
    filters: dict[str, Any] = {
        "content_filters": [ContentFilter.hate(), ContentFilter.prompt_attack()],
        "denied_topics": [DeniedTopic(name="Advice", definition="Investment advice", examples=["Buy?"])],
        "words": ["secret", Word("codename")],
        "managed_word_lists": [ManagedWordList()],
        "pii_entities": [PiiEntity(PiiEntityType.EMAIL)],
        "regexes": [RegexFilter(name="Ticket", pattern=r"T-\d+")],
        "contextual_grounding": [ContextualGrounding.grounding(0.8)],
        "automated_reasoning_policies": [POLICY_ARN],
        **STRUCTURES,
    }
    words = {"pii_entities", "sensitive_information_policy_config"}
    settings: dict[str, Any] = {
        "guardrail_name": "chat",
        "blocked_input_messaging": "No.",
        "blocked_outputs_messaging": "No.",
        "description": "d",
        "cross_region": "us",
        "tags": TAGS,
    }
    return {
        "Guardrail": Case(
            Guardrail,
            lambda stack: {},
            {
                **{
                    name: one("words" if name in words else "a filter", **{name: value})
                    for name, value in {**filters, **settings}.items()
                },
                "content_tier": one("content", content_tier=GuardrailTier.STANDARD),
                "topic_tier": one("topics", topic_tier=GuardrailTier.STANDARD),
                "automated_reasoning_threshold": one("reasoning", automated_reasoning_threshold=0.9),
                "destination_regions": one(
                    "a filter", cross_region="mars", destination_regions=["us-east-1"]
                ),
                "encryption_key": Props(lambda stack: {"encryption_key": key(stack)}, "a filter"),
            },
            # A guardrail filters something in any case, beside what is tried.
            {
                "a filter": lambda stack: {"pii_entities": [PiiEntity(PiiEntityType.NAME)]},
                "words": lambda stack: {"words": ["w"]},
                "content": lambda stack: {"content_filters": [ContentFilter.hate()], "cross_region": "us"},
                "topics": lambda stack: {
                    "denied_topics": [DeniedTopic(name="t", definition="d")],
                    "cross_region": "us",
                },
                "reasoning": lambda stack: {"automated_reasoning_policies": [POLICY_ARN]},
            },
        ),
        "GuardrailVersion": Case(
            GuardrailVersion,
            lambda stack: {"guardrail": guardrail(stack)},
            {
                "description": one(description="first"),
                "keep": one(keep=10),
                "pinned": one("room", pinned=["3"]),
                "role_path": one("room", role_path="/team/"),
            },
            {"room": lambda stack: {"keep": 10}},
        ),
        "EnforcedGuardrail": Case(
            EnforcedGuardrail,
            lambda stack: {"guardrail": version(stack)},
            {
                "included_models": one(included_models=[NOVA]),
                "excluded_models": one(excluded_models=[NOVA]),
                "messages": one(messages=ContentGuarding.COMPREHENSIVE),
                "system": one(system=ContentGuarding.SELECTIVE),
            },
        ),
        "OrganizationGuardrail": Case(
            OrganizationGuardrail,
            lambda stack: {"guardrail": version(stack)},
            {
                "targets": one(targets=["r-ab12", "444455556666"]),
                "policy_name": one(policy_name="chat"),
                "description": one(description="d"),
                "included_models": one(included_models=[NOVA]),
                "excluded_models": one(excluded_models=[NOVA]),
                "messages": one(messages=ContentGuarding.COMPREHENSIVE),
                "system": one(system=ContentGuarding.SELECTIVE),
            },
        ),
    }


def _prompts() -> dict[str, Case]:
    return {
        "Prompt": Case(
            Prompt,
            lambda stack: {
                "variants": [PromptVariant.text("a", text="Hi"), PromptVariant.text("b", text="Ho")]
            },
            {
                "prompt_name": one(prompt_name="greeting"),
                "default_variant": one(default_variant="b"),
                "description": one(description="d"),
                "encryption_key": Props(lambda stack: {"encryption_key": kms.Key(stack, "Key")}),
                "tags": one(tags=TAGS),
            },
        ),
        "PromptVersion": Case(
            PromptVersion,
            lambda stack: {"prompt": prompt(stack)},
            {"description": one(description="d"), "tags": one(tags=TAGS)},
        ),
    }


def _flows() -> dict[str, Case]:
    managed = flows.EACH["Prompt of Prompt management"][0]
    placed = flows.changed(
        flows.put("nodes.1.configuration.agent.agentAliasArn", "${ALIAS}"), flows.EACH["Agent"][0]
    )
    return {
        "Flow": Case(
            Flow,
            lambda stack: {"definition": flows.SIMPLE},
            {
                "a definition in Amazon S3": Props(
                    lambda stack: {
                        "definition": FlowDefinitionObject(bucket=bucket(stack), key="flow.json"),
                        "role": role(stack),
                    }
                ),
                "substitutions": one(definition=placed, substitutions={"ALIAS": flows.ALIAS}),
                "flow_name": one(flow_name="sum"),
                "description": one(description="d"),
                "prompt_models": one("a managed prompt", prompt_models=[US]),
                "encryption_key": Props(lambda stack: {"encryption_key": key(stack)}),
                "role": Props(lambda stack: {"role": role(stack)}),
                "role_path": one(role_path="/team/"),
                "tags": one(tags=TAGS),
                "test_alias_tags": one(test_alias_tags=TAGS),
            },
            {
                "a managed prompt": lambda stack: {"definition": managed},
            },
        ),
        "FlowVersion": Case(
            FlowVersion, lambda stack: {"flow": flow(stack)}, {"description": one(description="d")}
        ),
        "FlowAlias": Case(
            FlowAlias,
            lambda stack: {
                "flow": Flow.from_flow_arn(stack, "F", f"{HERE}:flow/ABCDEF1234"),
                "version": FlowVersion.from_flow_version_attributes(
                    stack, "V", flow_arn=f"{HERE}:flow/ABCDEF1234", version="3"
                ),
                "flow_alias_name": "live",
            },
            {
                "description": one(description="d"),
                "concurrency": one(concurrency=FlowConcurrency.manual(max_concurrency=5)),
                "automatic concurrency": one(concurrency=FlowConcurrency.automatic()),
                "tags": one(tags=TAGS),
            },
        ),
    }


def _models() -> dict[str, Case]:
    def job(make: Callable[[cdk.Stack], Job]) -> Props:
        return Props(lambda stack: {"job": make(stack)})

    return {
        "ApplicationInferenceProfile": Case(
            ApplicationInferenceProfile,
            lambda stack: {"model": NOVA},
            {
                "a profile of AWS's": one(model=US),
                "inference_profile_name": one(inference_profile_name="chat of sales"),
                "description": one(description="d"),
                "tags": one(tags=TAGS),
            },
        ),
        "PromptRouter": Case(
            PromptRouter,
            lambda stack: {"models": [NOVA, PRO], "fallback": NOVA, "response_quality_difference": 10},
            {
                "prompt_router_name": one(prompt_router_name="cheap first"),
                "description": one(description="d"),
                "tags": one(tags=TAGS),
            },
        ),
        "BedrockMantleProject": Case(
            BedrockMantleProject,
            lambda stack: {},
            {"project_name": one(project_name="Sales chat"), "tags": one(tags=TAGS)},
        ),
        "JobRole": Case(
            JobRole,
            lambda stack: {"job": Job.model_import(bucket=bucket(stack), prefix="weights/")},
            {
                "a batch": job(
                    lambda stack: Job.batch_inference(
                        model=US,
                        input_bucket=bucket(stack),
                        output_bucket=bucket(stack, "Out"),
                        input_prefix="in/",
                        output_prefix="out/",
                    )
                ),
                "a customization": job(
                    lambda stack: Job.customization(
                        base_model=NOVA,
                        training_bucket=bucket(stack),
                        output_bucket=bucket(stack, "Out"),
                        training_prefix="train/",
                        output_prefix="out/",
                        validation=(bucket(stack, "Check"), "check/"),
                    )
                ),
                "an evaluation": job(
                    lambda stack: Job.evaluation(
                        models=[NOVA, US],
                        dataset_bucket=bucket(stack),
                        output_bucket=bucket(stack, "Out"),
                        dataset_prefix="in/",
                        output_prefix="out/",
                    )
                ),
                "role_path": one(role_path="/team/"),
            },
        ),
        "Agent": Case(
            Agent,
            lambda stack: {"agent_name": "a", "foundation_model": NOVA, "instruction": "x" * 40},
            {
                "knowledge_bases": Props(lambda stack: {"knowledge_bases": [(base(stack), "For orders")]}),
                "guardrail": Props(lambda stack: {"guardrail": version(stack)}),
                "streaming": one(streaming=True),
                "idle_session_ttl": one(idle_session_ttl=cdk.Duration.minutes(5)),
                "description": one(description="d"),
                "encryption_key": Props(lambda stack: {"encryption_key": key(stack)}),
                "role": Props(lambda stack: {"role": role(stack)}),
                "tags": one(tags=TAGS),
                "role_path": one(role_path="/team/"),
            },
        ),
        "AgentAlias": Case(
            AgentAlias,
            lambda stack: {"agent": agent(stack), "agent_alias_name": "live"},
            {"tags": one(tags=TAGS)},
        ),
    }


def _agentcore() -> dict[str, Case]:
    network = {"subnets": ["subnet-12345678"], "security_groups": ["sg-12345678"]}
    statement = iam.PolicyStatement(
        principals=[iam.AccountPrincipal("444455556666")],
        actions=["bedrock-agentcore:InvokeAgentRuntime"],
    )
    url = "https://idp.example.com/.well-known/openid-configuration"
    return {
        "Harness": Case(
            Harness,
            lambda stack: {"model": NOVA},
            {
                "a model with settings": one(model=HarnessModel.bedrock(US, max_tokens=9)),
                "harness_name": one(harness_name="chat"),
                "system_prompt": one(system_prompt="Be brief."),
                "tools": one(tools=[HarnessTool.code_interpreter(), HarnessTool.browser(name="web")]),
                "allowed_tools": one(allowed_tools=["@web/search"]),
                "memory": one(memory=HarnessMemory.managed()),
                "an existing memory": one(memory=HarnessMemory.existing(f"{CORE}:memory/m-abcdefghij")),
                "max_iterations": one(max_iterations=5),
                "max_tokens": one(max_tokens=100),
                "timeout": one(timeout=cdk.Duration.minutes(2)),
                "temperature": one(temperature=0.5),
                "top_p": one(top_p=1),
                "skills": Props(lambda stack: {"skills": [HarnessSkill.s3(bucket(stack), "skills/orders/")]}),
                "hooks": Props(
                    lambda stack: {
                        "hooks": [
                            HarnessHook.before_tool_call("look", HarnessHookTarget.function(function(stack)))
                        ]
                    }
                ),
                "truncation": one(truncation=HarnessTruncation.sliding_window(messages_count=20)),
                "authorizer": one(authorizer=HarnessAuthorizer.jwt(url, allowed_clients=["web"])),
                "file_systems": one(file_systems=[HarnessFileSystem.session("/mnt/session")]),
                "idle_timeout": one(idle_timeout=cdk.Duration.minutes(5)),
                "max_lifetime": one(max_lifetime=cdk.Duration.hours(1)),
                "container_uri": one(container_uri=f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/agents/chat:1"),
                "environment_variables": one(environment_variables={"A": "B"}),
                "subnets": one(**network),
                "security_groups": one(**{**network, "security_groups": ["sg-12345678", "sg-87654321"]}),
                "role": Props(lambda stack: {"role": role(stack)}),
                "tags": one(tags=TAGS),
            },
        ),
        "HarnessEndpoint": Case(
            HarnessEndpoint,
            lambda stack: {"harness": harness(stack)},
            {
                "endpoint_name": one(endpoint_name="live"),
                "target_version": one(target_version="2"),
                "description": one(description="d"),
                "tags": one(tags=TAGS),
            },
        ),
        "ResourcePolicy": Case(
            ResourcePolicy,
            lambda stack: {
                "resource_arn": f"{CORE}:runtime/chat-abcdefghij",
                "statements": [statement.copy()],
            },
        ),
    }


CASES: Mapping[str, Case] = {**_guardrails(), **_prompts(), **_flows(), **_models(), **_agentcore()}
