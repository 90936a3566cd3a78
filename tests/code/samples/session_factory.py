"""A session factory with assumed credentials."""
from __future__ import annotations

import functools
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Iterator

import boto3
from botocore.config import Config


class SessionFactory:
    def __init__(self, role_arn: str | None = None, region: str = "us-west-2") -> None:
        self._role_arn = role_arn
        self._region = region

    @functools.lru_cache(maxsize=8)
    def session(self) -> boto3.Session:
        if not self._role_arn:
            return boto3.Session(region_name=self._region)
        sts = boto3.client("sts")
        creds = sts.assume_role(RoleArn=self._role_arn, RoleSessionName="app")["Credentials"]
        return boto3.Session(
            aws_access_key_id=creds["AccessKeyId"],
            aws_secret_access_key=creds["SecretAccessKey"],
            aws_session_token=creds["SessionToken"],
            region_name=self._region,
        )

    def client(self, service: str, **kwargs: Any):
        kwargs.setdefault("config", Config(retries={"max_attempts": 3}))
        return self.session().client(service, **kwargs)


@dataclass
class Gateway:
    factory: SessionFactory = field(default_factory=SessionFactory)
    model: str = os.environ.get("MODEL_ID", "amazon.nova-lite-v1:0")

    @functools.cached_property
    def runtime(self):
        return self.factory.client("bedrock-runtime")

    @functools.cached_property
    def control(self):
        return self.factory.client("bedrock")

    def ask(self, text: str) -> str:
        out = self.runtime.converse(modelId=self.model, messages=[{"role": "user", "content": [{"text": text}]}])  #> bedrock-runtime Converse
        return out["output"]["message"]["content"][0]["text"]

    @contextmanager
    def stream(self, text: str) -> Iterator[Any]:
        yield self.runtime.converse_stream(modelId=self.model, messages=[])["stream"]  #> bedrock-runtime ConverseStream

    def guardrails(self) -> list[dict]:
        paginator = self.control.get_paginator("list_guardrails")  #> bedrock ListGuardrails
        return [g for page in paginator.paginate() for g in page["guardrails"]]

    def check(self, text: str):
        return self.control.apply_guardrail(guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[])  #> bedrock ApplyGuardrail wrong bedrock-runtime
