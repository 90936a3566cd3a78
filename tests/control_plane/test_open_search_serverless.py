"""A collection that is made for a knowledge base: who gets in, in which order, and what replaces what."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_opensearchserverless as aoss

from constructs_lib import KnowledgeBase, KnowledgeBaseType, PlanesError, VectorStore
from tests.cdk import ACCOUNT, Stack, resources, template
from tests.control_plane.knowledge_bases import COLLECTION

COLLECTION_TYPE = "AWS::OpenSearchServerless::Collection"
INDEX_TYPE = "AWS::OpenSearchServerless::Index"


def made(*, tag: str | None = None, dimension: int | None = None, replicas: bool = True) -> dict[str, Any]:
    stack = Stack()
    if tag:
        cdk.Tags.of(stack).add("team", tag)
    store = VectorStore.open_search_serverless(standby_replicas=replicas)
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(dimension=dimension, vector_store=store))
    return template(stack)


def names(found: dict[str, Any]) -> tuple[str, str, str]:
    def only(kind: str) -> dict[str, Any]:
        [one] = resources(found, kind).values()
        return dict(one["Properties"])

    collection, index = only(COLLECTION_TYPE), only(INDEX_TYPE)
    return collection["Name"], index["IndexName"], only("AWS::Bedrock::KnowledgeBase")["Name"]


def access(found: dict[str, Any]) -> list[Any]:
    [policy] = resources(found, "AWS::OpenSearchServerless::AccessPolicy").values()
    pieces = policy["Properties"]["Policy"]["Fn::Join"][1]
    texts = [p if isinstance(p, str) else str(next(iter(p.values()))).replace("'", "") for p in pieces]
    return list(json.loads("".join(texts)))


def test_the_service_role_the_deployment_and_the_waiting_function_get_in_and_nobody_else() -> None:
    found = made()
    name, _, _ = names(found)
    rules = access(found)
    assert [rule["Rules"][0]["Permission"] for rule in rules] == [
        ["aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument"],
        ["aoss:CreateIndex", "aoss:DeleteIndex", "aoss:DescribeIndex", "aoss:UpdateIndex"],
        ["aoss:DescribeIndex"],
    ]
    assert {rule["Rules"][0]["Resource"][0] for rule in rules} == {f"index/{name}/*"}
    service, creator, waiting = (rule["Principal"] for rule in rules)
    assert "ServiceRole" in service[0]
    assert f"role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-us-east-1" in creator[0]
    assert "HandlerRole" in waiting[0]


def test_the_collection_waits_for_its_policies_and_the_knowledge_base_for_its_index() -> None:
    found = made()
    [collection] = resources(found, COLLECTION_TYPE).values()
    kinds = [found["Resources"][name]["Type"] for name in collection["DependsOn"]]
    assert sorted(kinds) == [
        "AWS::OpenSearchServerless::AccessPolicy",
        "AWS::OpenSearchServerless::SecurityPolicy",
        "AWS::OpenSearchServerless::SecurityPolicy",
    ]
    [kb] = resources(found, "AWS::Bedrock::KnowledgeBase").values()
    assert "Custom::BedrockVectorIndexReady" in {found["Resources"][name]["Type"] for name in kb["DependsOn"]}


def test_a_tag_of_the_stack_replaces_nothing() -> None:
    found = made(tag="search")
    [collection] = resources(found, COLLECTION_TYPE).values()
    assert "Tags" not in collection["Properties"]
    assert names(found) == names(made())


def test_another_dimension_replaces_index_and_knowledge_base_and_keeps_the_collection() -> None:
    before, after = names(made()), names(made(dimension=256))
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert before[2] != after[2]


def test_what_cannot_change_of_the_collection_replaces_all() -> None:
    before, after = names(made()), names(made(replicas=False))
    assert before[0] != after[0]
    assert before[2] != after[2]


@pytest.mark.parametrize("synthesizer", [cdk.LegacyStackSynthesizer(), cdk.CliCredentialsStackSynthesizer()])
def test_a_stack_whose_synthesizer_names_no_role_has_to_say_who_makes_the_index(
    synthesizer: cdk.IStackSynthesizer,
) -> None:
    stack = cdk.Stack(cdk.App(), "S", synthesizer=synthesizer)
    kind = KnowledgeBaseType.vector(vector_store=VectorStore.open_search_serverless())
    with pytest.raises(
        PlanesError, match=r"`created_by` is missing, and the stack's synthesizer, a .* give the"
    ):
        KnowledgeBase(stack, "KB", type=kind)


def test_a_collection_of_the_app_tells_its_name_and_an_arn_gets_the_rule_printed() -> None:
    stack = Stack()
    there = aoss.CfnCollection(stack, "Docs", name="docs", type="VECTORSEARCH")
    collections: list[aoss.CfnCollection | str] = [there, COLLECTION]
    for number, collection in enumerate(collections):
        store = VectorStore.open_search_serverless(collection, index_name="chunks")
        KnowledgeBase(stack, f"KB{number}", type=KnowledgeBaseType.vector(vector_store=store))
    [rule] = access(template(stack))
    assert rule["Rules"][0]["Resource"] == ["index/docs/*"]
    infos = cdk.assertions.Annotations.from_stack(stack).find_info(
        "/S/KB1", cdk.assertions.Match.string_like_regexp("give `collection_name`, or add this rule")
    )
    assert len(infos) == 1
