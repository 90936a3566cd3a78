import functools

import boto3


def retry(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


def outer():
    client = boto3.client("bedrock-runtime")

    @retry
    def ask(text):
        return client.converse(modelId=text)  #> bedrock-runtime Converse

    def later():
        nonlocal client
        client = boto3.client("bedrock-runtime", region_name="eu-west-1")

    later()
    return ask("m")


def call(function, **request):
    return function(**request)


call(boto3.client("bedrock-agent-runtime").retrieve, knowledgeBaseId="K")  #> bedrock-agent-runtime Retrieve
