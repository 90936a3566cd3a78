# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The Data API of Aurora PostgreSQL, as far as the table of a knowledge base needs it.

Ministack knows clusters, their instances and secrets, and runs statements in Docker only. Here are the
statements that make extension, schema, table and indexes, and drop a table; no rows.

The caller needs the secret, too. A cluster that is paused resumes with the first statement, and refuses
meanwhile; how long that takes is up to `store_seconds=`.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.services import rds, rds_data

from constructs_lib.local.emulator.protocol import AwsError, Request, Response, answer

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Table", "install", "is_known", "reset", "table_of"]

_SECONDS = float(os.environ.get("BEDROCK_PLANES_STORE_SECONDS") or 0)
_NAME = r"(?P<name>[\w.]+)"
_STATEMENTS = {
    kind: re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for kind, pattern in {
        "extension": rf"CREATE EXTENSION (?P<lax>IF NOT EXISTS )?{_NAME}",
        "schema": rf"CREATE SCHEMA (?P<lax>IF NOT EXISTS )?{_NAME}",
        "table": rf"CREATE TABLE (?P<lax>IF NOT EXISTS )?{_NAME} \((?P<body>.*)\)",
        "index": rf"CREATE INDEX (?P<lax>IF NOT EXISTS )?{_NAME} ON (?P<body>[\w.]+) USING .*",
        "drop": rf"DROP TABLE (?P<lax>IF EXISTS )?{_NAME}",
    }.items()
}
_VECTOR = re.compile(r"\bvector\((\d+)\)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the length of its vectors, 0 without any, and when it was made."""

    dimension: int
    made: float


@dataclass
class _Database:
    """What one database of a cluster has, by the qualified names."""

    extensions: set[str] = field(default_factory=set)
    schemas: set[str] = field(default_factory=lambda: {"public"})
    tables: dict[str, Table] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)


_databases: dict[tuple[str, str], _Database] = {}
"""(ARN of the cluster, name) -> the database."""

_woken: dict[str, float] = {}
"""ARN of a cluster -> when its first statement came."""


def install() -> None:
    """Put this in place of what ministack does without Docker."""
    rds_data._execute_statement = _execute(rds_data._execute_statement)
    app._enforce_rds_data = _and_the_secret(app._enforce_rds_data)


def is_known(cluster: str) -> bool:
    """Whether somebody made the cluster here."""
    return bool(rds._resolve_cluster(cluster))


def table_of(cluster: str, database: str, table: str) -> Table | None:
    """Return a table by its qualified name."""
    return _databases.get((cluster, database), _Database()).tables.get(table)


def _execute(stock: Callable[[dict[str, Any]], Response]) -> Callable[[dict[str, Any]], Response]:
    def execute(data: dict[str, Any]) -> Response:
        statement, cluster = str(data.get("sql", "")), str(data.get("resourceArn", ""))
        kind, match = next(
            ((kind, found) for kind, one in _STATEMENTS.items() if (found := one.fullmatch(statement))),
            ("", None),
        )
        # What ministack refuses whatever the statement is: no cluster, no instance, no secret.
        refused = stock({**data, "sql": "SHOW DATABASES"})
        if match is None or refused[0] != 200:
            return stock(data)
        try:
            _wake(cluster)
            _run(_databases.setdefault((cluster, str(data.get("database"))), _Database()), kind, match)
        except AwsError as error:
            return error.response()
        return answer({"numberOfRecordsUpdated": 0, "generatedFields": [], "records": []})

    return execute


def _and_the_secret(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a caller who may not read the secret that the statement comes with."""

    def enforce(  # noqa: PLR0917 - ministack's signature
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
    ) -> Any:
        if refused := stock(method, path, headers, body, query, request_id):
            return refused
        secret = Request(method, path, path, headers, body, query, request_id).document.get("secretArn")
        action = "secretsmanager:GetSecretValue"
        return app._enforce_data_plane(
            "rds-data",
            action,
            headers,
            query,
            request_id,
            resource_arn=str(secret),
            named_resource=str(secret),
        )

    return enforce


def _wake(cluster: str) -> None:
    first = _woken.setdefault(cluster, time.monotonic())
    if time.monotonic() < first + _SECONDS:
        raise AwsError(
            "DatabaseResumingException",
            f"The Aurora DB cluster {cluster.rpartition(':')[2]} is resuming after being auto-paused. "
            "Please wait a few seconds and try again.",
        )


def _run(database: _Database, kind: str, match: re.Match[str]) -> None:
    name, lax = match["name"], bool(match["lax"])
    if kind == "drop":
        if database.tables.pop(name, None) is None and not lax:
            raise _error(f'table "{name}" does not exist')
        database.indexes = {index: table for index, table in database.indexes.items() if table != name}
        return
    there = {
        "extension": database.extensions,
        "schema": database.schemas,
        "table": database.tables,
        "index": database.indexes,
    }[kind]
    if name in there:
        if not lax:
            raise _error(f'{kind} "{name}" already exists')
    elif kind == "extension":
        database.extensions.add(name)
    elif kind == "schema":
        database.schemas.add(name)
    elif kind == "table":
        database.tables[name] = Table(_dimension(database, name, match["body"]), time.monotonic())
    elif match["body"] in database.tables:
        database.indexes[name] = match["body"]
    else:
        raise _error(f'relation "{match["body"]}" does not exist')


def _dimension(database: _Database, name: str, columns: str) -> int:
    schema, dot, _ = name.partition(".")
    if dot and schema not in database.schemas:
        raise _error(f'schema "{schema}" does not exist')
    found = _VECTOR.search(columns)
    if found and "vector" not in database.extensions:
        raise _error('type "vector" does not exist')
    return int(found[1]) if found else 0


def _error(message: str) -> AwsError:
    return AwsError("DatabaseErrorException", f"ERROR: {message}")


def reset() -> None:
    """Forget all databases."""
    _databases.clear()
    _woken.clear()
