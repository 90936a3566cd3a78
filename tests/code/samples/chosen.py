"""Operations chosen at run time."""
import boto3

SERVICE = "bedrock" + "-runtime"
OPS = ("converse", "count_tokens")


class Proxy:
    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)


def call(client, method: str, **kw):
    return getattr(client, method)(**kw)


rt = Proxy(boto3.client(SERVICE))
rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
raw = boto3.client(f"{SERVICE}")
call(raw, "invoke_model", modelId="m", body=b"")  #> bedrock-runtime InvokeModel
for op in OPS:
    getattr(raw, op)(modelId="m")  #> bedrock-runtime Converse  #> bedrock-runtime CountTokens
params = dict(modelId="m", messages=[])
(lambda c: c.converse_stream(**params))(raw)  #> bedrock-runtime ConverseStream
first, *others = [boto3.client(s) for s in ["bedrock", "bedrock-agent"]]
first.get_foundation_model(modelIdentifier="m")  #> bedrock GetFoundationModel
others[0].get_agent(agentId="A")  #> bedrock-agent GetAgent
if (c := boto3.client("bedrock")) and c.list_guardrails():  #> bedrock ListGuardrails
    c.invoke_agent(agentId="A")  #> bedrock InvokeAgent wrong bedrock-agent-runtime
