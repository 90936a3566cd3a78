from dataclasses import dataclass, field
from typing import Any

import boto3


def make_runtime():
    return boto3.client("bedrock-runtime")


@dataclass
class Deps:
    control: Any
    runtime: Any = field(default_factory=make_runtime)

    def go(self):
        self.runtime.converse(modelId="m")  #> bedrock-runtime Converse
        self.control.list_guardrails()  #> bedrock ListGuardrails


Deps(boto3.client("bedrock")).go()


class Base:
    service = "bedrock-agent"

    def __init__(self):
        self.api = boto3.client(self.service)


class Builder(Base):
    def build(self):
        self.api.create_knowledge_base(name="k")  #> bedrock-agent CreateKnowledgeBase
        self.api.retrieve(knowledgeBaseId="k")  #> bedrock-agent Retrieve wrong bedrock-agent-runtime


class Shared:
    client = boto3.client("bedrock-agent-runtime")

    @classmethod
    def flow(cls):
        return cls.client.invoke_flow(flowIdentifier="F", flowAliasIdentifier="A")  #> bedrock-agent-runtime InvokeFlow


class Child(Base):
    service = "bedrock"

    def __init__(self):
        super().__init__()
        self.api.list_model_invocation_jobs()  #> bedrock ListModelInvocationJobs
