import boto3
class Pool:
    def __init__(self):
        self.model = None
    def fill(self, make):
        self.kept = make()
    def choose(self):
        self.model = "amazon.nova-lite-v1:0"
    def run(self, text):
        return self.kept.converse(modelId=self.model, messages=text)  #> bedrock-runtime Converse
def make_client():
    return boto3.client("bedrock-runtime")
def start():
    pool = Pool()
    pool.fill(make_client)
    pool.run(1)
