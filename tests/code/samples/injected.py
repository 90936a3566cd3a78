import boto3


class Service:
    def __init__(self, client=None):
        self.client = client or boto3.client("bedrock-runtime")

    def run(self):
        return self.client.apply_guardrail(guardrailIdentifier="g")  #> bedrock-runtime ApplyGuardrail


def ask(client, model="amazon.nova-lite-v1:0"):
    return client.converse(modelId=model)  #> bedrock-runtime Converse


def count(client=boto3.client("bedrock-runtime")):
    client.count_tokens(modelId="m")  #> bedrock-runtime CountTokens


def main():
    ask(boto3.client("bedrock-runtime"))
