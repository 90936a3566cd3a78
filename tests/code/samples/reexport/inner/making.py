"""Make the clients."""
import boto3

shared = boto3.client("bedrock-runtime")


def make_runtime():
    return boto3.client("bedrock-runtime")


def agents():
    return boto3.client("bedrock-agent")
