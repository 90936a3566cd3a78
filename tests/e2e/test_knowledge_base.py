"""A knowledge base over its life on the local AWS: made, changed, replaced, synced and deleted in one stack.

After each step its documents are found, nothing of what it replaced is left, and no event says FAILED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from botocore.exceptions import ClientError

from constructs_lib import (
    Chunking,
    DataDeletionPolicy,
    KnowledgeBaseType,
    VectorBucket,
    VectorDataType,
    VectorStore,
)
from constructs_lib.review.diff import compare_resources
from constructs_lib.templates import TemplateSource
from tests.e2e.life import ACCOUNT, BUCKET, DOCUMENT, REGION, STACK, Life, build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_lib.local import LocalAws

VECTOR = KnowledgeBaseType.vector


def replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Return the types of what `bedrock-planes diff` says is replaced."""
    sides = [[TemplateSource("t.json", dict(body), stack=STACK)] for body in (old, new)]
    effects = compare_resources(*sides)
    assert all(one.certain and one.fails is False for one in effects)
    return {one.type for one in effects if one.change == "replaced"}


# What is changed, and whether the knowledge base and the data source are others afterwards.
CHANGES: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "description": ({"description": "Answers"}, False, False),
    "tags": ({"tags": {"team": "search"}}, False, False),
    "dimension": ({"type": VECTOR(dimension=512)}, True, True),
    "model": ({"type": VECTOR(embedding_model="cohere.embed-english-v3")}, True, True),
    "chunking": ({"chunking": Chunking.fixed(max_tokens=100, overlap_percentage=10)}, False, True),
    "policy": ({"deletion_policy": DataDeletionPolicy.RETAIN}, False, False),
    "non-filterable keys": (
        {"type": VECTOR(vector_store=VectorStore.s3_vectors(non_filterable_metadata_keys=["body"]))},
        True,
        True,
    ),
    "name": ({"knowledge_base_name": "answers"}, False, False),
    "data type": ({"type": VECTOR(data_type=VectorDataType.FLOAT32)}, True, True),
    "key": ({"encryption_key": lambda stack: kms.Key(stack, "Key")}, True, True),
    "bucket of the vectors": (
        {
            "type": lambda stack: VECTOR(
                vector_store=VectorStore.s3_vectors(
                    vector_bucket=VectorBucket(stack, "Vectors", removal_policy=cdk.RemovalPolicy.DESTROY)
                )
            )
        },
        True,
        True,
    ),
    "log delivery": ({"log_delivery": lambda stack: [logs.LogGroup(stack, "Logs")]}, False, False),
    "rerank models": ({"rerank_models": ["cohere.rerank-v3-5:0"]}, False, False),
    "prefix": ({"prefix": "pla"}, False, False),
}


def _step(life: Life, change: tuple[dict[str, Any], bool, bool], **start: Any) -> None:
    """Deploy, ingest, change, and look: in place the documents stay found, else after the next ingestion."""
    props, other_base, other_source = change
    assert life.deploy(**start) == "CREATE_COMPLETE", life.failed
    assert life.ingest() == "COMPLETE"
    left = life.left()
    before, deployed = dict(life.outputs), life.template
    assert life.deploy(**{**start, **props}) == "UPDATE_COMPLETE", life.failed
    others = replaced(deployed, life.template)
    assert ("AWS::Bedrock::KnowledgeBase" in others, "AWS::Bedrock::DataSource" in others) == (
        other_base,
        other_source,
    )
    assert (before["KnowledgeBaseId"] != life.outputs["KnowledgeBaseId"]) is other_base
    assert (before["DataSourceId"] != life.outputs["DataSourceId"]) is other_source
    assert life.failed == []
    # A managed one has no index that anybody sees.
    kinds = [one["Type"] for one in life.template["Resources"].values()]
    assert life.left() == (1, kinds.count("AWS::S3Vectors::Index"), 1)
    if not other_source:
        assert life.found() == [DOCUMENT]
    assert life.ingest() == "COMPLETE"
    assert life.found() == [DOCUMENT]
    assert life.deploy(**start) == "UPDATE_COMPLETE", life.failed
    assert life.failed == []
    assert life.ingest() == "COMPLETE"
    assert life.found() == [DOCUMENT]
    assert life.left() == left
    assert life.delete() == "DELETE_COMPLETE"
    assert life.failed == []
    assert life.left() == (0, 0, 0)


