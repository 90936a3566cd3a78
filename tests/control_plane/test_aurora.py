"""A table that is made for a knowledge base in Aurora: permissions, order, and what replaces it."""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib import KnowledgeBase, KnowledgeBaseType, VectorStore
from tests.cdk import Stack, resources, template
from tests.control_plane.knowledge_bases import CLUSTER, KEY, SECRET, cluster, secret

TABLE = "Custom::BedrockVectorTable"


def made(
    *, dimension: int | None = None, store: dict[str, Any] | None = None, **props: Any
) -> dict[str, Any]:
    stack = Stack()
    given: dict[str, Any] = {"credentials_secret": secret(stack), "database_name": "docs", **(store or {})}
    kind = KnowledgeBaseType.vector(dimension=dimension, vector_store=VectorStore.aurora(CLUSTER, **given))
    KnowledgeBase(stack, "KB", type=kind, **props)
    return template(stack)


def only(found: dict[str, Any], kind: str) -> dict[str, Any]:
    [one] = resources(found, kind).values()
    return one


def test_service_role_and_function_get_this_cluster_and_this_secret_and_nothing_else() -> None:
    found = made()
    reading = [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": SECRET},
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": KEY,
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": {
                        "Fn::Join": ["", ["secretsmanager.us-east-1.", {"Ref": "AWS::URLSuffix"}]]
                    }
                }
            },
        },
    ]
    policies = resources(found, "AWS::IAM::RolePolicy")
    [service] = [one for name, one in policies.items() if "ServicePolicy" in name]
    assert service["Properties"]["PolicyDocument"]["Statement"][2:] == [
        {"Effect": "Allow", "Action": "rds:DescribeDBClusters", "Resource": CLUSTER},
        {
            "Effect": "Allow",
            "Action": ["rds-data:BatchExecuteStatement", "rds-data:ExecuteStatement"],
            "Resource": CLUSTER,
        },
        *reading,
    ]
    [handler] = [one for name, one in policies.items() if "HandlerPolicy" in name]
    assert handler["Properties"]["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "rds-data:ExecuteStatement", "Resource": CLUSTER},
        *reading,
    ]
    # Replaced with the table: the old one stays until the old table is dropped.
    assert handler["Properties"]["PolicyName"] == only(found, TABLE)["Properties"]["Table"]


def test_the_table_waits_for_the_instances_and_the_knowledge_base_for_the_table() -> None:
    stack = Stack()
    there = cluster(stack)
    assert there.secret is not None
    store = VectorStore.aurora(there, credentials_secret=there.secret, database_name="docs")
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(vector_store=store))
    found = template(stack)
    awaited = {found["Resources"][name]["Type"] for name in only(found, TABLE)["DependsOn"]}
    assert {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"} <= awaited
    awaited = {
        found["Resources"][name]["Type"] for name in only(found, "AWS::Bedrock::KnowledgeBase")["DependsOn"]
    }
    assert TABLE in awaited


def names(found: dict[str, Any]) -> tuple[str, str]:
    return only(found, TABLE)["Properties"]["Table"], only(found, "AWS::Bedrock::KnowledgeBase")[
        "Properties"
    ]["Name"]


@pytest.mark.parametrize(
    "changed",
    [
        {"dimension": 256},
        {"store": {"text_field": "texts"}},
        {"store": {"database_name": "other"}},
        {"store": {"schema_name": "other"}},
    ],
)
def test_what_cannot_change_makes_another_table_and_knowledge_base(changed: dict[str, Any]) -> None:
    before, after = names(made()), names(made(**changed))
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_what_can_change_makes_none() -> None:
    assert names(made()) == names(made(description="what we know", tags={"team": "search"}))


def test_the_knowledge_base_names_the_table_that_is_made() -> None:
    found = made()
    storage = only(found, "AWS::Bedrock::KnowledgeBase")["Properties"]["StorageConfiguration"]
    assert storage["RdsConfiguration"]["TableName"] == f"bedrock_integration.{names(found)[0]}"


@pytest.mark.parametrize(
    ("policy", "expected"), [(cdk.RemovalPolicy.DESTROY, "Delete"), (cdk.RemovalPolicy.RETAIN, "Retain")]
)
def test_the_table_goes_or_stays_as_the_removal_policy_says(policy: cdk.RemovalPolicy, expected: str) -> None:
    assert only(made(removal_policy=policy), TABLE)["DeletionPolicy"] == expected


@pytest.mark.parametrize("schema", ["s", "bedrock_integration", "s" * 30])
def test_schema_and_table_have_63_characters_at_most_however_long_the_path(schema: str) -> None:
    stack = Stack("a-long-name-of-a-stack-" * 4)
    store = VectorStore.aurora(
        CLUSTER, credentials_secret=secret(stack), database_name="docs", schema_name=schema
    )
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(vector_store=store))
    table = names(template(stack))[0]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", table)
    assert len(f"{schema}.{table}") <= 63


def test_a_table_that_exists_gets_no_function() -> None:
    assert not resources(made(store={"table_name": "chunks"}), "AWS::Lambda::Function")
