"""Click CLI with lazy context object."""
from __future__ import annotations
import contextlib, functools, os
import boto3 as aws
from botocore.config import Config

RT = "bedrock-runtime"

class Ctx:
    __slots__ = ("_s", "_cache")
    def __init__(self, profile=None):
        self._s = aws.Session(profile_name=profile)
        self._cache = {}
    def __getitem__(self, svc):
        if svc not in self._cache:
            self._cache[svc] = self._s.client(svc, config=Config(retries={"mode": "adaptive"}))
        return self._cache[svc]

def run(ctx: Ctx):
    c = Ctx()
    c[RT].converse(modelId="m", messages=[])  #> bedrock-runtime Converse
    c["bedrock"].get_guardrail(guardrailIdentifier="x")  #> bedrock GetGuardrail
