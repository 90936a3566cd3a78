"""A help desk as one finds it. It uses the CDK's own constructs only, and knows nothing of Bedrock Planes.

Run it with ``cdk synth`` in this folder. The same app, repaired, is ``repaired.py``.
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


# Answers from the documents, and each night takes in those that changed.
answers = function(
    "Answers",
    f"""
import boto3

def handler(event, context):
    if event.get("source") == "aws.events":
        boto3.client("bedrock-agent").start_ingestion_job(
            knowledgeBaseId="{KNOWLEDGE_BASE}", dataSourceId="{DATA_SOURCE}"
        )
        return
    return boto3.client("bedrock-agent-runtime").retrieve_and_generate(
        input={{"text": event["question"]}},
        retrieveAndGenerateConfiguration={{
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {{"knowledgeBaseId": "{KNOWLEDGE_BASE}", "modelArn": "{MODEL}"}},
        }},
    )["output"]["text"]
""",
)
answers.add_to_role_policy(iam.PolicyStatement(actions=["bedrock:*"], resources=["*"]))
events.Rule(
    stack,
    "Nightly",
    schedule=events.Schedule.rate(cdk.Duration.days(1)),
    targets=[targets.LambdaFunction(answers)],
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
chat.add_to_role_policy(
    iam.PolicyStatement(
        actions=["bedrock:Converse", "bedrock:ConverseStream"],
        resources=[f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"],
    )
)

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
cases.add_to_role_policy(
    iam.PolicyStatement(
        actions=["bedrock:InvokeAgent"],
        resources=[f"arn:aws:bedrock:us-east-1:111122223333:agent/{AGENT}"],
    )
)

app.synth()
