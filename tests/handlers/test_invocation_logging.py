"""The custom resource's handler, against botocore's Stubber."""

from __future__ import annotations

import hashlib
import io
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.handlers import invocation_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = {
    "cloudWatchConfig": {
        "logGroupName": "ours",
        "roleArn": "arn:aws:iam::111122223333:role/ours-role-of-logging",
    },
    "textDataDeliveryEnabled": True,
    "imageDataDeliveryEnabled": False,
}
THEIRS = {"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": True}
PUT = "put_model_invocation_logging_configuration"
GET = "get_model_invocation_logging_configuration"
DELETE = "delete_model_invocation_logging_configuration"


class Bedrock:
    """A stubbed client, and the seconds that the handler would have slept."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "bedrock", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stub = Stubber(self.client)
        self.slept: list[int] = []

    def get(self, config: dict[str, Any] | None) -> Bedrock:
        self.stub.add_response(GET, {"loggingConfig": config} if config else {}, {})
        return self

    def put(self, config: dict[str, Any]) -> Bedrock:
        self.stub.add_response(PUT, {}, {"loggingConfig": config})
        return self

    def delete(self) -> Bedrock:
        self.stub.add_response(DELETE, {}, {})
        return self

    def fail(self, method: str, code: str) -> Bedrock:
        self.stub.add_client_error(method, code, "because")
        return self

    def apply(self, kind: str, physical: str | None = None, config: dict[str, Any] = OURS) -> str:
        event = {"RequestType": kind, "ResourceProperties": {"LoggingConfig": json.dumps(config)}}
        if physical is not None:
            event["PhysicalResourceId"] = physical
        return invocation_logging.apply(event, self.client, sleep=self.slept.append)


@pytest.fixture
def bedrock() -> Iterator[Bedrock]:
    made = Bedrock()
    with made.stub:
        yield made
        made.stub.assert_no_pending_responses()


def test_create_sets_the_configuration(bedrock: Bedrock) -> None:
    assert bedrock.get(None).put(OURS).apply("Create").startswith("bedrock-invocation-logging:")


def test_delete_removes_what_create_set(bedrock: Bedrock) -> None:
    physical = bedrock.get(None).put(OURS).apply("Create")
    assert bedrock.get(OURS).delete().apply("Delete", physical) == physical


def test_delete_puts_back_what_stood_before(bedrock: Bedrock) -> None:
    physical = bedrock.get(THEIRS).put(OURS).apply("Create")
    bedrock.get(OURS).put(THEIRS).apply("Delete", physical)


def test_delete_leaves_what_somebody_else_set_since(bedrock: Bedrock) -> None:
    physical = bedrock.get(None).put(OURS).apply("Create")
    bedrock.get(THEIRS).apply("Delete", physical)


def test_delete_with_nothing_set_does_nothing(bedrock: Bedrock) -> None:
    physical = bedrock.get(None).put(OURS).apply("Create")
    bedrock.get(None).apply("Delete", physical)


def test_settings_that_the_service_adds_do_not_make_it_somebody_elses(bedrock: Bedrock) -> None:
    physical = bedrock.get(None).put(OURS).apply("Create")
    bedrock.get({**OURS, "videoDataDeliveryEnabled": True}).delete().apply("Delete", physical)


def test_a_former_setting_that_is_refused_by_now_is_switched_off(bedrock: Bedrock) -> None:
    physical = bedrock.get(THEIRS).put(OURS).apply("Create")
    bedrock.get(OURS).fail(PUT, "AccessDeniedException").delete().apply("Delete", physical)


def test_a_create_that_comes_twice_forgets_nothing_and_keeps_nothing(bedrock: Bedrock) -> None:
    physical = bedrock.get(OURS).put(OURS).apply("Create")
    bedrock.get(OURS).delete().apply("Delete", physical)


def test_update_keeps_the_id_and_with_it_the_former_setting(bedrock: Bedrock) -> None:
    physical = bedrock.get(THEIRS).put(OURS).apply("Create")
    changed = {**OURS, "imageDataDeliveryEnabled": True}
    assert bedrock.put(changed).apply("Update", physical, changed) == physical
    bedrock.get(changed).put(THEIRS).apply("Delete", physical, changed)


def test_deleting_what_was_never_made_calls_nothing(bedrock: Bedrock) -> None:
    assert bedrock.apply("Delete", "bedrock-invocation-logging") == "bedrock-invocation-logging"


def test_an_id_that_holds_no_setting_counts_as_none(bedrock: Bedrock) -> None:
    bedrock.get(OURS).delete().apply("Delete", "bedrock-invocation-logging:!!")


@pytest.mark.parametrize("code", ["ValidationException", "ThrottlingException", "ConflictException"])
def test_a_failure_that_may_pass_is_tried_again(bedrock: Bedrock, code: str) -> None:
    bedrock.get(None).fail(PUT, code).fail(PUT, code).put(OURS).apply("Create")
    assert bedrock.slept == [1, 2]


def test_a_failure_that_stays_is_raised_after_five_retries(bedrock: Bedrock) -> None:
    bedrock.get(None)
    for _ in range(6):
        bedrock.fail(PUT, "ValidationException")
    with pytest.raises(bedrock.client.exceptions.ClientError, match="ValidationException"):
        bedrock.apply("Create")
    assert bedrock.slept == [1, 2, 4, 8, 16]


def test_a_denied_call_is_not_tried_again(bedrock: Bedrock) -> None:
    bedrock.get(None).fail(PUT, "AccessDeniedException")
    with pytest.raises(bedrock.client.exceptions.ClientError, match="AccessDeniedException"):
        bedrock.apply("Create")
    assert bedrock.slept == []


def test_a_lost_connection_is_tried_again(bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([EndpointConnectionError(endpoint_url="https://bedrock"), None])

    def put(**_: Any) -> None:
        if (error := next(answers)) is not None:
            raise error

    bedrock.get(None)
    monkeypatch.setattr(bedrock.client, PUT, put)
    bedrock.apply("Create")
    assert bedrock.slept == [1]


def test_a_former_setting_too_long_to_keep_is_refused_before_anything_changes(bedrock: Bedrock) -> None:
    noise = "".join(hashlib.sha256(bytes([i])).hexdigest() for i in range(32))
    bedrock.get({"s3Config": {"bucketName": "theirs", "keyPrefix": noise}})
    with pytest.raises(ValueError, match="delete-model-invocation-logging-configuration"):
        bedrock.apply("Create")


def test_an_unknown_request_is_an_error(bedrock: Bedrock) -> None:
    with pytest.raises(ValueError, match="Rename"):
        bedrock.apply("Rename", "x")


@pytest.mark.parametrize("text", ["[]", "1"])
def test_a_configuration_that_is_no_object_is_an_error(bedrock: Bedrock, text: str) -> None:
    event = {"RequestType": "Create", "ResourceProperties": {"LoggingConfig": text}}
    with pytest.raises(TypeError, match="JSON object"):
        invocation_logging.apply(event, bedrock.client)


# ------------------------------------------------------------ answering CloudFormation
EVENT = {
    "RequestType": "Create",
    "ResourceProperties": {"LoggingConfig": json.dumps(OURS)},
    "ResponseURL": "https://cloudformation.invalid/answer?signature=x",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "Logging",
}


class Answers:
    """What CloudFormation received; `failures` is how often the connection breaks first."""

    def __init__(self) -> None:
        self.failures = 0
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def urlopen(self, request: urllib.request.Request, timeout: float) -> io.BytesIO:
        if self.failures:
            self.failures -= 1
            raise urllib.error.URLError("unreachable")
        assert isinstance(request.data, bytes)
        assert timeout <= 10
        self.bodies.append(json.loads(request.data))
        self.headers.append(dict(request.header_items()))
        return io.BytesIO()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, bedrock: Bedrock) -> Answers:
    made = Answers()
    monkeypatch.setattr(urllib.request, "urlopen", made.urlopen)
    monkeypatch.setattr(boto3, "client", lambda _: bedrock.client)
    monkeypatch.setattr(time, "sleep", bedrock.slept.append)
    return made


def test_success_is_answered_with_the_id(answers: Answers, bedrock: Bedrock) -> None:
    bedrock.get(None).put(OURS)
    invocation_logging.handler(EVENT, None)
    [body] = answers.bodies
    assert body["Status"] == "SUCCESS"
    assert body["PhysicalResourceId"].startswith("bedrock-invocation-logging:")
    assert {k: body[k] for k in ("StackId", "RequestId", "LogicalResourceId")} == {
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Logging",
    }
    assert answers.headers[0]["Content-type"] == ""


def test_every_failure_is_answered_with_its_reason(answers: Answers, bedrock: Bedrock) -> None:
    bedrock.get(None).fail(PUT, "AccessDeniedException")
    invocation_logging.handler(EVENT, None)
    [body] = answers.bodies
    assert body["Status"] == "FAILED"
    assert "AccessDeniedException" in body["Reason"]
    # Deleting by this id does nothing, which is what a creation without effect asks for.
    assert body["PhysicalResourceId"] == "bedrock-invocation-logging"


def test_a_failed_update_answers_with_the_id_that_it_was_given(answers: Answers, bedrock: Bedrock) -> None:
    bedrock.fail(PUT, "AccessDeniedException")
    invocation_logging.handler({**EVENT, "RequestType": "Update", "PhysicalResourceId": "kept"}, None)
    assert [body["PhysicalResourceId"] for body in answers.bodies] == ["kept"]


def test_a_malformed_event_is_answered_too(answers: Answers, bedrock: Bedrock) -> None:
    invocation_logging.handler({**EVENT, "ResourceProperties": {}}, None)
    assert [body["Status"] for body in answers.bodies] == ["FAILED"]


def test_a_long_reason_is_cut_to_what_cloudformation_takes(answers: Answers, bedrock: Bedrock) -> None:
    invocation_logging.handler({**EVENT, "RequestType": "x" * 9000}, None)
    assert len(answers.bodies[0]["Reason"]) < 1000


def test_an_answer_that_does_not_get_through_is_sent_again(answers: Answers, bedrock: Bedrock) -> None:
    bedrock.get(None).put(OURS)
    answers.failures = 2
    invocation_logging.handler(EVENT, None)
    assert (len(answers.bodies), bedrock.slept) == (1, [1, 2])


def test_an_answer_that_never_gets_through_makes_lambda_try_again(answers: Answers, bedrock: Bedrock) -> None:
    bedrock.get(None).put(OURS)
    answers.failures = 99
    with pytest.raises(urllib.error.URLError):
        invocation_logging.handler(EVENT, None)
