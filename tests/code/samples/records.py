from dataclasses import dataclass, field
from typing import Any, Protocol

from boto3 import client as make, Session
import boto3 as aws
import functools


@dataclass
class Deps:
    runtime: Any = field(default_factory=lambda: make("bedrock-runtime"))
    agents: Any = None
    region: str = "us-east-1"

    def __post_init__(self):
        if self.agents is None:
            self.agents = Session(region_name=self.region).client("bedrock-agent-runtime")


make_here = functools.partial(aws.client, region_name="us-east-1")
bedrock = make_here("bedrock")


def ask(text, deps: Deps = Deps(), client=make("bedrock-runtime")):
    deps.runtime.converse(modelId="amazon.nova-lite-v1:0", messages=[])  #> bedrock-runtime Converse
    deps.agents.retrieve_and_generate(input={"text": text})  #> bedrock-agent-runtime RetrieveAndGenerate
    getattr(client, "converse")(modelId="amazon.nova-micro-v1:0", messages=[])  #> bedrock-runtime Converse
    op = getattr(bedrock, "list_guardrails")
    op()  #> bedrock ListGuardrails


run = functools.partial(bedrock.create_model_invocation_job, roleArn="arn:aws:iam::111122223333:role/b")


def batch():
    run(jobName="j", modelId="m", inputDataConfig={}, outputDataConfig={})  #> bedrock CreateModelInvocationJob
