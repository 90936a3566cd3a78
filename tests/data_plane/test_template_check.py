"""The doors that can't be watched when they open fail the synthesis, and nobody can acknowledge that away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole
from constructs_lib.checks import mark_role
from constructs_lib.data_plane import template_check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
CREATE = {"Effect": "Allow", "Action": "bedrock:CreateAgent", "Resource": "*"}
RULE = "bedrock-planes-app-role::APP-ROLE"


def create() -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["bedrock:CreateAgent"], resources=["*"])


class Made:
    """An app with one app role, synthesized into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = cdk.App(
            outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False
        )
        self.stack = cdk.Stack(self.app, "S")
        self.role = AppRole(self.stack, "R", assumed_by=LAMBDA)

    def violations(self) -> list[dict[str, Any]]:
        failed = False
        try:
            self.app.synth()
        except RuntimeError as error:
            failed = str(error).startswith("ValidationFailed")
        reports = json.loads((self.folder / "validation-report.json").read_text("utf-8"))["pluginReports"]
        ours = [r for r in reports if r["pluginName"] == "bedrock-planes-app-role"]
        assert len(ours) <= 1, "registered more than once"
        found = [violation for report in ours for violation in report["violations"]]
        assert failed == (found != [])
        return found


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "out")


def policy_with_roles(m: Made) -> None:
    iam.Policy(m.stack, "P", roles=[m.role], statements=[create()])


def managed_policy_with_roles(m: Made) -> None:
    iam.ManagedPolicy(m.stack, "P", roles=[m.role], statements=[create()])


def l1_policy(m: Made) -> None:
    iam.CfnPolicy(
        m.stack,
        "P",
        policy_name="p",
        roles=[m.role.role_name],
        policy_document={"Version": "2012-10-17", "Statement": [CREATE]},
    )


def role_policy(m: Made) -> None:
    iam.CfnRolePolicy(
        m.stack,
        "P",
        policy_name="p",
        role_name=m.role.role_name,
        policy_document={"Version": "2012-10-17", "Statement": CREATE},
    )


def override(m: Made) -> None:
    child = m.role.node.default_child
    assert isinstance(child, cdk.CfnResource)
    policies = [{"PolicyName": "x", "PolicyDocument": {"Version": "2012-10-17", "Statement": [CREATE]}}]
    child.add_property_override("Policies", policies)


def managed_arn_override(m: Made) -> None:
    policy = iam.ManagedPolicy(m.stack, "P", statements=[create()])
    child = m.role.node.default_child
    assert isinstance(child, iam.CfnRole)
    child.managed_policy_arns = [policy.managed_policy_arn]


def later_mutation(m: Made) -> None:
    statement = iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])
    m.role.add_to_policy(statement)
    statement.add_actions("bedrock:CreateAgent")


def aspect_of_a_token(m: Made) -> None:
    action = cdk.Lazy.string(_Create())
    m.role.add_to_policy(iam.PolicyStatement(actions=[action], resources=["*"]))


def other_stack(m: Made) -> None:
    other = cdk.Stack(m.app, "Other")
    iam.CfnPolicy(
        other,
        "P",
        policy_name="p",
        roles=[m.role.role_name],
        policy_document={"Version": "2012-10-17", "Statement": [CREATE]},
    )


def nested_stack(m: Made) -> None:
    nested = cdk.NestedStack(m.stack, "Nested")
    child = AppRole(nested, "R", assumed_by=LAMBDA)
    iam.Policy(nested, "P", roles=[child], statements=[create()])


@jsii.implements(cdk.IStableStringProducer)
class _Create:
    def produce(self) -> str:
        return "bedrock:CreateAgent"


