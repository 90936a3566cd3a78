"""Asks the agent and prints its answer as it comes, once the stack ``Assistant`` is deployed.

Run it with ``python ask.py "Where is my order?"``, as somebody who may assume the app role. It needs boto3.
"""

import sys
import uuid

import boto3

QUESTION = " ".join(sys.argv[1:]) or "Where is my order 4711?"

[stack] = boto3.client("cloudformation").describe_stacks(StackName="Assistant")["Stacks"]
out = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
role = boto3.client("sts").assume_role(RoleArn=out["AppRoleArn"], RoleSessionName="ask")
agent = boto3.client(
    "bedrock-agentcore",
    aws_access_key_id=role["Credentials"]["AccessKeyId"],
    aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
    aws_session_token=role["Credentials"]["SessionToken"],
)
reply = agent.invoke_harness(
    harnessArn=out["HarnessArn"],
    qualifier=out["Endpoint"],
    runtimeSessionId=f"ask-{uuid.uuid4()}",  # the same one goes on with a conversation
    messages=[{"role": "user", "content": [{"text": QUESTION}]}],
)
for event in reply["stream"]:
    sys.stdout.write(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""))
sys.stdout.write("\n")
