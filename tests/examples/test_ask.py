"""The Lambda function, against stubbed clients: each request is compared whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from examples.ask import handler as ask

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = {
    "KNOWLEDGE_BASE_ID": "KB12345678",
    "MODEL_ID": "amazon.nova-lite-v1:0",
    "GUARDRAIL_ID": "gr1234567890",
    "GUARDRAIL_VERSION": "3",
    "AWS_REGION": "eu-west-1",
}
PASSAGE = {
    "content": {"text": "ConverseStream is authorised by InvokeModelWithResponseStream."},
    "location": {"type": "S3", "s3Location": {"uri": "s3://documents/streaming.md"}},
}
CITATION = {"source": "s3://documents/streaming.md", "text": PASSAGE["content"]["text"]}  # type: ignore[index]  # a plain dict
RETRIEVE = {
    "knowledgeBaseId": "KB12345678",
    "retrievalQuery": {"text": "Why?"},
    "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": 4}},
}
GENERATE = {
    "input": {"text": "Why?"},
    "retrieveAndGenerateConfiguration": {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": "KB12345678",
            "modelArn": "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0",
            "generationConfiguration": {
                "guardrailConfiguration": {"guardrailId": "gr1234567890", "guardrailVersion": "3"}
            },
        },
    },
}
CONVERSE = {
    "modelId": "amazon.nova-lite-v1:0",
    "system": [{"text": ask.SYSTEM}],
    "messages": [
        {
            "role": "user",
            "content": [{"text": f"Passages:\n{CITATION['text']}"}, {"text": "Question: Why?"}],
        }
    ],
    "inferenceConfig": {"maxTokens": 512, "temperature": 0.0},
    "guardrailConfig": {"guardrailIdentifier": "gr1234567890", "guardrailVersion": "3"},
}


KINDS = {
    "AccessDeniedException": "missing-action",
    "ThrottlingException": "throttling",
    "ValidationException": "validation",
}


SMALL, LARGE = ENVIRONMENT["MODEL_ID"], "amazon.nova-pro-v1:0"


def told(*texts: str, stop_reason: str = "end_turn", cached: int = 0) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text} for text in texts]}},
        "stopReason": stop_reason,
        "usage": {
            "inputTokens": 1,
            "outputTokens": 1,
            "totalTokens": 2 + cached,
            "cacheReadInputTokens": cached,
        },
        "metrics": {"latencyMs": 1},
    }


class Stubs:
    """A stubber for each client that the handler may create; any other client is an error."""

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(
                name, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
            )
            for name in ("bedrock-runtime", "bedrock-agent-runtime")
        }
        self.stubbers = {name: Stubber(client) for name, client in self.clients.items()}

    def __getitem__(self, name: str) -> Stubber:
        return self.stubbers[name]


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubs]:
    for name in (*ENVIRONMENT, "MODEL_ARN", "LARGE_MODEL_ID", "PROMPT_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    made = Stubs()
    monkeypatch.setattr(ask, "_client", made.clients.__getitem__)
    for stubber in made.stubbers.values():
        stubber.activate()
    yield made
    for stubber in made.stubbers.values():
        stubber.assert_no_pending_responses()


def call(event: Any) -> tuple[int, dict[str, Any]]:
    response = ask.handler(event, None)
    return response["statusCode"], json.loads(response["body"])


def test_generate_asks_once_under_the_guardrail_and_cites(stubs: Stubs) -> None:
    answer = {
        "sessionId": "session",
        "output": {"text": "Because."},
        "citations": [{"retrievedReferences": [PASSAGE]}],
        "guardrailAction": "NONE",
    }
    stubs["bedrock-agent-runtime"].add_response("retrieve_and_generate", answer, GENERATE)
    assert call({"question": " Why? "}) == (
        200,
        {"answer": "Because.", "citations": [CITATION], "guardrail": False, "mode": "generate"},
    )


def test_retrieve_calls_no_model(stubs: Stubs) -> None:
    stubs["bedrock-agent-runtime"].add_response("retrieve", {"retrievalResults": [PASSAGE]}, RETRIEVE)
    assert call({"question": "Why?", "mode": "retrieve"}) == (
        200,
        {"answer": None, "citations": [CITATION], "guardrail": False, "mode": "retrieve"},
    )


@pytest.mark.parametrize(("stop_reason", "intervened"), [("end_turn", False), ("guardrail_intervened", True)])
def test_converse_answers_from_the_passages(stubs: Stubs, stop_reason: str, *, intervened: bool) -> None:
    answer = told("Be", "cause.", stop_reason=stop_reason)
    stubs["bedrock-agent-runtime"].add_response("retrieve", {"retrievalResults": [PASSAGE]}, RETRIEVE)
    stubs["bedrock-runtime"].add_response("converse", answer, CONVERSE)
    assert call({"body": json.dumps({"question": "Why?", "mode": "converse"})}) == (
        200,
        {
            "answer": "Because.",
            "citations": [CITATION],
            "guardrail": intervened,
            "mode": "converse",
            "model": SMALL,
            "cached_tokens": 0,
        },
    )


def test_the_passages_are_cached_before_the_question(stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPT_CACHE", "true")
    passages, question = CONVERSE["messages"][0]["content"]  # type: ignore[index]  # a plain dict
    content = [passages, {"cachePoint": {"type": "default"}}, question]
    stubs["bedrock-agent-runtime"].add_response("retrieve", {"retrievalResults": [PASSAGE]}, RETRIEVE)
    expected = CONVERSE | {"messages": [{"role": "user", "content": content}]}
    stubs["bedrock-runtime"].add_response("converse", told("Because.", cached=1200), expected)
    status, body = call({"question": "Why?", "mode": "converse"})
    assert (status, body["cached_tokens"]) == (200, 1200)


@pytest.mark.parametrize(
    ("answers", "large", "said", "model"),
    [
        (["Because."], LARGE, "Because.", SMALL),
        (["UNKNOWN", "Because."], LARGE, "Because.", LARGE),
        (["Unknown.\n", "Because."], LARGE, "Because.", LARGE),
        (["It is UNKNOWN why."], LARGE, "It is UNKNOWN why.", SMALL),
        (["UNKNOWN", "UNKNOWN"], LARGE, ask.NOT_FOUND, LARGE),
        (["UNKNOWN"], None, ask.NOT_FOUND, SMALL),
    ],
)
def test_the_large_model_is_asked_only_where_the_small_one_has_no_answer(  # noqa: PLR0917 - a row of the table
    stubs: Stubs,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[str],
    large: str | None,
    said: str,
    model: str,
) -> None:
    if large:
        monkeypatch.setenv("LARGE_MODEL_ID", large)
    stubs["bedrock-agent-runtime"].add_response("retrieve", {"retrievalResults": [PASSAGE]}, RETRIEVE)
    for answer, asked in zip(answers, [SMALL, LARGE], strict=False):
        stubs["bedrock-runtime"].add_response("converse", told(answer), CONVERSE | {"modelId": asked})
    status, body = call({"question": "Why?", "mode": "converse"})
    assert (status, body["answer"], body["model"]) == (200, said, model)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({}, "`question` must be a text of 1 to 1000 characters"),
        ({"question": "   "}, "`question` must be a text of 1 to 1000 characters"),
        ({"question": "x" * 1001}, "`question` must be a text of 1 to 1000 characters"),
        ({"question": 7}, "`question` must be a text of 1 to 1000 characters"),
        ({"body": "[]"}, "`question` must be a text of 1 to 1000 characters"),
        ({"body": "{"}, 'the body must be JSON: {"question": "..."}'),
        (["Why?"], "`question` must be a text of 1 to 1000 characters"),
        ("Why?", 'the body must be JSON: {"question": "..."}'),
        (None, "`question` must be a text of 1 to 1000 characters"),
        ({"question": "Why?", "mode": "guess"}, "`mode` must be one of generate, converse, retrieve"),
        ({"question": "Why?", "mode": ["generate"]}, "`mode` must be one of generate, converse, retrieve"),
    ],
)
def test_a_bad_event_is_told_what_is_wrong_with_it(stubs: Stubs, event: Any, says: str) -> None:
    assert call(event) == (400, {"error": says})


@pytest.mark.parametrize(
    ("code", "status", "says"),
    [
        (
            "AccessDeniedException",
            403,
            "the role of the function may not call RetrieveAndGenerate",
        ),
        ("ThrottlingException", 429, "RetrieveAndGenerate is busy; try again"),
        ("ValidationException", 502, "RetrieveAndGenerate failed: ValidationException"),
    ],
)
def test_an_error_of_the_service_is_logged_whole_and_answered_short(
    stubs: Stubs, capsys: pytest.CaptureFixture[str], code: str, status: int, says: str
) -> None:
    stubs["bedrock-agent-runtime"].add_client_error(
        "retrieve_and_generate", code, "arn:aws:secret", expected_params=GENERATE
    )
    assert call({"question": "Why?"}) == (status, {"error": says})
    line = json.loads(capsys.readouterr().out)
    assert line.pop("remedy")
    assert line == {
        "level": "error",
        "operation": "RetrieveAndGenerate",
        "code": code,
        "message": "arn:aws:secret",
        "kind": KINDS[code],
        "action": "bedrock:RetrieveAndGenerate" if status == 403 else None,
    }


def test_a_missing_variable_is_named_in_the_log_only(
    stubs: Stubs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GUARDRAIL_ID")
    status, body = call({"question": "Why?"})
    assert status == 500
    assert "GUARDRAIL_ID" not in json.dumps(body)
    assert "GUARDRAIL_ID" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_the_model_arn_follows_region_and_partition(region: str, partition: str) -> None:
    settings = ask.Settings.from_environment(ENVIRONMENT | {"AWS_REGION": region})
    assert settings.model_arn == f"arn:{partition}:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0"


def test_a_given_model_arn_wins() -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
    assert ask.Settings.from_environment(ENVIRONMENT | {"MODEL_ARN": arn}).model_arn == arn
