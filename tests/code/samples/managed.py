"""Clients from context managers."""
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager

import boto3
import aioboto3


@contextmanager
def opened(name):
    client = boto3.client(name)
    try:
        yield client
    finally:
        client.close()


class Lease:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.held = boto3.client(self.name)
        return self.held

    def __exit__(self, *args):
        self.held.close()


@asynccontextmanager
async def aopened(name):
    async with aioboto3.Session().client(name) as client:
        yield client


def ask(text):
    with opened("bedrock-runtime") as one:
        return one.converse(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse


def names():
    with Lease("bedrock") as one, closing(boto3.client("bedrock-agent")) as other:
        one.list_foundation_models()  #> bedrock ListFoundationModels
        return other.list_agents()  #> bedrock-agent ListAgents


def stacked(text):
    with ExitStack() as stack:
        one = stack.enter_context(opened("bedrock-agent-runtime"))
        return one.retrieve(knowledgeBaseId="kb", retrievalQuery={"text": text})  #> bedrock-agent-runtime Retrieve


async def stream(text):
    async with aopened("bedrock-runtime") as one:
        reply = await one.converse_stream(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime ConverseStream
        async for event in reply["stream"]:
            yield event


def wrong():
    with opened("bedrock-runtime") as one:
        return one.list_guardrails()  #> bedrock-runtime ListGuardrails wrong bedrock