def _each(changes: Mapping[str, Any], *sample: str) -> list[Any]:
    """Return the names of changes; `make prove` runs all, `make test` those of the sample."""
    return [name if name in sample else pytest.param(name, marks=pytest.mark.prove) for name in changes]


@pytest.mark.parametrize(
    "name", _each(CHANGES, "description", "dimension", "chunking", "key", "prefix", "name")
)
def test_each_change_and_the_way_back_lose_nothing_and_leave_nothing(
    aws: LocalAws, tmp_path: Path, name: str
) -> None:
    _step(Life(aws, tmp_path), CHANGES[name])


def test_another_model_has_an_index_of_its_own_though_its_vectors_are_as_long(
    aws: LocalAws, tmp_path: Path
) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy() == "CREATE_COMPLETE", life.failed
    assert life.ingest() == "COMPLETE"
    deployed = life.template
    assert life.deploy(type=VECTOR(embedding_model="cohere.embed-english-v3")) == "UPDATE_COMPLETE"
    assert "AWS::S3Vectors::Index" in replaced(deployed, life.template)
    assert life.failed == []
    # The new one is empty: no vector of the other model is in it.
    assert life.found() == []
    assert life.ingest() == "COMPLETE"
    assert life.found() == [DOCUMENT]
    assert life.delete() == "DELETE_COMPLETE"


def test_another_model_that_is_rolled_back_half_way_leaves_the_documents_found(
    aws: LocalAws, tmp_path: Path
) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy() == "CREATE_COMPLETE", life.failed
    assert life.ingest() == "COMPLETE"
    before, left = dict(life.outputs), life.left()
    other = build(tmp_path / "other", type=VECTOR(embedding_model="cohere.embed-english-v3"))
    # It comes after the new index, knowledge base and data source, and can't be made.
    other["Resources"]["Last"] = {
        "Type": "AWS::Bedrock::KnowledgeBase",
        "DependsOn": [name for name, one in other["Resources"].items() if "DataSource" in one["Type"]],
        "Properties": {
            "Name": "last",
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/gone",
            "KnowledgeBaseConfiguration": {"Type": "VECTOR"},
        },
    }
    assert life.deploy(other) == "UPDATE_ROLLBACK_COMPLETE"
    assert [one.partition(" ")[0] for one in life.failed] == ["Last"]
    assert (dict(life.outputs), life.left()) == (before, left)
    assert life.found() == [DOCUMENT]
    assert life.delete() == "DELETE_COMPLETE"
    assert life.left() == (0, 0, 0)


MANAGED = KnowledgeBaseType.managed
TITAN = "amazon.titan-embed-text-v2:0"
MANAGED_CHANGES: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "description": ({"description": "Answers"}, False, False),
    "tags": ({"tags": {"team": "search"}}, False, False),
    "name": ({"knowledge_base_name": "answers"}, False, False),
    "log delivery": ({"log_delivery": lambda stack: [logs.LogGroup(stack, "Logs")]}, False, False),
    "model": ({"type": MANAGED(embedding_model=TITAN)}, True, True),
    "another model": ({"type": MANAGED(embedding_model="cohere.embed-v4:0")}, True, True),
    "key": ({"encryption_key": lambda stack: kms.Key(stack, "Key")}, True, True),
    "multimodal storage": (
        {
            "type": lambda stack: MANAGED(
                embedding_model="amazon.nova-2-multimodal-embeddings-v1:0",
                multimodal_storage=s3.Bucket.from_bucket_name(stack, "Media", "media-of-the-team"),
            )
        },
        True,
        True,
    ),
    "a vector one": ({"type": VECTOR()}, True, True),
    "policy": ({"deletion_policy": DataDeletionPolicy.RETAIN}, False, False),
    "prefix": ({"prefix": "pla"}, False, False),
    "deletion protection": ({"deletion_protection": 50}, False, False),
}


@pytest.mark.parametrize("name", _each(MANAGED_CHANGES, "description", "model", "key", "a vector one"))
def test_each_change_of_a_managed_one_and_the_way_back(aws: LocalAws, tmp_path: Path, name: str) -> None:
    _step(Life(aws, tmp_path), MANAGED_CHANGES[name], type=MANAGED())


