"""The pytest assertions: on every kind of subject, with messages that say what to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from constructs_lib.checks import BedrockPlaneChecks, mark_role
from constructs_lib.checks.testing import (
    assert_denied,
    assert_planes_disjoint,
    assert_verdict,
    permission_matrix,
)
from tests.checks.crossings import GUARDRAIL, MODEL, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Subject = Any


def sound(outdir: Path) -> tuple[cdk.App, cdk.Stack]:
    """Return an app with one role per plane."""
    app = cdk.App(
        builtin_cloud_formation_validation=False, analytics_reporting=False, outdir=str(outdir / "cdk.out")
    )
    stack = cdk.Stack(app, "Chat", env=cdk.Environment(account="111122223333", region="us-east-1"))
    chat = iam.Role(stack, "Chat", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    chat.add_to_policy(
        iam.PolicyStatement(
            actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], resources=[MODEL]
        )
    )
    deploy = iam.Role(stack, "Deploy", assumed_by=iam.AccountRootPrincipal())
    deploy.add_to_policy(iam.PolicyStatement(actions=["bedrock:UpdateGuardrail"], resources=[GUARDRAIL]))
    mark_role(chat, "app")
    mark_role(deploy, "deploy")
    return app, stack


def as_template(app: cdk.App, stack: cdk.Stack) -> Subject:
    return assertions.Template.from_stack(stack)


def as_path(app: cdk.App, stack: cdk.Stack) -> Subject:
    return app.synth().directory


def as_file(app: cdk.App, stack: cdk.Stack) -> Subject:
    return app.synth().get_stack_by_name(stack.stack_name).template_full_path


SUBJECTS = pytest.mark.parametrize(
    "subject",
    [as_template, lambda app, stack: stack, lambda app, stack: app, as_path, as_file],
    ids=["template", "stack", "app", "cdk.out", "template file"],
)

MATRIX = """\
{chat}  kind: app  verdict: data
  bedrock-runtime (data)
    bedrock:InvokeModel
    bedrock:InvokeModelWithResponseStream
    on arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0

{deploy}  kind: deploy  verdict: control
  bedrock (control)
    bedrock:UpdateGuardrail
    on arn:aws:bedrock:us-east-1:111122223333:guardrail/gr0000000001
