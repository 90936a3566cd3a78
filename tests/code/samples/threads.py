import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import boto3

client = boto3.client("bedrock-runtime")
pool = ThreadPoolExecutor()


async def ask():
    await asyncio.to_thread(client.converse, modelId="m", messages=[])  #> bedrock-runtime Converse
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, lambda: client.invoke_model(modelId="m"))  #> bedrock-runtime InvokeModel


@contextmanager
def opened():
    yield boto3.client("bedrock-agent")


with opened() as agent:
    agent.start_ingestion_job(knowledgeBaseId="K", dataSourceId="D")  #> bedrock-agent StartIngestionJob
request = {"modelId": "amazon.nova-lite-v1:0", "messages": []}
client.converse(**request)  #> bedrock-runtime Converse
pool.submit(client.converse_stream, **request)  #> bedrock-runtime ConverseStream
