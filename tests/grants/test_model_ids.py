"""What a grant refuses of a model's id, and what it warns of."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import DataPlaneGrants, KnowledgeBase, PlanesError, catalogue
from tests.cdk import ACCOUNT, template

NOVA = "amazon.nova-lite-v1:0"


def converse(model: str, region: str = "us-east-1") -> list[str]:
    """Grant a model in a stack of the Region and return the warnings."""
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region=region))
    DataPlaneGrants(iam.User(stack, "U")).converse(model)
    found = cdk.assertions.Annotations.from_stack(stack).find_warning("*", cdk.assertions.Match.any_value())
    return [str(one.entry.data) for one in found]


@pytest.mark.parametrize(
    ("model", "region", "message"),
    [
        (
            f"arn:aws:bedrock:us-west-2:{ACCOUNT}:foundation-model/{NOVA}",
            "us-east-1",
            f"belongs to no account; write `arn:aws:bedrock:us-west-2::foundation-model/{NOVA}`",
        ),
        (f"us-gov.{NOVA}", "us-east-1", f"another partition than that of `us-east-1`: write `{NOVA}`"),
        (f"us.{NOVA}", "us-gov-west-1", "another partition than that of `us-gov-west-1`"),
        (f"eu.{NOVA}", "us-east-1", f"doesn't exist in `us-east-1`: write `{NOVA}` or `us.{NOVA}`"),
        (
            f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/eu.{NOVA}",
            "eu-west-1",
            "doesn't exist in `us-east-1`",
        ),
        (f"bedrock/us.{NOVA}", "us-east-1", f"the spelling of another tool: write `us.{NOVA}`"),
        (f"bedrock/converse/{NOVA}", "us-east-1", f"write `{NOVA}`"),
        ("claude-3-5-sonnet", "us-east-1", "an id is written `PROVIDER.MODEL`"),
        ("amazon.nova-lite-v1", "us-east-1", f"did you mean `{NOVA}`?"),
        ("amazon.nova-lite", "us-east-1", f"did you mean `{NOVA}`?"),
        ("us.amazon.nova-lite", "us-east-1", f"did you mean `us.{NOVA}`?"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite",
            "us-east-1",
            f"did you mean `{NOVA}`?",
        ),
        (
            "anthropic.claude-3-haiku",
            "us-east-1",
            "did you mean `anthropic.claude-3-haiku-20240307-v1:0`?",
        ),
        ("cohere.rerank", "us-east-1", "did you mean `cohere.rerank-v3-5:0`?"),
        ("meta.llama3-1-8b-instruct", "us-east-1", "did you mean `meta.llama3-1-8b-instruct-v1:0`?"),
        ("amazon.nova-lit-v1:0", "us-east-1", f"did you mean `{NOVA}`?"),
        ("amazon.nvoa-lite-v1:0", "us-east-1", f"did you mean `{NOVA}`?"),
        ("us.amazon.nova-litte-v1:0", "us-east-1", f"did you mean `us.{NOVA}`?"),
    ],
)
def test_a_model_that_can_not_be_called_under_the_id_is_refused(
    model: str, region: str, message: str
) -> None:
    with pytest.raises(PlanesError) as refused:
        converse(model, region)
    assert message in str(refused.value)


@pytest.mark.parametrize("model", ["amazon.nova-lite-v2:0", "amazon.nova-ultra-v1:0", "acme.m-1"])
def test_an_id_that_may_be_newer_passes_with_a_warning(model: str) -> None:
    [warning] = converse(model)
    assert "which the catalogue doesn't know" in warning


@pytest.mark.parametrize(
    ("model", "region"),
    [(NOVA, "us-east-1"), (f"us.{NOVA}", "us-west-2"), (f"us-gov.{NOVA}", "us-gov-west-1")],
)
def test_a_model_that_works_passes_in_silence(model: str, region: str) -> None:
    assert converse(model, region) == []


def test_a_model_that_needs_a_profile_or_is_not_offered_is_a_warning_with_what_works() -> None:
    [needs] = converse("amazon.nova-2-lite-v1:0")
    assert "is called in us-east-1 through a profile: `global.amazon.nova-2-lite-v1:0` or `us.amazon" in needs
    [absent] = converse(NOVA, "me-south-1")
    assert "which me-south-1 doesn't offer: choose" in absent


def test_every_legacy_model_is_a_warning() -> None:
    legacy = [known.id for known in catalogue.models().values() if known.lifecycle == "LEGACY"]
    assert all("which AWS lists as legacy: choose" in converse(model)[0] for model in legacy[:3])


def test_the_arn_is_made_where_a_token_holds_an_id() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
    made = KnowledgeBase(stack, "Kb", knowledge_base_name="docs")
    DataPlaneGrants(iam.User(stack, "U")).retrieve(made.knowledge_base_ref.knowledge_base_id)
    [policy] = [r for r in template(stack)["Resources"].values() if r["Type"] == "AWS::IAM::Policy"]
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"]["Fn::Join"][1][-2].endswith(f":bedrock:us-east-1:{ACCOUNT}:knowledge-base/")
    assert statement["Resource"]["Fn::Join"][1][-1]["Fn::GetAtt"][1] == "KnowledgeBaseId"


def test_an_id_alone_is_not_enough_for_an_alias() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S")
    alias = cdk.aws_bedrock.CfnAgentAlias(stack, "Alias", agent_id="AGENT12345", agent_alias_name="live")
    with pytest.raises(PlanesError, match=r"`agent_alias` is the attribute `AgentAliasId` of .*: pass the"):
        DataPlaneGrants(iam.User(stack, "U")).invoke_agent(alias.attr_agent_alias_id)


def test_a_parameter_is_taken_as_an_arn_and_said_to_be_one() -> None:
    app = cdk.App(builtin_cloud_formation_validation=False, analytics_reporting=False)
    stack = cdk.Stack(app, "S")
    where = cdk.CfnParameter(stack, "Where").value_as_string
    DataPlaneGrants(iam.User(stack, "U")).retrieve(where)
    pattern = cdk.assertions.Match.string_like_regexp("the parameter `Where`: its value must be an ARN")
    assert len(cdk.assertions.Annotations.from_stack(stack).find_info("*", pattern)) == 1
