"""Names of Bedrock without a call of it."""
import boto3


class Converser:
    def converse(self, modelId=None, messages=()):
        return messages

    def list_agents(self):
        return []


class Wrapper:
    def __init__(self):
        self.bedrock_runtime = boto3.client("s3")
        self.client = Converser()

    def run(self):
        self.client.converse(modelId="a.b-v1:0", messages=[])
        self.client.list_agents()
        return self.bedrock_runtime.list_buckets()


def converse(text):
    return text


converse("hello")
Wrapper().run()
