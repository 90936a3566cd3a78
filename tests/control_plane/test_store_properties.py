"""Each property of what the two made stores consist of, changed once: in place or anew, and nothing collides.

A property that the construct's props reach is changed by them, the others on the L1. The schema of the type
says what a change means. The rows cover each property that a template has, and each that can't change. A name
that somebody sets on an L1 is none of them: policies, knowledge base and function name the generated one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds

from constructs_lib import KnowledgeBase, KnowledgeBaseType, VectorStore
from constructs_lib.local.emulator.cloudformation._properties import schema
from tests.cdk import ACCOUNT, Stack, template
from tests.control_plane.calls import Account
from tests.control_plane.knowledge_bases import KEY, cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

KB = "AWS::Bedrock::KnowledgeBase"
AOSS = "AWS::OpenSearchServerless::"
ACCESS, SECURITY = f"{AOSS}AccessPolicy", f"{AOSS}SecurityPolicy"
COLLECTION, INDEX = f"{AOSS}Collection", f"{AOSS}Index"
READY, TABLE = "Custom::BedrockVectorIndexReady", "Custom::BedrockVectorTable"
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
SUBNETS, SECRET = "AWS::RDS::DBSubnetGroup", "AWS::SecretsManager::Secret"
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"


@dataclass(frozen=True)
class Row:
    """A property, and how it is changed: by props, by an override of the L1, or by setting it there."""

    store: str
    type: str
    property: str
    props: dict[str, Any] = field(default_factory=dict)
    override: Any = None
    assigned: Any = None
    path: str = ""

    def __str__(self) -> str:
        how = "props" if self.props else "override" if self.override is not None else "assigned"
        return f"{self.store}-{self.type.rpartition('::')[2]}-{self.path or self.property}-{how}"


def rows(store: str, kind: str, how: str, values: dict[str, Any]) -> Iterator[Row]:
    for path, value in values.items():
        yield Row(store, kind, path.partition(".")[0], path=path, **{how: value})


ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploys"
OF_TYPE = {"dimension": {"dimension": 512}, "model": {"embedding_model": "cohere.embed-english-v3"}}
FIELDS = {"text_field": "texts"}
REPLICAS = {"of_store": {"standby_replicas": False}}
RULES = json.dumps([{"Rules": [], "Principal": [ROLE]}])

SERVERLESS = [
    *rows(
        "serverless",
        COLLECTION,
        "override",
        {
            "Description": "x",
            "DeletionProtection": "ENABLED",
            "VectorOptions": {"ServerlessVectorAcceleration": "ENABLED"},
            "Tags": [{"Key": "team", "Value": "search"}],
            "Type": "SEARCH",
            "StandbyReplicas": "DISABLED",
            "CollectionGroupName": "shared",
            "EncryptionConfig": {"AWSOwnedKey": True},
        },
    ),
    *rows(
        "serverless",
        COLLECTION,
        "assigned",
        {"Type": "SEARCH", "StandbyReplicas": "DISABLED", "Description": "x"},
    ),
    *rows("serverless", COLLECTION, "props", {"StandbyReplicas": REPLICAS, "Name": REPLICAS}),
    *rows("serverless", COLLECTION, "props", {"Name": {"encryption_key": True}}),
    *rows("serverless", ACCESS, "override", {"Description": "x"}),
    *rows(
        "serverless",
        ACCESS,
        "props",
        {"Policy": {"of_store": {"created_by": [ROLE]}}, "Name": REPLICAS},
    ),
    *rows("serverless", SECURITY, "override", {"Description": "x", "Policy": "{}"}),
    *rows("serverless", SECURITY, "props", {"Name": REPLICAS, "Policy": {"encryption_key": True}}),
    *rows(
        "serverless",
        INDEX,
        "override",
        {
            "Mappings.Properties.more": {"Type": "keyword"},
            "Settings.Index.Knn": False,
            "Settings.Analysis": {"Analyzer": {"own": {"Type": "custom", "Tokenizer": "standard"}}},
        },
    ),
    *rows(
        "serverless",
        INDEX,
        "props",
        {
            "IndexName": {"of_type": OF_TYPE["model"]},
            "Mappings": {"of_type": OF_TYPE["dimension"]},
            "CollectionEndpoint": REPLICAS,
        },
    ),
    Row("serverless", INDEX, "Mappings", path="Mappings.fields", props={"of_store": FIELDS}),
    *rows(
        "serverless", READY, "props", {"Endpoint": REPLICAS, "IndexName": {"of_type": OF_TYPE["dimension"]}}
    ),
    *rows(
        "serverless",
        KB,
        "props",
        {
            "Name": {"of_type": OF_TYPE["model"]},
            "Description": {"description": "x"},
            "Tags": {"tags": {"team": "search"}},
            "RoleArn": {"role": True},
            "KnowledgeBaseConfiguration": {"of_type": OF_TYPE["dimension"]},
            "StorageConfiguration": {"of_store": FIELDS},
        },
    ),
    Row("serverless", KB, "StorageConfiguration", path="StorageConfiguration.collection", props=REPLICAS),
]

SET_ON_CLUSTER = {
    "AvailabilityZones": ["us-east-1a"],
    "ClusterScalabilityType": "standard",
    "DatabaseName": "other",
    "DBClusterIdentifier": "given-by-hand",
    "DBSubnetGroupName": "other",
    "DBSystemId": "system",
    "Engine": "postgres",
    "EngineMode": "provisioned",
    "GlobalClusterIdentifier": "world",
    "KmsKeyId": KEY,
    "MasterUsername": "other",
    "PubliclyAccessible": True,
    "RestoreToTime": "2026-01-01T00:00:00Z",
    "RestoreType": "copy-on-write",
    "SnapshotIdentifier": "snapshot",
    "SourceDBClusterIdentifier": "other",
    "SourceDbClusterResourceId": "cluster-ABCDEF",
    "SourceRegion": "us-west-2",
    "StorageEncrypted": True,
    "UseLatestRestorableTime": True,
    "CopyTagsToSnapshot": False,
    "DBClusterParameterGroupName": "other",
    "EnableHttpEndpoint": False,
    "EngineVersion": "16.6",
    "Port": 5433,
    "MasterUserPassword": "of-this-test-only",
    "VpcSecurityGroupIds": ["sg-12345678"],
}

AURORA = [
    *rows("aurora", CLUSTER, "assigned", SET_ON_CLUSTER),
    *rows(
        "aurora",
        CLUSTER,
        "props",
        {
            "ServerlessV2ScalingConfiguration": {"cluster": {"serverless_v2_max_capacity": 4}},
            "DatabaseName": {"cluster": {"default_database_name": "other"}},
            "StorageEncrypted": {"cluster": {"storage_encrypted": True}},
        },
    ),
    *rows(
        "aurora",
        INSTANCE,
        "assigned",
        {"DBInstanceClass": "db.r6g.large", "PromotionTier": 2, "PubliclyAccessible": True},
    ),
    *rows("aurora", INSTANCE, "assigned", {"DBClusterIdentifier": "other", "Engine": "postgres"}),
    *rows(
        "aurora",
        SUBNETS,
        "assigned",
        {
            "DBSubnetGroupName": "given-by-hand",
            "DBSubnetGroupDescription": "x",
            "SubnetIds": ["subnet-3", "subnet-4"],
        },
    ),
    *rows(
        "aurora",
        SECRET,
        "assigned",
        {
            "Name": "given-by-hand",
            "Description": "x",
            "GenerateSecretString": {"passwordLength": 40, "generateStringKey": "password"},
        },
    ),
    *rows("aurora", ATTACHMENT, "assigned", {"SecretId": "other", "TargetId": "other"}),
    Row("aurora", ATTACHMENT, "TargetType", assigned="AWS::RDS::DBInstance"),
    *rows(
        "aurora",
        TABLE,
        "props",
        {
            "Database": {"of_store": {"database_name": "other"}},
            "Schema": {"of_store": {"schema_name": "other"}},
            "Table": {"of_type": OF_TYPE["model"]},
            "Dimension": {"of_type": OF_TYPE["dimension"]},
            "PrimaryKeyField": {"of_store": {"primary_key_field": "other"}},
            "VectorField": {"of_store": {"vector_field": "other"}},
            "TextField": {"of_store": {"text_field": "other"}},
            "MetadataField": {"of_store": {"metadata_field": "other"}},
            "CustomMetadataField": {"of_store": {"custom_metadata_field": "other"}},
            "ClusterArn": {"cluster": {"storage_encrypted": True}},
            "SecretArn": {"own_secret": True},
        },
    ),
    *rows(
        "aurora",
        KB,
        "props",
        {
            "Name": {"of_type": OF_TYPE["model"]},
            "Description": {"description": "x"},
            "Tags": {"tags": {"team": "search"}},
            "RoleArn": {"role": True},
            "KnowledgeBaseConfiguration": {"of_type": OF_TYPE["dimension"]},
            "StorageConfiguration": {"of_store": {"schema_name": "other"}},
        },
    ),
]

ROWS = [*SERVERLESS, *AURORA]
MADE_BY: dict[str, tuple[str, ...]] = {
    "serverless": (ACCESS, SECURITY, COLLECTION, INDEX, READY, KB),
    "aurora": (CLUSTER, INSTANCE, SUBNETS, SECRET, ATTACHMENT, TABLE, KB),
}
NOT_CHANGED = {
    "ServiceToken": "CloudFormation takes no other function for a custom resource",
    "ServiceTimeout": "it is how long CloudFormation waits, and no part of the resource",
    "SecurityPolicy.Type": "an encryption policy is none of the network, so another type is another resource",
    "AccessPolicy.Type": "`data` is the only one",
}
IN_THE_SAMPLE = 6
"""Each so many rows there is one in the ordinary tests."""


def made(store: str, row: Row | None = None) -> Any:
    """Return the template of a knowledge base on a store, changed by a row."""
    stack, changed = Stack(), dict(row.props) if row is not None else {}
    of_type, made_with = changed.pop("of_type", {}), _store(stack, store, changed)
    if changed.pop("encryption_key", False):
        changed["encryption_key"] = kms.Key.from_key_arn(stack, "Key", KEY)
    if changed.pop("role", False):
        changed["role"] = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(vector_store=made_with, **of_type), **changed)
    if row is not None and not row.props:
        _change(stack, row)
    return template(stack)


def _store(stack: Stack, store: str, changed: dict[str, Any]) -> Any:
    of_store = changed.pop("of_store", {})
    if store == "serverless":
        return VectorStore.open_search_serverless(**of_store)
    of_cluster = changed.pop("cluster", {})
    there = cluster(stack, **of_cluster)
    secret = there.secret
    if changed.pop("own_secret", False):
        secret = rds.DatabaseSecret(stack, "Own", username="reader")
    assert secret is not None
    return VectorStore.aurora(there, credentials_secret=secret, **{"database_name": "docs", **of_store})


def _change(stack: Stack, row: Row) -> None:
    found = [
        one
        for one in stack.node.find_all()
        if isinstance(one, cdk.CfnResource) and one.cfn_resource_type == row.type
    ]
    assert found, row
    if row.override is not None:
        found[0].add_property_override(row.path or row.property, row.override)
    else:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=DB)(?=[A-Z])", "_", row.property).lower()
        assert hasattr(found[0], name), name
        setattr(found[0], name, row.assigned)


def _pointers(kind: str) -> set[str]:
    known = {} if kind.startswith("Custom::") else schema(kind)
    both = (*known.get("createOnlyProperties", ()), *known.get("conditionalCreateOnlyProperties", ()))
    return {pointer.removeprefix("/properties/").replace("/", ".") for pointer in both}


def _properties(found: Any, kind: str) -> list[dict[str, Any]]:
    return [one.get("Properties", {}) for one in found["Resources"].values() if one["Type"] == kind]


def _cases() -> list[Any]:
    marks = {True: (), False: (pytest.mark.prove,)}
    return [
        pytest.param(row, id=str(row), marks=marks[number % IN_THE_SAMPLE == 0])
        for number, row in enumerate(ROWS)
    ]


@pytest.fixture(scope="module")
def first() -> dict[str, Any]:
    return {store: made(store) for store in MADE_BY}


@pytest.mark.parametrize("row", _cases())
def test_a_property_changes_in_place_or_anew_as_its_schema_says_and_back(
    row: Row, first: dict[str, Any]
) -> None:
    before, after = first[row.store], made(row.store, row)
    account = Account()
    account.deploy(before)
    old = account.properties(row.type)
    for wanted in (after, before):
        calls = account.deploy(wanted)  # which fails on a name that is taken and on a body that doesn't fit
        new = account.properties(row.type)
        assert old.get(row.property) != new.get(row.property), "the row changes nothing"
        anew = any(_changed(old, new, pointer) for pointer in _pointers(row.type))
        old = new
        mine = [one.verb for one in calls if one.type == row.type]
        assert ("create" in mine, "delete" in mine) == (anew, anew), calls
        assert anew or "update" in mine
        # What is new stands before anything old goes.
        verbs = [one.verb for one in calls]
        assert "delete" not in verbs or "create" not in verbs[verbs.index("delete") :]
        # A knowledge base on a store that is made anew is another one, and what has its vectors, too.
        if anew and row.type in (COLLECTION, INDEX, CLUSTER):
            assert {one.verb for one in calls if one.type == KB} == {"create", "delete"}
    account.delete()
    assert account.live == []


def _changed(old: dict[str, Any], new: dict[str, Any], pointer: str) -> bool:
    left: Any = old
    right: Any = new
    for part in pointer.split("."):
        left, right = (one.get(part) if isinstance(one, dict) else None for one in (left, right))
    return bool(left != right)


@pytest.mark.parametrize("store", MADE_BY)
def test_the_rows_cover_what_is_in_a_template_and_what_cannot_change(
    store: str, first: dict[str, Any]
) -> None:
    rowed = {(row.type, row.property) for row in ROWS if row.store == store}
    there = {
        (kind, name)
        for kind in MADE_BY[store]
        for properties in _properties(first[store], kind)
        for name in properties
    }
    for kind in (ACCESS, SECURITY, COLLECTION, INDEX, CLUSTER, KB):
        if kind in MADE_BY[store]:
            there |= {(kind, pointer.partition(".")[0]) for pointer in _pointers(kind)}
    missing = {
        (kind, name)
        for kind, name in there - rowed
        if not {name, f"{kind.rpartition('::')[2]}.{name}"} & NOT_CHANGED.keys()
    }
    assert missing == set()
