"""How the table of a knowledge base is made and dropped in Aurora, and what the reason says when it fails."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from constructs_lib.handlers import aurora_table
from constructs_lib.handlers.aurora_table import TableError, creation, deletion, handler, run

PROPERTIES = {
    "ClusterArn": "arn:c",
    "SecretArn": "arn:s",
    "Database": "docs",
    "Schema": "bedrock_integration",
    "Table": "s_kb_12345678",
    "Dimension": "1024",
    "PrimaryKeyField": "id",
    "VectorField": "embedding",
    "TextField": "chunks",
    "MetadataField": "metadata",
    "CustomMetadataField": "custom_metadata",
}
TABLE = "bedrock_integration.s_kb_12345678"
COLUMNS = "id uuid PRIMARY KEY, embedding vector(1024), chunks text, metadata json, custom_metadata jsonb"
UP = ClientError({"Error": {"Code": "DatabaseResumingException", "Message": "wait"}}, "ExecuteStatement")


def error(code: str, message: str = "said") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ExecuteStatement")


class Client:
    """A Data API that fails this way first, and keeps what it executes."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = [*errors], list[dict[str, str]]()

    def execute_statement(self, **call: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.calls.append(call)


def test_the_statements_are_those_of_awss_guide_and_each_is_safe_to_repeat() -> None:
    statements = creation(PROPERTIES)
    assert statements[:3] == [
        "CREATE EXTENSION IF NOT EXISTS vector",
        "CREATE SCHEMA IF NOT EXISTS bedrock_integration",
        f"CREATE TABLE IF NOT EXISTS {TABLE} ({COLUMNS})",
    ]
    indexes = [statement.partition(" ON ") for statement in statements[3:]]
    assert [on for _, _, on in indexes] == [
        f"{TABLE} USING hnsw (embedding vector_cosine_ops) WITH (ef_construction=256)",
        f"{TABLE} USING gin (to_tsvector('simple', chunks))",
        f"{TABLE} USING gin (custom_metadata)",
    ]
    assert len({name for name, _, _ in indexes}) == 3
    assert all(" IF NOT EXISTS " in statement for statement in statements)
    assert deletion(PROPERTIES) == [f"DROP TABLE IF EXISTS {TABLE}"]


def test_indexes_of_two_tables_have_names_of_their_own_of_63_characters_at_most() -> None:
    def names(table: str) -> set[str]:
        return {s.split()[5] for s in creation({**PROPERTIES, "Table": table})[3:]}

    assert not names("a" * 63) & names("a" * 62 + "b")
    assert all(len(name) <= 63 for name in names("a" * 63))


@pytest.mark.parametrize(
    ("member", "value"),
    [("Table", "x; drop table y"), ("Schema", 'a"b'), ("TextField", "A"), ("Dimension", "8) --")],
)
def test_nothing_but_a_plain_name_gets_into_a_statement(member: str, value: str) -> None:
    with pytest.raises(TableError, match="is no n"):
        creation({**PROPERTIES, member: value})


def test_a_request_that_comes_twice_executes_the_same() -> None:
    client = Client()
    for _ in range(2):
        run(client, PROPERTIES, creation(PROPERTIES))
    assert client.calls[:6] == client.calls[6:]
    assert {k: v for k, v in client.calls[0].items() if k != "sql"} == {
        "resourceArn": "arn:c",
        "secretArn": "arn:s",
        "database": "docs",
    }


@pytest.mark.parametrize(
    "passing",
    [
        UP,
        error("DatabaseUnavailableException"),
        error("DatabaseErrorException", "FATAL: the database system is starting up"),
        error("BadRequestException", "Communications link failure"),
    ],
    ids=["paused", "no-writer", "starting", "link"],
)
def test_a_cluster_that_is_not_up_yet_is_asked_again(passing: Exception) -> None:
    client, slept = Client(passing, passing), list[float]()
    run(client, PROPERTIES, ["SELECT 1"], clock=lambda: 0, sleep=slept.append)
    assert (len(client.calls), len(slept)) == (1, 2)


def test_a_cluster_that_never_comes_up_fails_in_time() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(TableError, match=r"`SELECT 1` failed \(DatabaseResumingException: wait\)"):
        run(Client(*[UP] * 99), PROPERTIES, ["SELECT 1"], clock=lambda: now[0], sleep=sleep)
    assert now[0] <= 420


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AccessDeniedException", "the role of this function may not use the Data API"),
        ("DatabaseNotFoundException", "the cluster has no DB instance"),
        ("HttpEndpointNotEnabledException", "switch the Data API of the cluster on"),
        ("SecretsErrorException", "the secret can't be read, so look at its policy and at its key's"),
        ("InvalidSecretException", "the secret must hold `username` and `password`"),
    ],
)
def test_an_error_that_stays_is_not_retried_and_says_what_to_do(code: str, hint: str) -> None:
    with pytest.raises(TableError, match=rf"`SELECT 1` failed: {hint}.* \({code}: said\)"):
        run(Client(error(code)), PROPERTIES, ["SELECT 1"], sleep=lambda _: pytest.fail("it waits"))


