"""The app on this library, with OpenSearch Serverless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib import (
    AppRole,
    ContentFilter,
    DocumentSource,
    Guardrail,
    KnowledgeBase,
    KnowledgeBaseType,
    OperatorRole,
    VectorStore,
)

if TYPE_CHECKING:
    import aws_cdk as cdk

__all__ = ["build"]


def build(stack: cdk.Stack) -> None:
    """Add the app to a stack."""
    documents = s3.Bucket(stack, "Documents", enforce_ssl=True)
    knowledge = KnowledgeBase(
        stack,
        "Knowledge",
        type=KnowledgeBaseType.vector(vector_store=VectorStore.open_search_serverless()),
    )
    knowledge.add_data_source("Source", DocumentSource.s3(documents))

    guardrail = Guardrail(
        stack, "Guardrail", content_filters=[ContentFilter.hate(), ContentFilter.prompt_attack()]
    )
    guardrail.create_version("Version")

    app = AppRole(stack, "App", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    app.grants.retrieve(knowledge)
    app.grants.retrieve_and_generate(knowledge, "amazon.nova-lite-v1:0")
    app.grants.apply_guardrail(guardrail)

    operator = OperatorRole(stack, "Operator", assumed_by=iam.AccountRootPrincipal())
    operator.grants.ingest(knowledge)
