from __future__ import annotations

import abc
import enum
from typing import Protocol, TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock_agent_runtime.client import AgentsforBedrockRuntimeClient


class Kind(enum.Enum):
    CONVERSE = "converse"
    AGENT = "agent"


class Backend(Protocol):
    def run(self, text: str) -> str: ...


class ConverseBackend:
    def __init__(self, client: BedrockRuntimeClient, model_id: str) -> None:
        self._client, self._model_id = client, model_id

    def run(self, text: str) -> str:
        response = self._client.converse(modelId=self._model_id, messages=[])  #> bedrock-runtime Converse
        return str(response)


class AgentBackend:
    def __init__(self, client: AgentsforBedrockRuntimeClient) -> None:
        self._client = client

    def run(self, text: str) -> str:
        events = self._client.invoke_agent(agentId="A", agentAliasId="B", sessionId="s", inputText=text)  #> bedrock-agent-runtime InvokeAgent
        return str(events)


class FlowBackend(abc.ABC):
    client: AgentsforBedrockRuntimeClient

    def run(self, text: str) -> str:
        return str(self.client.invoke_flow(flowIdentifier="F", flowAliasIdentifier="A", inputs=[]))  #> bedrock-agent-runtime InvokeFlow


BACKENDS = {
    Kind.CONVERSE: lambda: ConverseBackend(boto3.client("bedrock-runtime"), "amazon.nova-lite-v1:0"),
    Kind.AGENT: lambda: AgentBackend(boto3.client("bedrock-agent-runtime")),
}


def run(kind: Kind, text: str) -> str:
    match kind:
        case Kind.CONVERSE | Kind.AGENT:
            return BACKENDS[kind]().run(text)
        case _:
            raise ValueError(kind)
