import boto3


class Registry:
    def __init__(self):
        for name in ["bedrock", "bedrock-runtime"]:
            setattr(self, name.replace("-", "_"), boto3.client(name))
        self.clients = {}
        self.clients["agent"] = boto3.client("bedrock-agent")

    def go(self):
        self.clients["agent"].get_agent(agentId="A")  #> bedrock-agent GetAgent


Registry().go()
