"""A table of Amazon Aurora PostgreSQL with pgvector as vector store, made along or existing.

Table and indexes: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.VectorDB.html
Permissions: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (Aurora)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.cdk_support import PlanesError, check_length, check_pattern, handler_function, is_token
from constructs_lib.control_plane.fingerprint import (
    FingerprintedName,
    create_only_fingerprint,
    resource_behind,
    resources_behind,
)
from constructs_lib.control_plane.knowledge_base.parts import (
    Parts,
    allow,
    arn_from,
    policy_document,
    secret_statements,
)
from constructs_lib.control_plane.knowledge_base.stores import Store, check_secret

if TYPE_CHECKING:
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk.interfaces import aws_rds as rds

    from constructs_lib.control_plane.knowledge_base.embedding import Embedding
    from constructs_lib.control_plane.knowledge_base.parts import Context

__all__ = ["AuroraStore"]

# Without quotes PostgreSQL folds names to lower case and cuts them at 63 bytes.
# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
_NAME = r"[a-z_][a-z0-9_]{0,62}"
_NAME_REMEDY = "use 1-63 lower-case letters, digits and `_`, and begin with a letter or `_`"
# Bedrock takes 63 characters for schema and table together; what is left is for the stem of a made table.
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_RdsConfiguration.html
_LONGEST_NAME = 63
_LONGEST_SCHEMA = 30
# https://github.com/pgvector/pgvector#hnsw (the `vector` type up to 2,000 dimensions)
_LARGEST_INDEXED = 2000


class AuroraStore(Store):
    """A table of a cluster; without a name the table and its indexes are made."""

    name = "Amazon Aurora"

    def __init__(
        self,
        cluster: rds.IDBClusterRef | str,
        credentials_secret: secretsmanager.ISecret,
        names: dict[str, str | None],
        fields: dict[str, str],
    ) -> None:
        self._cluster = cluster
        self._arn = arn_from(
            "cluster",
            cluster,
            "db_cluster_ref.db_cluster_arn",
            "arn:aws:rds:us-east-1:111122223333:cluster:documents",
        )
        check_secret(credentials_secret)
        check_length("database_name", names["database_name"], 1, 63)
        for prop in ("schema_name", "table_name"):
            check_pattern(prop, names[prop], _NAME, _NAME_REMEDY)
        _check_together(names["schema_name"], names["table_name"])
        for member, value in fields.items():
            prop = re.sub(r"(?=[A-Z])", "_", member).lower()
            check_pattern(prop, value, _NAME, _NAME_REMEDY)
        self._secret, self._names, self._fields = credentials_secret, names, fields
        self._check_data_api()
        self.makes_table = names["table_name"] is None

    def check(self, embedding: Embedding) -> None:
        """Check the data type, and that pgvector can index the dimension of a table that is made."""
        super().check(embedding)
        if self.makes_table and embedding.needs_dimension() > _LARGEST_INDEXED:
            raise PlanesError(
                f"`{embedding.model_id or embedding.model}` makes {embedding.dimension} numbers, and "
                f"pgvector indexes {_LARGEST_INDEXED} at most: give a smaller `dimension` if the model "
                "can, or another vector store"
            )

    def bind(self, context: Context, embedding: Embedding) -> Parts:
        """Make the table unless it is named, and refer to it."""
        behind = [*resources_behind(self._cluster), *resources_behind(self._secret)]
        schema, given = self._names["schema_name"], self._names["table_name"]
        dependencies: list[Any] = []
        if given is None:
            table, made = self._make(context, embedding, behind)
            dependencies.append(made)
        else:
            table = given
        return Parts(
            configuration={
                "type": "RDS",
                "rdsConfiguration": {
                    "resourceArn": self._arn,
                    "credentialsSecretArn": self._secret.secret_arn,
                    "databaseName": self._names["database_name"],
                    "tableName": f"{schema}.{table}",
                    "fieldMapping": self._fields,
                },
            },
            statements=[
                allow("rds:DescribeDBClusters", self._arn),
                allow(["rds-data:BatchExecuteStatement", "rds-data:ExecuteStatement"], self._arn),
                *secret_statements(context.scope, self._secret),
            ],
            referred=behind,
            dependencies=dependencies,
            owns_store=given is None,
        )

    def _make(
        self, context: Context, embedding: Embedding, behind: list[cdk.CfnResource]
    ) -> tuple[str, cdk.CustomResource]:
        scope = Construct(context.scope, "Aurora")
        content = [
            context.model_arn,
            embedding.dimension,
            self._fields,
            self._arn,
            self._secret.secret_arn,
            {**self._names},
        ]
        stem = cdk.Names.unique_resource_name(
            scope, max_length=_longest_stem(self._names["schema_name"]), separator="_"
        ).lower()
        table = FingerprintedName(
            f"{stem.replace('-', '_')}_", lambda: create_only_fingerprint(content, scope, behind)
        ).name()
        handler = handler_function(
            scope,
            "aurora_table",
            statements=[],
            description="Makes the table of a knowledge base, and drops it",
            role_description="Makes the table of a knowledge base through the Data API",
            timeout=cdk.Duration.minutes(10),
        )
        # Named after the table: where cluster or secret is another one, the old table is dropped in the
        # clean-up, and until then the function may do so.
        policy = iam.CfnRolePolicy(
            scope,
            "HandlerPolicy",
            role_name=handler.role.role_name,
            policy_name=table,
            policy_document=policy_document(
                [allow("rds-data:ExecuteStatement", self._arn), *secret_statements(scope, self._secret)]
            ),
        )
        made = cdk.CustomResource(
            scope,
            "Table",
            resource_type="Custom::BedrockVectorTable",
            service_token=handler.function.function_arn,
            service_timeout=cdk.Duration.minutes(12),
            removal_policy=context.removal_policy,
            properties={
                "ClusterArn": self._arn,
                "SecretArn": self._secret.secret_arn,
                "Database": self._names["database_name"],
                "Schema": self._names["schema_name"],
                "Table": table,
                "Dimension": str(embedding.needs_dimension()),
                **{name[0].upper() + name[1:]: value for name, value in self._fields.items()},
            },
        )
        # The Data API needs an instance, not only the cluster; both are below the construct.
        for one in (self._cluster, self._secret):
            if resource_behind(one) is not None:
                made.node.add_dependency(one)
        made.node.add_dependency(policy)
        return table, made

    def _check_data_api(self) -> None:
        behind = resource_behind(self._cluster)
        if behind is None or not hasattr(behind, "enable_http_endpoint"):
            return
        if not cdk.Stack.of(behind).resolve(behind.enable_http_endpoint):
            raise PlanesError(
                f"`cluster` is `{behind.node.path}`, whose Data API is off, and a knowledge base asks "
                "through it: make the cluster with `enable_data_api=True`"
            )
        engine = getattr(behind, "engine", None)
        if isinstance(engine, str) and not cdk.Token.is_unresolved(engine) and engine != "aurora-postgresql":
            raise PlanesError(
                f"`cluster` is `{behind.node.path}` with the engine `{engine}`: a knowledge base takes "
                "`aurora-postgresql` only"
            )


def _longest_stem(schema: str | None) -> int:
    """Return how long the table's name may be without the schema and the fingerprint."""
    used = _LONGEST_SCHEMA if schema is None or is_token(schema) else len(schema)
    return _LONGEST_NAME - used - len(".") - len("_01234567")


def _check_together(schema: str | None, table: str | None) -> None:
    if table is None:
        check_length("schema_name", schema, 1, _LONGEST_SCHEMA)
    elif not is_token(f"{schema}.{table}") and len(f"{schema}.{table}") > _LONGEST_NAME:
        raise PlanesError(
            f"`schema_name` and `table_name` are `{schema}.{table}`, {len(f'{schema}.{table}')} characters, "
            f"and a knowledge base takes {_LONGEST_NAME}: rename one of them"
        )
