import boto3

CLIENTS = {
    "control": boto3.client("bedrock"),
    "data": boto3.client("bedrock-runtime"),
    "kb": boto3.client("bedrock-agent-runtime"),
}


def client_for(kind):
    return boto3.client(f"bedrock-{kind}")


SERVICES = [f"bedrock{suffix}" for suffix in ("", "-runtime")]

runtime = client_for("runtime")
agent = client_for("agent")


def f(text):
    CLIENTS["data"].apply_guardrail(guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[])  #> bedrock-runtime ApplyGuardrail
    CLIENTS["kb"].rerank(queries=[], sources=[], rerankingConfiguration={})  #> bedrock-agent-runtime Rerank
    CLIENTS["control"].get_foundation_model(modelIdentifier="amazon.nova-lite-v1:0")  #> bedrock GetFoundationModel
    runtime.count_tokens(modelId="x", input={})  #> bedrock-runtime CountTokens
    agent.list_knowledge_bases()  #> bedrock-agent ListKnowledgeBases
    agent.invoke_agent(agentId="A", agentAliasId="B", sessionId="c", inputText=text)  #> bedrock-agent InvokeAgent wrong bedrock-agent-runtime
