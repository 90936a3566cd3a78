"""The custom resource that makes the table of a knowledge base in Aurora PostgreSQL, and drops it.

Each statement is safe to repeat ("if not exists"), so a request that comes twice changes nothing. The name
of the table has a fingerprint of all that can't change: another dimension makes another table, and
CloudFormation asks for the deletion of the old one in its clean-up, after the old knowledge base is gone.

A cluster that is paused or that has just been made doesn't answer at once, so those errors are retried.

After a failure CloudFormation asks to take back what failed, and the cluster may still not answer. So a
failed creation that made no table has an id of its own, whose deletion has nothing to do; and where an update
to another table failed, the way back to the first one has nothing to do either.

Sources:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.VectorDB.html
    https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

# Relative, because the function is packed without the package above.
from . import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["TableError", "creation", "deletion", "handler", "run"]

_LOG = logging.getLogger(__name__)
_PATIENCE = 420  # seconds for all retries of one request; the function has 600
_PAUSE = 10  # seconds between two tries
_RETRIED = frozenset(
    {
        "DatabaseResumingException",
        "DatabaseUnavailableException",
        "InternalServerErrorException",
        "ServiceUnavailableError",
        "StatementTimeoutException",
        "ThrottlingException",
    }
)
_STARTING = re.compile(
    r"communications link failure|starting up|connection.*(refused|timed out)", re.IGNORECASE
)
_GONE = frozenset({"DatabaseNotFoundException"})
_HINTS = {
    "AccessDeniedException": "the role of this function may not use the Data API of the cluster",
    "DatabaseNotFoundException": "the cluster has no DB instance",
    "HttpEndpointNotEnabledException": "switch the Data API of the cluster on",
    "InvalidSecretException": "the secret must hold `username` and `password` of a user of the database",
    "SecretsErrorException": "the secret can't be read, so look at its policy and at its key's",
}
_NOT_MADE = " (not made)"
_TABLE = 3  # the statements up to the table's own
_BUILD = "WITH (ef_construction=256)"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class TableError(RuntimeError):
    """The table can't be made or dropped; the text says why and what to do."""


def creation(properties: Mapping[str, str]) -> list[str]:
    """Return the statements that make extension, schema, table and indexes, each where it is missing.

    Raises:
        TableError: A name or the dimension is none.
    """
    schema, table = _name(properties, "Schema"), _name(properties, "Table")
    key, vector, text, metadata, custom = (
        _name(properties, f"{field}Field")
        for field in ("PrimaryKey", "Vector", "Text", "Metadata", "CustomMetadata")
    )
    if not properties["Dimension"].isdecimal():
        raise TableError(f"the dimension `{properties['Dimension']}` is no number")
    # Names of indexes are those of a schema too, and have 63 characters at most.
    stem = "kb_" + hashlib.sha256(table.encode()).hexdigest()[:16]
    columns = (
        f"{key} uuid PRIMARY KEY, {vector} vector({properties['Dimension']}), {text} text, "
        f"{metadata} json, {custom} jsonb"
    )
    on = f"ON {schema}.{table} USING"
    return [
        "CREATE EXTENSION IF NOT EXISTS vector",
        f"CREATE SCHEMA IF NOT EXISTS {schema}",
        f"CREATE TABLE IF NOT EXISTS {schema}.{table} ({columns})",
        f"CREATE INDEX IF NOT EXISTS {stem}_vector {on} hnsw ({vector} vector_cosine_ops) {_BUILD}",
        f"CREATE INDEX IF NOT EXISTS {stem}_text {on} gin (to_tsvector('simple', {text}))",
        f"CREATE INDEX IF NOT EXISTS {stem}_metadata {on} gin ({custom})",
    ]


def deletion(properties: Mapping[str, str]) -> list[str]:
    """Return the statement that drops the table with its indexes; extension and schema stay."""
    return [f"DROP TABLE IF EXISTS {_name(properties, 'Schema')}.{_name(properties, 'Table')}"]


def _name(properties: Mapping[str, str], member: str) -> str:
    # A statement takes no parameter for a name, so nothing but a plain one may get into its text.
    found = properties[member]
    if not _NAME.fullmatch(found):
        raise TableError(f"`{found}` is no name that PostgreSQL takes without quotes ({member})")
    return found


def run(
    client: Any,
    properties: Mapping[str, str],
    statements: list[str],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Execute the statements one after the other.

    Args:
        client: The client of ``rds-data``.
        properties: Those of the custom resource.
        statements: What is executed.
        clock: Tells the seconds.
        sleep: Waits for seconds.

    Raises:
        TableError: A statement fails, or the cluster isn't up in time.
    """
    end = clock() + _PATIENCE
    for statement in statements:
        while True:
            try:
                client.execute_statement(
                    resourceArn=properties["ClusterArn"],
                    secretArn=properties["SecretArn"],
                    database=properties["Database"],
                    sql=statement,
                )
            except ClientError as error:
                code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
                if not _is_passing(code, message) or clock() + _PAUSE > end:
                    hint = f": {_HINTS[code]}" if code in _HINTS else ""
                    text = f"`{statement}` failed{hint} ({code}: {message})"
                    raise TableError(text) from error
                _LOG.warning("not yet: %s: %s", code, message)
                sleep(_PAUSE)
            else:
                break


def _is_passing(code: str, message: str) -> bool:
    return code in _RETRIED or bool(_STARTING.search(message))


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    asked = _Request(event)
    try:
        report = asked.serve(boto3.session.Session().client("rds-data"))
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        reason = str(error) if isinstance(error, TableError) else f"{type(error).__name__}: {error}"
        answers.send(event, context, "FAILED", reason, physical_id=asked.id_of_failure)
    else:
        answers.send(event, context, "SUCCESS", report, physical_id=asked.id_of_success)


class _Request:
    """One request: what it is of, and what has become of it."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._type: str = event["RequestType"]
        self._properties: dict[str, str] = event["ResourceProperties"]
        self._table = _qualified(self._properties)
        self._known: str = event.get("PhysicalResourceId") or ""
        self._before = _qualified(event.get("OldResourceProperties") or self._properties)
        self._made = False

    @property
    def id_of_success(self) -> str:
        """The id of the resource: that of its table."""
        return self._known if self._type == "Delete" else self._table

    @property
    def id_of_failure(self) -> str:
        """The id of the resource that is to be taken back; where there is no new table, it has none."""
        if self._type == "Create" and not self._made:
            return self._table + _NOT_MADE
        return self._known if not self._made and self._known else self._table

    def serve(self, client: Any) -> str:
        """Do what is asked for, and return what was done."""
        name = self._properties["Table"]
        if self._type == "Delete":
            made = not self._known.endswith(_NOT_MADE)
            return _drop(client, self._properties) if made else f"the table {name} was not made"
        if self._type == "Update" and self._table == self._known != self._before:
            return f"the table {name} is there: the update to another one failed"
        statements = creation(self._properties)
        run(client, self._properties, statements[:_TABLE])
        self._made = True
        run(client, self._properties, statements[_TABLE:])
        return f"the table {name} is there"


def _qualified(properties: Mapping[str, str]) -> str:
    return f"{properties['Schema']}.{properties['Table']}"


def _drop(client: Any, properties: dict[str, str]) -> str:
    # The properties are those of the table that goes, also after an update to another one.
    try:
        run(client, properties, deletion(properties))
    except TableError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _GONE:
            return "the cluster has no DB instance any more, so the table goes with the cluster"
        raise
    return f"the table {properties['Table']} is dropped"
