"""Batch inference: a job reads and writes as its role, and says what the role lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

BUCKET = "batches"
OBJECTS = f"arn:aws:s3:::{BUCKET}"
FILES = (
    ("s3:ListBucket", OBJECTS),
    ("s3:GetObject", f"{OBJECTS}/in/*"),
    ("s3:PutObject", f"{OBJECTS}/out/*"),
)
PROFILE = "us.amazon.nova-lite-v1:0"
MODELS = [
    ("bedrock:InvokeModel", f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{PROFILE}"),
    ("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"),
    ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111122223333:project/default"),
]
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
INVOKE = {"schemaVersion": "messages-v1", **CONVERSE}


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    local_aws.reset()
    local_aws.client("s3").create_bucket(Bucket=BUCKET)
    put(local_aws, "in/one.jsonl", {"recordId": "A1", "modelInput": CONVERSE}, {"modelInput": CONVERSE})
    return local_aws


def put(aws: LocalAws, key: str, *records: Any) -> None:
    body = "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)
    aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body.encode())


def role(
    aws: LocalAws,
    grants: tuple[tuple[str, str], ...] | list[tuple[str, str]] = FILES,
    source: str = "model-invocation-job/*",
) -> str:
    iam = aws.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-east-1:111122223333:{source}"}},
    }
    made = iam.create_role(
        RoleName="jobs",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    statements = [{"Effect": "Allow", "Action": action, "Resource": where} for action, where in grants]
    if statements:
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName="jobs", PolicyName="inline", PolicyDocument=json.dumps(document))
    return str(made)


def run(aws: LocalAws, role_arn: str, *, model: str = "amazon.nova-lite-v1:0", **more: str) -> dict[str, Any]:
    bedrock = aws.client("bedrock")
    arn = bedrock.create_model_invocation_job(
        jobName="job",
        modelId=model,
        roleArn=role_arn,
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"s3://{BUCKET}/in/"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"s3://{BUCKET}/out/"}},
        **{"modelInvocationType": "Converse", **more},
    )["jobArn"]
    found: dict[str, Any] = bedrock.get_model_invocation_job(jobIdentifier=arn)
    assert bedrock.get_model_invocation_job(jobIdentifier=arn.rpartition("/")[2])["jobArn"] == arn
    [listed] = bedrock.list_model_invocation_jobs()["invocationJobSummaries"]
    assert listed["status"] == found["status"]
    return found


def output(aws: LocalAws, job: dict[str, Any], name: str) -> list[Any]:
    key = f"out/{job['jobArn'].rpartition('/')[2]}/{name}"
    body = aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    return [json.loads(line) for line in body.splitlines()]


def test_a_job_answers_each_record(aws: LocalAws) -> None:
    job = run(aws, role(aws))
    assert (job["status"], job["successRecordCount"]) == ("Completed", 2)
    first, second = output(aws, job, "one.jsonl.out")
    assert first["recordId"] == "A1"
    assert second["recordId"]
    assert first["modelInput"] == CONVERSE
    assert first["modelOutput"]["output"]["message"]["role"] == "assistant"
    assert output(aws, job, "manifest.json.out") == [
        {"totalRecordCount": 2, "processedRecordCount": 2, "successRecordCount": 2, "errorRecordCount": 0}
    ]


def test_a_job_of_the_other_format_answers_as_invoke_model_does(aws: LocalAws) -> None:
    put(aws, "in/one.jsonl", {"recordId": "A1", "modelInput": INVOKE})
    job = run(aws, role(aws), modelInvocationType="InvokeModel")
    assert job["status"] == "Completed", job
    [answered] = output(aws, job, "one.jsonl.out")
    asked = aws.client("bedrock-runtime").invoke_model(
        modelId="amazon.nova-lite-v1:0", body=json.dumps(INVOKE)
    )
    assert answered["modelOutput"].keys() == json.loads(asked["body"].read()).keys()


def test_a_bad_record_is_counted_and_the_others_are_answered(aws: LocalAws) -> None:
    put(aws, "in/one.jsonl", "{", {"recordId": "A2"}, {"recordId": "A3", "modelInput": CONVERSE}, [])
    job = run(aws, role(aws))
    assert (job["status"], job["errorRecordCount"], job["successRecordCount"]) == ("PartiallyCompleted", 3, 1)
    answered = output(aws, job, "one.jsonl.out")
    assert ["error" in line for line in answered] == [True, True, False, True]


@pytest.mark.parametrize("missing", range(len(FILES)))
def test_a_job_fails_with_the_permission_that_its_role_lacks(aws: LocalAws, missing: int) -> None:
    job = run(aws, role(aws, [one for at, one in enumerate(FILES) if at != missing]))
    assert job["status"] == "Failed"
    assert FILES[missing][0] in job["message"]


@pytest.mark.parametrize("missing", [None, 0, 1, 2])
def test_a_job_on_a_profile_needs_the_profile_and_the_models(aws: LocalAws, missing: int | None) -> None:
    models = [one for at, one in enumerate(MODELS) if at != missing]
    job = run(aws, role(aws, [*FILES, *models]), model=PROFILE)
    assert job["status"] == ("Completed" if missing is None else "Failed"), job.get("message")
    assert missing is None or "bedrock:InvokeModel" in job["message"]


def test_a_job_without_prompts_fails(aws: LocalAws) -> None:
    aws.client("s3").delete_object(Bucket=BUCKET, Key="in/one.jsonl")
    assert "no JSONL file" in run(aws, role(aws))["message"]


def test_a_role_for_other_jobs_is_refused(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="not able to assume the role"):
        run(aws, role(aws, source="evaluation-job/*"))


def test_an_unknown_job_is_not_found(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("bedrock").get_model_invocation_job(jobIdentifier="a0b1c2d3e4f5")
