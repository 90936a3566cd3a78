"""The typed filters of a guardrail: exact templates, refusals, and what callers are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib import (
    Agent,
    AppRole,
    ContentFilter,
    ContentFilterType,
    ContextualGrounding,
    DeniedTopic,
    FilterStrength,
    Guardrail,
    GuardrailTier,
    ManagedWordList,
    Modality,
    PiiEntity,
    PiiEntityType,
    PlanesError,
    RegexFilter,
    Word,
)
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.guardrail_example import KEY_ARN, POLICY_ARN, every_prop
from tests.control_plane.paths import schema_paths, set_paths
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROFILE = "guardrail-profile/us.guardrail.v1:0"
MESSAGE = "Sorry, the model cannot answer this question."
ANY: Any = lambda value: value  # noqa: E731 - passes wrong values through the type checker


def properties(stack: cdk.Stack) -> dict[str, Any]:
    [found] = resources(template(stack), "AWS::Bedrock::Guardrail").values()
    return dict(found["Properties"])


def test_a_guardrail_needs_one_filter_and_nothing_else() -> None:
    stack = Stack()
    Guardrail(stack, "G", content_filters=[ContentFilter.hate()])
    found = properties(stack)
    assert found.pop("Name") == "S-G"
    assert found == {
        "BlockedInputMessaging": MESSAGE,
        "BlockedOutputsMessaging": MESSAGE,
        "ContentPolicyConfig": {
            "FiltersConfig": [{"Type": "HATE", "InputStrength": "HIGH", "OutputStrength": "HIGH"}]
        },
    }


def test_every_prop_is_a_property() -> None:
    stack = Stack()
    every_prop(stack)
    ways = {"InputAction": "BLOCK", "OutputAction": "NONE", "InputEnabled": True, "OutputEnabled": False}
    masking = {**ways, "OutputAction": "ANONYMIZE"}
    assert properties(stack) == {
        "Name": "answers",
        "BlockedInputMessaging": "No.",
        "BlockedOutputsMessaging": "Not this either.",
        "Description": "Keeps answers civil",
        "ContentPolicyConfig": {
            "FiltersConfig": [
                {
                    "Type": "HATE",
                    "InputStrength": "LOW",
                    "OutputStrength": "MEDIUM",
                    "InputModalities": ["TEXT", "IMAGE"],
                    "OutputModalities": ["TEXT"],
                    **ways,
                },
                {"Type": "PROMPT_ATTACK", "InputStrength": "HIGH", "OutputStrength": "NONE"},
            ],
            "ContentFiltersTierConfig": {"TierName": "STANDARD"},
        },
        "TopicPolicyConfig": {
            "TopicsConfig": [
                {"Name": "Advice", "Definition": "x" * 1000, "Type": "DENY", "Examples": ["Buy?"], **ways}
            ],
            "TopicsTierConfig": {"TierName": "STANDARD"},
        },
        "WordPolicyConfig": {
            "WordsConfig": [{"Text": "secret"}, {"Text": "codename", **ways}],
            "ManagedWordListsConfig": [{"Type": "PROFANITY", **ways}],
        },
        "SensitiveInformationPolicyConfig": {
            "PiiEntitiesConfig": [{"Type": "EMAIL", "Action": "NONE", **masking}],
            "RegexesConfig": [
                {
                    "Name": "Ticket",
                    "Pattern": r"T-\d+",
                    "Action": "ANONYMIZE",
                    "Description": "Our tickets",
                    **masking,
                }
            ],
        },
        "ContextualGroundingPolicyConfig": {
            "FiltersConfig": [
                {"Type": "GROUNDING", "Threshold": 0.8, "Action": "BLOCK", "Enabled": True},
                {"Type": "RELEVANCE", "Threshold": 0.5},
            ]
        },
        "AutomatedReasoningPolicyConfig": {"Policies": [POLICY_ARN], "ConfidenceThreshold": 0.9},
        "CrossRegionConfig": {"GuardrailProfileArn": arn(f"bedrock:{REGION}:{ACCOUNT}:{PROFILE}")},
        "KmsKeyArn": KEY_ARN,
        "Tags": [{"Key": "team", "Value": "chat"}],
    }


def test_every_property_path_of_the_type_is_reached() -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, "AWS::Bedrock::Guardrail").schema
    wanted = schema_paths(schema)
    stack = Stack()
    every_prop(stack)
    assert wanted - set_paths(properties(stack)) == set()
    assert len(wanted) == 74


@pytest.mark.parametrize("make", [every_prop, lambda s: Guardrail(s, "G", words=["secret"])])
def test_cloudformation_takes_the_template_and_the_review_finds_nothing(
    make: Callable[[cdk.Stack], Guardrail], tmp_path: Path
) -> None:
    def build(stack: cdk.Stack) -> None:
        made = make(stack)
        made.create_version()
        made.share_with_account("444455556666")
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.grants.converse("amazon.nova-lite-v1:0", streaming=True)
        role.grants.apply_guardrail(made)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    needed = {
        *("bedrock:CreateGuardrail", "bedrock:GetGuardrail", "bedrock:UpdateGuardrail"),
        *("bedrock:DeleteGuardrail", "bedrock:CreateGuardrailVersion", "bedrock:PutResourcePolicy"),
        *("bedrock:TagResource", "bedrock:GetResourcePolicy", "bedrock:DeleteResourcePolicy"),
    }
    keyed = {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}
    assert deployed_by(found, needed | (keyed if make is every_prop else set())) == set()


def test_the_add_methods_add_to_what_is_there() -> None:
    stack = Stack()
    made = Guardrail(stack, "G", words=["one"])
    made.add_word("two", Word("three"))
    made.add_managed_word_list(ManagedWordList())
    made.add_content_filter(ContentFilter.sexual(), ContentFilter.insults())
    made.add_content_filter(ContentFilter.misconduct(input_strength=FilterStrength.LOW))
    made.add_denied_topic(DeniedTopic(name="t", definition="d"))
    made.add_pii_entity(PiiEntity(PiiEntityType.URL))
    made.add_regex(RegexFilter(name="r", pattern="p"))
    made.add_contextual_grounding(ContextualGrounding.grounding(0))
    found = properties(stack)
    assert found["WordPolicyConfig"] == {
        "WordsConfig": [{"Text": "one"}, {"Text": "two"}, {"Text": "three"}],
        "ManagedWordListsConfig": [{"Type": "PROFANITY"}],
    }
    filters = found["ContentPolicyConfig"]["FiltersConfig"]
    assert [(one["Type"], one["InputStrength"]) for one in filters] == [
        ("SEXUAL", "HIGH"),
        ("INSULTS", "HIGH"),
        ("MISCONDUCT", "LOW"),
    ]
    assert found["SensitiveInformationPolicyConfig"] == {
        "PiiEntitiesConfig": [{"Type": "URL", "Action": "ANONYMIZE"}],
        "RegexesConfig": [{"Name": "r", "Pattern": "p", "Action": "ANONYMIZE"}],
    }
    assert found["ContextualGroundingPolicyConfig"] == {
        "FiltersConfig": [{"Type": "GROUNDING", "Threshold": 0}]
    }


# Each wrong value with the message, and the nearest right one.
WRONG: dict[str, tuple[Callable[[cdk.Stack], object], Callable[[cdk.Stack], object], str]] = {
    "a topic of 201 characters": (
        lambda s: Guardrail(s, "G", denied_topics=[DeniedTopic(name="t", definition="x" * 201)]),
        lambda s: Guardrail(s, "G", denied_topics=[DeniedTopic(name="t", definition="x" * 200)]),
        "`definition` of the topic `t` must have 1 to 200 characters, got 201: shorten it, or use",
    ),
    "a topic of 1,001 characters": (
        lambda s: DeniedTopic(name="t", definition="x" * 1001),
        lambda s: DeniedTopic(name="t", definition="x" * 1000),
        "`definition` must have 1 to 1000 characters, got 1001",
    ),
    "a topic's name": (
        lambda s: DeniedTopic(name="a/b", definition="d"),
        lambda s: DeniedTopic(name="a-b", definition="d"),
        "`name` has the value `a/b`: use letters, digits, spaces",
    ),
    "six examples": (
        lambda s: DeniedTopic(name="t", definition="d", examples=["x"] * 6),
        lambda s: DeniedTopic(name="t", definition="d", examples=["x"] * 5),
        "`examples` has 6 values, and AWS takes 5 at most",
    ),
    "an example of 101 characters": (
        lambda s: DeniedTopic(name="t", definition="d", examples=["x" * 101]),
        lambda s: DeniedTopic(name="t", definition="d", examples=["x" * 100]),
        "`examples` must have 1 to 100 characters, got 101",
    ),
    "31 topics": (
        lambda s: Guardrail(
            s, "G", denied_topics=[DeniedTopic(name=f"t{n}", definition="d") for n in range(31)]
        ),
        lambda s: Guardrail(
            s, "G", denied_topics=[DeniedTopic(name=f"t{n}", definition="d") for n in range(30)]
        ),
        "`denied_topics` has 31 values, and AWS takes 30 at most",
    ),
    "a threshold of 1.8": (
        lambda s: ContextualGrounding.grounding(1.8),
        lambda s: ContextualGrounding.grounding(0.99),
        "`threshold` has the value `1.8`: pass a number from 0 to 0.99",
    ),
    "a threshold that is a text": (
        lambda s: ContextualGrounding.relevance(ANY("high")),
        lambda s: ContextualGrounding.relevance(0),
        "`threshold` has the value `'high'` of the type `str`: pass a number from 0 to 0.99",
    ),
    "a strength that is a text": (
        lambda s: ContentFilter.hate(input_strength=ANY("EXTREME")),
        lambda s: ContentFilter.hate(input_strength=FilterStrength.LOW),
        "`input_strength` has the value `EXTREME`: pass one of `FilterStrength.NONE`, `FilterStrength.LOW`",
    ),
    "a kind of filter that is a text": (
        lambda s: ContentFilter(type=ANY("HATE")),
        lambda s: ContentFilter(type=ContentFilterType.HATE),
        "`type` has the value `HATE`: pass one of `ContentFilterType.SEXUAL`",
    ),
    "another enum": (
        lambda s: PiiEntity(PiiEntityType.EMAIL, ANY(FilterStrength.HIGH)),
        lambda s: PiiEntity(PiiEntityType.EMAIL),
        "`action` has the value `HIGH`: pass one of `SensitiveInformationAction.BLOCK`",
    ),
    "an output strength for prompt attacks": (
        lambda s: ContentFilter.prompt_attack(output_strength=ANY(FilterStrength.HIGH)),
        lambda s: ContentFilter.prompt_attack(output_strength=FilterStrength.NONE),
        "`output_strength` has the value `HIGH` on a filter of prompt attacks",
    ),
    "output modalities for prompt attacks": (
        lambda s: ContentFilter(
            type=ContentFilterType.PROMPT_ATTACK,
            input_strength=FilterStrength.HIGH,
            output_modalities=[Modality.TEXT],
        ),
        lambda s: ContentFilter(
            type=ContentFilterType.PROMPT_ATTACK,
            input_strength=FilterStrength.HIGH,
            input_modalities=[Modality.TEXT],
        ),
        "`output_modalities` is given on a filter of prompt attacks, which looks at prompts only",
    ),
    "STANDARD without cross-Region": (
        lambda s: Guardrail(s, "G", words=["w"], content_tier=GuardrailTier.STANDARD),
        lambda s: Guardrail(s, "G", words=["w"], content_tier=GuardrailTier.STANDARD, cross_region="us"),
        "`content_tier` has the value `STANDARD`, which works across Regions only: give `cross_region`",
    ),
    "STANDARD topics without cross-Region": (
        lambda s: Guardrail(s, "G", words=["w"], topic_tier=GuardrailTier.STANDARD),
        lambda s: Guardrail(s, "G", words=["w"], topic_tier=GuardrailTier.CLASSIC),
        "`topic_tier` has the value `STANDARD`",
    ),
    "a profile of another geography": (
        lambda s: Guardrail(s, "G", words=["w"], cross_region="eu.guardrail.v1:0"),
        lambda s: Guardrail(s, "G", words=["w"], cross_region="us.guardrail.v1:0"),
        "`cross_region` has the value `eu.guardrail.v1:0`, which guardrails in us-east-1 can't use",
    ),
    "an unknown profile": (
        lambda s: Guardrail(s, "G", words=["w"], cross_region="mars"),
        lambda s: Guardrail(s, "G", words=["w"], cross_region="mars", destination_regions=["mars-1"]),
        "`cross_region` has the value `mars`.*AWS documents no such profile; choose another one, or name",
    ),
    "an inference profile": (
        lambda s: Guardrail(s, "G", words=["w"], cross_region="us.amazon.nova-lite-v1:0"),
        lambda s: Guardrail(s, "G", words=["w"], cross_region="us"),
        "`cross_region` has the value `us.amazon.nova-lite-v1:0`: pass the id of a guardrail profile",
    ),
    "destination Regions without a profile": (
        lambda s: Guardrail(s, "G", words=["w"], destination_regions=["us-east-1"]),
        lambda s: Guardrail(s, "G", words=["w"]),
        "`destination_regions` belong to a guardrail profile: name it in `cross_region`",
    ),
    "a word of 101 characters": (
        lambda s: Guardrail(s, "G", words=["x" * 101]),
        lambda s: Guardrail(s, "G", words=["x" * 100]),
        "`text` must have 1 to 100 characters, got 101",
    ),
    "one word that is no list": (
        lambda s: Guardrail(s, "G", words="secret"),
        lambda s: Guardrail(s, "G", words=["secret"]),
        "`words` has the value `'secret'`: pass a list, also for one",
    ),
    "a word that is a number": (
        lambda s: Guardrail(s, "G", words=[ANY(7)]),
        lambda s: Guardrail(s, "G", words=["7"]),
        "`words` has the value `7` of the type `int`: pass a text, or a `Word`",
    ),
    "a filter that is an L1's structure": (
        lambda s: Guardrail(s, "G", content_filters=[ANY({"type": "HATE"})]),
        lambda s: Guardrail(s, "G", content_filters=[ContentFilter.hate()]),
        "`content_filters` has .* of the type `dict`: pass a `ContentFilter`, such as `.hate\\(\\)`",
    ),
    "one category twice": (
        lambda s: Guardrail(s, "G", content_filters=[ContentFilter.hate(), ContentFilter.hate()]),
        lambda s: Guardrail(s, "G", content_filters=[ContentFilter.hate(), ContentFilter.insults()]),
        "`content_filters` has `HATE` more than once",
    ),
    "both ways of writing a policy": (
        lambda s: Guardrail(
            s,
            "G",
            words=["w"],
            word_policy_config=bedrock.CfnGuardrail.WordPolicyConfigProperty(
                words_config=[bedrock.CfnGuardrail.WordConfigProperty(text="v")]
            ),
        ),
        lambda s: Guardrail(s, "G", words=["w", "v"]),
        "`word_policy_config` holds these filters of `S/G` already, and would be overwritten",
    ),
    "a pattern of 501 characters": (
        lambda s: RegexFilter(name="r", pattern="x" * 501),
        lambda s: RegexFilter(name="r", pattern="x" * 500),
        "`pattern` must have 1 to 500 characters, got 501",
    ),
    "three reasoning policies": (
        lambda s: Guardrail(s, "G", automated_reasoning_policies=[POLICY_ARN] * 3),
        lambda s: Guardrail(s, "G", automated_reasoning_policies=[POLICY_ARN, f"{POLICY_ARN[:-1]}2"]),
        "`automated_reasoning_policies` has 3 values, and AWS takes 2 at most",
    ),
    "a confidence without policies": (
        lambda s: Guardrail(s, "G", words=["w"], automated_reasoning_threshold=0.5),
        lambda s: Guardrail(
            s, "G", automated_reasoning_policies=[POLICY_ARN], automated_reasoning_threshold=1
        ),
        "`automated_reasoning_threshold` has the value `0.5` without `automated_reasoning_policies`",
    ),
    "tags as the CDK's": (
        lambda s: Guardrail(s, "G", words=["w"], tags=ANY([cdk.CfnTag(key="a", value="b")])),
        lambda s: Guardrail(s, "G", words=["w"], tags={"a": "b"}),
        "`tags` has the value .*: pass a dictionary of texts",
    ),
    "an account of 11 digits": (
        lambda s: Guardrail(s, "G", words=["w"]).share_with_account("11112222333"),
        lambda s: Guardrail(s, "G", words=["w"]).share_with_account("111122223333"),
        "`account` has the value `11112222333`: pass the 12 digits",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_the_remedy_and_the_nearest_right_one_is_taken(case: str) -> None:
    wrong, right, message = WRONG[case]
    with pytest.raises(PlanesError, match=message):
        wrong(Stack())
    right(Stack())


def test_a_guardrail_without_filters_is_refused_at_synth() -> None:
    stack = Stack()
    Guardrail(stack, "G")
    with pytest.raises(RuntimeError, match="guardrail `S/G` filters nothing: give one of `content_filters`"):
        template(stack)


NEEDED: list[dict[str, Any]] = [
    {
        "Effect": "Allow",
        "Action": "bedrock:ApplyGuardrail",
        "Resource": [
            {"Fn::GetAtt": ["G02A07265", "GuardrailArn"]},
            *(
                arn(f"bedrock:{region}:{ACCOUNT}:{PROFILE}")
                for region in ("us-east-1", "us-east-2", "us-west-2")
            ),
        ],
    },
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY_ARN},
    {"Effect": "Allow", "Action": "bedrock:InvokeAutomatedReasoningPolicy", "Resource": POLICY_ARN},
]


def _statements(found: dict[str, Any]) -> list[dict[str, Any]]:
    [policy] = resources(found, "AWS::IAM::Policy").values()
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


@pytest.mark.parametrize("way", ["the guardrail", "the role"])
def test_callers_are_granted_the_profile_the_key_and_the_reasoning_policies(way: str) -> None:
    stack = Stack(minimize=False)
    made = every_prop(stack)
    if way == "the role":
        AppRole(stack, "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")).grants.apply_guardrail(
            made
        )
        found = template(stack)
        [statements] = [
            policy["Properties"]["PolicyDocument"]["Statement"]
            for policy in resources(found, "AWS::IAM::Policy").values()
        ]
    else:
        made.grant_apply(iam.User(stack, "U"))
        statements = _statements(template(stack))
    logical = statements[0]["Resource"][0]["Fn::GetAtt"][0]
    expected = [dict(statement) for statement in NEEDED]
    expected[0]["Resource"] = [{"Fn::GetAtt": [logical, "GuardrailArn"]}, *NEEDED[0]["Resource"][1:]]
    assert statements == expected


def test_an_agent_is_granted_what_its_guardrail_needs() -> None:
    stack = Stack(minimize=False)
    Agent(
        stack,
        "A",
        agent_name="a",
        foundation_model="amazon.nova-lite-v1:0",
        instruction="x" * 40,
        guardrail=every_prop(stack).create_version(),
    )
    [role] = resources(template(stack), "AWS::IAM::Role").values()
    [policy] = role["Properties"]["Policies"]
    actions = [statement["Action"] for statement in policy["PolicyDocument"]["Statement"]]
    assert actions[-3:] == [
        "bedrock:ApplyGuardrail",
        "kms:Decrypt",
        "bedrock:InvokeAutomatedReasoningPolicy",
    ]


def test_an_import_keeps_its_environment_and_what_its_callers_need() -> None:
    stack = Stack(minimize=False)
    where = "arn:aws:bedrock:eu-west-1:444455556666:guardrail/abcdef123456"
    made = Guardrail.from_guardrail_attributes(stack, "G", guardrail_arn=where, cross_region="eu")
    assert (made.env.account, made.env.region) == ("444455556666", "eu-west-1")
    made.grant_apply(iam.User(stack, "U"))
    [statement] = _statements(template(stack))
    regions = ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3")
    profile = "guardrail-profile/eu.guardrail.v1:0"
    assert statement["Resource"] == [
        where,
        *(arn(f"bedrock:{region}:444455556666:{profile}") for region in regions),
    ]


def test_a_shared_guardrail_has_the_resource_policies_that_aws_documents() -> None:
    stack = Stack()
    made = Guardrail(stack, "G", words=["w"], cross_region="us")
    made.share_with_account("444455556666")
    made.share_with_account("444455556666")
    made.share_with_organization("o-a1b2c3d4e5")
    own, profile = resources(template(stack), "AWS::Bedrock::ResourcePolicy").values()
    to: list[dict[str, Any]] = [
        {"Principal": {"AWS": arn("iam::444455556666:root")}},
        {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
    ]
    on = own["Properties"]["ResourceArn"]
    assert own["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            **whom,
            "Action": ["bedrock:ApplyGuardrail", "bedrock:GetGuardrail"],
            "Resource": on,
        }
        for whom in to
    ]
    there = arn(f"bedrock:{REGION}:{ACCOUNT}:{PROFILE}")
    assert profile["Properties"] == {
        "ResourceArn": there,
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", **whom, "Action": ["bedrock:ApplyGuardrail"], "Resource": there}
                for whom in to
            ],
        },
    }
