"""Constructs of other libraries as targets, and what their own grants get wrong and ours don't."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_bedrock_alpha as alpha
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from constructs_lib import AppRole, Guardrail, KnowledgeBase, PlanesError
from tests.cdk import ACCOUNT, Stack, template
from tests.grants.rendered import in_order, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
NOVA = "amazon.nova-lite-v1:0"
OWN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}"
MODEL = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
US = [f"arn:aws:bedrock:{r}::foundation-model/{NOVA}" for r in ("us-east-1", "us-east-2", "us-west-2")]


def of_the_role(stack: Stack) -> list[dict[str, Any]]:
    """Return the statements of the app role alone: others make policies of their own."""
    found = [s for s in statements_of(stack) if "bedrock" in str(s["Action"])]
    return [s for s in found if s.get("Sid") is None]


def given(give: Callable[[AppRole, Stack], object]) -> list[dict[str, Any]]:
    stack = Stack(minimize=False)
    give(AppRole(stack, "R", assumed_by=LAMBDA), stack)
    return of_the_role(stack)


def foundation() -> alpha.BedrockFoundationModel:
    return alpha.BedrockFoundationModel.AMAZON_NOVA_LITE_V1


def cross_region() -> alpha.CrossRegionInferenceProfile:
    return alpha.CrossRegionInferenceProfile.from_config(
        geo_region=alpha.CrossRegionInferenceProfileRegion.US, model=foundation()
    )


def app_profile(stack: Stack, source: str) -> bedrock.CfnApplicationInferenceProfile:
    return bedrock.CfnApplicationInferenceProfile(
        stack,
        "P",
        inference_profile_name="p",
        model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
            copy_from=source
        ),
    )


def router(stack: Stack) -> bedrock.CfnIntelligentPromptRouter:
    target = bedrock.CfnIntelligentPromptRouter.PromptRouterTargetModelProperty
    return bedrock.CfnIntelligentPromptRouter(
        stack,
        "Router",
        prompt_router_name="r",
        fallback_model=target(model_arn=MODEL),
        models=[target(model_arn=MODEL)],
        routing_criteria={"responseQualityDifference": 0.1},
    )


INVOKE = "bedrock:InvokeModel"
PROFILE = "{P.InferenceProfileArn}"
PROJECT = {"Action": INVOKE, "Resource": f"{OWN}:project/default"}
OTHERS: dict[str, tuple[Callable[[AppRole, Stack], object], list[dict[str, Any]]]] = {
    "the alpha module's model": (
        lambda r, s: r.grants.converse(foundation()),
        [{"Action": INVOKE, "Resource": MODEL}, PROJECT],
    ),
    "the alpha module's cross-Region profile": (
        lambda r, s: r.grants.converse(cross_region()),
        [
            {"Action": INVOKE, "Resource": f"{OWN}:inference-profile/us.{NOVA}"},
            {
                "Action": INVOKE,
                "Condition": {
                    "StringEquals": {"bedrock:InferenceProfileArn": f"{OWN}:inference-profile/us.{NOVA}"}
                },
                "Resource": US,
            },
            PROJECT,
        ],
    ),
    "an L1 of an application profile": (
        lambda r, s: r.grants.converse(app_profile(s, MODEL)),
        [
            {"Action": INVOKE, "Resource": PROFILE},
            {
                "Action": INVOKE,
                "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}},
                "Resource": MODEL,
            },
            PROJECT,
        ],
    ),
    "an L1 of a prompt router": (
        lambda r, s: r.grants.converse(router(s)),
        [
            {"Action": INVOKE, "Resource": "{Router.PromptRouterArn}"},
            {
                "Action": INVOKE,
                "Condition": {"StringEquals": {"bedrock:PromptRouterArn": "{Router.PromptRouterArn}"}},
                "Resource": MODEL,
            },
            PROJECT,
        ],
    ),
    "the alpha module's guardrail": (
        lambda r, s: r.grants.apply_guardrail(
            alpha.Guardrail.from_guardrail_attributes(s, "G", guardrail_arn=f"{OWN}:guardrail/abc")
        ),
        [{"Action": "bedrock:ApplyGuardrail", "Resource": f"{OWN}:guardrail/abc"}],
    ),
    "an L1 of a flow's alias": (
        lambda r, s: r.grants.flow_executions(
            bedrock.CfnFlowAlias(s, "A", flow_arn=f"{OWN}:flow/F", name="live", routing_configuration=[])
        ),
        [
            {
                "Action": ["bedrock:ListFlowExecutions", "bedrock:StartFlowExecution"],
                "Resource": ["{A}[1]", "{A}[0]"],
            },
            {
                "Action": [
                    "bedrock:GetExecutionFlowSnapshot",
                    "bedrock:GetFlowExecution",
                    "bedrock:ListFlowExecutionEvents",
                    "bedrock:StopFlowExecution",
                ],
                "Resource": ["{A}[1]", "{A}[0]", "{A}[0]/execution/*"],
            },
        ],
    ),
    "an L1 of a prompt's version": (
        lambda r, s: r.grants.render_prompt(
            bedrock.CfnPromptVersion(s, "V", prompt_arn=f"{OWN}:prompt/PROMPT1234")
        ),
        [{"Action": "bedrock:RenderPrompt", "Resource": "{V}"}],
    ),
    "AgentCore's memory": (
        lambda r, s: r.grants.memory_actors(agentcore.Memory(s, "Memory", memory_name="m")),
        [{"Action": "bedrock-agentcore:ListActors", "Resource": "{Memory9AD70799.MemoryArn}"}],
    ),
    "AgentCore's gateway": (
        lambda r, s: r.grants.invoke_gateway(agentcore.Gateway(s, "Gateway", gateway_name="g")),
        [{"Action": "bedrock-agentcore:InvokeGateway", "Resource": "{GatewayB5F1D3F5.GatewayArn}"}],
    ),
}


def anonymous(value: Any) -> Any:
    """Cut the hashes from logical ids, which only tell constructs of one name apart."""
    if isinstance(value, dict):
        return {k: anonymous(v) for k, v in value.items()}
    if isinstance(value, list):
        return [anonymous(v) for v in value]
    return re.sub(r"\{(\w+?)[0-9A-F]{8}\.", r"{\1.", value)


@pytest.mark.parametrize("name", OTHERS)
def test_constructs_of_other_libraries_are_taken_as_targets(name: str) -> None:
    give, expected = OTHERS[name]
    assert in_order(anonymous(given(give))) == in_order(anonymous(expected))


def test_a_construct_that_hides_its_models_is_named_with_the_remedy() -> None:
    with pytest.raises(PlanesError, match="name them in `behind`"):
        given(
            lambda r, s: r.grants.converse(
                alpha.ApplicationInferenceProfile.from_application_inference_profile_attributes(
                    s,
                    "P",
                    inference_profile_arn=f"{OWN}:application-inference-profile/abc",
                    inference_profile_identifier="abc",
                )
            )
        )


def test_a_construct_of_another_kind_is_named() -> None:
    with pytest.raises(
        PlanesError, match=r"`knowledge_base` has a value of the type `Key`, which has none of"
    ):
        given(lambda r, s: r.grants.retrieve(kms.Key(s, "K")))  # type: ignore[arg-type]  # the subject of the test


# ------------------------------------------------------------------------- faults of others, ours right
def test_invoking_names_its_actions_and_reads_nothing() -> None:
    """Others: `bedrock:InvokeModel*` and `GetFoundationModel`; `GetInferenceProfile`, `GetPromptRouter`."""
    for model in (NOVA, f"us.{NOVA}"):
        actions = {str(s["Action"]) for s in given(converse_of(model))}
        assert actions == {INVOKE}


def converse_of(model: str) -> Callable[[AppRole, Stack], object]:
    return lambda role, _: role.grants.converse(model)


def test_a_prompt_is_rendered_not_read() -> None:
    """Others: `GetPrompt`."""
    [statement] = given(lambda r, s: r.grants.render_prompt("PROMPT1234"))
    assert statement == {
        "Action": "bedrock:RenderPrompt",
        "Resource": [f"{OWN}:prompt/PROMPT1234", f"{OWN}:prompt/PROMPT1234:*"],
    }


def test_a_profile_opens_its_models_in_its_regions_and_through_itself_only() -> None:
    """Others: the model in every Region without a condition, or the profile alone."""
    profile, models, _ = given(lambda r, s: r.grants.converse(f"us.{NOVA}"))
    assert profile["Resource"] == f"{OWN}:inference-profile/us.{NOVA}"
    assert models["Resource"] == US
    assert models["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": profile["Resource"]}}


def test_an_application_profile_streams_when_asked() -> None:
    """Others forget the streaming action on application profiles."""
    for statement in given(lambda r, s: r.grants.converse(app_profile(s, MODEL), streaming=True)):
        assert statement["Action"] == [INVOKE, "bedrock:InvokeModelWithResponseStream"]


def test_retrieve_and_generate_stands_on_anything_and_retrieve_on_the_knowledge_base() -> None:
    """Others: both on the knowledge base's ARN, where the first allows nothing."""
    generate, retrieve, *_ = given(lambda r, s: r.grants.retrieve_and_generate("KB12345678", NOVA))
    assert generate == {"Action": "bedrock:RetrieveAndGenerate", "Resource": "*"}
    assert retrieve == {"Action": "bedrock:Retrieve", "Resource": f"{OWN}:knowledge-base/KB12345678"}


