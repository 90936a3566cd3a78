import boto3


class Chat:
    model = "amazon.nova-pro-v1:0"

    def __init__(self, region="us-east-1"):
        self.client = boto3.client("bedrock-runtime", region_name=region)
        self._agents = None

    @property
    def agents(self):
        if self._agents is None:
            self._agents = boto3.client("bedrock-agent-runtime")
        return self._agents

    def ask(self, text):
        return self.client.converse(modelId=self.model, messages=[text])  #> bedrock-runtime Converse

    def agent(self, text):
        return self.agents.invoke_agent(agentId="A", agentAliasId="B", sessionId="s", inputText=text)  #> bedrock-agent-runtime InvokeAgent

    def wrong(self):
        self.agents.create_agent(agentName="x")  #> bedrock-agent-runtime CreateAgent wrong bedrock-agent
