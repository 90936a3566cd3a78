from . import clients
from .clients import MODEL, agents
from .clients import runtime as rt


def run():
    rt.converse(modelId=MODEL)  #> bedrock-runtime Converse
    clients.control.list_guardrails()  #> bedrock ListGuardrails
    agents().list_flows()  #> bedrock-agent ListFlows
    clients.control.converse(modelId=MODEL)  #> bedrock Converse wrong bedrock-runtime
