"""OpenSearch Serverless and Aurora over their life: each call is sound, in order, and no name collides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib import KnowledgeBase, KnowledgeBaseType, VectorStore
from tests.cdk import ACCOUNT, Stack, template
from tests.control_plane.calls import Account, Call
from tests.control_plane.knowledge_bases import cluster

if TYPE_CHECKING:
    from collections.abc import Callable

KB = "AWS::Bedrock::KnowledgeBase"
AOSS = "AWS::OpenSearchServerless::"
POLICIES = {f"{AOSS}AccessPolicy", f"{AOSS}SecurityPolicy"}


def serverless(
    *, of_type: dict[str, Any] | None = None, of_store: dict[str, Any] | None = None, **props: Any
) -> Any:
    stack = Stack()
    store = VectorStore.open_search_serverless(**(of_store or {}))
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(vector_store=store, **(of_type or {})), **props)
    return template(stack)


def aurora(
    *, of_type: dict[str, Any] | None = None, of_store: dict[str, Any] | None = None, **props: Any
) -> Any:
    stack = Stack()
    there = cluster(stack)
    assert there.secret is not None
    store = VectorStore.aurora(
        there, credentials_secret=there.secret, **{"database_name": "docs", **(of_store or {})}
    )
    KnowledgeBase(stack, "KB", type=KnowledgeBaseType.vector(vector_store=store, **(of_type or {})), **props)
    return template(stack)


def kinds(calls: list[Call], verb: str) -> set[str]:
    return {one.type for one in calls if one.verb == verb and not one.type.startswith("AWS::IAM::")}


# What is changed, what is made anew, and what is updated in place.
CHANGES: list[tuple[Callable[..., Any], dict[str, Any], set[str], set[str]]] = [
    (serverless, {"description": "x"}, set(), {KB}),
    (serverless, {"tags": {"team": "search"}}, set(), {KB}),
    (
        serverless,
        {"of_store": {"created_by": [f"arn:aws:iam::{ACCOUNT}:role/deploys"]}},
        set(),
        {f"{AOSS}AccessPolicy"},
    ),
    (serverless, {"of_type": {"dimension": 512}}, {KB, f"{AOSS}Index"}, {"Custom::BedrockVectorIndexReady"}),
    (
        serverless,
        {"of_type": {"embedding_model": "cohere.embed-english-v3"}},
        {KB, f"{AOSS}Index"},
        {"Custom::BedrockVectorIndexReady"},
    ),
    (
        serverless,
        {"of_store": {"standby_replicas": False}},
        {KB, f"{AOSS}Index", f"{AOSS}Collection", *POLICIES},
        {"Custom::BedrockVectorIndexReady"},
    ),
    (aurora, {"description": "x"}, set(), {KB}),
    (aurora, {"of_type": {"dimension": 512}}, {KB}, {"Custom::BedrockVectorTable"}),
    (
        aurora,
        {"of_type": {"embedding_model": "cohere.embed-english-v3"}},
        {KB},
        {"Custom::BedrockVectorTable"},
    ),
]


@pytest.mark.parametrize(("make", "change", "replaced", "updated"), CHANGES)
def test_each_change_and_the_way_back_make_sound_calls(
    make: Callable[..., Any], change: dict[str, Any], replaced: set[str], updated: set[str]
) -> None:
    account = Account()
    first, second = make(), make(**change)
    made = account.deploy(first)
    assert {one.verb for one in made} == {"create"}
    assert len(made) == len(first["Resources"])
    for wanted in (second, first):
        calls = account.deploy(wanted)
        assert kinds(calls, "create") == kinds(calls, "delete") == replaced
        assert kinds(calls, "update") == updated
        # What is new stands before anything old goes.
        verbs = [one.verb for one in calls]
        assert "delete" not in verbs or "create" not in verbs[verbs.index("delete") :]
    gone = account.delete()
    assert {one.verb for one in gone} == {"delete"}
    assert (len(gone), account.live) == (len(first["Resources"]), [])


@pytest.mark.parametrize("make", [serverless, aurora])
def test_the_knowledge_base_goes_before_its_store_and_comes_after_it(make: Callable[..., Any]) -> None:
    account = Account()
    made, gone = account.deploy(make()), account.delete()
    store = {
        f"{AOSS}Index",
        f"{AOSS}Collection",
        "Custom::BedrockVectorIndexReady",
        "Custom::BedrockVectorTable",
    }
    for calls, first in ((made, False), (gone, True)):
        at = next(number for number, one in enumerate(calls) if one.type == KB)
        others = [number for number, one in enumerate(calls) if one.type in store]
        assert others
        assert all((at < other) is first for other in others)


def test_a_given_name_collides() -> None:
    """What the fingerprints prevent: the first test would see it."""
    account = Account()
    account.deploy(serverless(knowledge_base_name="answers"))
    with pytest.raises(AssertionError, match=r"answers.*already exists"):
        account.deploy(serverless(knowledge_base_name="answers", of_type={"dimension": 512}))


def test_a_body_that_no_service_takes_is_seen() -> None:
    wanted = serverless()
    [index] = [one for one in wanted["Resources"].values() if one["Type"] == f"{AOSS}Index"]
    index["Properties"]["IndexName"] = 7
    index["Properties"]["Flavour"] = "x"
    with pytest.raises(ValueError, match="Flavour"):
        Account().deploy(wanted)
