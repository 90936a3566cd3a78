# %% [markdown]
# # Agents
# %%
import boto3
session = boto3.Session(); region = session.region_name
bedrock_agent, bedrock_agent_runtime = session.client("bedrock-agent"), session.client("bedrock-agent-runtime")
iam = session.resource("iam")
# %%
response = bedrock_agent.create_agent(agentName="a", foundationModel="us.amazon.nova-pro-v1:0", agentResourceRoleArn="r", instruction="i" * 40)  #> bedrock-agent CreateAgent
agent_id = response["agent"]["agentId"]
for kwargs in ({"actionGroupName": "ag"}, {"actionGroupName": "user", "parentActionGroupSignature": "AMAZON.UserInput"}):
    bedrock_agent.create_agent_action_group(agentId=agent_id, agentVersion="DRAFT", **kwargs)  #> bedrock-agent CreateAgentActionGroup
bedrock_agent.associate_agent_knowledge_base(agentId=agent_id, agentVersion="DRAFT", knowledgeBaseId="K", description="d")  #> bedrock-agent AssociateAgentKnowledgeBase
bedrock_agent.prepare_agent(agentId=agent_id)  #> bedrock-agent PrepareAgent
alias = bedrock_agent.create_agent_alias(agentId=agent_id, agentAliasName="live")["agentAlias"]["agentAliasId"]  #> bedrock-agent CreateAgentAlias
# %%
def ask(text, end=False, trace=True):
    r = bedrock_agent_runtime.invoke_agent(inputText=text, agentId=agent_id, agentAliasId=alias, sessionId="s", enableTrace=trace, endSession=end)  #> bedrock-agent-runtime InvokeAgent
    return "".join(e["chunk"]["bytes"].decode() for e in r.get("completion") if "chunk" in e)
ask("hi"); ask("bye", True)
# %%
del_ops = [("delete_agent_alias", {"agentAliasId": alias}), ("delete_agent", {"skipResourceInUseCheck": True})]
for op, extra in del_ops:
    getattr(bedrock_agent, op)(agentId=agent_id, **extra)  #> bedrock-agent DeleteAgentAlias  #> bedrock-agent DeleteAgent
