"""Prompts: exact templates, refusals, versions by content, what callers are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib import (
    AgentAlias,
    AppRole,
    CachePoint,
    ChatMessage,
    PlanesError,
    Prompt,
    PromptInference,
    PromptTool,
    PromptVariant,
    PromptVersion,
    ToolChoice,
)
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.guardrail_example import KEY_ARN
from tests.control_plane.paths import schema_paths, set_paths
from tests.control_plane.soundness import deployed_by, findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOVA = "amazon.nova-lite-v1:0"
ALIAS = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:agent-alias/ABCDEF1234/GHIJKL5678"


def small(stack: cdk.Stack, text: str = "Hello {{name}}", **props: Any) -> Prompt:
    return Prompt(stack, "P", variants=[PromptVariant.text("a", text=text)], **props)


def every_prop(stack: cdk.Stack, choice: ToolChoice | None = None) -> Prompt:
    """Make a prompt that sets each property of the resource type."""
    return Prompt(
        stack,
        "P",
        prompt_name="weather",
        description="Asks for the weather",
        default_variant="chat",
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN),
        tags={"team": "chat"},
        variants=[
            PromptVariant.text(
                "text",
                text="Say {{what}}",
                cache_point=CachePoint(),
                model=NOVA,
                inference=PromptInference(max_tokens=5, temperature=0.5, top_p=1, stop_sequences=["."]),
                model_fields={"k": 1},
                metadata={"owner": "me"},
            ),
            PromptVariant.chat(
                "chat",
                system=["Be {{how}}", CachePoint()],
                messages=[ChatMessage.user("Say {{what}}", CachePoint()), ChatMessage.assistant("Yes")],
                tools=[
                    PromptTool(name="t", input_schema={"type": "object"}, description="d"),
                    CachePoint(),
                ],
                tool_choice=choice or ToolChoice.tool("t"),
                agent=AgentAlias.from_agent_alias_arn(stack, "Alias", ALIAS),
            ),
            PromptVariant.text_from_s3(
                "s3",
                bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "texts"),
                key="a.txt",
                object_version="1",
                variables=["what"],
            ),
        ],
    )


def properties(stack: cdk.Stack, kind: str = "AWS::Bedrock::Prompt") -> dict[str, Any]:
    [found] = resources(template(stack), kind).values()
    return dict(found["Properties"])


def test_a_prompt_needs_one_variant_and_nothing_else() -> None:
    stack = Stack()
    small(stack)
    assert properties(stack) == {
        "Name": "S-P",
        "DefaultVariant": "a",
        "Variants": [
            {
                "Name": "a",
                "TemplateType": "TEXT",
                "TemplateConfiguration": {
                    "Text": {"Text": "Hello {{name}}", "InputVariables": [{"Name": "name"}]}
                },
            }
        ],
    }


def test_every_prop_is_a_property() -> None:
    stack = Stack()
    every_prop(stack)
    found = properties(stack)
    text, chat, stored = found.pop("Variants")
    point = {"Type": "default"}
    assert found == {
        "Name": "weather",
        "Description": "Asks for the weather",
        "DefaultVariant": "chat",
        "CustomerEncryptionKeyArn": KEY_ARN,
        "Tags": {"team": "chat"},
    }
    assert text == {
        "Name": "text",
        "TemplateType": "TEXT",
        "TemplateConfiguration": {
            "Text": {"Text": "Say {{what}}", "InputVariables": [{"Name": "what"}], "CachePoint": point}
        },
        "ModelId": NOVA,
        "InferenceConfiguration": {
            "Text": {"MaxTokens": 5, "Temperature": 0.5, "TopP": 1, "StopSequences": ["."]}
        },
        "AdditionalModelRequestFields": {"k": 1},
        "Metadata": [{"Key": "owner", "Value": "me"}],
    }
    assert chat == {
        "Name": "chat",
        "TemplateType": "CHAT",
        "TemplateConfiguration": {
            "Chat": {
                "System": [{"Text": "Be {{how}}"}, {"CachePoint": point}],
                "Messages": [
                    {"Role": "user", "Content": [{"Text": "Say {{what}}"}, {"CachePoint": point}]},
                    {"Role": "assistant", "Content": [{"Text": "Yes"}]},
                ],
                "InputVariables": [{"Name": "how"}, {"Name": "what"}],
                "ToolConfiguration": {
                    "Tools": [
                        {
                            "ToolSpec": {
                                "Name": "t",
                                "Description": "d",
                                "InputSchema": {"Json": {"type": "object"}},
                            }
                        },
                        {"CachePoint": point},
                    ],
                    "ToolChoice": {"Tool": {"Name": "t"}},
                },
            }
        },
        "GenAiResource": {"Agent": {"AgentIdentifier": ALIAS}},
    }
    assert stored == {
        "Name": "s3",
        "TemplateType": "TEXT",
        "TemplateConfiguration": {
            "Text": {
                "TextS3Location": {"Bucket": "texts", "Key": "a.txt", "Version": "1"},
                "InputVariables": [{"Name": "what"}],
            }
        },
    }


@pytest.mark.parametrize(("choice", "shown"), [(ToolChoice.auto(), "Auto"), (ToolChoice.any(), "Any")])
def test_the_model_may_choose_its_tool(choice: ToolChoice, shown: str) -> None:
    stack = Stack()
    every_prop(stack, choice)
    chat = properties(stack)["Variants"][1]["TemplateConfiguration"]["Chat"]
    assert chat["ToolConfiguration"]["ToolChoice"] == {shown: {}}


@pytest.mark.parametrize(("kind", "count"), [("Prompt", 60), ("PromptVersion", 3)])
def test_every_property_path_of_the_types_is_reached(kind: str, count: int) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, f"AWS::Bedrock::{kind}").schema
    wanted = schema_paths(schema)
    reached: set[str] = set()
    for choice in (None, ToolChoice.auto(), ToolChoice.any()):
        stack = Stack()
        PromptVersion(stack, "V", prompt=every_prop(stack, choice), description="d", tags={"a": "b"})
        reached |= set_paths(properties(stack, f"AWS::Bedrock::{kind}"))
    assert wanted - reached == set()
    assert len(wanted) == count


@pytest.mark.parametrize("make", [small, every_prop])
def test_cloudformation_takes_the_template_and_the_review_finds_nothing(
    make: Callable[[cdk.Stack], Prompt], tmp_path: Path
) -> None:
    def build(stack: cdk.Stack) -> None:
        version = make(stack).create_version(description="first")
        role = AppRole(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.grants.converse(NOVA, streaming=True)
        role.grants.render_prompt(version)

    found = valid(build, tmp_path)
    verdicts, rules = findings(tmp_path)
    assert set(verdicts.values()) == {"data"}
    assert rules == set()
    wanted = {
        *("bedrock:CreatePrompt", "bedrock:GetPrompt", "bedrock:UpdatePrompt", "bedrock:DeletePrompt"),
        "bedrock:CreatePromptVersion",
    }
    assert deployed_by(found, wanted) == set()


def version_id(change: Callable[[Prompt, cdk.Stack], object] = lambda p, s: None, **props: Any) -> str:
    stack = Stack()
    made = small(stack, **props)
    made.create_version()
    change(made, stack)
    [found] = resources(template(stack), "AWS::Bedrock::PromptVersion")
    return found


def _l1(made: Prompt) -> bedrock.CfnPrompt:
    child = made.node.default_child
    assert isinstance(child, bedrock.CfnPrompt)
    return child


CONTENT: dict[str, tuple[Callable[[Prompt, cdk.Stack], object], dict[str, Any]]] = {
    "the text": (lambda p, s: None, {"text": "Bye {{name}}"}),
    "a variable": (lambda p, s: None, {"text": "Hello {{first}}"}),
    "the description": (lambda p, s: None, {"description": "other"}),
    "the name": (lambda p, s: None, {"prompt_name": "other"}),
    "an L1 setter": (lambda p, s: setattr(_l1(p), "description", "other"), {}),
    "an override": (lambda p, s: _l1(p).add_property_override("Description", "other"), {}),
}
UNRELATED: dict[str, Callable[[Prompt, cdk.Stack], object]] = {
    "a tag of the stack": lambda p, s: cdk.Tags.of(s).add("owner", "me"),
    "another resource": lambda p, s: sns.Topic(s, "Topic"),
    "the stack's description": lambda p, s: setattr(s.template_options, "description", "other"),
    "an output": lambda p, s: cdk.CfnOutput(s, "Out", value=p.prompt_arn),
    "a grant": lambda p, s: p.grant_render(iam.User(s, "User")),
    "another prompt": lambda p, s: Prompt(s, "Q", variants=[PromptVariant.text("a", text="x")]),
}


def test_a_change_of_content_makes_a_new_version_and_nothing_else_does() -> None:
    base = version_id()
    assert {name: version_id(change, **props) == base for name, (change, props) in CONTENT.items()} == (
        dict.fromkeys(CONTENT, False)
    )
    assert {name: version_id(change) == base for name, change in UNRELATED.items()} == (
        dict.fromkeys(UNRELATED, True)
    )


def test_a_version_is_kept_and_has_no_tags_of_the_stack() -> None:
    stack = Stack()
    small(stack).create_version()
    cdk.Tags.of(stack).add("owner", "me")
    found = template(stack)
    [version] = resources(found, "AWS::Bedrock::PromptVersion").values()
    [prompt] = resources(found, "AWS::Bedrock::Prompt")
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert version["Properties"] == {"PromptArn": {"Fn::GetAtt": [prompt, "Arn"]}}


@pytest.mark.parametrize("way", ["the version", "the role"])
def test_callers_are_granted_the_version_and_the_key(way: str) -> None:
    stack = Stack(minimize=False)
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    version = small(stack, encryption_key=key).create_version()
    if way == "the version":
        version.grant_render(iam.User(stack, "U"))
    else:
        role = AppRole(stack, "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.grants.render_prompt(version)
    found = template(stack)
    [policy] = resources(found, "AWS::IAM::Policy").values()
    [logical_id] = resources(found, "AWS::Bedrock::PromptVersion")
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "bedrock:RenderPrompt",
            "Resource": {"Fn::GetAtt": [logical_id, "Arn"]},
        },
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY_ARN},
    ]


def test_the_key_lets_bedrock_use_it_for_prompts_of_this_account() -> None:
    stack = Stack()
    small(stack, encryption_key=kms.Key(stack, "Key"))
    [key] = resources(template(stack), "AWS::KMS::Key").values()
    assert key["Properties"]["KeyPolicy"]["Statement"][-1] == {
        "Sid": "BedrockPrompts",
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
        "Condition": {
            "StringLike": {
                "kms:EncryptionContext:aws:bedrock-prompts:arn": arn(f"bedrock:{REGION}:{ACCOUNT}:prompt/*")
            },
        },
    }


WRONG: dict[str, tuple[Callable[[cdk.Stack], object], str]] = {
    "a variable that the text lacks": (
        lambda s: PromptVariant.text("a", text="Hello {{name}}", variables=["name", "city"]),
        "`variables` of the variant `a` has `city`, which the text lacks: write `{{city}}` in the text",
    ),
    "a variable that is not named": (
        lambda s: PromptVariant.text("a", text="Hello {{name}}", variables=[]),
        "`variables` of the variant `a` lacks `name`, which is in the text",
    ),
    "a variable that the chat lacks": (
        lambda s: PromptVariant.chat("a", messages=[ChatMessage.user("Hello")], variables=["name"]),
        "`variables` of the variant `a` has `name`, which the text lacks",
    ),
    "a default that is no variant": (
        lambda s: small(s, default_variant="b"),
        "`default_variant` has the value `b`, which is none of the variants: use `a`",
    ),
    "no variants": (lambda s: Prompt(s, "P", variants=[]), "`variants` is empty, so the prompt says nothing"),
    "four variants": (
        lambda s: Prompt(s, "P", variants=[PromptVariant.text(n, text="x") for n in "abcd"]),
        "`variants` has 4 values, and AWS takes 3 at most",
    ),
    "one name twice": (
        lambda s: Prompt(s, "P", variants=[PromptVariant.text("a", text="x")] * 2),
        "`variants` has the name `a` more than once",
    ),
    "a temperature of 1.5": (
        lambda s: PromptInference(temperature=1.5),
        "`temperature` has the value `1.5`: pass a number from 0 to 1",
    ),
    "five stop sequences": (
        lambda s: PromptInference(stop_sequences=["x"] * 5),
        "`stop_sequences` has 5 values, and AWS takes 4 at most",
    ),
    "a tool that isn't there": (
        lambda s: every_prop(s, ToolChoice.tool("u")),
        "`tool_choice` of the variant `chat` names `u`, which is none of its tools `t`",
    ),
    "a choice without tools": (
        lambda s: PromptVariant.chat("a", messages=[], tool_choice=ToolChoice.auto()),
        "`tool_choice` of the variant `a` is given without `tools`",
    ),
    "a tool's name": (
        lambda s: PromptTool(name="1x", input_schema={}),
        "`name` has the value `1x`: use a letter, then letters, digits and _",
    ),
    "a model and an agent": (
        lambda s: PromptVariant.text(
            "a", text="x", model=NOVA, agent=AgentAlias.from_agent_alias_arn(s, "Alias", ALIAS)
        ),
        "the variant `a` has `model` and `agent`: one of them answers",
    ),
    "an empty text": (
        lambda s: PromptVariant.text("a", text=""),
        "`text` must have 1 to 200000 characters, got 0",
    ),
    "an ARN without a version": (
        lambda s: PromptVersion.from_prompt_version_arn(
            s, "V", f"arn:aws:bedrock:{REGION}:{ACCOUNT}:prompt/ABCDEF1234"
        ),
        "`prompt_version_arn` has the value `arn:",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_the_remedy(case: str) -> None:
    make, message = WRONG[case]
    with pytest.raises(PlanesError) as caught:
        make(Stack())
    assert message in str(caught.value)


def test_imports_keep_their_environment() -> None:
    stack = Stack()
    where = "arn:aws:bedrock:eu-west-1:444455556666:prompt/ABCDEF1234"
    prompt = Prompt.from_prompt_arn(stack, "P", where)
    version = PromptVersion.from_prompt_version_arn(stack, "V", f"{where}:3")
    assert (prompt.env.region, version.env.account) == ("eu-west-1", "444455556666")
    assert prompt.prompt_ref.prompt_arn == where
    assert version.prompt_version_ref.prompt_version_arn == f"{where}:3"
