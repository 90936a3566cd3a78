"""Puts prompts, runs them as one batch and prints the answers, once the stack ``Batch`` is deployed.

Run it with ``python submit.py``, as somebody who may assume the operator role. It needs boto3.
"""

import json
import sys
import time
from typing import Any

import boto3

MODEL = "amazon.nova-lite-v1:0"
# A job takes at least 100 records, or what the quota of the model says.
# https://docs.aws.amazon.com/bedrock/latest/userguide/quotas.html
PROMPTS = [f"Name one thing that there are {number} of." for number in range(1, 101)]

[stack] = boto3.client("cloudformation").describe_stacks(StackName="Batch")["Stacks"]
out = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
bucket = out["BucketName"]


def operator(service: str) -> Any:
    """Make a client that calls as the operator role."""
    role = boto3.client("sts").assume_role(RoleArn=out["OperatorRoleArn"], RoleSessionName="submit")
    return boto3.client(
        service,
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
    )


records = [
    {"recordId": f"P{number:07}", "modelInput": {"messages": [{"role": "user", "content": [{"text": text}]}]}}
    for number, text in enumerate(PROMPTS)
]
name = f"things-{int(time.time())}"
s3 = operator("s3")
s3.put_object(Bucket=bucket, Key=f"in/{name}.jsonl", Body="\n".join(map(json.dumps, records)).encode())

bedrock = operator("bedrock")
arn = bedrock.create_model_invocation_job(
    jobName=name,
    modelId=MODEL,
    modelInvocationType="Converse",
    roleArn=out["JobRoleArn"],
    inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{bucket}/in/{name}.jsonl"}},
    outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{bucket}/out/{name}/"}},
)["jobArn"]
while (job := bedrock.get_model_invocation_job(jobIdentifier=arn))["status"] in {
    "Submitted",
    "Validating",
    "Scheduled",
    "InProgress",
}:
    time.sleep(20)
if job["status"] != "Completed":
    sys.exit(f"the batch ended as {job['status']}: {job.get('message', 'see the output for failed records')}")

for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"out/{name}/"):
    for key in (one["Key"] for one in page["Contents"] if one["Key"].endswith(".jsonl.out")):
        for line in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines():
            answer = json.loads(line)
            text = answer["modelOutput"]["output"]["message"]["content"][0]["text"]
            print(answer["recordId"], text)  # noqa: T201 - the answer
