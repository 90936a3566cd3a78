"""The app on generative-ai-cdk-constructs, with OpenSearch Serverless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdklabs.generative_ai_cdk_constructs import (  # type: ignore[import-not-found] # installed only where the peer is recorded
    bedrock,
)

if TYPE_CHECKING:
    import aws_cdk as cdk

__all__ = ["build"]


def build(stack: cdk.Stack) -> None:
    """Add the app to a stack."""
    documents = s3.Bucket(stack, "Documents", enforce_ssl=True)
    knowledge = bedrock.VectorKnowledgeBase(
        stack,
        "Knowledge",
        embeddings_model=bedrock.BedrockFoundationModel.TITAN_EMBED_TEXT_V2_1024,
    )
    knowledge.add_s3_data_source(bucket=documents)

    guardrail = bedrock.Guardrail(stack, "Guardrail", name="answers")
    guardrail.add_content_filter(
        type=bedrock.ContentFilterType.HATE,
        input_strength=bedrock.ContentFilterStrength.HIGH,
        output_strength=bedrock.ContentFilterStrength.HIGH,
    )
    guardrail.add_content_filter(
        type=bedrock.ContentFilterType.PROMPT_ATTACK,
        input_strength=bedrock.ContentFilterStrength.HIGH,
        output_strength=bedrock.ContentFilterStrength.NONE,
    )
    guardrail.create_version("Version")

    app = iam.Role(stack, "App", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    knowledge.grant_retrieve(app)
    knowledge.grant_retrieve_and_generate(app)
    bedrock.BedrockFoundationModel.AMAZON_NOVA_LITE_V1.grant_invoke(app)
    guardrail.grant_apply(app)

    operator = iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    knowledge.grant(
        operator,
        "bedrock:GetIngestionJob",
        "bedrock:ListIngestionJobs",
        "bedrock:StartIngestionJob",
        "bedrock:StopIngestionJob",
    )
