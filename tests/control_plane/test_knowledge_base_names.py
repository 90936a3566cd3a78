"""Generated names change with what replaces a knowledge base, and with nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_s3vectors as s3vectors

from constructs_lib import (
    DistanceMetric,
    KnowledgeBase,
    KnowledgeBaseType,
    QueryEngine,
    SqlStorage,
    VectorBucket,
    VectorIndex,
)
from constructs_lib import VectorStore as Store
from tests.cdk import ACCOUNT, REGION, Stack, resources, template
from tests.control_plane.knowledge_bases import INDEX, KENDRA, WORKGROUP

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

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
    before, after = (
        names(kb(knowledge_base_name="docs")),
        names(kb(knowledge_base_name="docs", type=vector(dimension=256))),
    )
    assert (before[0], after[0]) == ("docs", "docs")
    assert before[1] != after[1]


def on_import(change: Callable[[KnowledgeBase], object] = lambda _: None) -> Callable[[Stack], object]:
    """Make one without tokens, whose names are known at once, and change it then."""

    def make(stack: Stack) -> None:
        index = VectorIndex.from_vector_index_arn(stack, "I", INDEX)
        change(KnowledgeBase(stack, "KB", type=vector(vector_store=Store.s3_vectors(index))))

    return make


def _l1(made: KnowledgeBase) -> bedrock.CfnKnowledgeBase:
    child = made.node.default_child
    assert isinstance(child, bedrock.CfnKnowledgeBase)
    return child


def _other_store(made: KnowledgeBase) -> None:
    types = bedrock.CfnKnowledgeBase
    other = types.S3VectorsConfigurationProperty(index_arn=INDEX.replace("documents", "others"))
    _l1(made).storage_configuration = types.StorageConfigurationProperty(
        type="S3_VECTORS", s3_vectors_configuration=other
    )


def _in_an_aspect(made: KnowledgeBase) -> None:
    @jsii.implements(cdk.IAspect)
    class Other:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, bedrock.CfnKnowledgeBase):
                node.add_property_override("StorageConfiguration.S3VectorsConfiguration.IndexArn", "arn:x")

    cdk.Aspects.of(made).add(Other())


LATE: dict[str, Callable[[KnowledgeBase], object]] = {
    "a property of the L1": _other_store,
    "an override": lambda made: _l1(made).add_property_override("StorageConfiguration.Type", "PINECONE"),
    "an aspect": _in_an_aspect,
}


@pytest.mark.parametrize("change", LATE)
def test_a_late_change_renames_what_was_named_at_once(change: str) -> None:
    before, after = names(on_import()), names(on_import(LATE[change]))
    assert before[0] != after[0]
    assert before[1] != after[1]


def _rename(made: KnowledgeBase) -> None:
    _l1(made).name = "mine"
    made.policy.policy_name = "mine-too"


@pytest.mark.parametrize("make", [on_import, lambda change: lambda stack: change(KnowledgeBase(stack, "KB"))])
def test_names_that_are_set_on_the_resources_stay(make: Any) -> None:
    assert names(make(_rename)) == ("mine", "mine-too")


def test_a_second_synthesis_gives_the_same_names() -> None:
    stack = Stack()
    KnowledgeBase(stack, "KB")
    app: Any = stack.node.root
    first, second = (app.synth(force=True).get_stack_by_name("S").template for _ in range(2))
    assert first == second


def test_names_follow_also_where_the_validation_is_skipped() -> None:
    found = []
    for dimension in (256, 512):
        stack = Stack()
        KnowledgeBase(stack, "KB", type=vector(dimension=dimension))
        app: Any = stack.node.root
        made = app.synth(skip_validation=True).get_stack_by_name("S").template
        [kb_] = resources(made, "AWS::Bedrock::KnowledgeBase").values()
        [policy] = resources(made, "AWS::IAM::RolePolicy").values()
        found.append((kb_["Properties"]["Name"], policy["Properties"]["PolicyName"]))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


def test_names_do_not_depend_on_what_else_the_app_makes() -> None:
    def late(stack: Stack) -> None:
        for number in range(3):
            cdk.CfnOutput(stack, f"O{number}", value=cdk.Fn.join("", ["a", stack.region]))
        kb()(stack)

    assert names(kb()) == names(late)


def test_a_name_can_be_referred_to() -> None:
    stack = Stack()
    made = KnowledgeBase(stack, "KB")
    cdk.CfnOutput(stack, "Name", value=_l1(made).name)
    found = template(stack)
    [kb_] = resources(found, "AWS::Bedrock::KnowledgeBase").values()
    assert found["Outputs"]["Name"]["Value"] == kb_["Properties"]["Name"]


def test_a_reference_to_another_stack_gives_the_same_names_in_each_synthesis() -> None:
    def made(dimension: int) -> list[Any]:
        stack = Stack()
        app: Any = stack.node.root
        other = cdk.Stack(app, "Other", env=cdk.Environment(account=ACCOUNT, region=REGION))
        bucket = VectorBucket(other, "B")
        index = VectorIndex(other, "I", vector_bucket=bucket, dimension=dimension)
        store = Store.s3_vectors(index)
        KnowledgeBase(stack, "KB", type=vector(dimension=dimension, vector_store=store))
        found = []
        # The CDK resolves a reference across stacks in another way once it has been prepared.
        for _ in range(2):
            [kb_] = resources(
                app.synth(force=True).get_stack_by_name("S").template, "AWS::Bedrock::KnowledgeBase"
            ).values()
            found.append(kb_["Properties"]["Name"])
        return found

    small, large = made(256), made(512)
    assert small[0] == small[1]
    assert large[0] == large[1]
    assert small[0] != large[0]


def _stored(index: str) -> Any:  # the CDK takes a dict in place of its structure
    return {"type": "S3_VECTORS", "s3VectorsConfiguration": {"indexArn": f"{INDEX}{index}"}}


@jsii.implements(cdk.IAspect)
class _MovesIndex:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, bedrock.CfnKnowledgeBase):
            node.storage_configuration = _stored("2")


def _change(stack: Stack, base: KnowledgeBase, by: str) -> None:
    resource = base.node.default_child
    assert isinstance(resource, bedrock.CfnKnowledgeBase)
    match by:
        case "tags":
            cdk.Tags.of(stack).add("team", "search")
        case "set":
            resource.storage_configuration = _stored("2")
        case "override":
            resource.add_property_override("StorageConfiguration", _stored("2"))
        case "aspect":
            cdk.Aspects.of(stack).add(_MovesIndex())


@pytest.mark.parametrize("by", ["tags", "set", "override", "aspect"])
def test_the_policy_of_a_named_one_follows_what_is_changed_later(by: str) -> None:
    """With a given name nothing is asked of the CDK at the end, unless something was changed."""

    def name(change: str) -> str:
        stack = Stack()
        store = Store.s3_vectors(VectorIndex.from_vector_index_arn(stack, "I", INDEX))
        base = KnowledgeBase(stack, "Kb", knowledge_base_name="answers", type=vector(vector_store=store))
        _change(stack, base, change)
        [policy] = resources(template(stack), "AWS::IAM::RolePolicy").values()
        written = str(policy["Properties"]["PolicyName"])
        assert written == f"answers-{base.fingerprint()}"
        return written

    assert (name("nothing") == name(by)) is (by == "tags")


def index_names(make: Callable[[Stack], object]) -> list[str]:
    """Return the names of the vector indexes, in their order."""
    stack = Stack()
    make(stack)
    found = resources(template(stack), "AWS::S3Vectors::Index").values()
    return [str(one["Properties"]["IndexName"]) for one in found]


def in_bucket(**of_store: Any) -> Callable[[Stack], object]:
    def make(stack: Stack) -> None:
        bucket = VectorBucket(stack, "B")
        KnowledgeBase(
            stack, "KB", type=vector(vector_store=Store.s3_vectors(vector_bucket=bucket, **of_store))
        )

    return make


# Each replaces the index, whose new name is free then. Titan and Cohere make vectors of the same length here.
REPLACING_INDEX: dict[str, tuple[Callable[[Stack], object], Callable[[Stack], object]]] = {
    "model": (kb(), kb(type=vector(embedding_model="cohere.embed-english-v3"))),
    "dimension": (kb(), kb(type=vector(dimension=512))),
    "metadata keys": REPLACING["metadata keys"],
    "metric in a bucket that stays": (in_bucket(), in_bucket(distance_metric=DistanceMetric.EUCLIDEAN)),
    "override": (kb(), overridden("DistanceMetric", "euclidean")),
}
KEEPING_INDEX: dict[str, tuple[Callable[[Stack], object], Callable[[Stack], object]]] = {
    "description": (kb(), kb(description="What we know")),
    "tags of the stack": (kb(), tagged),
    "override of tags": (kb(), overridden("Tags", [{"Key": "team", "Value": "x"}])),
    "the model's own dimension": (kb(), kb(type=vector(dimension=1024))),
    "rerank models": (kb(), kb(rerank_models=["amazon.rerank-v1:0"])),
}


@pytest.mark.parametrize("change", REPLACING_INDEX)
def test_what_replaces_an_index_that_is_made_renames_it(change: str) -> None:
    """Vectors of two models can't be compared, even where their length is the same."""
    before, after = (index_names(make) for make in REPLACING_INDEX[change])
    assert before != after


@pytest.mark.parametrize("change", KEEPING_INDEX)
def test_what_keeps_an_index_that_is_made_keeps_its_name(change: str) -> None:
    before, after = (index_names(make) for make in KEEPING_INDEX[change])
    assert before == after


def test_two_knowledge_bases_share_a_bucket() -> None:
    def make(stack: Stack) -> None:
        bucket = VectorBucket(stack, "B")
        for name in ("One", "Two"):
            KnowledgeBase(stack, name, type=vector(vector_store=Store.s3_vectors(vector_bucket=bucket)))

    first, second = index_names(make)
    assert first != second


def test_a_name_that_is_set_on_the_index_stays() -> None:
    def make(stack: Stack) -> None:
        for child in KnowledgeBase(stack, "KB").node.find_all():
            if isinstance(child, s3vectors.CfnIndex):
                child.index_name, child.dimension = "mine", 512

    assert index_names(make) == ["mine"]
    assert index_names(overridden("IndexName", "mine")) == ["mine"]
