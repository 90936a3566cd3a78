import boto3
try:
    from aws_xray_sdk.core import patch_all
    patch_all()
except ImportError: pass
client = None
def init():
    global client
    client = boto3.client(service_name='bedrock-runtime', region_name="us-east-1", endpoint_url=None)
def handler(event, _):
    if client is None: init()
    body = event
    response = client.invoke_model(  #> bedrock-runtime InvokeModel
        modelId="m",
        body=body,
    )
    return response
class A:
    client: "boto3.client" = boto3.client('bedrock')
    @classmethod
    def all(cls):
        token = None
        while True:
            page = cls.client.list_custom_models(nextToken=token) if token else cls.client.list_custom_models()  #> bedrock ListCustomModels
            yield from page["modelSummaries"]
            token = page.get("nextToken")
            if not token: break
    def __call__(self): return type(self).client.get_model_import_job(jobIdentifier="x")  #> bedrock GetModelImportJob
assert A()()
del client
