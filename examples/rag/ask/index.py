"""The function of the example: it answers a question from the documents, under a guardrail."""

import os
from typing import Any

import boto3

runtime = boto3.client("bedrock-agent-runtime")


def handler(event: dict[str, str], _context: object) -> dict[str, Any]:
    """Answer ``{"question": "..."}`` with a text, its sources, and whether the guardrail intervened."""
    reply = runtime.retrieve_and_generate(
        input={"text": event["question"]},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": os.environ["KNOWLEDGE_BASE_ID"],
                "modelArn": os.environ["MODEL_ARN"],
                "generationConfiguration": {
                    "guardrailConfiguration": {
                        "guardrailId": os.environ["GUARDRAIL_ID"],
                        "guardrailVersion": os.environ["GUARDRAIL_VERSION"],
                    }
                },
            },
        },
    )
    found = [one for citation in reply["citations"] for one in citation["retrievedReferences"]]
    return {
        "answer": reply["output"]["text"],
        "sources": [one["location"]["s3Location"]["uri"] for one in found],
        "intervened": reply.get("guardrailAction") == "INTERVENED",
    }