@pytest.mark.parametrize("project", ["proj_1", f"{OWN}:project/proj_1"])
@pytest.mark.parametrize(
    "call",
    [
        lambda s: {"model": app_profile(s, MODEL)},
        lambda s: {"model": router(s)},
        lambda s: {"model": f"{OWN}:application-inference-profile/abc", "behind": [NOVA]},
        lambda s: {"model": f"{OWN}:provisioned-model/abc"},
        lambda s: {"model": f"{OWN}:imported-model/abc"},
    ],
)
def test_only_foundation_models_and_system_profiles_are_called_in_a_project_of_ones_own(
    call: Callable[[Stack], dict[str, Any]], project: str
) -> None:
    with pytest.raises(PlanesError, match=r"`project` has the value .* project of one's own; leave"):
        given(lambda r, s: r.grants.converse(**call(s), project=project))


@pytest.mark.parametrize("project", ["default", f"{OWN}:project/default"])
def test_the_default_project_goes_with_anything_that_can_be_called(project: str) -> None:
    assert given(lambda r, s: r.grants.converse(app_profile(s, MODEL), project=project))[-1] == PROJECT
    assert given(lambda r, s: r.grants.converse(router(s), project=project))[-1] == PROJECT


def test_the_project_is_in_the_region_that_the_models_arn_calls() -> None:
    west = MODEL.replace("us-east-1", "us-west-2")
    assert given(lambda r, s: r.grants.invoke(west))[-1]["Resource"] == (
        f"{OWN.replace('us-east-1', 'us-west-2')}:project/default"
    )


