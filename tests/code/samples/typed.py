from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock.client import BedrockClient


def ask(client: BedrockRuntimeClient, text: str) -> str:
    return client.converse(modelId=text)  #> bedrock-runtime Converse


class Models:
    client: BedrockClient | None = None

    def names(self) -> list[str]:
        return self.client.list_foundation_models()  #> bedrock ListFoundationModels

    def bad(self):
        return self.client.invoke_model(modelId="m")  #> bedrock InvokeModel wrong bedrock-runtime


_client = None


def get_client():
    global _client
    if _client is None:
        _client = boto3.client("bedrock-runtime", region_name=os.environ["AWS_REGION"])
    return _client


def handler(event, context):
    return get_client().invoke_model(modelId=event["model"])  #> bedrock-runtime InvokeModel
