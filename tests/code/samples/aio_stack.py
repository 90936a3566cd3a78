import asyncio
from contextlib import AsyncExitStack

import aioboto3
from aiobotocore.session import get_session


class Pool:
    def __init__(self):
        self._session = aioboto3.Session()
        self._stack = AsyncExitStack()

    async def __aenter__(self):
        self.rt = await self._stack.enter_async_context(self._session.client("bedrock-runtime"))
        self.kb = await self._stack.enter_async_context(self._session.client("bedrock-agent-runtime"))
        return self

    async def __aexit__(self, *exc):
        await self._stack.aclose()


async def one(pool: Pool, text):
    return await pool.rt.converse(modelId="amazon.nova-micro-v1:0", messages=[])  #> bedrock-runtime Converse


async def ingest():
    session = get_session()
    async with session.create_client("bedrock-agent", region_name="us-east-1") as agent:
        job = await agent.start_ingestion_job(knowledgeBaseId="K", dataSourceId="D")  #> bedrock-agent StartIngestionJob
        while (await agent.get_ingestion_job(knowledgeBaseId="K", dataSourceId="D", ingestionJobId="J"))["ingestionJob"]["status"] != "COMPLETE":  #> bedrock-agent GetIngestionJob
            await asyncio.sleep(1)
        async for page in agent.get_paginator("list_data_sources").paginate(knowledgeBaseId="K"):  #> bedrock-agent ListDataSources
            print(page, job)


async def main():
    async with Pool() as pool:
        results = await asyncio.gather(*(one(pool, t) for t in "abc"))
        tasks = [asyncio.create_task(pool.kb.retrieve(knowledgeBaseId="K", retrievalQuery={"text": t})) for t in results]  #> bedrock-agent-runtime Retrieve
        await asyncio.gather(*tasks)
        async with asyncio.TaskGroup() as group:
            group.create_task(pool.rt.count_tokens(modelId="m", input={}))  #> bedrock-runtime CountTokens
            group.create_task(asyncio.to_thread(print))
