"""Clients in closures, partials and caches."""
from functools import cache, partial, wraps

import boto3


@cache
def client_for(name, region="us-west-2"):
    return boto3.client(name, region_name=region)


def sender(client):
    def send(text, *, model="amazon.nova-pro-v1:0"):
        return client.converse(modelId=model, messages=[text])  #> bedrock-runtime Converse

    return send


def make():
    runtime = client_for("bedrock-runtime")
    return sender(runtime), partial(runtime.invoke_model, modelId="amazon.titan-text-lite-v1")


send, invoke = make()
count = partial(client_for("bedrock-runtime").count_tokens, modelId="a.b-v1:0")


def run(text):
    send(text)
    invoke(body=text)  #> bedrock-runtime InvokeModel
    return count(input={})  #> bedrock-runtime CountTokens


def counter(client):
    total = 0

    def step(**request):
        nonlocal total
        total += 1
        return client.apply_guardrail(**request)  #> bedrock-runtime ApplyGuardrail

    return step


guard = counter(client_for("bedrock-runtime"))
guard(guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[])
