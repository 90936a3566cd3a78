from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_lib import ContentFilter, Guardrail, GuardrailVersion, PlanesError
from tests.cdk import ACCOUNT, REGION, Stack, arn, resources, template
from tests.control_plane.guardrail_example import KEY_ARN
from tests.control_plane.soundness import findings, valid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs import IConstruct

WORDS = bedrock.CfnGuardrail.WordPolicyConfigProperty(
    words_config=[bedrock.CfnGuardrail.WordConfigProperty(text="secret")]
)


def guardrail(stack: cdk.Stack, **props: Any) -> Guardrail:
    return Guardrail(
        stack,
        "G",
        **{
            "guardrail_name": "g",
            "blocked_input_messaging": "no",
            "blocked_outputs_messaging": "no",
            "word_policy_config": WORDS,
            **props,
        },
    )


def version_id(change: Callable[[Guardrail, cdk.Stack], object] = lambda g, s: None, **props: Any) -> str:
    stack = Stack()
    made = guardrail(stack, **props)
    made.create_version()
    change(made, stack)
    [found] = resources(template(stack), "AWS::Bedrock::GuardrailVersion")
    return found


@jsii.implements(cdk.IAspect)
class Changes:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, bedrock.CfnGuardrail):
            node.blocked_outputs_messaging = "changed by an aspect"


def set_message(made: Guardrail, _: cdk.Stack) -> None:
    child = made.node.default_child
    assert isinstance(child, bedrock.CfnGuardrail)
    child.blocked_input_messaging = "changed"


def override(made: Guardrail, _: cdk.Stack) -> None:
    child = made.node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_property_override("BlockedInputMessaging", "changed")


def override_path(made: Guardrail, _: cdk.Stack) -> None:
    child = made.node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_override("Properties.BlockedInputMessaging", "changed")


def delete_property(made: Guardrail, _: cdk.Stack) -> None:
    child = made.node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_property_deletion_override("WordPolicyConfig")


def delete_path(made: Guardrail, _: cdk.Stack) -> None:
    child = made.node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_deletion_override("Properties.Description")


@pytest.fixture(scope="module")
def base() -> str:
    return version_id()


def test_the_same_content_gives_the_same_version(base: str) -> None:
    assert version_id() == base


CONTENT = {
    "an L1 setter": (set_message, {}),
    "an override": (override, {}),
    "an override by path": (override_path, {}),
    "a deleted property": (delete_property, {}),
    "a deleted path": (delete_path, {}),
    "an aspect": (lambda _, s: cdk.Aspects.of(s).add(Changes()), {}),
    "a prop": (lambda g, s: None, {"description": "changed"}),
    "another filter": (lambda g, s: g.add_content_filter(ContentFilter.hate()), {}),
    "a profile": (lambda g, s: None, {"cross_region": "us"}),
}


@pytest.mark.parametrize("case", CONTENT)
def test_a_change_of_content_makes_a_new_version(base: str, case: str) -> None:
    change, props = CONTENT[case]
    assert version_id(change, **props) != base


UNRELATED: dict[str, Callable[[Guardrail, cdk.Stack], object]] = {
    "a tag": lambda _, s: cdk.Tags.of(s).add("owner", "me"),
    "another resource": lambda _, s: sns.Topic(s, "Topic"),
    "the version is read": lambda g, s: cdk.CfnOutput(s, "Out", value=g.guardrail_arn),
    "a grant": lambda g, s: g.grant_apply(iam.User(s, "User")),
    "a resource policy": lambda g, s: g.share_with_account(ACCOUNT),
    "a description of the stack": lambda _, s: setattr(s.template_options, "description", "other"),
}


@pytest.mark.parametrize("case", UNRELATED)
def test_what_does_not_touch_the_content_leaves_the_version_alone(base: str, case: str) -> None:
    assert version_id(UNRELATED[case]) == base


