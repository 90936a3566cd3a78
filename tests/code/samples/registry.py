import asyncio
import contextlib
import threading
import typing as t
from collections import ChainMap, OrderedDict, defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from types import MappingProxyType

import boto3
from botocore.client import BaseClient

_SERVICES = MappingProxyType({"chat": "bedrock-runtime", "rag": "bedrock-agent-runtime", "admin": "bedrock-agent"})


class Registry(type):
    items: dict[str, type] = {}

    def __new__(mcs, name, bases, ns, **kw):
        cls = super().__new__(mcs, name, bases, ns)
        mcs.items[name] = cls
        return cls


class Repo(metaclass=Registry):
    service: t.ClassVar[str]
    _lock = threading.Lock()
    __slots__ = ("_client",)

    def __init_subclass__(cls, service: str = "", **kw):
        super().__init_subclass__(**kw)
        cls.service = service

    def __init__(self):
        self._client: BaseClient = boto3.client(self.service)

    @property
    def client(self):
        with self._lock:
            return self._client


class Chat(Repo, service="bedrock-runtime"):
    def ask(self, q):
        return self.client.converse(modelId="amazon.nova-lite-v1:0", messages=q)  #> bedrock-runtime Converse


class Rag(Repo, service="bedrock-agent-runtime"):
    def ask(self, q):
        return self.client.retrieve(knowledgeBaseId="K", retrievalQuery={"text": q})  #> bedrock-agent-runtime Retrieve

    def bad(self):
        return self.client.create_knowledge_base(name="k")  #> bedrock-agent-runtime CreateKnowledgeBase wrong bedrock-agent


def admin():
    return boto3.session.Session(profile_name="x").client(_SERVICES["admin"])


async def main():
    loop = asyncio.get_running_loop()
    c = boto3.client(_SERVICES["chat"])
    await loop.run_in_executor(None, lambda: c.invoke_model(modelId="m", body=b""))  #> bedrock-runtime InvokeModel
    await asyncio.to_thread(c.converse, modelId="m", messages=[])  #> bedrock-runtime Converse
    with ThreadPoolExecutor() as pool, contextlib.suppress(Exception):
        futures = {pool.submit(c.apply_guardrail, guardrailIdentifier=g, guardrailVersion="1", source="INPUT", content=[]): g for g in "ab"}  #> bedrock-runtime ApplyGuardrail
        for f in as_completed(futures):
            print(f.result())
    for page in admin().get_paginator("list_agents").paginate(PaginationConfig={"MaxItems": 5}):  #> bedrock-agent ListAgents
        print(page)
    admin().get_paginator("list_foundation_models")  #> bedrock-agent ListFoundationModels wrong bedrock
