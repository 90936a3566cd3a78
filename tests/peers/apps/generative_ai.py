"""An app on generative-ai-cdk-constructs, with one caller role per grant of the package.

The package pins cdk-nag 2, so this module runs in an environment of its own and only its assembly is kept
(``recorded/generative_ai``); ``python -m tests.peers.record`` makes it again. It imports nothing of ours.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdklabs.generative_ai_cdk_constructs import (  # type: ignore[import-not-found] # installed only where the peer is recorded
    bda,
    bedrock,
    s3vectors,
)

__all__ = ["build"]

NOVA = bedrock.BedrockFoundationModel.AMAZON_NOVA_LITE_V1
EMBEDDING = bedrock.BedrockFoundationModel.TITAN_EMBED_TEXT_V2_1024


def build(app: cdk.App) -> cdk.Stack:
    """Add the one stack ``Peer`` to ``app``."""
    stack = cdk.Stack(app, "Peer", env=cdk.Environment(account="111122223333", region="us-east-1"))
    _models(stack)
    _guardrail(stack)
    _knowledge_base_and_agent(stack)
    # With buckets of its own, since those that the package makes get a random name at each synthesis.
    bda.BedrockDataAutomation(
        stack,
        "Automation",
        is_custom_bda_blueprint_required=True,
        is_bda_invocation_required=True,
        input_bucket=s3.Bucket(stack, "Input"),
        output_bucket=s3.Bucket(stack, "Output"),
    )
    return stack


def _caller(stack: cdk.Stack, name: str) -> iam.Role:
    return iam.Role(stack, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def _models(stack: cdk.Stack) -> None:
    NOVA.grant_invoke(_caller(stack, "ModelCaller"))
    cross_region = bedrock.CrossRegionInferenceProfile.from_config(
        geo_region=bedrock.CrossRegionInferenceProfileRegion.US, model=NOVA
    )
    cross_region.grant_invoke(_caller(stack, "CrossRegionCaller"))
    cross_region.grant_profile_usage(_caller(stack, "ProfileOnlyCaller"))
    profile = bedrock.ApplicationInferenceProfile(
        stack, "Profile", inference_profile_name="peer", model_source=NOVA
    )
    profile.grant_invoke(_caller(stack, "ApplicationProfileCaller"))


def _guardrail(stack: cdk.Stack) -> None:
    guardrail = bedrock.Guardrail(stack, "Guardrail", name="peer")
    guardrail.add_word_filter(text="forbidden")
    guardrail.grant_apply(_caller(stack, "GuardrailCaller"))


def _knowledge_base_and_agent(stack: cdk.Stack) -> None:
    bucket = s3vectors.VectorBucket(stack, "Vectors", vector_bucket_name="peer-vectors")
    index = s3vectors.VectorIndex(stack, "Index", vector_bucket=bucket, dimension=1024)
    knowledge = bedrock.VectorKnowledgeBase(
        stack, "Knowledge", embeddings_model=EMBEDDING, vector_store=index
    )
    knowledge.grant_query(_caller(stack, "Querier"))
    knowledge.grant_retrieve(_caller(stack, "Retriever"))
    knowledge.grant_retrieve_and_generate(_caller(stack, "Generator"))
    agent = bedrock.Agent(
        stack,
        "Agent",
        foundation_model=NOVA,
        instruction="Answer the questions of employees about their benefits.",
        knowledge_bases=[knowledge],
    )
    bedrock.AgentAlias(stack, "Alias", agent=agent, alias_name="live")