"""


@SUBJECTS
def test_every_subject_gives_the_same_matrix(subject: Callable[..., Subject], tmp_path: Path) -> None:
    matrix = permission_matrix(subject(*sound(tmp_path)))
    # A template on its own doesn't know construct paths.
    assert matrix in {
        MATRIX.format(chat="Chat/Chat", deploy="Chat/Deploy"),
        MATRIX.format(chat="Chat26DEB33F", deploy="Deploy7B206E61"),
    }


@SUBJECTS
def test_planes_that_are_apart_pass(subject: Callable[..., Subject], tmp_path: Path) -> None:
    assert_planes_disjoint(subject(*sound(tmp_path)), strict=True)


@SUBJECTS
def test_a_crossing_fails_with_statement_rule_and_proof(
    subject: Callable[..., Subject], tmp_path: Path
) -> None:
    app, stack = sound(tmp_path)
    role = stack.node.find_child("Chat")
    assert isinstance(role, iam.Role)
    role.add_to_policy(
        iam.PolicyStatement(
            sid="Tune", actions=["s3:GetObject", "bedrock:Create*"], resources=["*", GUARDRAIL]
        )
    )
    with pytest.raises(AssertionError) as caught:
        assert_planes_disjoint(subject(app, stack))
    message = str(caught.value)
    assert message.startswith("the planes are not disjoint:\n\nBP101 mixed-planes: role `Chat")
    assert '\n  {"Sid": "Tune", "Effect": "Allow", "Action": "bedrock:Create*", "Resource": ' in message
    assert "\n  proof: bedrock:Create" in message
    assert "\n  help: " in message
    assert "/Properties/PolicyDocument/Statement/1\n" in message


def test_a_family_shared_by_an_app_and_a_deploy_role_fails(tmp_path: Path) -> None:
    app, stack = sound(tmp_path)
    for name in ("Chat", "Deploy"):
        role = stack.node.find_child(name)
        assert isinstance(role, iam.Role)
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["bedrock:Retrieve"], resources=[GUARDRAIL[:-22] + "knowledge-base/K"]
            )
        )
    with pytest.raises(AssertionError, match="BP103 shared-family"):
        assert_planes_disjoint(app)


def test_an_acknowledged_crossing_passes(tmp_path: Path) -> None:
    app = build("inline policy", tmp_path)
    role = app.node.find_child("Chat").node.find_child("Role")
    cdk.Validations.of(role).acknowledge(cdk.Acknowledgment(id="bedrock-planes::BP101", reason="until May"))
    assert_planes_disjoint(app)


def test_strict_refuses_control_reads_and_unknown_policies(tmp_path: Path) -> None:
    app, stack = sound(tmp_path)
    role = stack.node.find_child("Chat")
    assert isinstance(role, iam.Role)
    role.add_to_policy(iam.PolicyStatement(actions=["bedrock:GetGuardrail"], resources=[GUARDRAIL]))
    role.add_managed_policy(iam.ManagedPolicy.from_managed_policy_name(stack, "Team", "TeamPolicy"))
    assert_planes_disjoint(app)
    with pytest.raises(AssertionError) as caught:
        assert_planes_disjoint(app, strict=True)
    assert "BP102 control-read-at-runtime" in str(caught.value)
    assert "BP107 incomplete-role" in str(caught.value)


def test_a_stack_is_reviewed_with_what_other_stacks_attach(tmp_path: Path) -> None:
    app = build("second stack", tmp_path)
    chat, other = app.node.find_child("Chat"), app.node.find_child("Other")
    assert isinstance(chat, cdk.Stack)
    assert isinstance(other, cdk.Stack)
    with pytest.raises(AssertionError, match="BP101"):
        assert_planes_disjoint(chat)
    assert_planes_disjoint(other)
    assert permission_matrix(other) == "No principal touches Bedrock.\n"


def test_a_plugin_in_the_app_does_not_get_in_the_way(tmp_path: Path) -> None:
    app = build("inline policy", tmp_path)
    cdk.Validations.of(app).add_plugins(BedrockPlaneChecks())
    with pytest.raises(AssertionError, match="BP101"):
        assert_planes_disjoint(app)


def test_what_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"cannot be reviewed: `.*nowhere\.json`"):
        assert_planes_disjoint(tmp_path / "nowhere.json")


@pytest.mark.parametrize("name", ["Chat/Chat", "Chat26DEB33F", "*/Chat", "role construct"])
def test_a_principal_is_named_by_path_id_pattern_or_construct(name: str, tmp_path: Path) -> None:
    app, stack = sound(tmp_path)
    wanted = stack.node.find_child("Chat") if name == "role construct" else name
    assert_verdict(app, wanted, "data")
    with pytest.raises(AssertionError) as caught:
        assert_verdict(app, wanted, "control")
    assert str(caught.value) == (
        "`Chat/Chat` has the verdict `data`, not `control`:\n"
        "  bedrock-runtime (data): bedrock:InvokeModel, bedrock:InvokeModelWithResponseStream"
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Nobody", "no principal matches `Nobody`: there are `Chat/Chat`, `Chat/Deploy`"),
        ("Chat/*", "2 principals match `Chat/*`: choose one of `Chat/Chat`, `Chat/Deploy`"),
    ],
)
def test_a_wrong_name_says_which_there_are(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_verdict(sound(tmp_path)[0], name, "data")
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        (["bedrock:CreateGuardrail", "bedrock:Retrieve"], None),
        (["bedrock:*Agent*"], None),
        (["bedrock:InvokeModel"], "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"),
        (["iam:PassRole", "sts:AssumeRole"], None),
    ],
)
def test_what_is_denied_passes(actions: list[str], resource: str | None, tmp_path: Path) -> None:
    assert_denied(sound(tmp_path)[0], "Chat/Chat", *actions, resource=resource)


def test_what_is_allowed_fails_with_the_statement_cut_to_it(tmp_path: Path) -> None:
    app, _ = sound(tmp_path)
    with pytest.raises(AssertionError) as caught:
        assert_denied(app, "Chat/Chat", "bedrock:invokemodel", "bedrock:Retrieve", resource=MODEL)
    message = str(caught.value)
    assert message.startswith("`Chat/Chat` may call 1 of the denied actions:\n  bedrock:InvokeModel, by ")
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL}
    assert message.endswith(f"\n    {json.dumps(statement)}")


def test_another_service_is_decided_too(tmp_path: Path) -> None:
    app, stack = sound(tmp_path)
    role = stack.node.find_child("Chat")
    assert isinstance(role, iam.Role)
    role.add_to_policy(
        iam.PolicyStatement(actions=["iam:PassRole"], resources=["arn:aws:iam::111122223333:role/service/*"])
    )
    assert_denied(app, role, "iam:PassRole", resource="arn:aws:iam::111122223333:role/other")
    with pytest.raises(AssertionError, match='"Action": "iam:PassRole"'):
        assert_denied(app, role, "iam:PassRole")


def test_an_unknown_policy_leaves_denied_unproved(tmp_path: Path) -> None:
    app, stack = sound(tmp_path)
    role = stack.node.find_child("Chat")
    assert isinstance(role, iam.Role)
    role.add_managed_policy(iam.ManagedPolicy.from_managed_policy_name(stack, "Team", "TeamPolicy"))
    with pytest.raises(AssertionError, match="`Chat/Chat` may do more than its policies here show:"):
        assert_denied(app, role, "bedrock:CreateGuardrail")


@pytest.mark.parametrize(
    ("actions", "says"),
    [
        ([], "name at least one action, such as `bedrock:InvokeModel`"),
        (["bedrock:Converse"], "no action matches `bedrock:Converse`: did you mean `bedrock:InvokeModel`?"),
        (["bedrock-runtime:InvokeModel"], "did you mean `bedrock:InvokeModel`?"),
        (["InvokeModel"], "did you mean `bedrock:InvokeModel`?"),
    ],
)
def test_an_action_that_does_not_exist_is_refused(actions: list[str], says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the next line compares the message
        assert_denied(sound(tmp_path)[0], "Chat/Chat", *actions)
    assert says in str(caught.value)
