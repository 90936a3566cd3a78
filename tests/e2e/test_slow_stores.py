"""Vector stores that take their time, in a real stack: who waits, and how it ends when nobody comes.

The functions, their roles and policies are the construct's. Only their patience is shorter. The local AWS
makes an index of OpenSearch Serverless that is not there for everybody at once, and a cluster that resumes.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds

from constructs_lib import KnowledgeBaseType, VectorStore
from constructs_lib.local import LocalAws
from tests.e2e.life import ACCOUNT, DOCUMENT, STACK, Life, build, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aws_cdk import Stack

SLOW, NEVER = 1.0, 3600.0
PATIENCE = {
    "open-search": ("_PATIENCE = 480", "_PATIENCE = {}", "Custom::BedrockVectorIndexReady"),
    "aurora": ("_PATIENCE = 420", "_PATIENCE = {}", "Custom::BedrockVectorTable"),
}
STORES = list(PATIENCE)
PROVE = pytest.mark.prove
SAMPLED = {
    "late": ["open-search", pytest.param("aurora", marks=PROVE)],
    "never": [pytest.param("open-search", marks=PROVE), "aurora"],
}
"""The two kinds of fault with one store each in the ordinary tests, since a stack takes seconds."""


@pytest.fixture(scope="module")
def slow() -> Iterator[LocalAws]:
    with LocalAws(store_seconds=SLOW) as aws:
        yield aws


@pytest.fixture(scope="module")
def never() -> Iterator[LocalAws]:
    with LocalAws(store_seconds=NEVER) as aws:
        yield aws


def _open_search(_stack: Stack, dimension: int) -> KnowledgeBaseType:
    store = VectorStore.open_search_serverless(created_by=[f"arn:aws:iam::{ACCOUNT}:role/cfn-execution"])
    return KnowledgeBaseType.vector(dimension=dimension, vector_store=store)


def _aurora(
    stack: Stack, dimension: int, *, name: str = "Cluster", user: str = "postgres", own: bool = False
) -> KnowledgeBaseType:
    cluster = rds.DatabaseCluster(
        stack,
        name,
        engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_4),
        writer=rds.ClusterInstance.serverless_v2("Writer"),
        vpc=ec2.Vpc(stack, "Vpc", availability_zones=["us-east-1a", "us-east-1b"], nat_gateways=0),
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        default_database_name="documents",
        enable_data_api=True,
        credentials=rds.Credentials.from_generated_secret(user),
    )
    secret = rds.DatabaseSecret(stack, "Own", username="reader") if own else cluster.secret
    assert secret is not None
    store = VectorStore.aurora(cluster, credentials_secret=secret, database_name="documents")
    return KnowledgeBaseType.vector(dimension=dimension, vector_store=store)


def on(store: str, dimension: int = 1024) -> Any:
    make = _open_search if store == "open-search" else _aurora
    return lambda stack: make(stack, dimension)


def started(aws: LocalAws, folder: Path, store: str, *, patience: float = 60) -> Life:
    life = Life(aws, folder, derived=True)
    old, new, _ = PATIENCE[store]
    life.code[old] = new.format(patience)
    return life


@pytest.mark.parametrize("store", SAMPLED["late"])
def test_a_store_that_comes_late_is_waited_for(slow: LocalAws, tmp_path: Path, store: str) -> None:
    life = started(slow, tmp_path, store)
    began = time.monotonic()
    assert life.deploy(type=on(store)) == "CREATE_COMPLETE", life.failed
    assert time.monotonic() - began > SLOW
    assert (life.ingest(), life.found()) == ("COMPLETE", [DOCUMENT])
    assert life.delete() == "DELETE_COMPLETE", life.failed
    assert (life.failed, life.left()) == ([], (0, 0, 0))


@pytest.mark.prove
@pytest.mark.parametrize("store", STORES)
def test_a_change_and_the_way_back_wait_too(slow: LocalAws, tmp_path: Path, store: str) -> None:
    life = started(slow, tmp_path, store)
    assert life.deploy(type=on(store)) == "CREATE_COMPLETE", life.failed
    ids = [life.outputs["KnowledgeBaseId"]]
    for dimension in (512, 1024):
        assert life.deploy(type=on(store, dimension)) == "UPDATE_COMPLETE", life.failed
        assert life.found() == []
        assert (life.ingest(), life.found()) == ("COMPLETE", [DOCUMENT])
        ids.append(life.outputs["KnowledgeBaseId"])
    assert len(set(ids)) == 3
    assert life.delete() == "DELETE_COMPLETE", life.failed
    assert (life.failed, life.left()) == ([], (0, 0, 0))


@pytest.mark.prove
@pytest.mark.parametrize("change", [{"name": "Other"}, {"user": "other"}, {"own": True}], ids=str)
def test_the_old_table_goes_after_cluster_or_secret_has_changed(
    slow: LocalAws, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Another cluster, one that CloudFormation replaces, another secret: the function drops the old one."""
    life = started(slow, tmp_path, "aurora")
    for given in ({}, change, {}):
        status = life.deploy(type=lambda stack, given=given: _aurora(stack, 1024, **given))
        assert status == ("UPDATE_COMPLETE" if life.steps > 1 else "CREATE_COMPLETE"), life.failed
        assert life.failed == []
        assert (life.ingest(), life.found()) == ("COMPLETE", [DOCUMENT])
    assert life.delete() == "DELETE_COMPLETE", life.failed
    assert (life.failed, life.left()) == ([], (0, 0, 0))


