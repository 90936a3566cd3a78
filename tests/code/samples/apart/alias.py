import boto3
class Service:
    def __init__(self, settings):
        method = boto3.client("bedrock-runtime").converse
        self._go = method
    def ask(self, text):
        return self._go(modelId="m", messages=text)  #> bedrock-runtime Converse
def user(service: Service):
    service.ask("x")
