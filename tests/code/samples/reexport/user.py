"""Use what the package re-exports."""
try:
    from reexport import agents, runtime_of, shared
except ImportError:  # the sample imports it in a try
    shared = None

from . import inner


def first():
    return shared.converse(modelId="a.b-v1:0", messages=[])  #> bedrock-runtime Converse


def second():
    return runtime_of().invoke_model(modelId="m.n-v1", body="")  #> bedrock-runtime InvokeModel


def third():
    return agents().list_agents()  #> bedrock-agent ListAgents


def fourth():
    return inner.factory.shared.count_tokens(modelId="m", input={})  #> bedrock-runtime CountTokens
