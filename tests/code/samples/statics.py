import boto3
class Meta:
    @staticmethod
    def a(client=boto3.client("bedrock-agent")):
        return client.list_agents()  #> bedrock-agent ListAgents
    @classmethod
    def b(cls, *, client=boto3.client("bedrock")):
        return client.list_guardrails()  #> bedrock ListGuardrails
    def __new__(cls):
        self = object.__new__(cls)
        self.rt = boto3.client("bedrock-runtime")
        return self
    def c(self):
        self.rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
