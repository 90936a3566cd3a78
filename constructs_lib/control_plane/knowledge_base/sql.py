"""What a knowledge base on structured data asks: the query engine, the databases, and hints for queries.

Permissions: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-structured.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.cdk_support import (
    PlanesError,
    check_length,
    check_pattern,
    has_attribute,
    is_token,
    with_explained_calls,
)
from constructs_lib.control_plane.knowledge_base.parts import allow, arn_from, secret_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_redshiftserverless as redshiftserverless
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_redshift as redshift
    from constructs import IConstruct

__all__ = ["CuratedQuery", "Inclusion", "QueryAuth", "QueryColumn", "QueryEngine", "QueryTable", "SqlStorage"]

Json = dict[str, Any]


class Inclusion(Enum):
    """Whether queries use a table or a column."""

    INCLUDE = "INCLUDE"
    """Only what is included is used."""
    EXCLUDE = "EXCLUDE"
    """It is never used."""


@with_explained_calls
@dataclass(frozen=True, slots=True)
class QueryAuth:
    """How the service role signs in to Amazon Redshift; use the factories."""

    kind: str
    secret: secretsmanager.ISecret | None = None
    user: str | None = None

    @classmethod
    def iam(cls) -> QueryAuth:
        """Sign in as the database user of the service role, ``IAMR:`` and its name."""
        return cls("IAM")

    @classmethod
    def from_secret(cls, secret: secretsmanager.ISecret) -> QueryAuth:
        """Sign in with user and password of a secret; reading and decrypting it is granted."""
        if not has_attribute(secret, "secret_arn"):
            raise PlanesError(
                f"`secret` has a value of the type `{type(secret).__name__}`: pass a secret such as "
                "`secretsmanager.Secret`"
            )
        return cls("USERNAME_PASSWORD", secret=secret)

    @classmethod
    def database_user(cls, name: str) -> QueryAuth:
        """Sign in as a database user, without a password; provisioned clusters only."""
        check_length("name", name, 1, 63)
        return cls("USERNAME", user=name)

    def to_config(self) -> Json:
        """Return ``authConfiguration``."""
        found: Json = {"type": self.kind}
        if self.secret is not None:
            found["usernamePasswordSecretArn"] = self.secret.secret_arn
        if self.user is not None:
            found["databaseUser"] = self.user
        return found


@with_explained_calls
@dataclass(frozen=True, slots=True)
class SqlStorage:
    """What is queried; use the factories."""

    kind: str
    names: tuple[str, ...]

    @classmethod
    def redshift(cls, database_name: str) -> SqlStorage:
        """Query a database of the query engine itself."""
        check_length("database_name", database_name, 1, 200)
        return cls("REDSHIFT", (database_name,))

    @classmethod
    def data_catalog(cls, *table_names: str) -> SqlStorage:
        """Query tables of the AWS Glue Data Catalog, each as ``database.table`` or ``database.*``.

        The service role also needs Lake Formation's permissions, which are granted there.
        """
        if not table_names:
            raise PlanesError("`table_names` is empty: name at least one table as `database.table`")
        for name in table_names:
            check_length("table_names", name, 1, 200)
            check_pattern(
                "table_names",
                name,
                r"[^.*]+\.([^.*]+|\*)",
                "name a table as `database.table` or `database.*`",
            )
        return cls("AWS_DATA_CATALOG", tuple(table_names))

    def to_config(self) -> Json:
        """Return one of ``storageConfigurations``."""
        if self.kind == "REDSHIFT":
            return {"type": self.kind, "redshiftConfiguration": {"databaseName": self.names[0]}}
        return {"type": self.kind, "awsDataCatalogConfiguration": {"tableNames": [*self.names]}}

    def statements(self, scope: IConstruct) -> list[Json]:
        """Return what reading the catalogue needs."""
        if self.kind == "REDSHIFT":
            return []
        stack = cdk.Stack.of(scope)
        here = f"arn:{stack.partition}:glue:{stack.region}:{stack.account}"
        resources = [f"{here}:catalog"]
        for name in self.names:
            database, _, table = name.partition(".") if not is_token(name) else ("*", "", "*")
            resources += [f"{here}:database/{database}", f"{here}:table/{database}/{table}"]
        actions = [
            "glue:GetDatabase",
            "glue:GetDatabases",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:GetTable",
            "glue:GetTables",
            "glue:SearchTables",
        ]
        return [
            allow(actions, [*dict.fromkeys(resources)]),
            allow("lakeformation:GetDataAccess", "*"),
        ]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class QueryColumn:
    """A hint on a column.

    Args:
        name: The column, 1-127 characters.
        description: What it holds, 1-200 characters. Default: none.
        inclusion: Whether queries use it. Default: they may.
    """

    name: str
    description: str | None = None
    inclusion: Inclusion | None = None

    def __post_init__(self) -> None:
        """Check the lengths."""
        check_length("name", self.name, 1, 127)
        check_length("description", self.description, 1, 200)

    def to_config(self) -> Json:
        """Return one of ``columns``."""
        return _without_none(
            {"name": self.name, "description": self.description, "inclusion": _value(self.inclusion)}
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class QueryTable:
    """A hint on a table.

    Args:
        name: The table as ``database.schema.table``.
        description: What it holds, 1-200 characters. Default: none.
        inclusion: Whether queries use it. Default: they may.
        columns: Hints on its columns. Default: none.
    """

    name: str
    description: str | None = None
    inclusion: Inclusion | None = None
    columns: Sequence[QueryColumn] = ()

    def __post_init__(self) -> None:
        """Check the name and the lengths."""
        check_pattern("name", self.name, r".*\..*\..*", "name a table as `database.schema.table`")
        check_length("description", self.description, 1, 200)

    def to_config(self) -> Json:
        """Return one of ``tables``."""
        return _without_none(
            {
                "name": self.name,
                "description": self.description,
                "inclusion": _value(self.inclusion),
                "columns": [column.to_config() for column in self.columns] or None,
            }
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class CuratedQuery:
    """A question with the query that answers it.

    Args:
        natural_language: The question, 1-1,000 characters.
        sql: The query, 1-1,000 characters.
    """

    natural_language: str
    sql: str

    def __post_init__(self) -> None:
        """Check the lengths."""
        check_length("natural_language", self.natural_language, 1, 1000)
        check_length("sql", self.sql, 1, 1000)

    def to_config(self) -> Json:
        """Return one of ``curatedQueries``."""
        return {"naturalLanguage": self.natural_language, "sql": self.sql}


@with_explained_calls
class QueryEngine:
    """What runs the queries: Amazon Redshift, provisioned or serverless; use the factories."""

    def __init__(self, configuration: Json, resource: str, name: str, auth: QueryAuth) -> None:
        self.configuration = configuration
        self.auth = auth
        self._resource, self._name = resource, name

    @classmethod
    def serverless(
        cls, workgroup: str | redshiftserverless.CfnWorkgroup, *, auth: QueryAuth | None = None
    ) -> QueryEngine:
        """Use a workgroup of Amazon Redshift Serverless.

        Args:
            workgroup: The L1 of the workgroup, or its ARN.
            auth: How to sign in. Default: with IAM.
        """
        sign_in = _auth(auth)
        if sign_in.kind == "USERNAME":
            raise PlanesError(
                "`auth` is a database user, which provisioned clusters alone take: use `QueryAuth.iam()` or "
                "`QueryAuth.from_secret(...)`"
            )
        example = (
            "arn:aws:redshift-serverless:us-east-1:111122223333:"
            "workgroup/12345678-90ab-cdef-1234-567890abcdef"
        )
        value = workgroup if isinstance(workgroup, str) else _attribute(workgroup)
        arn = arn_from("workgroup", value, "", example)
        configuration: Json = {
            "type": "SERVERLESS",
            "serverlessConfiguration": {"workgroupArn": arn, "authConfiguration": sign_in.to_config()},
        }
        return cls(configuration, arn, "", sign_in)

    @classmethod
    def provisioned(
        cls, cluster: redshift.IClusterRef | str, *, auth: QueryAuth | None = None
    ) -> QueryEngine:
        """Use a provisioned cluster of Amazon Redshift.

        Args:
            cluster: The cluster, or its identifier, in this account and Region.
            auth: How to sign in. Default: with IAM.
        """
        sign_in = _auth(auth)
        if isinstance(cluster, str):
            name = cluster
        elif has_attribute(cluster, "cluster_ref"):
            name = cluster.cluster_ref.cluster_identifier
        else:
            raise PlanesError(
                f"`cluster` has a value of the type `{type(cluster).__name__}`: pass the cluster or its "
                "identifier"
            )
        check_pattern(
            "cluster",
            name,
            r"[a-z][a-z0-9-]{0,62}",
            "pass the cluster's identifier, 1-63 lower-case letters, digits and -",
        )
        configuration: Json = {
            "type": "PROVISIONED",
            "provisionedConfiguration": {
                "clusterIdentifier": name,
                "authConfiguration": sign_in.to_config(),
            },
        }
        return cls(configuration, "", name, sign_in)

    def statements(self, scope: IConstruct, databases: Sequence[str]) -> list[Json]:
        """Return what running queries, and signing in, needs."""
        stack = cdk.Stack.of(scope)
        here = f"arn:{stack.partition}:redshift:{stack.region}:{stack.account}"
        engine = self._resource or f"{here}:cluster:{self._name}"
        found = [
            allow(
                [
                    "redshift-data:CancelStatement",
                    "redshift-data:DescribeStatement",
                    "redshift-data:GetStatementResult",
                ],
                "*",
                # The statements have no ARN to name; these are the role's own only.
                {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}},
            ),
            allow("redshift-data:ExecuteStatement", engine),
            allow(
                [
                    "sqlworkbench:DeleteSqlGenerationContext",
                    "sqlworkbench:GetSqlGenerationContext",
                    "sqlworkbench:GetSqlRecommendations",
                    "sqlworkbench:PutSqlGenerationContext",
                ],
                "*",
            ),
            allow("bedrock:GenerateQuery", "*"),
        ]
        names = [f"{here}:dbname:{self._name}/{database}" for database in databases]
        if self.auth.secret is not None:
            found += secret_statements(scope, self.auth.secret)
        elif self._resource:
            found.append(allow("redshift-serverless:GetCredentials", engine))
        elif self.auth.user is not None:
            found.append(
                allow(
                    "redshift:GetClusterCredentials",
                    [f"{here}:dbuser:{self._name}/{self.auth.user}", *names],
                )
            )
        else:
            found.append(allow("redshift:GetClusterCredentialsWithIAM", names))
        return found


def _attribute(workgroup: object) -> object:
    """Return the ARN of a workgroup's L1, and anything else as it is."""
    arn = getattr(workgroup, "attr_workgroup_workgroup_arn", None)
    return arn if arn is not None else workgroup


def _auth(auth: object) -> QueryAuth:
    if auth is None:
        return QueryAuth.iam()
    if not isinstance(auth, QueryAuth):
        raise PlanesError(
            f"`auth` has the value `{auth}`: pass `QueryAuth.iam()`, `QueryAuth.from_secret(...)` or "
            "`QueryAuth.database_user(...)`"
        )
    return auth


def _value(inclusion: Inclusion | None) -> str | None:
    return inclusion.value if inclusion is not None else None


def _without_none(found: Json) -> Json:
    return {key: value for key, value in found.items() if value is not None}
