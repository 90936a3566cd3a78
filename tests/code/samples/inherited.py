"""Clients as attributes of classes, inherited, overridden and mixed in."""
from abc import ABC, abstractmethod

import boto3


class Base(ABC):
    service = "bedrock-runtime"
    _client = None

    @property
    def client(self):
        if self._client is None:
            self._client = boto3.client(self.service)
        return self._client

    @abstractmethod
    def run(self, text): ...

    def __call__(self, text):
        return self.run(text)


class Chat(Base):
    def run(self, text):
        return self.client.converse(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse


class Admin(Base):
    service = "bedrock"

    def run(self, text):
        return self.client.get_guardrail(guardrailIdentifier=text)  #> bedrock GetGuardrail


class Shared:
    runtime = boto3.client("bedrock-runtime")

    @classmethod
    def invoke(cls, body):
        return cls.runtime.invoke_model(modelId="m.n-v1", body=body)  #> bedrock-runtime InvokeModel


class Mixin:
    def embed(self, text):
        return self.runtime.invoke_model_with_response_stream(modelId="m.n-v1", body=text)  #> bedrock-runtime InvokeModelWithResponseStream


class Both(Mixin, Shared):
    pass


class Late(Base):
    def __init__(self, **options):
        super().__init__()
        for key, value in options.items():
            setattr(self, key, value)

    def run(self, text):
        return self.agents.list_agents()  #> bedrock-agent ListAgents


def main():
    Chat()("x")
    Admin()("x")
    Both().embed("x")
    Late(agents=boto3.client("bedrock-agent")).run("x")
