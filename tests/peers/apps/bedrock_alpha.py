"""An app on aws-bedrock-alpha as its README shows it: one caller role per grant of the package.

Nothing in it widens a permission by hand; what the review finds is what the package's own grants emit.
"""

from __future__ import annotations

import aws_cdk as cdk
import aws_cdk.aws_bedrock_alpha as bedrock
from aws_cdk import aws_iam as iam

__all__ = ["build"]

NOVA = bedrock.BedrockFoundationModel.AMAZON_NOVA_LITE_V1


def build(app: cdk.App) -> cdk.Stack:
    """Add the one stack ``Peer`` to ``app``."""
    stack = cdk.Stack(app, "Peer", env=cdk.Environment(account="111122223333", region="us-east-1"))
    _models(stack)
    _prompts_and_guardrails(stack)
    _agents_and_knowledge_bases(stack)
    return stack


def _caller(stack: cdk.Stack, name: str) -> iam.Role:
    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _models(stack: cdk.Stack) -> None:
    NOVA.grant_invoke(_caller(stack, "ModelCaller"))
    NOVA.grant_invoke_all_regions(_caller(stack, "AllRegionsCaller"))
    cross_region = bedrock.CrossRegionInferenceProfile.from_config(
        geo_region=bedrock.CrossRegionInferenceProfileRegion.US, model=NOVA
    )
    cross_region.grant_invoke(_caller(stack, "CrossRegionCaller"))
    cross_region.grant_profile_usage(_caller(stack, "ProfileOnlyCaller"))
    profile = bedrock.ApplicationInferenceProfile(
        stack, "Profile", application_inference_profile_name="peer", model_source=NOVA
    )
    profile.grant_invoke(_caller(stack, "ApplicationProfileCaller"))
    router = bedrock.PromptRouter.from_default_id(
        bedrock.DefaultPromptRouterIdentifier.ANTHROPIC_CLAUDE_V1, "us-east-1"
    )
    router.grant_invoke(_caller(stack, "RouterCaller"))


def _prompts_and_guardrails(stack: cdk.Stack) -> None:
    prompt = bedrock.Prompt(stack, "Prompt", prompt_name="peer")
    prompt.grant_get(_caller(stack, "PromptCaller"))
    guardrail = bedrock.Guardrail(stack, "Guardrail", guardrail_name="peer")
    guardrail.add_word_filter(text="forbidden")
    guardrail.grant_apply(_caller(stack, "GuardrailCaller"))


def _agents_and_knowledge_bases(stack: cdk.Stack) -> None:
    agent = bedrock.Agent(
        stack,
        "Agent",
        foundation_model=NOVA,
        instruction="Answer the questions of employees about their benefits.",
    )
    agent.grant_invoke(_caller(stack, "AgentCaller"))
    alias = bedrock.AgentAlias(stack, "Alias", agent=agent)
    alias.grant_invoke(_caller(stack, "AliasCaller"))
    alias.grant_get(_caller(stack, "AliasReader"))
    knowledge = bedrock.KnowledgeBase.from_knowledge_base_id(
        stack, "Knowledge", knowledge_base_id="KB12345678"
    )
    knowledge.grants.retrieve(_caller(stack, "Retriever"))
    knowledge.grants.retrieve_and_generate(_caller(stack, "Generator"))
    both = _caller(stack, "Searcher")
    knowledge.grants.retrieve(both)
    knowledge.grants.retrieve_and_generate(both)
