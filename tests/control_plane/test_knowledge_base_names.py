"""Generated names change with what replaces a knowledge base, and with nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3vectors as s3vectors

from constructs_lib import (
    KnowledgeBase,
    KnowledgeBaseType,
    QueryEngine,
    SqlStorage,
    VectorBucket,
    VectorIndex,
)
from constructs_lib import VectorStore as Store
from tests.cdk import Stack, resources, template
from tests.control_plane.knowledge_bases import KENDRA, WORKGROUP

if TYPE_CHECKING:
    from collections.abc import Callable

vector = KnowledgeBaseType.vector


def names(make: Callable[[Stack], object]) -> tuple[Any, Any]:
    """Return the names of the knowledge base and of its role's policy."""
    stack = Stack()
    make(stack)
    found = template(stack)
    [kb] = resources(found, "AWS::Bedrock::KnowledgeBase").values()
    [policy] = resources(found, "AWS::IAM::RolePolicy").values()
    return kb["Properties"]["Name"], policy["Properties"]["PolicyName"]


def kb(**props: Any) -> Callable[[Stack], object]:
    return lambda stack: KnowledgeBase(stack, "KB", **props)


def on_index(of_bucket: dict[str, Any], **of_index: Any) -> Callable[[Stack], object]:
    def make(stack: Stack) -> None:
        bucket = VectorBucket(stack, "B", **of_bucket)
        index = VectorIndex(stack, "I", vector_bucket=bucket, dimension=1024, **of_index)
        KnowledgeBase(stack, "KB", type=vector(vector_store=Store.s3_vectors(index)))

    return make


def overridden(path: str, value: object) -> Callable[[Stack], object]:
    def make(stack: Stack) -> None:
        made = KnowledgeBase(stack, "KB")
        for child in made.node.find_all():
            if isinstance(child, s3vectors.CfnIndex):
                child.add_property_override(path, value)

    return make


def tagged(stack: Stack) -> None:
    KnowledgeBase(stack, "KB")
    cdk.Tags.of(stack).add("team", "search")


SQL = QueryEngine.serverless(WORKGROUP)
OTHER_KENDRA = KENDRA.replace("12345678", "87654321")

# What is changed -> before, after.
REPLACING: dict[str, tuple[Callable[[Stack], object], Callable[[Stack], object]]] = {
    "dimension": (kb(), kb(type=vector(dimension=512))),
    "model": (kb(), kb(type=vector(embedding_model="cohere.embed-english-v3"))),
    "type": (kb(), kb(type=KnowledgeBaseType.managed())),
    "metadata keys": (
        kb(),
        kb(type=vector(vector_store=Store.s3_vectors(non_filterable_metadata_keys=["summary"]))),
    ),
    "name of the bucket of the index": (on_index({}), on_index({"vector_bucket_name": "vectors"})),
    "name of the index": (on_index({}), on_index({}, index_name="documents")),
    "override on the index": (kb(), overridden("DistanceMetric", "euclidean")),
    "kendra index": (
        kb(type=KnowledgeBaseType.kendra(KENDRA)),
        kb(type=KnowledgeBaseType.kendra(OTHER_KENDRA)),
    ),
    "database": (
        kb(type=KnowledgeBaseType.sql(SQL, storage=SqlStorage.redshift("a"))),
        kb(type=KnowledgeBaseType.sql(SQL, storage=SqlStorage.redshift("b"))),
    ),
}
UPDATING: dict[str, tuple[Callable[[Stack], object], Callable[[Stack], object]]] = {
    "description": (kb(), kb(description="What we know")),
    "tags": (kb(), kb(tags={"team": "search"})),
    "tags of the stack": (kb(), tagged),
    "override of tags": (kb(), overridden("Tags", [{"Key": "team", "Value": "x"}])),
    "tags of the index": (on_index({}), on_index({}, tags={"team": "search"})),
    "removal policy": (kb(), kb(removal_policy=cdk.RemovalPolicy.RETAIN)),
    "rerank models": (kb(), kb(rerank_models=["amazon.rerank-v1:0"])),
    "timeout": (
        kb(type=KnowledgeBaseType.sql(SQL, storage=SqlStorage.redshift("a"))),
        kb(
            type=KnowledgeBaseType.sql(
                SQL, storage=SqlStorage.redshift("a"), execution_timeout=cdk.Duration.seconds(9)
            )
        ),
    ),
}


@pytest.mark.parametrize("change", REPLACING)
def test_what_replaces_the_knowledge_base_renames_it_and_its_policy(change: str) -> None:
    before, after = (names(make) for make in REPLACING[change])
    assert before[0] != after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize("change", UPDATING)
def test_what_updates_the_knowledge_base_keeps_its_name(change: str) -> None:
    before, after = (names(make) for make in UPDATING[change])
    assert before == after


def test_a_name_is_one_that_bedrock_takes_whatever_the_path() -> None:
    stack = Stack("A-very-long-name-of-a-stack-" + "x" * 60)
    KnowledgeBase(stack, "Kb_with--odd.id")
    [found] = resources(template(stack), "AWS::Bedrock::KnowledgeBase").values()
    assert re.fullmatch(r"([0-9a-zA-Z][_-]?){1,100}", found["Properties"]["Name"])


def test_a_given_name_stays_and_the_policy_still_follows() -> None:
    before, after = names(kb(name="docs")), names(kb(name="docs", type=vector(dimension=256)))
    assert (before[0], after[0]) == ("docs", "docs")
    assert before[1] != after[1]
