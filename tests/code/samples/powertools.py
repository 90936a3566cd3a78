import os
import json
import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

logger = Logger()
tracer = Tracer()
app = APIGatewayRestResolver()
_clients = {}


def client(name):
    if name not in _clients:
        _clients[name] = boto3.client(name, region_name=os.environ["AWS_REGION"])
    return _clients[name]


@app.post("/prompts/<prompt_id>")
@tracer.capture_method
def render(prompt_id: str):
    prompt = client("bedrock-agent").get_prompt(promptIdentifier=prompt_id)  #> bedrock-agent GetPrompt
    return client("bedrock-runtime").converse(modelId=prompt["arn"], promptVariables={})  #> bedrock-runtime Converse


@app.get("/sessions")
def sessions():
    kb = client("bedrock-agent-runtime")
    session = kb.create_session()  #> bedrock-agent-runtime CreateSession
    kb.put_invocation_step(sessionIdentifier=session["sessionId"], invocationIdentifier="i", invocationStepTime=0, payload={})  #> bedrock-agent-runtime PutInvocationStep
    return kb.optimize_prompt(input={}, targetModelId="amazon.nova-lite-v1:0")  #> bedrock-agent-runtime OptimizePrompt


@app.get("/images")
def images():
    with boto3.Session().client("bedrock-runtime") as rt:
        return rt.invoke_model(body=json.dumps({}), modelId="amazon.nova-canvas-v1:0")["body"].read()  #> bedrock-runtime InvokeModel


def handler(event, context):
    if event.get("warm"):
        client("bedrock-agent").retrieve(knowledgeBaseId="K", retrievalQuery={"text": "x"})  #> bedrock-agent Retrieve wrong bedrock-agent-runtime
        return {}
    return app.resolve(event, context)
