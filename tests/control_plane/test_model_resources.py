"""Application inference profiles, prompt routers and projects: exact templates, grants, refusals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import (
    ApplicationInferenceProfile,
    AppRole,
    BedrockMantleProject,
    DataPlaneGrants,
    Model,
    PlanesError,
    PromptRouter,
)
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA, PRO = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
US = Model.of(NOVA).cross_region("us")
PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/abcdef123456"
ROUTER = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:prompt-router/abcdef123456"
PROJECT = f"arn:aws:bedrock-mantle:{REGION}:{ACCOUNT}:project/proj_abc123"


def only(found: dict[str, Any], kind: str) -> dict[str, Any]:
    [one] = resources(found, kind).values()
    properties: dict[str, Any] = one["Properties"]
    return properties


def router(stack: cdk.Stack, **props: Any) -> PromptRouter:
    return PromptRouter(
        stack,
        "R",
        **{
            "models": [Model.of(NOVA), PRO],
            "fallback": NOVA,
            "response_quality_difference": 10,
            **props,
        },
    )


def test_a_profile_with_nothing_but_its_model() -> None:
    stack = Stack()
    ApplicationInferenceProfile(stack, "P", model=NOVA)
    assert only(template(stack), "AWS::Bedrock::ApplicationInferenceProfile") == {
        "InferenceProfileName": "S-P-2aef04eb",
        "ModelSource": {"CopyFrom": arn(f"bedrock:{REGION}::foundation-model/{NOVA}")},
    }


def test_a_profile_with_all_its_props() -> None:
    stack = Stack()
    ApplicationInferenceProfile(
        stack,
        "P",
        model=US,
        inference_profile_name="chat of sales",
        description="Answers: sales",
        tags={"team": "sales"},
    )
    assert only(template(stack), "AWS::Bedrock::ApplicationInferenceProfile") == {
        "InferenceProfileName": "chat of sales",
        "Description": "Answers: sales",
        "ModelSource": {"CopyFrom": arn(f"bedrock:{REGION}:{ACCOUNT}:inference-profile/us.{NOVA}")},
        "Tags": [{"Key": "team", "Value": "sales"}],
    }


def profile_with(props: dict[str, Any], stack: cdk.Stack) -> None:
    ApplicationInferenceProfile(stack, "P", **props)


def name_of(change: Callable[[cdk.Stack], object], kind: str, prop: str) -> str:
    stack = Stack()
    change(stack)
    name: str = only(template(stack), kind)[prop]
    return name


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({"model": NOVA}, {"model": PRO}, False),
        ({"model": NOVA}, {"model": US}, False),
        ({"model": NOVA}, {"model": NOVA, "description": "x"}, False),
        ({"model": NOVA}, {"model": Model.of(NOVA)}, True),
        ({"model": NOVA}, {"model": NOVA, "tags": {"team": "sales"}}, True),
    ],
)
def test_what_replaces_a_profile_has_another_name_and_a_tag_does_not(
    before: dict[str, Any], after: dict[str, Any], same: bool
) -> None:
    kind = "AWS::Bedrock::ApplicationInferenceProfile"
    names = [name_of(partial(profile_with, props), kind, "InferenceProfileName") for props in (before, after)]
    assert (names[0] == names[1]) is same


def test_a_long_path_keeps_the_fingerprint_within_the_limit() -> None:
    stack = Stack()
    ApplicationInferenceProfile(stack, "P" * 100, model=NOVA)
    name = only(template(stack), "AWS::Bedrock::ApplicationInferenceProfile")["InferenceProfileName"]
    assert len(name) <= 64
    assert name.startswith("S-PPPP")


def test_a_router_with_only_what_it_needs() -> None:
    stack = Stack()
    router(stack)
    lite, pro = ({"ModelArn": arn(f"bedrock:{REGION}::foundation-model/{name}")} for name in (NOVA, PRO))
    found = only(template(stack), "AWS::Bedrock::IntelligentPromptRouter")
    assert found.pop("PromptRouterName").startswith("S-R-")
    assert found == {
        "Models": [lite, pro],
        "FallbackModel": lite,
        "RoutingCriteria": {"ResponseQualityDifference": 10},
    }


def test_a_router_with_all_its_props() -> None:
    stack = Stack()
    us = [Model.of(name).cross_region("us") for name in (NOVA, PRO)]
    router(
        stack,
        models=us,
        fallback=us[1],
        prompt_router_name="cheap first",
        description="Nova",
        tags={"team": "sales"},
        response_quality_difference=0,
    )
    lite, pro = (
        {"ModelArn": arn(f"bedrock:{REGION}:{ACCOUNT}:inference-profile/us.{name}")} for name in (NOVA, PRO)
    )
    assert only(template(stack), "AWS::Bedrock::IntelligentPromptRouter") == {
        "PromptRouterName": "cheap first",
        "Description": "Nova",
        "Models": [lite, pro],
        "FallbackModel": pro,
        "RoutingCriteria": {"ResponseQualityDifference": 0},
        "Tags": [{"Key": "team", "Value": "sales"}],
    }


def test_a_project_with_and_without_its_props() -> None:
    stack = Stack()
    BedrockMantleProject(stack, "Sales")
    assert only(template(stack), "AWS::BedrockMantle::Project") == {"Name": "S-Sales"}
    stack = Stack()
    BedrockMantleProject(stack, "Sales", project_name="Sales chat", tags={"team": "sales"})
    assert only(template(stack), "AWS::BedrockMantle::Project") == {
        "Name": "Sales chat",
        "Tags": [{"Key": "team", "Value": "sales"}],
    }


def test_a_grant_opens_the_profile_and_its_models_through_it_only() -> None:
    stack = Stack()
    profile = ApplicationInferenceProfile(stack, "P", model=US)
    profile.grant_converse(iam.User(stack, "U"))
    own = stack.resolve(profile.inference_profile_arn)
    found = only(template(stack), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    assert sorted(found, key=lambda one: "Condition" in one) == [
        {
            "Action": "bedrock:InvokeModel",
            "Effect": "Allow",
            "Resource": [own, arn(f"bedrock:{REGION}:{ACCOUNT}:project/default")],
        },
        {
            "Action": "bedrock:InvokeModel",
            "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": own}},
            "Effect": "Allow",
            "Resource": [
                arn(f"bedrock:{region}::foundation-model/{NOVA}")
                for region in ("us-east-1", "us-east-2", "us-west-2")
            ],
        },
    ]


GRANTS: dict[str, Callable[[cdk.Stack, iam.User], object]] = {
    "a profile's own": lambda s, u: ApplicationInferenceProfile(s, "P", model=US).grant_invoke(
        u, streaming=True
    ),
    "a profile on the facade": lambda s, u: DataPlaneGrants(u).invoke(
        ApplicationInferenceProfile(s, "P", model=US), streaming=True
    ),
}


def test_the_facade_gives_what_the_construct_gives() -> None:
    made = []
    for grant in GRANTS.values():
        stack = Stack()
        grant(stack, iam.User(stack, "U"))
        made.append(only(template(stack), "AWS::IAM::Policy")["PolicyDocument"])
    assert made[0] == made[1]


def test_imported_ones_are_granted_with_the_models_behind() -> None:
    stack = Stack()
    user = iam.User(stack, "U")
    profile = ApplicationInferenceProfile.from_inference_profile_arn(
        stack, "P", PROFILE.replace(REGION, "eu-west-1"), models=[NOVA]
    )
    assert (profile.env.region, profile.env.account) == ("eu-west-1", ACCOUNT)
    PromptRouter.from_prompt_router_arn(stack, "R", ROUTER, models=[US]).grant_invoke(user)
    BedrockMantleProject.from_project_arn(stack, "M", PROJECT).grant_inference(
        user, models=["openai.gpt-oss-20b"]
    )
    found = only(template(stack), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    held = {str(one) for statement in found for one in _listed(statement["Resource"])}
    assert {ROUTER, PROJECT} <= held
    assert any(statement.get("Condition", {}).get("StringEquals", {}) for statement in found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


REFUSED: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "a profile of an imported model": (
        lambda s: ApplicationInferenceProfile(s, "P", model=Model.imported("abcdef123456")),
        "copies a foundation model or a profile that AWS defines",
    ),
    "a name with two spaces": (
        lambda s: ApplicationInferenceProfile(s, "P", model=NOVA, inference_profile_name="a  b"),
        "`inference_profile_name` has the value `a  b`: use letters and digits with single spaces",
    ),
    "a name of 65": (
        lambda s: ApplicationInferenceProfile(s, "P", model=NOVA, inference_profile_name="a" * 65),
        "must have 1 to 64 characters, got 65",
    ),
    "a description with a comma": (
        lambda s: ApplicationInferenceProfile(s, "P", model=NOVA, description="cheap, fast"),
        "`description` has the value `cheap, fast`: use letters",
    ),
    "two families": (
        lambda s: router(s, models=[NOVA, "anthropic.claude-3-5-haiku-20241022-v1:0"]),
        "is of amazon.nova and `anthropic.claude-3-5-haiku-20241022-v1:0` is of anthropic.claude; a router",
    ),
    "two families behind profiles": (
        lambda s: router(s, models=[US, "us.anthropic.claude-3-5-haiku-20241022-v1:0"], fallback=US),
        "two models of one family",
    ),
    "models of embeddings": (
        lambda s: router(s, models=["amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v1"]),
        "`models` has `amazon.titan-embed-text-v2:0`, which answers with embedding: a model that",
    ),
    "one model twice": (lambda s: router(s, models=[NOVA, Model.of(NOVA)]), "twice"),
    "one model": (lambda s: router(s, models=[NOVA]), "pass a list with the two models"),
    "a text of models": (lambda s: router(s, models=NOVA), "pass a list with the two models"),
    "a fallback of another profile": (
        lambda s: router(s, fallback=US),
        f"`fallback` is `us.{NOVA}`, which is not in `models`: name one of `{NOVA}`",
    ),
    "a difference of 101": (
        lambda s: router(s, response_quality_difference=101),
        "`response_quality_difference` has the value `101`: pass a percentage from 0 to 100",
    ),
    "a difference in words": (
        lambda s: router(s, response_quality_difference="10"),
        "pass a percentage from 0 to 100",
    ),
    "a project's name of 129": (
        lambda s: BedrockMantleProject(s, "M", project_name="a" * 129),
        "must have 1 to 128 characters, got 129",
    ),
    "a project of bedrock": (
        lambda s: BedrockMantleProject.from_project_arn(s, "M", PROJECT.replace("-mantle", "")),
        "pass an ARN such as arn:aws:bedrock-mantle",
    ),
    "a router's ARN for a profile": (
        lambda s: ApplicationInferenceProfile.from_inference_profile_arn(s, "P", ROUTER, models=[NOVA]),
        "application-inference-profile/abcdef123456",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_prop_is_named_with_the_remedy(case: str) -> None:
    build, message = REFUSED[case]
    with pytest.raises(PlanesError, match=message):
        build(Stack())


def test_they_deploy_and_their_callers_stay_on_the_data_plane(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        ApplicationInferenceProfile(stack, "P", model=US).grant_converse(role, streaming=True)
        role.grants.converse(router(stack), streaming=True)
        role.grants.mantle(BedrockMantleProject(stack, "M"))

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {
        "bedrock:CreateInferenceProfile",
        "bedrock:GetInferenceProfile",
        "bedrock:DeleteInferenceProfile",
        "bedrock:CreatePromptRouter",
        "bedrock:DeletePromptRouter",
        "bedrock-mantle:CreateProject",
        "bedrock-mantle:ArchiveProject",
    }
    assert deployed_by(found, wanted) == set()