def test_a_policy_that_moves_to_the_new_index_leaves_the_old_data_source(
    aws: LocalAws, tmp_path: Path
) -> None:
    """What the policy's own name prevents: the test above would see it."""
    life = Life(aws, tmp_path)
    for number, props in enumerate(({}, CHANGES["dimension"][0])):
        template = build(tmp_path / f"t{number}", **props)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::RolePolicy":
                resource["Properties"]["PolicyName"] = "TheSame"
        life.deploy(template)
        if not number:
            life.ingest()
    assert any("DELETE_FAILED" in one for one in life.failed)


def test_a_given_name_collides_as_on_aws_and_the_old_one_goes_on(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(knowledge_base_name="answers") == "CREATE_COMPLETE"
    assert life.ingest() == "COMPLETE"
    before = dict(life.outputs)
    deployed = life.template
    assert (
        life.deploy(knowledge_base_name="answers", type=VECTOR(dimension=512)) == "UPDATE_ROLLBACK_COMPLETE"
    )
    sides = [[TemplateSource("t.json", dict(one), stack=STACK)] for one in (deployed, life.template)]
    told = [one.collision for one in compare_resources(*sides) if one.fails]
    assert [one and one.name for one in told] == ["answers"]
    assert any("already exists" in one for one in life.failed), life.failed
    assert life.outputs == before
    assert life.left() == (1, 1, 1)
    assert life.found() == [DOCUMENT]


SYNC = {"on_deploy": True}


def test_a_deployment_syncs_and_a_replacement_too(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(sync=SYNC) == "CREATE_COMPLETE", life.failed
    assert life.found() == [DOCUMENT]
    before = life.outputs["KnowledgeBaseId"]
    assert life.deploy(sync=SYNC, type=VECTOR(dimension=512)) == "UPDATE_COMPLETE", life.failed
    assert life.outputs["KnowledgeBaseId"] != before
    assert life.found() == [DOCUMENT]
    life.write("more.md", b"# More\nA third plane there is not.")
    text = {"on_deploy": "the hash of the documents"}
    assert life.deploy(sync=text, type=VECTOR(dimension=512)) == "UPDATE_COMPLETE", life.failed
    assert life.found() == [f"s3://{BUCKET}/more.md", DOCUMENT]
    assert life.delete() == "DELETE_COMPLETE"
    assert life.failed == []
    assert life.left() == (0, 0, 0)


def test_a_document_that_fails_fails_the_deployment_by_name_and_what_was_there_goes_on(
    aws: LocalAws, tmp_path: Path
) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(sync=SYNC) == "CREATE_COMPLETE", life.failed
    before = dict(life.outputs)
    life.write("picture.md", b"\xff\xfe\xff")
    again = {"on_deploy": "again"}
    assert life.deploy(sync=again, type=VECTOR(dimension=512)) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("1 documents failed in the job" in one for one in life.failed), life.failed
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed
    assert life.outputs == before
    assert life.found() == [DOCUMENT]
    assert life.left()[:2] == (1, 1)


def test_a_managed_one_generates_no_answers(aws: LocalAws, tmp_path: Path) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(type=MANAGED()) == "CREATE_COMPLETE", life.failed
    asked = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": life.outputs["KnowledgeBaseId"],
            "modelArn": f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-lite-v1:0",
        },
    }
    with pytest.raises(ClientError, match="RetrieveAndGenerate is not supported"):
        aws.client("bedrock-agent-runtime").retrieve_and_generate(
            input={"text": "plane"}, retrieveAndGenerateConfiguration=asked
        )


@pytest.mark.parametrize("kind", [VECTOR(), KnowledgeBaseType.managed()], ids=["vector", "managed"])
def test_one_that_is_retained_still_answers_and_ingests_after_its_stack_is_gone(
    aws: LocalAws, tmp_path: Path, kind: KnowledgeBaseType
) -> None:
    life = Life(aws, tmp_path)
    assert life.deploy(type=kind, removal_policy=cdk.RemovalPolicy.RETAIN) == "CREATE_COMPLETE", life.failed
    assert life.ingest() == "COMPLETE"
    outputs = life.outputs
    assert (life.delete(), life.failed) == ("DELETE_COMPLETE", [])
    life.outputs = outputs
    assert life.found() == [DOCUMENT]
    life.write("more.md", b"# More\nEach plane has roles of its own.")
    assert life.ingest() == "COMPLETE"
    assert len(life.found()) == 2
