"""When a vector index counts as ready, and what the reason says when it never does."""

from __future__ import annotations

import contextlib
import io
import json
import urllib.error
import urllib.request
from email.message import Message
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from constructs_lib.handlers import open_search_index
from constructs_lib.handlers.open_search_index import Index, NotReadyError, handler, wait


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Fake:
    """An index that answers these statuses, and the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = [*statuses]

    def look(self) -> tuple[int, str]:
        return (self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]), "said"


@pytest.mark.parametrize(
    ("statuses", "looks"),
    [((200,), 6), ((404, 404, 200), 8), ((403, 0, 200), 8), ((200, 200, 404, 200), 9)],
    ids=["at-once", "slow", "policy-not-yet", "comes-and-goes"],
)
def test_an_index_is_ready_once_it_answers_six_times_in_a_row(statuses: tuple[int, ...], looks: int) -> None:
    clock = Clock()
    assert wait(Fake(*statuses), "i", clock=clock, sleep=clock.sleep) == looks


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "the index is not there"),
        (401, "the data access policy of the collection must name this function's role"),
        (403, "the data access and network policies of the collection must admit"),
        (0, "the endpoint can't be reached, so look at the network policy"),
        (503, "look at the collection in the console"),
    ],
)
def test_an_index_that_never_answers_fails_with_what_to_look_at(status: int, reason: str) -> None:
    clock = Clock()
    with pytest.raises(
        NotReadyError, match=rf"the index i didn't answer .* within 480 s: {reason}.*{status} said"
    ):
        wait(Fake(status), "i", clock=clock, sleep=clock.sleep)
    assert clock.now <= 480


def _serve(monkeypatch: pytest.MonkeyPatch, request_type: str, index: object) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert timeout
        assert isinstance(request.data, bytes)
        answers.append(json.loads(request.data))
        return contextlib.nullcontext()

    monkeypatch.setattr(open_search_index, "Index", lambda session, endpoint, name: index)
    monkeypatch.setattr(open_search_index, "_PAUSE", 0)
    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    handler(
        {
            "RequestType": request_type,
            "ResourceProperties": {"Endpoint": "https://c", "IndexName": "i"},
            "StackId": "s",
            "RequestId": "r",
            "LogicalResourceId": "l",
            "ResponseURL": "https://answer",
        },
        SimpleNamespace(log_stream_name="stream"),
    )
    [answer] = answers
    return answer


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_answer_has_the_index_as_id_however_often_it_is_asked(
    monkeypatch: pytest.MonkeyPatch, request_type: str
) -> None:
    first, second = (_serve(monkeypatch, request_type, Fake(200)) for _ in range(2))
    assert first == second
    assert (first["Status"], first["PhysicalResourceId"]) == ("SUCCESS", "i")
    assert first["Reason"] == "the index i answers after 6 looks (log stream stream)"


def test_a_deletion_looks_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _serve(monkeypatch, "Delete", None)["Status"] == "SUCCESS"


def test_an_unexpected_error_fails_the_deployment_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _serve(monkeypatch, "Create", None)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "i")
    assert answer["Reason"].startswith("AttributeError: ")


def test_the_call_is_signed_for_open_search_serverless(monkeypatch: pytest.MonkeyPatch) -> None:
    session = boto3.session.Session("A", "B", region_name="eu-west-1")
    seen: list[urllib.request.Request] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        seen.append(request)
        if len(seen) == 1:
            return contextlib.nullcontext(SimpleNamespace(status=200))
        if len(seen) == 2:
            raise urllib.error.HTTPError(request.full_url, 404, "no", Message(), io.BytesIO(b"no such index"))
        raise OSError(f"no route within {timeout} s")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    index = Index(session, "https://c.eu-west-1.aoss.amazonaws.com", "a b")
    looks = [index.look() for _ in range(3)]
    assert looks == [
        (200, ""),
        (404, "no such index"),
        (0, "no route within 10 s"),
    ]
    assert seen[0].full_url == "https://c.eu-west-1.aoss.amazonaws.com/a%20b"
    assert "/eu-west-1/aoss/aws4_request" in seen[0].headers["Authorization"]
    assert "x-amz-content-sha256" in seen[0].headers["Authorization"]
