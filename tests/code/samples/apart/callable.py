import boto3
class Ask:
    def __init__(self, client):
        self.client = client
    def __call__(self, model):
        return self.client.invoke_model(modelId=model)  #> bedrock-runtime InvokeModel
ask = Ask(boto3.client("bedrock-runtime"))
def handler(event, context):
    return ask("amazon.titan-text-express-v1")