def test_references_follow_the_version_and_the_old_one_is_kept(base: str) -> None:
    stack = Stack()
    made = guardrail(stack).create_version(description="first")
    cdk.CfnOutput(stack, "Out", value=made.version)
    found = template(stack)
    [(logical_id, resource)] = resources(found, "AWS::Bedrock::GuardrailVersion").items()
    assert logical_id == base
    assert found["Outputs"]["Out"]["Value"] == {"Fn::GetAtt": [logical_id, "Version"]}
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    [guardrail_id] = resources(found, "AWS::Bedrock::Guardrail")
    assert resource["Properties"] == {
        "GuardrailIdentifier": {"Fn::GetAtt": [guardrail_id, "GuardrailId"]},
        "Description": "first",
    }


WRONG = [
    ({"guardrail_name": "a b"}, "`guardrail_name` has the value `a b`: use 1-50 letters, digits, - and _"),
    ({"blocked_input_messaging": ""}, "`blocked_input_messaging` must have 1 to 500 characters, got 0"),
    (
        {"blocked_outputs_messaging": "x" * 501},
        "`blocked_outputs_messaging` must have 1 to 500 characters, got 501",
    ),
    ({"description": "x" * 201}, "`description` must have 1 to 200 characters, got 201"),
]


@pytest.mark.parametrize(("props", "message"), WRONG)
def test_a_wrong_prop_is_named_with_value_and_remedy(props: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        guardrail(Stack(), **props)


def test_an_imported_guardrail_can_be_granted() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/abcdef123456"
    made = Guardrail.from_guardrail_arn(stack, "G", where)
    made.grant_apply(iam.User(stack, "User"))
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": where}
    ]
    assert made.guardrail_ref.guardrail_arn == where
    with pytest.raises(
        PlanesError, match="`guardrail_arn` has the value `abcdef123456`: pass an ARN such as"
    ):
        Guardrail.from_guardrail_arn(stack, "H", "abcdef123456")


def test_an_imported_version_is_a_reference() -> None:
    made = GuardrailVersion.from_guardrail_version_attributes(
        Stack(), "V", guardrail_id="abcdef123456", version="3"
    )
    found = made.guardrail_version_ref
    assert (found.guardrail_id, found.version) == ("abcdef123456", "3")


@pytest.mark.parametrize(
    ("guardrail_id", "version", "message"),
    [
        ("arn:aws:bedrock:us-east-1:1:guardrail/x", "3", "`guardrail_id` has the value `arn:.*pass the id"),
        ("abcdef123456", "0", "`version` has the value `0`: pass a number, or DRAFT"),
    ],
)
def test_a_wrong_attribute_of_a_version_is_named(guardrail_id: str, version: str, message: str) -> None:
    with pytest.raises(PlanesError, match=message):
        GuardrailVersion.from_guardrail_version_attributes(
            Stack(), "V", guardrail_id=guardrail_id, version=version
        )


def test_the_id_is_fixed_before_any_template_is_written() -> None:
    """The CDK asks for the id many times; what it asks after the aspects have run must not move any more."""
    stack = Stack()
    made = guardrail(stack)
    version = made.create_version()
    template(stack)
    [l1] = [c for c in version.node.find_all() if isinstance(c, bedrock.CfnGuardrailVersion)]
    written = stack.resolve(l1.logical_id)
    set_message(made, stack)
    assert stack.resolve(l1.logical_id) == written


