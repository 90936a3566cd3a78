"""The grants table itself."""

from __future__ import annotations

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue.grants import Target, model_targets, statements, verb, verbs

WHERE = {"partition": "aws", "region": "us-east-1", "account": "111122223333"}
NONE: dict[str, tuple[str, ...]] = {}
TARGET_TYPES = {
    "model": "bedrock:foundation-model",
    "knowledge_base": "bedrock:knowledge-base",
    "agent_alias": "bedrock:agent-alias",
    "guardrail": "bedrock:guardrail",
}


@pytest.mark.parametrize("name", sorted(verbs()))
def test_each_part_names_actions_that_take_its_target(name: str) -> None:
    row = verb(name)
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.family in catalogue.families()
    for part in row.parts:
        for action in part.actions + part.streaming:
            known = catalogue.action(action)
            assert known is not None, action
            assert known.plane is (Plane.CONTROL if name == "ingest" else Plane.DATA)
            if part.target is None:
                assert known.resource_types == ()
            else:
                assert TARGET_TYPES[part.target] in known.resource_types


@pytest.mark.parametrize("name", sorted(verbs()))
def test_streaming_adds_the_twin_of_each_action_that_has_one(name: str) -> None:
    for part in verb(name).parts:
        twins = tuple(
            t for a in part.actions if (known := catalogue.action(a)) and (t := known.streaming_twin)
        )
        # RetrieveAndGenerateStream is authorised by the plain actions alone.
        assert part.streaming == (() if name == "retrieve_and_generate" else twins)


def test_a_token_is_taken_as_it_is() -> None:
    assert model_targets("${Token[TOKEN.7]}", **WHERE, geographies=NONE) == (Target(("${Token[TOKEN.7]}",)),)


def test_a_profile_whose_members_are_not_known_opens_the_model_in_every_region_through_it_only() -> None:
    profile = "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:inference-profile/us-gov.acme.m-1"
    where = {"partition": "aws-us-gov", "region": "us-gov-west-1", "account": "111122223333"}
    assert model_targets("us-gov.acme.m-1", **where, geographies={"us-gov": ()}) == (
        Target((profile,)),
        Target(
            ("arn:aws-us-gov:bedrock:*::foundation-model/acme.m-1",),
            (("StringEquals", (("bedrock:InferenceProfileArn", profile),)),),
        ),
    )


@pytest.mark.parametrize("kind", ["provisioned-model", "imported-model", "custom-model-deployment"])
def test_what_invoke_model_takes_directly_stays_as_it_is(kind: str) -> None:
    where = f"arn:aws:bedrock:us-east-1:111122223333:{kind}/abc"
    assert model_targets(where, **WHERE, geographies=NONE) == (Target((where,)),)


def test_a_profiles_arn_is_the_same_as_its_id() -> None:
    geographies = {"us": ("us-east-1",)}
    arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.acme.m-1"
    assert model_targets(arn, **WHERE, geographies=geographies) == model_targets(
        "us.acme.m-1", **WHERE, geographies=geographies
    )


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("custom-model", "through its deployment or its provisioned throughput"),
        ("application-inference-profile", "the models that the profile routes to"),
        ("prompt-router", "the models that the router chooses from"),
        ("guardrail", "pass a model's id, or the ARN of a model"),
    ],
)
def test_what_can_not_be_granted_alone_is_refused_with_the_reason(kind: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        model_targets(f"arn:aws:bedrock:us-east-1:111122223333:{kind}/x", **WHERE, geographies=NONE)


def test_an_unknown_verb_lists_the_known_ones() -> None:
    with pytest.raises(
        KeyError, match="`fly` is no verb of the grants table; there are: apply_guardrail, converse"
    ):
        verb("fly")


def test_a_missing_target_is_an_error() -> None:
    with pytest.raises(KeyError, match="knowledge_base"):
        statements("retrieve", {})
