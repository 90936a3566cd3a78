"""OpenSearch Serverless and Aurora, as far as knowledge bases need them: who may, what there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from constructs_lib.handlers.open_search_index import Index
from tests.local.conftest import outputs
from tests.local.templates import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws
    from tests.local.conftest import Stacks


@pytest.fixture(autouse=True)
def _empty(local_aws: LocalAws) -> None:
    """Begin with an account that has nothing: names of collections and clusters are unique in it."""
    local_aws.reset()


def _policies(*principals: str) -> dict[str, Any]:
    rules = [{"ResourceType": "collection", "Resource": ["collection/docs"]}]
    reads = [
        {"ResourceType": "index", "Resource": ["index/docs/seen*"], "Permission": ["aoss:DescribeIndex"]}
    ]
    access = [{"Rules": reads, "Principal": [*principals]}]
    encryption = {"Rules": rules, "AWSOwnedKey": True}
    return {
        "Encryption": {
            "Type": "AWS::OpenSearchServerless::SecurityPolicy",
            "Properties": {"Name": "docs", "Type": "encryption", "Policy": json.dumps(encryption)},
        },
        "Access": {
            "Type": "AWS::OpenSearchServerless::AccessPolicy",
            "Properties": {"Name": "docs", "Type": "data", "Policy": json.dumps(access)},
        },
    }


def _collection(name: str, *principals: str) -> str:
    index = {
        "Type": "AWS::OpenSearchServerless::Index",
        "Properties": {
            "CollectionEndpoint": {"Fn::GetAtt": ["Collection", "CollectionEndpoint"]},
            "IndexName": name,
        },
    }
    collection = {
        "Type": "AWS::OpenSearchServerless::Collection",
        "DependsOn": ["Encryption", "Access"],
        "Properties": {"Name": "docs", "Type": "VECTORSEARCH"},
    }
    output = {"Value": {"Fn::GetAtt": ["Collection", "CollectionEndpoint"]}}
    return json.dumps(
        {
            "Resources": {**_policies(*principals), "Collection": collection, "Index": index},
            "Outputs": {"Endpoint": output},
        }
    )


def test_an_endpoint_answers_who_is_in_policy_and_data_access_policy(
    local_aws: LocalAws,
    stacks: Stacks,
    role_with: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everything = {"Effect": "Allow", "Action": "aoss:APIAccessAll", "Resource": "*"}
    both, first = role_with("Both", everything), role_with("OnlyInIam", everything)
    second = role_with("OnlyInPolicy")
    stack = stacks.create("docs", _collection("seen", both, second))
    endpoint = outputs(stack)["Endpoint"]
    monkeypatch.setenv("SSL_CERT_FILE", local_aws.environment["AWS_CA_BUNDLE"])

    def look(role: str, name: str) -> int:
        given = local_aws.assume(role)
        session = boto3.session.Session(**given, region_name="us-east-1")
        return Index(session, endpoint, name).look()[0]

    assert {role: look(role, "seen") for role in (both, first, second)} == {
        both: 200,
        first: 403,
        second: 403,
    }
    assert (look(both, "seen-not"), look(both, "hidden")) == (404, 403)


def test_a_collection_needs_its_encryption_policy_and_a_name_is_taken_once(stacks: Stacks) -> None:
    body = json.loads(_collection("seen", f"arn:aws:iam::{ACCOUNT}:role/r"))
    del body["Resources"]["Encryption"]
    body["Resources"]["Collection"]["DependsOn"] = ["Access"]
    assert stacks.create("bare", json.dumps(body))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "No matching security policy of encryption type" in stacks.failures("bare")
    whole = _collection("seen", f"arn:aws:iam::{ACCOUNT}:role/r")
    assert stacks.create("one", whole)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.create("two", whole)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.failures("two")


CLUSTER = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:docs"


@pytest.fixture
def database(local_aws: LocalAws) -> Any:
    rds = local_aws.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="docs",
        Engine="aurora-postgresql",
        MasterUsername="admin1",
        MasterUserPassword="of-this-test-only",
        EnableHttpEndpoint=True,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="writer",
        DBClusterIdentifier="docs",
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
    )
    text = json.dumps({"username": "admin1", "password": "of-this-test-only"})
    secret = local_aws.client("secretsmanager").create_secret(Name="docs", SecretString=text)["ARN"]

    def execute(statement: str, *, role: str | None = None, cluster: str = CLUSTER) -> str:
        """Return the code and the message of the error, nothing without one."""
        try:
            local_aws.client("rds-data", role_arn=role).execute_statement(
                resourceArn=cluster, secretArn=secret, database="docs", sql=statement
            )
        except ClientError as error:
            return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
        return ""

    return execute


def test_a_table_is_made_and_dropped_as_in_postgre_sql(database: Any) -> None:
    table = "CREATE TABLE IF NOT EXISTS s.t (id uuid PRIMARY KEY, v vector(3))"
    index = "CREATE INDEX IF NOT EXISTS i ON s.t USING gin (id)"
    errors = [
        (table, 'schema "s" does not exist'),
        ("CREATE SCHEMA IF NOT EXISTS s", ""),
        (table, 'type "vector" does not exist'),
        ("CREATE EXTENSION IF NOT EXISTS vector", ""),
        (index, 'relation "s.t" does not exist'),
        (table, ""),
        (table, ""),
        (table.replace("IF NOT EXISTS ", ""), 'table "s.t" already exists'),
        (index, ""),
        ("DROP TABLE IF EXISTS s.t", ""),
        ("DROP TABLE IF EXISTS s.t", ""),
        ("DROP TABLE s.t", 'table "s.t" does not exist'),
        (index, 'relation "s.t" does not exist'),
    ]
    for statement, expected in errors:
        found = database(statement)
        assert (expected in found) if expected else not found, (statement, found)


def test_the_caller_needs_the_secret_too(role_with: Callable[..., str], database: Any) -> None:
    execute = {"Effect": "Allow", "Action": "rds-data:ExecuteStatement", "Resource": CLUSTER}
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    statement = "CREATE SCHEMA IF NOT EXISTS s"
    assert "secretsmanager:GetSecretValue" in database(statement, role=role_with("Half", execute))
    assert "rds-data:ExecuteStatement" in database(statement, role=role_with("Other", read))
    assert database(statement, role=role_with("Whole", execute, read)) == ""
    assert "not found" in database(statement, cluster=f"{CLUSTER}-other")
