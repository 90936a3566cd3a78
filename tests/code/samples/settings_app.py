from functools import partial
from typing import Annotated

import boto3
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    bedrock_region: str = "eu-west-1"
    knowledge_base_id: str
    model_arn: str = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"


settings = Settings()
router = APIRouter()
make = partial(boto3.client, region_name=settings.bedrock_region)


def get_agents():
    client = make("bedrock-agent-runtime")
    try:
        yield client
    finally:
        client.close()


Agents = Annotated[object, Depends(get_agents)]


class Question(BaseModel):
    text: str


@router.post("/ask")
async def ask(question: Question, agents: Agents):
    try:
        return agents.retrieve_and_generate(  #> bedrock-agent-runtime RetrieveAndGenerate
            input={"text": question.text},
            retrieveAndGenerateConfiguration={
                "type": "KNOWLEDGE_BASE",
                "knowledgeBaseConfiguration": {
                    "knowledgeBaseId": settings.knowledge_base_id,
                    "modelArn": settings.model_arn,
                },
            },
        )
    except agents.exceptions.ThrottlingException as error:
        raise HTTPException(429) from error


@router.get("/search")
def search(q: str, agents=Depends(get_agents)):
    return agents.retrieve(knowledgeBaseId=settings.knowledge_base_id, retrievalQuery={"text": q})  #> bedrock-agent-runtime Retrieve


@router.get("/kbs")
def kbs(agents=Depends(get_agents)):
    return agents.list_knowledge_bases()  #> bedrock-agent-runtime ListKnowledgeBases wrong bedrock-agent


app = FastAPI()
app.include_router(router)
