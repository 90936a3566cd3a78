"""Puts a document, ingests it and asks a question, once the stack ``Rag`` is deployed.

Run it with ``python examples/rag/try_it.py``, as somebody who may assume the operator role.
"""

import json
import sys
import time
from typing import Any

import boto3

QUESTION = "How many days of leave may be carried over?"
DOCUMENT = b"# Leave\nUp to five days of leave may be carried over to the next year."

[stack] = boto3.client("cloudformation").describe_stacks(StackName="Rag")["Stacks"]
out = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def operator(service: str) -> Any:
    """Make a client that calls as the operator role."""
    role = boto3.client("sts").assume_role(RoleArn=out["OperatorRoleArn"], RoleSessionName="try-it")
    return boto3.client(
        service,
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
    )


operator("s3").put_object(Bucket=out["DocumentsBucketName"], Key="leave.md", Body=DOCUMENT)

agent = operator("bedrock-agent")
ids = {"knowledgeBaseId": out["KnowledgeBaseId"], "dataSourceId": out["DataSourceId"]}
job = agent.start_ingestion_job(**ids)["ingestionJob"]
while job["status"] in {"STARTING", "IN_PROGRESS"}:
    time.sleep(1)
    job = agent.get_ingestion_job(**ids, ingestionJobId=job["ingestionJobId"])["ingestionJob"]
if job["status"] != "COMPLETE" or job["statistics"]["numberOfDocumentsFailed"]:
    sys.exit(f"the ingestion ended as {job['status']}: {job['statistics']} {job.get('failureReasons')}")

reply = boto3.client("lambda").invoke(
    FunctionName=out["FunctionName"], Payload=json.dumps({"question": QUESTION})
)
print(reply["Payload"].read().decode())  # noqa: T201 - the answer