@pytest.mark.parametrize("target", [f"{OWN}:agent/AGENT12345", "AGENT12345"])
def test_an_agent_itself_can_not_be_granted(target: str) -> None:
    """Others: `InvokeAgent` on the agent's ARN, where it allows nothing."""
    with pytest.raises(PlanesError, match="the permission counts on an alias only, never on the agent"):
        given(lambda r, s: r.grants.invoke_agent(target))


def test_an_encrypted_guardrail_brings_the_use_of_its_key() -> None:
    """Others grant no key use for guardrails."""
    stack = Stack(minimize=False)
    key = kms.Key(stack, "Key")
    AppRole(stack, "R", assumed_by=LAMBDA).grants.apply_guardrail("abcdef123456", key=key)
    decrypt = statements_of(stack)[-1]
    assert anonymous(decrypt) == {"Action": "kms:Decrypt", "Resource": "{Key.Arn}"}


# ---------------------------------------------------------------------------- methods of our constructs
def test_the_methods_of_constructs_give_what_the_facade_gives() -> None:
    stack = Stack(minimize=False)
    role = AppRole(stack, "R", assumed_by=LAMBDA)
    kb = KnowledgeBase.from_knowledge_base_arn(stack, "KB", f"{OWN}:knowledge-base/KB12345678")
    guardrail = Guardrail.from_guardrail_arn(stack, "G", f"{OWN}:guardrail/abcdef123456")
    kb.grant_retrieve(role)
    guardrail.grant_require(role, version="1")
    with pytest.raises(PlanesError, match="carry no guardrail"):
        kb.grant_agentic_retrieve(role)
    assert [s["Action"] for s in statements_of(stack)] == [
        "bedrock:Retrieve",
        [INVOKE, "bedrock:InvokeModelWithResponseStream"],
        "bedrock:ApplyGuardrail",
    ]


def test_partitions_and_tokens_pass_through() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region="us-gov-west-1"))
    role = AppRole(stack, "R", assumed_by=LAMBDA)
    role.grants.converse("us-gov.anthropic.claude-3-5-sonnet-20240620-v1:0")
    role.grants.retrieve(cdk.Fn.import_value("KnowledgeBaseArn"))
    [policy] = [r for r in template(stack)["Resources"].values() if r["Type"] == "AWS::IAM::Policy"]
    text = str(policy["Properties"]["PolicyDocument"])
    assert "us-gov-east-1::foundation-model/anthropic" in text
    assert "us-gov-west-1::foundation-model/anthropic" in text
    assert "arn:aws:" not in text
    assert "{'Fn::ImportValue': 'KnowledgeBaseArn'}" in text
