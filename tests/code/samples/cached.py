"""RAG service with cached clients."""
import functools
import json
import os
from functools import cached_property, lru_cache

import boto3
from botocore.config import Config

REGION = os.environ.get("AWS_REGION", "us-east-1")


@lru_cache(maxsize=None)
def get_client(name: str):
    return boto3.client(name, region_name=REGION, config=Config(read_timeout=120))


class RagService:
    def __init__(self, kb_id: str) -> None:
        self.kb_id = kb_id
        self.client = get_client("bedrock-agent-runtime")

    @cached_property
    def runtime(self):
        return get_client("bedrock-runtime")

    @functools.cached_property
    def admin(self):
        return get_client(name="bedrock-agent")

    def retrieve(self, query):
        resp = self.client.retrieve(  #> bedrock-agent-runtime Retrieve
            knowledgeBaseId=self.kb_id,
            retrievalQuery={"text": query},
        )
        return [r["content"]["text"] for r in resp["retrievalResults"]]

    def answer(self, query):
        chunks = self.retrieve(query)
        body = json.dumps({"messages": [], "anthropic_version": "bedrock-2023-05-31"})
        return self.runtime.invoke_model(  #> bedrock-runtime InvokeModel
            modelId=os.environ["MODEL_ID"], body=body
        )

    def sync(self, ds):
        return self.admin.start_ingestion_job(knowledgeBaseId=self.kb_id, dataSourceId=ds)  #> bedrock-agent StartIngestionJob

    def oops(self, query):
        return self.admin.retrieve_and_generate(input={"text": query})  #> bedrock-agent RetrieveAndGenerate wrong bedrock-agent-runtime