def test_keep_makes_room_before_the_version_with_a_role_that_can_do_this_one_thing() -> None:
    stack = Stack()
    made = guardrail(stack, encryption_key=kms.Key.from_key_arn(stack, "K", KEY_ARN))
    version = made.create_version(keep=5, pinned=["2"])
    cdk.CfnOutput(stack, "Deleted", value=version.deleted_versions or "")
    found = template(stack)
    [l1] = resources(found, "AWS::Bedrock::GuardrailVersion").values()
    [(room, custom)] = resources(found, "Custom::BedrockGuardrailVersions").items()
    [guardrail_id] = resources(found, "AWS::Bedrock::Guardrail")
    assert room in l1["DependsOn"]
    properties = custom["Properties"]
    assert (properties["Keep"], properties["Pinned"]) == ("5", ["2"])
    assert properties["GuardrailId"] == {"Fn::GetAtt": [guardrail_id, "GuardrailId"]}
    [logical_id] = resources(found, "AWS::Bedrock::GuardrailVersion")
    assert logical_id.endswith(properties["Content"])
    assert found["Outputs"]["Deleted"]["Value"] == {"Fn::GetAtt": [room, "Deleted"]}
    [role] = resources(found, "AWS::IAM::Role").values()
    [policy] = role["Properties"]["Policies"]
    on_guardrail = {"Fn::GetAtt": [guardrail_id, "GuardrailArn"]}
    statements = policy["PolicyDocument"]["Statement"]
    assert [(s["Action"], s["Resource"]) for s in statements if "logs:PutLogEvents" not in s["Action"]] == [
        (["bedrock:DeleteGuardrail", "bedrock:ListGuardrails"], on_guardrail),
        (["bedrock:ListAgents", "bedrock:ListEnforcedGuardrailsConfiguration"], "*"),
        ("bedrock:ListAgentVersions", arn(f"bedrock:{REGION}:{ACCOUNT}:agent/*")),
        (["cloudformation:DescribeStacks", "cloudformation:ListStackResources"], {"Ref": "AWS::StackId"}),
        ("kms:RetireGrant", KEY_ARN),
    ]


def test_the_role_of_the_function_configures_and_runs_nothing(tmp_path: Path) -> None:
    valid(lambda stack: guardrail(stack).create_version(keep=5), tmp_path)
    verdicts, rules = findings(tmp_path)
    assert list(verdicts.values()) == ["control"]
    assert rules == set()


def test_a_change_of_content_asks_for_room_and_an_unrelated_one_does_not() -> None:
    def content(**props: Any) -> str:
        stack = Stack()
        guardrail(stack, **props).create_version(keep=5)
        [custom] = resources(template(stack), "Custom::BedrockGuardrailVersions").values()
        return str(custom["Properties"]["Content"])

    assert content() == content(tags={"a": "b"})
    assert content() != content(description="changed")


@pytest.mark.parametrize(
    ("props", "message"),
    [
        ({"keep": 1}, "`keep` has the value `1`: pass a number from 2 to 20"),
        ({"keep": 21}, "`keep` has the value `21`: pass a number from 2 to 20"),
        ({"keep": "5"}, "`keep` has the value `'5'`: pass a whole number from 2 to 20"),
        ({"keep": 5, "pinned": ["DRAFT"]}, "`pinned` has the value `DRAFT`: pass the number of a version"),
        (
            {"keep": 5, "pinned": [3]},
            "`pinned` has the value `3` of the type `int`: pass numbers of versions",
        ),
        ({"keep": 5, "pinned": "3"}, "`pinned` has the value `'3'`: pass a list, also for one"),
        ({"pinned": ["3"]}, "`pinned` is given without `keep`"),
        ({"keep": 19, "pinned": ["3", "4"]}, "`keep` and `pinned` are 21 versions together"),
    ],
)
def test_a_wrong_number_to_keep_is_named(props: dict[str, Any], message: str) -> None:
    made = guardrail(Stack())
    with pytest.raises(PlanesError, match=message):
        made.create_version(**props)
    made.create_version("Right", keep=18, pinned=["3", "4"])


def test_an_imported_guardrail_has_no_content_to_make_a_version_of() -> None:
    stack = Stack()
    where = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/abcdef123456"
    imported: Any = Guardrail.from_guardrail_arn(stack, "G", where)
    with pytest.raises(PlanesError, match="`guardrail` is a GuardrailBase, whose content is not known here"):
        GuardrailVersion(stack, "V", guardrail=imported)
