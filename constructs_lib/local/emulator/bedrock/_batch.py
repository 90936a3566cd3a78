# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""CreateModelInvocationJob: prompts of JSONL files, through the model, into files beside a manifest.

The job is over at once. Its files are read and written as its service role, and with an inference profile the
model is called as it; with a foundation model Bedrock asks the role for nothing.
https://docs.aws.amazon.com/bedrock/latest/userguide/batch-iam-sr.html
https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock, bedrock_runtime, s3

from constructs_lib.local.emulator.authorization import BEDROCK, arn, model_checks, refusal, trusts
from constructs_lib.local.emulator.protocol import AwsError, Check

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["check_role", "describe", "run"]

_NEW_ID = "000000000000"
_COUNTS = ("totalRecordCount", "processedRecordCount", "successRecordCount", "errorRecordCount")


class _Failed(Exception):  # noqa: N818 - the end of a job, not of the program
    """The job can't go on; the argument is the reason."""


def check_role(_call: Call, request: Request) -> None:
    """Refuse a job whose role Bedrock can't assume."""
    role = str(request.document.get("roleArn", ""))
    if not trusts(role, BEDROCK, arn(f"model-invocation-job/{_NEW_ID}")):
        raise AwsError("ValidationException", f"Amazon Bedrock is not able to assume the role {role}")


def run(_call: Call, request: Request, response: Response) -> Response:
    """Run the job that has just been made to its end."""
    if response[0] != HTTPStatus.OK:
        return response
    job = bedrock._model_invocation_jobs[json.loads(response[2])["jobArn"]]
    document = request.document
    counts = dict.fromkeys(_COUNTS, 0)
    try:
        _run(job, document, counts)
        job["Status"] = "PartiallyCompleted" if counts["errorRecordCount"] else "Completed"
    except _Failed as e:
        job["Status"], job["Message"] = "Failed", str(e)
    job |= {name[0].upper() + name[1:]: number for name, number in counts.items()}
    job["SubmitTime"] = job["CreationTime"]
    job["EndTime"] = job["LastModifiedTime"] = bedrock._now_iso()
    job["ModelInvocationType"] = document.get("modelInvocationType", "InvokeModel")
    return response


def describe(call: Call, _request: Request) -> Response:
    """Serve GetModelInvocationJob, by ARN or by id."""
    name = call.labels["jobIdentifier"]
    for job_arn, job in bedrock._model_invocation_jobs.items():
        if name in {job_arn, job_arn.rpartition("/")[2]}:
            shown = {key: value for key, value in job.items() if key not in {"BodyEcho", "CreationTime"}}
            response: Response = bedrock._json(shown)
            return response
    raise AwsError("ResourceNotFoundException", f"Could not find model invocation job: {name}")


def _run(job: dict[str, Any], document: dict[str, Any], counts: dict[str, int]) -> None:
    role, model = str(document["roleArn"]), str(document["modelId"])
    checks = model_checks("bedrock:InvokeModel", model)
    if any("inference-profile/" in check.resource for check in checks):
        _need(role, *checks)
    bucket, prefix = _place(document["inputDataConfig"]["s3InputDataConfig"]["s3Uri"])
    target, folder = _place(document["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"])
    folder = f"{folder.rstrip('/')}/{job['JobArn'].rpartition('/')[2]}".lstrip("/")
    converses = document.get("modelInvocationType") == "Converse"
    for key in _listed(role, bucket, prefix):
        _need(role, Check("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"))
        lines = (s3._get_object_data(bucket, key) or b"").decode("utf-8", "replace").splitlines()
        answers = [_answered(model, line, counts, converses=converses) for line in lines if line.strip()]
        _put(role, target, f"{folder}/{key.rpartition('/')[2]}.out", answers)
    _put(role, target, f"{folder}/manifest.json.out", [counts])


def _need(role: str, *checks: Check) -> None:
    if sentence := refusal(role, *checks):
        raise _Failed(sentence)


def _place(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _listed(role: str, bucket: str, prefix: str) -> list[str]:
    _need(role, Check("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix} if prefix else {}))
    found = s3._buckets.get(bucket)
    if found is None:
        raise _Failed(f"The specified bucket does not exist: {bucket}")
    keys = [key for key in sorted(found["objects"]) if key.startswith(prefix) and key.endswith(".jsonl")]
    if not keys:
        raise _Failed(f"There is no JSONL file at s3://{bucket}/{prefix}")
    return keys


def _answered(model: str, line: str, counts: dict[str, int], *, converses: bool) -> dict[str, Any]:
    """Return the line of the output for one record, and count it."""
    counts["totalRecordCount"] += 1
    counts["processedRecordCount"] += 1
    try:
        record = json.loads(line)
        body = json.dumps(record["modelInput"]).encode()
    except (ValueError, KeyError, TypeError):  # a record that cannot be read is counted, and the job goes on
        counts["errorRecordCount"] += 1
        return {
            "error": {"errorCode": 400, "errorMessage": "The record is not a JSON object with modelInput"}
        }
    call = bedrock_runtime._converse if converses else bedrock_runtime._invoke_model
    status, _headers, made = call(model, {}, body)
    shown = {"recordId": record.get("recordId") or f"REC{counts['totalRecordCount']:08}"}
    shown["modelInput"] = record["modelInput"]
    if status == HTTPStatus.OK:
        counts["successRecordCount"] += 1
        return {**shown, "modelOutput": json.loads(made)}
    counts["errorRecordCount"] += 1
    return {**shown, "error": {"errorCode": status, "errorMessage": json.loads(made).get("message", "")}}


def _put(role: str, bucket: str, key: str, lines: list[Any]) -> None:
    _need(role, Check("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}"))
    body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    status, _headers, made = s3._put_object(bucket, key, body, {})
    if status != HTTPStatus.OK:
        raise _Failed(made.decode("utf-8", "replace"))