DOORS: list[Callable[[Made], None]] = [
    policy_with_roles,
    managed_policy_with_roles,
    l1_policy,
    role_policy,
    override,
    managed_arn_override,
    later_mutation,
    aspect_of_a_token,
    other_stack,
    nested_stack,
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_one_control_action_fails_the_synthesis(made: Made, door: Callable[[Made], None]) -> None:
    door(made)
    [violation] = made.violations()
    assert violation["severity"] == "fatal"
    assert re.match(
        r"the app role `(Nested)?R[0-9A-F]{8}` can't hold `bedrock:CreateAgent`: it is on the control plane, "
        "family `bedrock-agent`",
        violation["description"],
    )


def test_it_can_not_be_acknowledged_away(made: Made) -> None:
    policy_with_roles(made)
    cdk.Validations.of(made.app).acknowledge(cdk.Acknowledgment(id=RULE, reason="no"))
    assert len(made.violations()) == 1


def test_a_clean_app_passes_and_the_check_is_registered_once(made: Made) -> None:
    AppRole(made.stack, "Second", assumed_by=LAMBDA).grants.converse("amazon.nova-lite-v1:0")
    iam.Role(made.stack, "Other", assumed_by=LAMBDA).add_to_policy(create())
    assert made.violations() == []


def test_a_role_that_is_only_marked_is_left_to_the_review(made: Made) -> None:
    marked = iam.Role(made.stack, "Other", assumed_by=LAMBDA)
    marked.add_to_policy(create())
    mark_role(marked, "app")
    assert made.violations() == []


def test_an_existing_role_that_must_use_a_guardrail_is_checked_for_it(made: Made) -> None:
    plain = iam.Role(made.stack, "Plain", assumed_by=LAMBDA)
    AppRole.from_role(made.stack, "App", plain).grants.require_guardrail("abcdef123456")
    plain.add_to_policy(iam.PolicyStatement(actions=["bedrock:RetrieveAndGenerate"], resources=["*"]))
    [violation] = made.violations()
    assert "carry no guardrail" in violation["description"]


def test_a_stage_is_checked_by_itself(made: Made) -> None:
    stage = cdk.Stage(made.app, "Prod")
    stack = cdk.Stack(stage, "Inner")
    iam.Policy(stack, "P", roles=[AppRole(stack, "R", assumed_by=LAMBDA)], statements=[create()])
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        made.app.synth()


def test_a_crash_of_the_check_is_a_fatal_finding(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(paths: object) -> list[object]:
        raise KeyError("x")

    monkeypatch.setattr(template_check, "findings", crash)
    [violation] = made.violations()
    assert (violation["severity"], violation["description"]) == (
        "fatal",
        "the check of the app roles failed: KeyError('x')",
    )


def write(folder: Path, name: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> Path:
    path = folder / f"{name}.template.json"
    path.write_text(json.dumps({"Resources": resources, "Outputs": outputs or {}}), "utf-8")
    return path


def test_a_weak_reference_between_stacks_is_followed(tmp_path: Path) -> None:
    mark = {"bedrock-planes:role": {"kind": "app", "checked": True}}
    role = {"Type": "AWS::IAM::Role", "Properties": {}, "Metadata": mark}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "Roles": [{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Out"}}],
            "PolicyDocument": {"Statement": [CREATE]},
        },
    }
    paths = [
        write(tmp_path, "A", {"R": role}, {"Out": {"Value": {"Ref": "R"}}}),
        write(tmp_path, "B", {"P": policy}),
    ]
    assert [(path.name, name, place) for path, name, place, _ in template_check.findings(paths)] == [
        ("B.template.json", "P", "Properties/PolicyDocument/Statement/0")
    ]


@pytest.mark.parametrize("metadata", [{}, {"bedrock-planes:role": {"kind": "app"}}], ids=["plain", "marked"])
def test_a_role_that_is_no_app_role_of_ours_is_left_to_the_review(
    tmp_path: Path, metadata: dict[str, Any]
) -> None:
    policies = [{"PolicyDocument": {"Statement": CREATE}}]
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}, "Metadata": metadata}
    assert template_check.findings([write(tmp_path, "A", {"R": role})]) == []