@pytest.mark.prove
def test_without_the_wait_the_knowledge_base_is_refused(slow: LocalAws, tmp_path: Path) -> None:
    """What the function prevents: the test above would see it."""
    life = Life(slow, tmp_path, derived=True)
    template = build(tmp_path / "1", type=on("open-search"))
    resources = template["Resources"]
    [ready] = [name for name, one in resources.items() if one["Type"] == PATIENCE["open-search"][2]]
    del resources[ready]
    for one in resources.values():
        one["DependsOn"] = [name for name in one.get("DependsOn", ()) if name != ready]
    assert life.deploy(template) == "ROLLBACK_COMPLETE"
    assert any("no such index [documents-" in one for one in life.failed), life.failed


@pytest.mark.parametrize("store", SAMPLED["never"])
def test_a_store_that_never_comes_fails_with_what_to_do_and_leaves_nothing(
    never: LocalAws, tmp_path: Path, store: str
) -> None:
    life = started(never, tmp_path, store, patience=1)
    assert life.deploy(type=on(store)) == "ROLLBACK_COMPLETE", life.failed
    [reason] = life.failed
    expected = {
        "open-search": "didn't answer 6 times in a row within 1 s: the index is not there; the last answer",
        "aurora": "`CREATE EXTENSION IF NOT EXISTS vector` failed (DatabaseResumingException:",
    }
    assert expected[store] in reason
    assert life.left() == (0, 0, 0)


def _stop_cluster(aws: LocalAws) -> None:
    client = aws.client("rds")
    [cluster] = client.describe_db_clusters()["DBClusters"]
    client.stop_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"])


def _shut_out(template: dict[str, Any]) -> None:
    """Take the function's rule out of the data access policy."""
    kind = "AWS::OpenSearchServerless::AccessPolicy"
    [policy] = [one["Properties"] for one in template["Resources"].values() if one["Type"] == kind]
    alone = '"Permission":["aoss:DescribeIndex"]'
    text = json.dumps(policy["Policy"])
    assert text.count(json.dumps(alone)[1:-1]) == 1
    policy["Policy"] = json.loads(
        text.replace(json.dumps(alone)[1:-1], json.dumps(alone.replace("Describe", "Update"))[1:-1])
    )


@pytest.mark.prove
@pytest.mark.parametrize(
    ("store", "reason"),
    [
        ("open-search", "the data access and network policies of the collection must admit this function's"),
        ("aurora", "failed (DatabaseUnavailableException"),
    ],
)
def test_a_change_on_a_store_that_does_not_answer_goes_back_to_the_first(
    slow: LocalAws, tmp_path: Path, store: str, reason: str
) -> None:
    life = started(slow, tmp_path, store, patience=SLOW + 3)
    assert life.deploy(type=on(store)) == "CREATE_COMPLETE", life.failed
    first = life.outputs["KnowledgeBaseId"]
    assert life.ingest() == "COMPLETE"
    template = build(tmp_path / "2", type=on(store, 512))
    if store == "aurora":
        _stop_cluster(life.aws)
    else:
        _shut_out(template)
    assert life.deploy(template) == "UPDATE_ROLLBACK_COMPLETE", life.failed
    assert any(reason in one for one in life.failed), life.failed
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed
    assert (life.outputs["KnowledgeBaseId"], life.found()) == (first, [DOCUMENT])


@pytest.mark.prove
@pytest.mark.parametrize("store", STORES)
def test_a_store_that_comes_after_the_deletion_began_is_no_matter(
    slow: LocalAws, tmp_path: Path, store: str
) -> None:
    life = started(slow, tmp_path, store, patience=0.2)
    assert life.deploy(type=on(store)) == "ROLLBACK_COMPLETE", life.failed
    time.sleep(SLOW)
    assert (life.delete(), life.left()) == ("DELETE_COMPLETE", (0, 0, 0))
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed


@pytest.mark.prove
@pytest.mark.parametrize("store", STORES)
def test_a_stack_that_is_deleted_while_its_store_is_waited_for_goes(
    slow: LocalAws, tmp_path: Path, store: str
) -> None:
    life = started(slow, tmp_path, store)
    client = slow.client("cloudformation")
    life.begin(type=on(store))
    kind = PATIENCE[store][2]

    def waits() -> bool:
        events = client.describe_stack_events(StackName=STACK)["StackEvents"]
        return any(one["ResourceType"] == kind for one in events)

    until(waits)
    assert life.delete() == "DELETE_COMPLETE"
    time.sleep(SLOW + 1)  # what waited has come by then
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed
    assert life.left() == (0, 0, 0)
