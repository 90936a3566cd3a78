"""Retries, async generators and tasks around the calls."""
import asyncio
import functools
import time

import boto3


def retry(times=3):
    def outer(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except Exception:
                    time.sleep(1)
            return None

        return inner

    return outer


def traced(function):
    async def wrapper(*args, **kwargs):
        return await function(*args, **kwargs)

    return wrapper


class Service:
    def __init__(self, client=None):
        self.client = client or boto3.client("bedrock-runtime")

    @retry(times=5)
    def ask(self, text):
        return self.client.converse(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse

    @traced
    async def later(self, text):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: self.client.invoke_model(modelId="m.n-v1", body=text))  #> bedrock-runtime InvokeModel

    async def pieces(self, text):
        reply = await asyncio.to_thread(self.client.converse_stream, modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime ConverseStream
        for event in reply["stream"]:
            yield event


async def clients():
    for name in ("bedrock-agent", "bedrock-agent"):
        yield boto3.client(name)


async def names():
    return [await asyncio.to_thread(one.list_agents) async for one in clients()]  #> bedrock-agent ListAgents


async def loop_over():
    async for one in clients():
        one.list_prompts()  #> bedrock-agent ListPrompts
