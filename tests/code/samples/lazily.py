"""A client that is made on first use, behind helpers that know nothing of it."""
import threading

import boto3

_lock = threading.Lock()
_made = None
_state = {}


def _settings():
    return {"service_name": "bedrock-runtime", "region_name": "us-east-1"}


def _make(**options):
    return boto3.client(**options)


def _get():
    global _made
    if _made is None:
        with _lock:
            if _made is None:
                _made = _make(**_settings())
    return _made


def _stored(key, factory):
    if key not in _state:
        _state[key] = factory()
    return _state[key]


def _pick(options, key):
    return options[key]


def _identity(value):
    return value


def _through(value):
    return _identity(_pick({"a": value, "b": None}, "a"))


def ask(text):
    return _through(_get()).converse(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse


def names():
    client = _stored("admin", lambda: boto3.client("bedrock"))
    return client.list_foundation_models()  #> bedrock ListFoundationModels


def apply(action):
    return action(_get())


def count():
    return apply(lambda client: client.count_tokens(modelId="m.n-v1", input={}))  #> bedrock-runtime CountTokens


class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


def proxied():
    return Proxy(_get()).invoke_model(modelId="m.n-v1", body="")  #> bedrock-runtime InvokeModel


def chosen(kind):
    match kind:
        case "agent":
            one = boto3.client("bedrock-agent")
        case _:
            one = boto3.client("bedrock-agent")
    return one.list_agents()  #> bedrock-agent ListAgents


def default(client=_make(service_name="bedrock-agent-runtime")):
    return client.retrieve(knowledgeBaseId="kb", retrievalQuery={})  #> bedrock-agent-runtime Retrieve