def _serve(
    monkeypatch: pytest.MonkeyPatch, request_type: str, client: Client, **event: object
) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert timeout
        assert isinstance(request.data, bytes)
        answers.append(json.loads(request.data))
        return contextlib.nullcontext()

    session = SimpleNamespace(client=lambda name: client)
    monkeypatch.setattr(boto3.session, "Session", lambda: session)
    monkeypatch.setattr(aurora_table, "_PAUSE", 0)
    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    handler(
        {
            "RequestType": request_type,
            "ResourceProperties": PROPERTIES,
            "StackId": "s",
            "RequestId": "r",
            "LogicalResourceId": "l",
            "ResponseURL": "https://answer",
            **({} if request_type == "Create" else {"PhysicalResourceId": TABLE}),
            **event,
        },
        SimpleNamespace(log_stream_name="stream"),
    )
    [answer] = answers
    return answer


@pytest.mark.parametrize(
    ("request_type", "errors", "expected", "executed"),
    [
        ("Create", [], ("SUCCESS", "the table s_kb_12345678 is there"), 6),
        ("Update", [], ("SUCCESS", "the table s_kb_12345678 is there"), 6),
        ("Delete", [], ("SUCCESS", "the table s_kb_12345678 is dropped"), 1),
        (
            "Delete",
            [error("DatabaseNotFoundException")],
            ("SUCCESS", "the cluster has no DB instance"),
            0,
        ),
        ("Delete", [error("SecretsErrorException")], ("FAILED", "`DROP TABLE IF EXISTS"), 0),
    ],
)
def test_the_answer_names_table_and_reason(
    monkeypatch: pytest.MonkeyPatch,
    request_type: str,
    errors: list[Exception],
    expected: tuple[str, str],
    executed: int,
) -> None:
    client = Client(*errors)
    status, reason = expected
    answer = _serve(monkeypatch, request_type, client)
    assert (answer["Status"], answer["PhysicalResourceId"]) == (status, TABLE)
    assert answer["Reason"].startswith(reason)
    assert len(client.calls) == executed


NOT_MADE = f"{TABLE} (not made)"


class FailsAt(Client):
    """A Data API that refuses one statement for good."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def execute_statement(self, **call: str) -> None:
        if len(self.calls) == self.number:
            raise error("AccessDeniedException")
        super().execute_statement(**call)


@pytest.mark.parametrize("number", range(6))
def test_a_creation_that_fails_is_taken_back_where_it_made_a_table(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """CloudFormation asks for the deletion of what failed; a cluster that refuses must not fail that too."""
    failed = _serve(monkeypatch, "Create", FailsAt(number))
    assert failed["Status"] == "FAILED"
    assert failed["PhysicalResourceId"] == (NOT_MADE if number < 3 else TABLE)
    client = FailsAt(0) if number < 3 else Client()
    gone = _serve(monkeypatch, "Delete", client, PhysicalResourceId=failed["PhysicalResourceId"])
    assert (gone["Status"], gone["PhysicalResourceId"]) == ("SUCCESS", failed["PhysicalResourceId"])
    assert [call["sql"] for call in client.calls] == ([] if number < 3 else deletion(PROPERTIES))


def test_an_error_that_nobody_thought_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _serve(monkeypatch, "Create", Client(ValueError("odd")))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", NOT_MADE)
    assert answer["Reason"].startswith("ValueError: odd")


@pytest.mark.parametrize("number", range(6))
def test_an_update_that_fails_keeps_the_table_and_the_way_back_asks_nobody(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    new = {**PROPERTIES, "Table": "s_kb_89abcdef"}
    failed = _serve(
        monkeypatch, "Update", FailsAt(number), ResourceProperties=new, OldResourceProperties=PROPERTIES
    )
    other = "bedrock_integration.s_kb_89abcdef"
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", TABLE if number < 3 else other)
    client = FailsAt(0)
    back = _serve(monkeypatch, "Update", client, OldResourceProperties=new)
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", TABLE)
    assert client.calls == []


def test_an_update_of_something_else_makes_sure_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    _serve(monkeypatch, "Update", client, OldResourceProperties={**PROPERTIES, "ClusterArn": "arn:other"})
    assert len(client.calls) == 6
