"""FastAPI."""
import boto3
from fastapi import Depends, FastAPI, Request
from fastapi.responses import StreamingResponse
from typing import Annotated

app = FastAPI()


@app.on_event("startup")
async def startup():
    app.state.bedrock = boto3.client("bedrock-runtime")


def get_kb():
    c = boto3.client("bedrock-agent-runtime")
    try:
        yield c
    finally:
        c.close()


def get_bedrock():
    return boto3.client("bedrock-runtime")


BedrockDep = Annotated[object, Depends(get_bedrock)]


@app.post("/chat")
def chat(req: dict, kb=Depends(get_kb)):
    return kb.retrieve(knowledgeBaseId="KB12345678", retrievalQuery={"text": req["q"]})  #> bedrock-agent-runtime Retrieve


@app.post("/stream")
def stream(req: dict, client: Annotated[object, Depends(get_bedrock)]):
    def gen():
        for e in client.converse_stream(modelId="amazon.nova-lite-v1:0", messages=[])["stream"]:  #> bedrock-runtime ConverseStream
            yield str(e)

    return StreamingResponse(gen())


@app.post("/typed")
def typed(req: dict, client: BedrockDep):
    return client.invoke_model(modelId="m", body="{}")  #> bedrock-runtime InvokeModel


@app.get("/s")
def from_state(request: Request):
    return request.app.state.bedrock.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
