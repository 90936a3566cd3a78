"""The grants table itself."""

from __future__ import annotations

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.catalogue.verbs import (
    Target,
    data_automation_targets,
    inner_call_actions,
    model_targets,
    statements,
    verb,
    verbs,
)
from constructs_lib.catalogue.verbs._data_automation import _REGIONS
from constructs_lib.catalogue.verbs._not_granted import NOT_GRANTED

WHERE = {"partition": "aws", "region": "us-east-1", "account": "111122223333"}
OWN = "arn:aws:bedrock:us-east-1:111122223333:"
NONE: dict[str, tuple[str, ...]] = {}
TWIN = {"bedrock:InvokeModel": "bedrock:InvokeModelWithResponseStream"}
# What who opens a session of payments may not do.
PAY = "bedrock-agentcore:ProcessPayment"
# What other services need beside a call of Bedrock.
OTHERS = ("kms:", "logs:", "s3:", "iam:")
# Verbs whose operations have a streaming form that the plain action authorises, or none.
NEVER_STREAM = {"agentic_retrieve", "invoke_async", "invoke_bidirectional", "rerank", "retrieve_and_generate"}


@pytest.mark.parametrize("name", sorted(verbs()))
def test_each_part_names_actions_of_the_data_plane_that_take_a_resource_where_it_has_one(name: str) -> None:
    row = verb(name)
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.summary
    assert row.family in catalogue.families()
    for part in row.parts:
        for action in part.actions + part.streaming:
            if action.startswith(OTHERS):
                assert (part.target is None) is (action == "logs:DescribeLogGroups")
                continue
            known = catalogue.action(action)
            assert known is not None, action
            assert known.plane is (Plane.CONTROL if "for an operator role" in row.summary else Plane.DATA)
            if part.effect == "Allow":
                assert bool(known.resource_types) is (part.target is not None)


@pytest.mark.parametrize("name", sorted(verbs()))
def test_the_actions_belong_to_the_verbs_family_or_to_what_it_calls_inside(name: str) -> None:
    row = verb(name)
    families = {
        known.family for part in row.parts for action in part.actions if (known := catalogue.action(action))
    }
    assert row.family in families
    assert families <= {row.family, "bedrock-runtime", "bedrock-agent-runtime"}


@pytest.mark.parametrize("name", sorted(verbs()))
def test_streaming_adds_the_twin_of_each_action_that_has_one(name: str) -> None:
    for part in verb(name).parts:
        if part.effect == "Deny":
            assert set(part.actions) in ({*TWIN, *TWIN.values()}, {PAY})
            continue
        twins = tuple(TWIN[action] for action in part.actions if action in TWIN)
        assert part.streaming == (() if name in NEVER_STREAM else twins)


@pytest.mark.parametrize("name", sorted(verbs()))
def test_conditions_use_keys_that_the_actions_have(name: str) -> None:
    for part in verb(name).parts:
        for when in part.when:
            for action in part.actions:
                if action.startswith(OTHERS):
                    # The key of the one such action: who may be passed a role.
                    assert (action, when.key) == ("iam:PassRole", "iam:PassedToService")
                    continue
                known = catalogue.action(action)
                assert known is not None
                assert when.key in known.condition_keys, (action, when.key)


def test_calls_inside_of_others_are_known() -> None:
    assert sorted(inner_call_actions()) == [
        "bedrock:AgenticRetrieveStream",
        "bedrock:InvokeAgent",
        "bedrock:InvokeInlineAgent",
        "bedrock:Rerank",
        "bedrock:RetrieveAndGenerate",
    ]


# ------------------------------------------------------------------------------------------ models
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
    where = f"{OWN}{kind}/abc"
    assert model_targets(where, **WHERE, geographies=NONE) == (Target((where,)),)


def test_a_profiles_arn_is_the_same_as_its_id() -> None:
    geographies = {"us": ("us-east-1",)}
    arn = f"{OWN}inference-profile/us.acme.m-1"
    assert model_targets(arn, **WHERE, geographies=geographies) == model_targets(
        "us.acme.m-1", **WHERE, geographies=geographies
    )


def test_a_profiles_arn_keeps_its_region_account_and_partition() -> None:
    arn = "arn:aws-cn:bedrock:cn-north-1:444455556666:inference-profile/apac.acme.m-1"
    assert model_targets(arn, **WHERE, geographies={"apac": ("cn-north-1",)}) == (
        Target((arn,)),
        Target(
            ("arn:aws-cn:bedrock:cn-north-1::foundation-model/acme.m-1",),
            (("StringEquals", (("bedrock:InferenceProfileArn", arn),)),),
        ),
    )


