import boto3

client = boto3.client("bedrock")
client.list_foundation_models()  #> bedrock ListFoundationModels
client = boto3.client("bedrock-runtime")
client.converse(modelId="m")  #> bedrock-runtime Converse


def choose(local):
    if local:
        c = boto3.client("bedrock")
    else:
        c = boto3.client("bedrock-runtime")
    return c.converse(modelId="m")  #> bedrock-runtime Converse


def shadow(client):
    return client.converse


def other():
    client = boto3.client("s3")
    return client.converse(1)
