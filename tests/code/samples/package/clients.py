import boto3

MODEL = "amazon.nova-lite-v1:0"
runtime = boto3.client("bedrock-runtime")
control = boto3.client("bedrock")


def agents():
    return boto3.client("bedrock-agent")
