from typing import Callable, NamedTuple, Protocol
import boto3
class Clients(NamedTuple):
    rt: object
    agent: object
def make() -> Clients:
    return Clients(rt=boto3.client("bedrock-runtime"), agent=boto3.client("bedrock-agent-runtime"))
rt, agent = make()
rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
agent.invoke_flow(flowIdentifier="f", flowAliasIdentifier="a", inputs=[])  #> bedrock-agent-runtime InvokeFlow
def retrying(fn: Callable):
    def inner(*a, **k):
        return fn(*a, **k)
    return inner
safe = retrying(rt.invoke_model)  #> bedrock-runtime InvokeModel
safe(modelId="m", body=b"")
@retrying
def ask(c=rt): return c.apply_guardrail(guardrailIdentifier="g")  #> bedrock-runtime ApplyGuardrail
ask()
OPS = {"chat": "converse", "raw": "invoke_model"}
for k in OPS:
    pass
getattr(rt, OPS["chat"])(modelId="m")  #> bedrock-runtime Converse
