import boto3
from tenacity import retry
class Repo:
    _instance = None
    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.rt = boto3.client("bedrock-runtime")
        return cls._instance
    @retry
    def ask(self):
        return self.rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
    @classmethod
    def create(cls): 
        return cls()
    @staticmethod
    def other(client=boto3.client("bedrock-agent")):
        return client.list_agents()  #> bedrock-agent ListAgents
Repo.create().ask()
