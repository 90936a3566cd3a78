import asyncio

import aioboto3
from aiobotocore.session import get_session


async def chat(prompt: str):
    session = aioboto3.Session(region_name="us-west-2")
    async with session.client("bedrock-runtime") as c:
        r = await c.converse(modelId="us.anthropic.claude-sonnet-4-5-20250929-v1:0", messages=[])  #> bedrock-runtime Converse
        return r


async def two():
    s = get_session()
    async with s.create_client("bedrock-agent-runtime") as kb, s.create_client("bedrock") as ctl:
        await kb.invoke_flow(flowIdentifier="F", flowAliasIdentifier="A", inputs=[])  #> bedrock-agent-runtime InvokeFlow
        await ctl.invoke_model(modelId="m", body="{}")  #> bedrock InvokeModel wrong bedrock-runtime


class Pool:
    def __init__(self):
        self._session = aioboto3.Session()
        self._cm = None

    async def __aenter__(self):
        self._cm = self._session.client("bedrock-runtime")
        self._client = await self._cm.__aenter__()
        return self

    async def __aexit__(self, *a):
        await self._cm.__aexit__(*a)

    async def ask(self):
        return await self._client.invoke_model_with_response_stream(modelId="m", body=b"")  #> bedrock-runtime InvokeModelWithResponseStream


async def gather():
    async with Pool() as pool:
        await asyncio.gather(*(pool.ask() for _ in range(3)))
