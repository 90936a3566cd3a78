import boto3
FUNCTIONS = {}
def register(name, function):
    FUNCTIONS[name] = function
def setup():
    register("ask", boto3.client("bedrock-runtime").converse)
def run(text):
    return FUNCTIONS["ask"](modelId="m", messages=text)  #> bedrock-runtime Converse
