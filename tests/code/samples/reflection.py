import boto3

client = boto3.client("bedrock-runtime")
getattr(client, "converse")(modelId="m")  #> bedrock-runtime Converse
method = client.converse_stream
method(modelId="m")  #> bedrock-runtime ConverseStream
operation = "invoke" + "_model"
getattr(client, operation)(modelId="m")  #> bedrock-runtime InvokeModel


def anything(name):
    return getattr(client, name)()
