import boto3
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
class Lazy(dict):
    def __missing__(self, name):
        self[name] = boto3.client(name)
        return self[name]
clients = Lazy()
def ask():
    return clients["bedrock-runtime"].converse(modelId="m")  #> bedrock-runtime Converse
def by_region(given: "dict[str, BedrockRuntimeClient]", others: "list[BedrockRuntimeClient]"):
    given["eu-west-1"].invoke_model(modelId="m")  #> bedrock-runtime InvokeModel
    for one in others:
        one.count_tokens(modelId="m")  #> bedrock-runtime CountTokens
def pages():
    paginator = clients["bedrock-agent-runtime"].get_paginator("retrieve")  #> bedrock-agent-runtime Retrieve
    return paginator.paginate(knowledgeBaseId="KB", retrievalQuery={})