def test_behind_an_application_profile_of_a_global_one_its_models_stand_in_its_own_name() -> None:
    profile = f"{OWN}application-inference-profile/abc"
    found = model_targets(profile, **WHERE, geographies={"global": ()}, behind=["global.acme.m-1"])
    requested = "aws:RequestedRegion"
    key = ("bedrock:InferenceProfileArn", profile)
    assert found == (
        Target((profile,)),
        Target(
            ("arn:aws:bedrock:us-east-1::foundation-model/acme.m-1",),
            (("StringEquals", ((requested, "us-east-1"), key)),),
        ),
        Target(
            ("arn:aws:bedrock:::foundation-model/acme.m-1",),
            (("StringEquals", ((requested, "unspecified"), key)),),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("custom-model", "through its deployment or its provisioned throughput"),
        ("application-inference-profile", "the models that the profile routes to: name them in `behind`"),
        ("prompt-router", "the models that the router chooses from: name them in `behind`"),
        ("default-prompt-router", "the models that the router chooses from"),
        ("guardrail", "pass a model's id, or the ARN of a model"),
        ("inference-profile", "write the id of a system profile with one of these prefixes: us"),
    ],
)
def test_what_can_not_be_granted_alone_is_refused_with_the_reason(kind: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        model_targets(f"{OWN}{kind}/x", **WHERE, geographies={"us": ()})


@pytest.mark.parametrize(
    "model", [f"{OWN}provisioned-model/x", "us.acme.m-1", "arn:aws:sagemaker:r:1:endpoint/e"]
)
def test_a_verb_takes_only_its_kinds_of_model(model: str) -> None:
    with pytest.raises(ValueError, match=r"the action accepts no .*; pass a foundation-model"):
        model_targets(model, **WHERE, geographies={"us": ()}, kinds=verb("count_tokens").kinds)


@pytest.mark.parametrize(
    "model", ["*", "anthropic.*", "arn:aws:bedrock:*::foundation-model/x", "amazon.nov?", ""]
)
def test_a_wildcard_is_no_model(model: str) -> None:
    with pytest.raises(ValueError, match="name one model; a wildcard also grants models that nobody chose"):
        model_targets(model, **WHERE, geographies={"us": ()})


# ------------------------------------------------------------------------------------- other targets
@pytest.mark.parametrize("region", tuple(_REGIONS))
def test_data_automation_may_be_answered_in_its_own_region_too(region: str) -> None:
    [target] = data_automation_targets(partition="aws", region=region, account="1")
    assert any(arn.split(":")[3] == region for arn in target.arns)
    assert len({arn.rpartition("/")[2] for arn in target.arns}) == 1


def test_a_region_without_data_automation_is_named() -> None:
    with pytest.raises(ValueError, match=r"no profile in the Region `sa-east-1`.*: pass the profile's ARNs"):
        data_automation_targets(partition="aws", region="sa-east-1", account="1")


def test_a_grant_that_runs_a_model_takes_its_project_for_the_same_actions() -> None:
    run = {"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"}
    for row in verbs().values():
        on = {part.target: part for part in row.parts if run & {*part.actions} and part.effect == "Allow"}
        assert not on or on.keys() == {"model", "project"}, row.name
        if on:
            assert on["model"].actions == on["project"].actions, row.name
            assert on["model"].streaming == on["project"].streaming, row.name
            assert on["model"].optional == on["project"].optional, row.name


def test_the_model_of_the_called_region_is_granted_where_the_profile_lacks_it() -> None:
    where = {"partition": "aws", "region": "ca-central-1", "account": "1"}
    _, models = model_targets("us.acme.m-1", **where, geographies={"us": ("us-east-1", "us-west-2")})
    assert [arn.split(":")[3] for arn in models.arns] == ["ca-central-1", "us-east-1", "us-west-2"]
    _, models = model_targets("us.acme.m-1", **WHERE, geographies={"us": ("us-east-1", "us-west-2")})
    assert [arn.split(":")[3] for arn in models.arns] == ["us-east-1", "us-west-2"]


def test_statements_with_the_same_actions_and_conditions_are_one_but_a_project_stays_apart() -> None:
    targets = {"model": (Target(("m",)), Target(("n",))), "project": (Target(("p",)),)}
    assert [(s.actions, s.resources) for s in statements("responses", targets)] == [
        (("bedrock:InvokeModel",), ("m", "n")),
        (("bedrock:InvokeModel",), ("p",)),
        (("bedrock:CancelInvoke", "bedrock:DeleteInvoke", "bedrock:GetInvoke"), ("p",)),
    ]


def test_an_unknown_verb_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="`fly` is not a verb of the grants table; use one of ab_tests, "):
        verb("fly")


def test_a_missing_target_is_an_error() -> None:
    with pytest.raises(KeyError, match="knowledge_base"):
        statements("retrieve", {})


def _granted() -> dict[str, set[str | None]]:
    """Return the targets on which each action of the table is granted."""
    found: dict[str, set[str | None]] = {}
    for row in verbs().values():
        for part in row.parts:
            for action in (*part.actions, *part.streaming):
                found.setdefault(action, set()).add(part.target)
    return found


def test_every_data_action_has_a_verb_or_a_reason() -> None:
    data = {known.name for known in catalogue.actions().values() if known.plane is Plane.DATA}
    granted = {name for name in _granted() if name in data}
    assert data - granted - NOT_GRANTED.keys() == set(), "give it a verb, or a reason in `_not_granted.py`"
    assert NOT_GRANTED.keys() & granted == set(), "it has a verb now: drop the reason"
    assert NOT_GRANTED.keys() - data == set(), "AWS has no such data action"
