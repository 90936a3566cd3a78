"""The help desk of ``app.py``, repaired with the CDK's own constructs: one plane, exact ARNs for each role.

Run it with ``cdk synth --app "python repaired.py"`` in this folder.
"""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

KNOWLEDGE_BASE = "KB12345678"
DATA_SOURCE = "DS12345678"
AGENT = "AG12345678"
MODEL = "amazon.nova-lite-v1:0"

KNOWLEDGE_BASE_ARN = f"arn:aws:bedrock:us-east-1:111122223333:knowledge-base/{KNOWLEDGE_BASE}"
MODEL_ARN = f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"

app = cdk.App()
stack = cdk.Stack(app, "HelpDesk", env=cdk.Environment(account="111122223333", region="us-east-1"))


def function(name: str, code: str) -> lambda_.Function:
    """Make a function with a role of its own."""
    return lambda_.Function(
        stack,
        name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
    )


def allow(to: lambda_.Function, actions: list[str], resource: str) -> None:
    """Give the function's role actions on one resource."""
    to.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))


# Answers from the documents, and does nothing else.
answers = function(
    "Answers",
    f"""
import boto3

def handler(event, context):
    return boto3.client("bedrock-agent-runtime").retrieve_and_generate(
        input={{"text": event["question"]}},
        retrieveAndGenerateConfiguration={{
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {{"knowledgeBaseId": "{KNOWLEDGE_BASE}", "modelArn": "{MODEL}"}},
        }},
    )["output"]["text"]
""",
)
allow(answers, ["bedrock:Retrieve"], KNOWLEDGE_BASE_ARN)
allow(answers, ["bedrock:RetrieveAndGenerate"], "*")  # it takes no ARN
allow(answers, ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], MODEL_ARN)

# Takes in each night what has changed: the control plane, so a function and a role of its own.
sync = function(
    "Sync",
    f"""
import boto3

def handler(event, context):
    boto3.client("bedrock-agent").start_ingestion_job(
        knowledgeBaseId="{KNOWLEDGE_BASE}", dataSourceId="{DATA_SOURCE}"
    )
""",
)
allow(sync, ["bedrock:StartIngestionJob"], KNOWLEDGE_BASE_ARN)
events.Rule(
    stack,
    "Nightly",
    schedule=events.Schedule.rate(cdk.Duration.days(1)),
    targets=[targets.LambdaFunction(sync)],
)

# Talks to people, word by word.
chat = function(
    "Chat",
    f"""
import boto3

def handler(event, context):
    reply = boto3.client("bedrock-runtime").converse_stream(
        modelId="{MODEL}", messages=[{{"role": "user", "content": [{{"text": event["question"]}}]}}]
    )
    parts = (event["contentBlockDelta"] for event in reply["stream"] if "contentBlockDelta" in event)
    return "".join(part["delta"]["text"] for part in parts)
""",
)
# ConverseStream has no action of its own in IAM.
allow(chat, ["bedrock:InvokeModelWithResponseStream"], MODEL_ARN)

# Hands a case to the agent.
cases = function(
    "Cases",
    f"""
import boto3

def handler(event, context):
    reply = boto3.client("bedrock-agent-runtime").invoke_agent(
        agentId="{AGENT}", agentAliasId="LIVE123456", sessionId=event["case"], inputText=event["question"]
    )
    return b"".join(e["chunk"]["bytes"] for e in reply["completion"] if "chunk" in e).decode()
""",
)
# An agent is called through an alias, and IAM asks for the alias.
allow(
    cases, ["bedrock:InvokeAgent"], f"arn:aws:bedrock:us-east-1:111122223333:agent-alias/{AGENT}/LIVE123456"
)

app.synth()
