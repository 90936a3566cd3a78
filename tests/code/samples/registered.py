"""Clients in a register: a dict of dataclasses, filled in a loop over names."""
from dataclasses import dataclass, field
from typing import Any

import boto3

NAMES = ("bedrock", "bedrock-runtime", "bedrock-agent")


@dataclass
class Entry:
    client: Any
    tags: list = field(default_factory=list)


@dataclass
class Register:
    entries: dict = field(default_factory=dict)

    def add(self, name):
        self.entries[name] = Entry(boto3.client(name))
        return self

    def entry(self, name):
        return self.entries[name]


known = Register()
known.add("bedrock").add("bedrock-runtime")
known.add("bedrock-agent")

PAIRS = [(name, boto3.client(name)) for name in ("bedrock-runtime", "bedrock-runtime")]
TABLE = {"chat": boto3.client("bedrock-runtime"), "admin": boto3.client("bedrock")}


def ask(text):
    return known.entry("bedrock-runtime").client.invoke_model(modelId="amazon.titan-text-lite-v1", body=text)  #> bedrock-runtime InvokeModel


def models():
    return known.entries["bedrock"].client.list_foundation_models()  #> bedrock ListFoundationModels


def fan_out(text):
    for _, client in PAIRS:
        client.converse(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse


def lookup(kind):
    client = TABLE[kind]
    return client


def admin():
    return lookup("admin").list_guardrails()  #> bedrock ListGuardrails


def chat():
    return TABLE.get("chat").converse_stream(modelId="a.b-v1:0", messages=[])  #> bedrock-runtime ConverseStream


def wrong():
    return TABLE["admin"].converse(modelId="a.b-v1:0", messages=[])  #> bedrock Converse wrong bedrock-runtime
