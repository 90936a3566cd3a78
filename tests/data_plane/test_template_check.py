"""The doors that can't be watched when they open fail the synthesis, and nobody can acknowledge that away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole, PlanesError
from constructs_lib.checks import mark_role
from constructs_lib.data_plane import template_check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
CREATE = {"Effect": "Allow", "Action": "bedrock:CreateAgent", "Resource": "*"}
RULE = "bedrock-planes::ROLE"


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
        ours = [r for r in reports if r["pluginName"] == "bedrock-planes-roles"]
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
        r"the app role `S/(Nested/)?R` can't hold `bedrock:CreateAgent`: it is on the control plane, "
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
    def crash(*paths: object) -> list[object]:
        raise KeyError("x")

    monkeypatch.setattr(template_check, "findings", crash)
    [violation] = made.violations()
    assert (violation["severity"], violation["description"]) == (
        "fatal",
        "the check of the app, deploy and operator roles failed: KeyError('x')",
    )


MARK = {"bedrock-planes:role": {"kind": "app", "checked": True}}


def findings(folder: Path, **templates: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return what is found in an assembly of these templates, by stack."""
    artifacts = {}
    for name, body in templates.items():
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps(body), "utf-8")
        artifacts[name] = {"type": "aws:cloudformation:stack", "properties": {"templateFile": file}}
    (folder / "manifest.json").write_text(json.dumps({"version": "54.0.0", "artifacts": artifacts}), "utf-8")
    found = template_check.findings([folder / f"{name}.template.json" for name in templates])
    return [
        (item.template.name.partition(".")[0], item.logical_id, item.place, item.message)
        for item in found
        if item.rule == RULE  # the templates here have no boundary
    ]


def role_with(document: dict[str, Any], **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": policies, **properties},
        "Metadata": MARK,
    }


def test_a_weak_reference_between_stacks_is_followed(tmp_path: Path) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {}, "Metadata": MARK}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "Roles": [{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Out"}}],
            "PolicyDocument": {"Statement": [CREATE]},
        },
    }
    first = {"Resources": {"R": role}, "Outputs": {"Out": {"Value": {"Ref": "R"}}}}
    found = findings(tmp_path, A=first, B={"Resources": {"P": policy}})
    assert [each[:3] for each in found] == [("B", "P", "Properties/PolicyDocument/Statement/0")]


def test_an_exported_role_is_followed(tmp_path: Path) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {}, "Metadata": MARK}
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "Roles": [{"Fn::ImportValue": "role-name"}],
            "PolicyDocument": {"Statement": [CREATE]},
        },
    }
    output = {"Value": {"Ref": "R"}, "Export": {"Name": "role-name"}}
    first = {"Resources": {"R": role}, "Outputs": {"Out": output}}
    found = findings(tmp_path, A=first, B={"Resources": {"P": policy}})
    assert [each[:2] for each in found] == [("B", "P")]


@pytest.mark.parametrize("metadata", [{}, {"bedrock-planes:role": {"kind": "app"}}], ids=["plain", "marked"])
def test_a_role_that_is_no_app_role_of_ours_is_left_to_the_review(
    tmp_path: Path, metadata: dict[str, Any]
) -> None:
    role = {**role_with({"Statement": CREATE}), "Metadata": metadata}
    assert findings(tmp_path, A={"Resources": {"R": role}}) == []


CHOICES: dict[str, dict[str, Any]] = {
    "a branch": {"Fn::If": ["C", CREATE, {"Ref": "AWS::NoValue"}]},
    "an action": {**CREATE, "Action": {"Fn::If": ["C", "bedrock:CreateAgent", "s3:GetObject"]}},
    "a default": {**CREATE, "Action": {"Ref": "Action"}},
    "joined": {**CREATE, "Action": {"Fn::Join": [":", ["bedrock", "CreateAgent"]]}},
    "another letter case": {"effect": "Allow", "action": "bedrock:CreateAgent", "resource": "*"},
    # IAM takes none of these for a statement.
    "no effect": {"Action": "bedrock:CreateAgent", "Resource": "*"},
    "no text beside": {**CREATE, "Action": ["bedrock:CreateAgent", 5]},
}


@pytest.mark.parametrize("statement", CHOICES.values(), ids=CHOICES)
def test_what_a_statement_may_be_is_refused(tmp_path: Path, statement: dict[str, Any]) -> None:
    template = {
        "Parameters": {"Action": {"Type": "String", "Default": "bedrock:CreateAgent"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
        "Resources": {"R": role_with({"Statement": [statement]})},
    }
    [(_, name, place, message)] = findings(tmp_path, A=template)
    assert (name, place.partition("/Statement/0")[0]) == ("R", "Properties/Policies/0/PolicyDocument")
    assert "can't hold `bedrock:CreateAgent`" in message


OPEN: dict[str, dict[str, Any]] = {
    "an action of the deployment": {**CREATE, "Action": {"Ref": "Open"}},
    "a role by name": {**CREATE, "Action": "sts:AssumeRole", "Resource": {"Ref": "Open"}},
    "a Deny": {**CREATE, "Effect": "Deny"},
}


@pytest.mark.parametrize("statement", OPEN.values(), ids=OPEN)
def test_what_is_open_or_denied_is_not_refused(tmp_path: Path, statement: dict[str, Any]) -> None:
    template = {
        "Parameters": {"Open": {"Type": "String"}},
        "Resources": {"R": role_with({"Statement": [statement]})},
    }
    assert findings(tmp_path, A=template) == []


def test_a_deny_beside_it_excuses_nothing(tmp_path: Path) -> None:
    role = role_with({"Statement": [CREATE, {**CREATE, "Effect": "Deny"}]})
    assert len(findings(tmp_path, A={"Resources": {"R": role}})) == 1


def test_a_policy_of_aws_that_configures_is_refused(tmp_path: Path) -> None:
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonBedrockFullAccess"]]}
    role = role_with({"Statement": []}, ManagedPolicyArns=[arn])
    found = findings(tmp_path, A={"Resources": {"R": role}})
    assert {each[1:3] for each in found} == {("R", "Properties/ManagedPolicyArns/0")}


def test_a_template_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanesError, match=r"A\.template\.json`: not a CloudFormation template"):
        findings(tmp_path, A={"Resources": []})
