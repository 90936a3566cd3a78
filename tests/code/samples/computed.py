"""Services, operations and attributes whose names are computed."""
import boto3

PREFIX = "bedrock"
OPERATIONS = {"chat": "converse", "stream": "converse_stream"}
METHODS = ["list_agents", "list_knowledge_bases"]

runtime = boto3.client(PREFIX + "-runtime")
agents = boto3.client("{}-agent".format(PREFIX))
session = boto3.Session(region_name="eu-central-1")
make = getattr(session, "cl" + "ient")
search = make(f"{PREFIX}-agent-runtime")


def chat(text):
    return getattr(runtime, "con" + "verse")(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime Converse


def table(text):
    return getattr(runtime, OPERATIONS["stream"])(modelId="a.b-v1:0", messages=[text])  #> bedrock-runtime ConverseStream


def all_names():
    for name in METHODS:
        getattr(session.client("bedrock-agent"), name)()  #> bedrock-agent ListAgents #> bedrock-agent ListKnowledgeBases


def find(text):
    return search.retrieve(knowledgeBaseId="kb", retrievalQuery={"text": text})  #> bedrock-agent-runtime Retrieve


def formatted():
    return agents.list_flows()  #> bedrock-agent ListFlows


def percent():
    return boto3.client("%s-runtime" % PREFIX).apply_guardrail(guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[])  #> bedrock-runtime ApplyGuardrail
