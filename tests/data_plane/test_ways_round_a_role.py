"""Each way round a role of ours fails the synthesis; the nearest sound way passes.

A way changes an app whose stack `S` has the app role `S/R` (role name `the-app`), the deploy role `S/D` and
the operator role `S/O`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import cloudformation_include as include
from aws_cdk import custom_resources
from aws_cdk import custom_resources as cr

from constructs_lib import AppRole, DeployRole, OperatorRole
from constructs_lib.data_plane import DataPlaneBoundary
from constructs_lib.data_plane.boundary import boundary_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs import IConstruct

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
ACCOUNT = "111122223333"
CREATE = {"Effect": "Allow", "Action": "bedrock:CreateAgent", "Resource": "*"}
INVOKE = {
    "Effect": "Allow",
    "Action": "bedrock:InvokeModel",
    "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
}
CONFIGURES = "the app role `S/R` can't hold `bedrock:CreateAgent`"
NO_BOUNDARY = "the app role `S/R` has no permissions boundary"
WIDENED = "the app role `S/R` has the boundary"
CALLED = "the app role `S/R` can't be changed by a call of `iam:"
UNSEEN = "what the app role `S/R` holds can't be seen in full"


class Made:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = cdk.App(
            outdir=str(folder), builtin_cloud_formation_validation=False, analytics_reporting=False
        )
        self.stack = cdk.Stack(self.app, "S", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
        self.role = AppRole(self.stack, "R", assumed_by=LAMBDA, role_name="the-app")
        self.deploy = DeployRole(self.stack, "D", name_prefix="Own")
        self.operator = OperatorRole(self.stack, "O", assumed_by=LAMBDA)

    def other(self, region: str = "us-east-1") -> cdk.Stack:
        return cdk.Stack(self.app, "Other", env=cdk.Environment(account=ACCOUNT, region=region))

    def violations(self) -> list[tuple[str, str, str]]:
        """Return severity, rule and message of what fails the synthesis, each once."""
        failed = False
        try:
            self.app.synth()
        except RuntimeError as error:
            failed = str(error).startswith("ValidationFailed")
            if not failed:
                raise
        reports = json.loads((self.folder / "validation-report.json").read_text("utf-8"))["pluginReports"]
        ours = [report for report in reports if report["pluginName"] == "bedrock-planes-roles"]
        found = {
            (item["severity"], item["ruleName"], item["description"])
            for report in ours
            for item in report["violations"]
        }
        assert failed == bool(found)
        return sorted(found)


def l1(role: iam.Role) -> iam.CfnRole:
    child = role.node.default_child
    assert isinstance(child, iam.CfnRole)
    return child


def statement(action: str = "bedrock:CreateAgent") -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=[action], resources=["*"])


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policies(*documents: Any) -> list[dict[str, Any]]:
    return [{"PolicyName": f"p{at}", "PolicyDocument": each} for at, each in enumerate(documents)]


def policies_l1(*documents: Any) -> list[iam.CfnRole.PolicyProperty]:
    return [
        iam.CfnRole.PolicyProperty(policy_name=f"p{at}", policy_document=each)
        for at, each in enumerate(documents)
    ]


def override(*statements: Any) -> Callable[[Made], None]:
    return lambda m: l1(m.role).add_property_override("Policies", policies(document(*statements)))


def managed(arn: Any) -> Callable[[Made], None]:
    return lambda m: l1(m.role).add_property_override("ManagedPolicyArns", [arn])


def boundary(value: Any) -> Callable[[Made], None]:
    return lambda m: l1(m.role).add_property_override("PermissionsBoundary", value)


def rewritten(m: Made, *statements: Any) -> None:
    child = DataPlaneBoundary.of(m.stack).node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_property_override("PolicyDocument.Statement", list(statements))


def nested(m: Made, action: str = "bedrock:CreateAgent") -> None:
    iam.Policy(cdk.NestedStack(m.stack, "N"), "P", roles=[m.role], statements=[statement(action)])


def given_to_nested(m: Made, body: Any) -> None:
    """Name the role through a parameter of a nested stack."""
    inner = cdk.NestedStack(m.stack, "N", parameters={"Role": m.role.role_name})
    role = cdk.CfnParameter(inner, "Role").value_as_string
    iam.CfnPolicy(inner, "P", policy_name="p", roles=[role], policy_document=document(body))


def action_given_to_nested(m: Made, action: str) -> None:
    """Give the action through a parameter of a nested stack."""
    inner = cdk.NestedStack(m.stack, "N", parameters={"Action": action})
    body = {**CREATE, "Action": cdk.CfnParameter(inner, "Action").value_as_string}
    iam.CfnPolicy(inner, "P", policy_name="p", roles=[m.role.role_name], policy_document=document(body))


def bounded_in_nested(m: Made, boundary_arn: str) -> None:
    """Make an app role in a nested stack whose boundary is a parameter of that stack."""
    inner = cdk.NestedStack(m.stack, "N", parameters={"Boundary": boundary_arn})
    role = AppRole(inner, "R", assumed_by=LAMBDA)
    value = cdk.CfnParameter(inner, "Boundary").value_as_string
    l1(role).add_property_override("PermissionsBoundary", value)


def by_name(m: Made, where: cdk.Stack, body: Any) -> None:
    iam.CfnPolicy(where, "P", policy_name="p", roles=["the-app"], policy_document=document(body))


def by_arn(m: Made, body: iam.PolicyStatement) -> None:
    written = f"arn:aws:iam::{ACCOUNT}:role/bedrock-planes/app/the-app"
    iam.Role.from_role_arn(m.stack, "I", written).add_to_principal_policy(body)


def by_arn_of(m: Made, body: iam.PolicyStatement) -> None:
    """Import a role by a reference to its ARN, from which the CDK can only take a name without a path."""
    bare = AppRole(m.stack, "Bare", assumed_by=LAMBDA, path="/")
    iam.Role.from_role_arn(m.stack, "I", bare.role_arn).add_to_principal_policy(body)


def included(m: Made, body: Any) -> None:
    file = m.folder.parent / "included.json"
    properties = {"PolicyName": "p", "Roles": [{"Fn::Sub": "the-${X}"}], "PolicyDocument": document(body)}
    parameters = {"X": {"Type": "String", "Default": "app", "AllowedValues": ["app"]}}
    resources = {"P": {"Type": "AWS::IAM::Policy", "Properties": properties}}
    file.write_text(json.dumps({"Parameters": parameters, "Resources": resources}), "utf-8")
    include.CfnInclude(m.stack, "Included", template_file=str(file))


def other_stage(m: Made, body: Any) -> None:
    environment = cdk.Environment(account=ACCOUNT, region="us-east-1")
    by_name(m, cdk.Stack(cdk.Stage(m.app, "Stage"), "S2", env=environment), body)


@jsii.implements(cdk.IAspect)
class Late:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, iam.CfnRole) and node.node.path == "S/R/Resource":
            node.managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]
            node.permissions_boundary = None


def erased(m: Made, body: Any) -> None:
    l1(m.role).cfn_options.metadata = {}
    override(body)(m)


def remarked(m: Made) -> None:
    l1(m.role).add_metadata("bedrock-planes:role", {"kind": "deploy"})
    override(CREATE)(m)


def parameter(m: Made, key: str, base: dict[str, Any] = INVOKE) -> None:
    value = cdk.CfnParameter(m.stack, "Open").value_as_string
    override({**base, key: value})(m)


def raw(m: Made, kind: str, properties: dict[str, Any], where: cdk.Stack | None = None) -> None:
    cdk.CfnResource(where or m.stack, "Raw", type=kind, properties=properties)


def named(roles: Any, kind: str = "AWS::IAM::Policy") -> Callable[[Made], None]:
    """Attach a control action to the roles, given as CloudFormation's JSON."""
    return lambda m: raw(m, kind, {"PolicyName": "p", "PolicyDocument": document(CREATE), "Roles": roles})


def default(m: Made, value: str) -> str:
    return cdk.CfnParameter(m.stack, "Given", default=value).value_as_string


def exported(m: Made, value: str, entry: Any) -> None:
    cdk.CfnOutput(m.stack, "Out", value=value, export_name="S-role")
    properties = {"PolicyName": "p", "PolicyDocument": document(CREATE), "Roles": [entry]}
    raw(m, "AWS::IAM::Policy", properties, m.other())


def managed_elsewhere(m: Made) -> None:
    iam.ManagedPolicy(m.other(), "P", managed_policy_name="elsewhere", statements=[statement()])
    managed(ELSEWHERE)(m)


def in_nested_twice(m: Made) -> None:
    inner = cdk.NestedStack(cdk.NestedStack(m.stack, "N"), "N")
    iam.Policy(inner, "P", roles=[m.role], statements=[statement()])


def role_of_nested(m: Made) -> AppRole:
    return AppRole(cdk.NestedStack(m.stack, "N"), "R", assumed_by=LAMBDA)


def shared(m: Made, where: cdk.Stack) -> None:
    found = DataPlaneBoundary.from_deploy_stack(where, "Shared", "AcmeDeployRole")
    AppRole(where, "R", assumed_by=LAMBDA, permissions_boundary=found)


def boundary_part(path: str, value: Any) -> Callable[[Made], None]:
    def way(m: Made) -> None:
        child = DataPlaneBoundary.of(m.stack).node.default_child
        assert isinstance(child, cdk.CfnResource)
        child.add_property_override(f"PolicyDocument.{path}", value)

    return way


def without_cut(prefix: str) -> Callable[[Made], None]:
    cut = boundary_document()["Statement"][0]["NotAction"]
    kept = [pattern for pattern in cut if not pattern.startswith(prefix)]
    return boundary_part("Statement.0.NotAction", kept)


def call(
    action: str, service: str = "IAM", region: str | None = None, account: str = ACCOUNT, **parameters: Any
) -> Callable[[Made], None]:
    """Change IAM by a custom resource of the CDK, as a deployment would."""

    def way(m: Made) -> None:
        values = {key: value(m) if callable(value) else value for key, value in parameters.items()}
        env = cdk.Environment(account=account, region=region or "us-east-1")
        same = region is None and account == ACCOUNT
        custom_resources.AwsCustomResource(
            m.stack if same else cdk.Stack(m.app, "Calls", env=env),
            "Call",
            on_update=custom_resources.AwsSdkCall(
                service=service,
                action=action,
                parameters=values,
                physical_resource_id=custom_resources.PhysicalResourceId.of("call"),
            ),
            policy=custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"]),
        )

    return way


def conditioned(value: Any) -> Callable[[Made], None]:
    def way(m: Made) -> None:
        cdk.CfnCondition(m.stack, "C", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "us-east-1"))
        value(m)

    return way


IF = {"Fn::If": ["C", CREATE, {"Ref": "AWS::NoValue"}]}
NO_VALUE = {"Ref": "AWS::NoValue"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ELSEWHERE = f"arn:aws:iam::{ACCOUNT}:policy/elsewhere"


def handed(kind: str, key: str, value: Callable[[Made], Any]) -> Callable[[Made], None]:
    """Give a value to a resource that no review can read."""
    return lambda m: raw(m, kind, {"TemplateURL": "https://s3.amazonaws.com/b/t.json", key: {"R": value(m)}})


def held_by(kind: str, body: Any) -> Callable[[Made], None]:
    def way(m: Made) -> None:
        role = m.deploy if kind == "deploy" else m.operator
        l1(role).add_property_override("Policies", policies(document(body)))

    return way


# What no review can read, and how it may be given the role's name.
UNREAD = (
    ("nested stack elsewhere", "AWS::CloudFormation::Stack", "Parameters"),
    ("module", "Acme::IAM::Attach::MODULE", "Values"),
    ("third-party type", "Acme::IAM::Attach", "Values"),
)
GIVEN: dict[str, Callable[[Made], Any]] = {
    "by reference": lambda m: m.role.role_name,
    "as text": lambda m: "the-app",
    "by part of its ARN": lambda m: cdk.Fn.select(3, cdk.Fn.split("/", m.role.role_arn)),
    "by Fn::Sub": lambda m: {"Fn::Sub": f"${{{m.stack.get_logical_id(l1(m.role))}}}"},
}

APP_ROLE = f"arn:aws:iam::{ACCOUNT}:role/bedrock-planes/app/the-app"
# Ways of the roles that configure Bedrock to become an app role, or to run code as one.
BECOMES = (
    *(
        (kind, action, resource)
        for kind in ("deploy", "operator")
        for action, resource in (
            ("sts:AssumeRole", "*"),
            ("STS:assume*", f"arn:aws:iam::{ACCOUNT}:role/*"),
            ("sts:AssumeRole", APP_ROLE),
            ("sts:AssumeRole", "arn:aws:iam::*:role/*/the-app"),
            ("sts:*", "arn:aws:iam::*:role/bedrock-planes/*"),
        )
    ),
    ("operator", "iam:PassRole", "*"),
    ("operator", "iam:Pass*", APP_ROLE),
)

# Way -> (what is done, severity, how the message begins).
WAYS: dict[str, tuple[Callable[[Made], Any], str, str]] = {
    "nested stack": (nested, "fatal", CONFIGURES),
    "other Region, role object": (
        lambda m: iam.Policy(m.other("eu-west-1"), "P", roles=[m.role], statements=[statement()]),
        "fatal",
        CONFIGURES,
    ),
    "other Region, by name": (lambda m: by_name(m, m.other("eu-west-1"), CREATE), "fatal", CONFIGURES),
    "same stack, by name": (lambda m: by_name(m, m.stack, CREATE), "fatal", CONFIGURES),
    "other stage, by name": (lambda m: other_stage(m, CREATE), "fatal", CONFIGURES),
    "from_role_name": (
        lambda m: iam.Role.from_role_name(m.stack, "I", "the-app").add_to_principal_policy(statement()),
        "fatal",
        CONFIGURES,
    ),
    "from_role_arn": (lambda m: by_arn(m, statement()), "fatal", CONFIGURES),
    "from_role_arn, reference": (
        lambda m: by_arn_of(m, statement()),
        "fatal",
        CONFIGURES.replace("S/R", "S/Bare"),
    ),
    "nested stack, the role by parameter": (lambda m: given_to_nested(m, CREATE), "fatal", CONFIGURES),
    "nested stack, the action by parameter": (
        lambda m: action_given_to_nested(m, "bedrock:CreateAgent"),
        "fatal",
        CONFIGURES,
    ),
    "nested stack, the boundary by parameter": (
        lambda m: bounded_in_nested(m, ADMINISTRATOR),
        "fatal",
        "the app role `S/N/R` has the boundary",
    ),
    "CfnInclude with Fn::Sub": (lambda m: included(m, CREATE), "fatal", CONFIGURES),
    "AdministratorAccess": (managed(ADMINISTRATOR), "fatal", "the app role `S/R` can't hold `*`"),
    "IAMFullAccess": (
        managed("arn:aws:iam::aws:policy/IAMFullAccess"),
        "fatal",
        "the app role `S/R` can't hold `iam:*`",
    ),
    "AmazonBedrockFullAccess": (
        managed("arn:aws:iam::aws:policy/AmazonBedrockFullAccess"),
        "fatal",
        "the app role `S/R` can't hold `bedrock:*`",
    ),
    "customer policy by ARN": (managed(ELSEWHERE), "error", UNSEEN),
    "late aspect": (lambda m: cdk.Aspects.of(m.stack).add(Late()), "fatal", NO_BOUNDARY),
    "boundary deleted": (
        lambda m: l1(m.role).add_property_deletion_override("PermissionsBoundary"),
        "fatal",
        NO_BOUNDARY,
    ),
    "boundary None": (lambda m: setattr(l1(m.role), "permissions_boundary", None), "fatal", NO_BOUNDARY),
    "boundary cleared": (lambda m: iam.PermissionsBoundary.of(m.role).clear(), "fatal", NO_BOUNDARY),
    "boundary is no value": (boundary(NO_VALUE), "fatal", NO_BOUNDARY),
    "boundary under a condition": (
        conditioned(boundary({"Fn::If": ["C", {"Ref": "DataPlaneBoundary142914CB"}, NO_VALUE]})),
        "fatal",
        NO_BOUNDARY,
    ),
    "boundary replaced": (boundary(ADMINISTRATOR), "fatal", WIDENED),
    "boundary widened": (
        lambda m: DataPlaneBoundary.of(m.stack).add_statements(statement("bedrock:*")),
        "fatal",
        WIDENED,
    ),
    "boundary widened to IAM": (
        lambda m: DataPlaneBoundary.of(m.stack).add_statements(statement("iam:PutRolePolicy")),
        "fatal",
        WIDENED,
    ),
    "boundary widened to AssumeRole": (
        lambda m: rewritten(m, {"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"}),
        "fatal",
        WIDENED,
    ),
    "action by Fn::Sub": (
        override({**CREATE, "Action": {"Fn::Sub": ["bedrock:Create${X}", {"X": "Agent"}]}}),
        "fatal",
        CONFIGURES,
    ),
    "action by Fn::Select": (
        override({**CREATE, "Action": {"Fn::Select": [1, ["s3:GetObject", "bedrock:CreateAgent"]]}}),
        "fatal",
        CONFIGURES,
    ),
    "action behind a parameter": (lambda m: parameter(m, "Action"), "error", UNSEEN),
    "action behind an import": (
        override({**CREATE, "Action": {"Fn::ImportValue": "elsewhere"}}),
        "error",
        UNSEEN,
    ),
    "IAM action behind a parameter": (
        override({**CREATE, "Action": {"Fn::Sub": "iam:${AWS::StackId}"}}),
        "error",
        UNSEEN,
    ),
    "effect behind a parameter": (lambda m: parameter(m, "Effect", CREATE), "fatal", CONFIGURES),
    "effect by Fn::Sub": (override({**CREATE, "Effect": {"Fn::Sub": "Allow"}}), "fatal", CONFIGURES),
    "statement under Fn::If": (conditioned(override(IF)), "fatal", CONFIGURES),
    "document under Fn::If": (
        conditioned(
            lambda m: l1(m.role).add_property_override(
                "Policies", policies({"Fn::If": ["C", document(CREATE), document(INVOKE)]})
            )
        ),
        "fatal",
        CONFIGURES,
    ),
    "policy under Fn::If": (
        conditioned(
            lambda m: l1(m.role).add_property_override(
                "Policies", [{"Fn::If": ["C", *policies(document(CREATE)), NO_VALUE]}]
            )
        ),
        "fatal",
        CONFIGURES,
    ),
    "joined dynamic reference": (
        lambda m: m.role.add_to_policy(
            statement(cdk.Fn.join("", ["{{resolve:ssm:/", cdk.Aws.STACK_NAME, "}}"]))
        ),
        "error",
        UNSEEN,
    ),
    "mark erased": (lambda m: erased(m, CREATE), "fatal", CONFIGURES),
    "mark replaced": (remarked, "fatal", CONFIGURES),
    "AssumeRole by override": (
        override({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}),
        "fatal",
        "the app role `S/R` can't hold `sts:AssumeRole`",
    ),
    "PassRole by override": (
        override({"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}),
        "fatal",
        "the app role `S/R` can't hold `iam:PassRole`",
    ),
    "statements under Fn::If": (
        conditioned(
            lambda m: l1(m.role).add_property_override(
                "Policies", policies(document() | {"Statement": {"Fn::If": ["C", [CREATE], [INVOKE]]}})
            )
        ),
        "fatal",
        CONFIGURES,
    ),
    "document as text": (
        lambda m: l1(m.role).add_property_override("Policies", policies(json.dumps(document(CREATE)))),
        "fatal",
        CONFIGURES,
    ),
    "actions by Fn::Split": (
        override({**CREATE, "Action": {"Fn::Split": [",", "s3:GetObject,bedrock:CreateAgent"]}}),
        "fatal",
        CONFIGURES,
    ),
    "action by default of a parameter": (
        lambda m: override({**CREATE, "Action": default(m, "bedrock:CreateAgent")})(m),
        "fatal",
        CONFIGURES,
    ),
    "policies by a transform": (
        lambda m: l1(m.role).add_property_override(
            "Policies", {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
        ),
        "error",
        UNSEEN,
    ),
    "named by Fn::Join": (named([{"Fn::Join": ["-", ["the", "app"]]}]), "fatal", CONFIGURES),
    "named by Fn::If": (
        conditioned(named({"Fn::If": ["C", ["the-app"], ["another"]]})),
        "fatal",
        CONFIGURES,
    ),
    "named by default of a parameter": (lambda m: named([default(m, "the-app")])(m), "fatal", CONFIGURES),
    "named by part of its ARN": (
        lambda m: named([cdk.Fn.select(3, cdk.Fn.split("/", m.role.role_arn))])(m),
        "fatal",
        CONFIGURES,
    ),
    "managed policy by name": (named(["the-app"], "AWS::IAM::ManagedPolicy"), "fatal", CONFIGURES),
    "role policy by name": (
        lambda m: raw(
            m,
            "AWS::IAM::RolePolicy",
            {"PolicyName": "p", "PolicyDocument": document(CREATE), "RoleName": "the-app"},
        ),
        "fatal",
        CONFIGURES,
    ),
    "export of its name": (
        lambda m: exported(m, m.role.role_name, {"Fn::ImportValue": {"Fn::Sub": "S-role"}}),
        "fatal",
        CONFIGURES,
    ),
    "export of its ARN": (
        lambda m: exported(
            m, m.role.role_arn, {"Fn::Select": [3, {"Fn::Split": ["/", {"Fn::ImportValue": "S-role"}]}]}
        ),
        "fatal",
        CONFIGURES,
    ),
    "nested stack in a nested stack": (in_nested_twice, "fatal", CONFIGURES),
    "role of a nested stack": (
        lambda m: iam.Policy(m.stack, "P", roles=[role_of_nested(m)], statements=[statement()]),
        "fatal",
        "the app role `S/N/R` can't hold `bedrock:CreateAgent`",
    ),
    "boundary of a nested stack": (
        lambda m: l1(role_of_nested(m)).add_property_deletion_override("PermissionsBoundary"),
        "fatal",
        "the app role `S/N/R` has no permissions boundary",
    ),
    "StackSet": (
        lambda m: raw(
            m,
            "AWS::CloudFormation::StackSet",
            {
                "StackSetName": "s",
                "PermissionModel": "SELF_MANAGED",
                "TemplateBody": json.dumps(
                    {
                        "Resources": {
                            "P": {
                                "Type": "AWS::IAM::Policy",
                                "Properties": {
                                    "PolicyName": "p",
                                    "Roles": ["the-app"],
                                    "PolicyDocument": document(CREATE),
                                },
                            }
                        }
                    }
                ),
            },
        ),
        "fatal",
        CONFIGURES,
    ),
    "customer policy of the app by ARN": (managed_elsewhere, "fatal", CONFIGURES),
    "customer policy with the name of a harmless one": (
        managed(f"arn:aws:iam::{ACCOUNT}:policy/AWSXRayDaemonWriteAccess"),
        "error",
        UNSEEN,
    ),
    "AWS managed by Fn::Join": (
        managed({"Fn::Join": ["", ["arn:aws:iam::aws:policy/Administrator", "Access"]]}),
        "fatal",
        "the app role `S/R` can't hold `*`",
    ),
    "AWS managed by default of a parameter": (
        lambda m: managed(default(m, ADMINISTRATOR))(m),
        "fatal",
        "the app role `S/R` can't hold `*`",
    ),
    "boundary is empty": (boundary(""), "fatal", NO_BOUNDARY),
    "boundary behind a parameter": (
        lambda m: boundary(cdk.CfnParameter(m.stack, "Open").value_as_string)(m),
        "error",
        "the app role `S/R` has a boundary that can't be seen",
    ),
    "boundary behind a default": (
        lambda m: boundary(default(m, ADMINISTRATOR))(m),
        "error",
        "the app role `S/R` has a boundary that can't be seen",
    ),
    "boundary of AWS by an aspect": (
        lambda m: iam.PermissionsBoundary.of(m.app).apply(
            iam.ManagedPolicy.from_aws_managed_policy_name("PowerUserAccess")
        ),
        "fatal",
        WIDENED,
    ),
    "boundary widened under a condition": (
        conditioned(
            boundary_part("Statement.3", {"Fn::If": ["C", {**CREATE, "Action": "bedrock:*"}, NO_VALUE]})
        ),
        "fatal",
        WIDENED,
    ),
    "boundary widened behind a parameter": (
        lambda m: boundary_part(
            "Statement.3", {**CREATE, "Action": cdk.CfnParameter(m.stack, "Open").value_as_string}
        )(m),
        "error",
        UNSEEN,
    ),
    "boundary without the cut of CloudFormation": (without_cut("cloudformation"), "fatal", WIDENED),
    "boundary without the cut of sessions": (without_cut("ssm:Start"), "fatal", WIDENED),
    "boundary with the code of functions": (
        lambda m: DataPlaneBoundary.of(m.stack).add_statements(statement("lambda:UpdateFunctionCode")),
        "fatal",
        WIDENED,
    ),
    "boundary whose Deny has a condition": (
        boundary_part("Statement.2.Condition", {"Bool": {"aws:SecureTransport": "false"}}),
        "fatal",
        WIDENED,
    ),
    "call that puts a policy": (call("putRolePolicy", RoleName="the-app"), "fatal", CALLED),
    "call that attaches a policy, version 3": (
        call(
            "AttachRolePolicyCommand",
            "@aws-sdk/client-iam",
            RoleName=lambda m: m.role.role_name,
            PolicyArn=ADMINISTRATOR,
        ),
        "fatal",
        CALLED,
    ),
    "call that deletes the boundary, other Region": (
        call("deleteRolePermissionsBoundary", region="eu-west-1", RoleName="the-app"),
        "fatal",
        CALLED,
    ),
    "call that rewrites the boundary": (
        call("createPolicyVersion", PolicyArn=lambda m: DataPlaneBoundary.of(m.stack).managed_policy_arn),
        "fatal",
        CALLED,
    ),
    "call on a role behind a parameter": (
        call("putRolePolicy", RoleName=lambda m: cdk.CfnParameter(m.stack, "Open").value_as_string),
        "error",
        UNSEEN,
    ),
    "call on the deploy role": (
        call("putRolePolicy", RoleName=lambda m: m.deploy.role_name),
        "fatal",
        "the deploy role `S/D` can't be changed by a call of `iam:PutRolePolicy`",
    ),
    **{
        f"{what}, given the role's name {how}": (handed(kind, key, value), "error", UNSEEN)
        for what, kind, key in UNREAD
        for how, value in GIVEN.items()
    },
    "role replaced in the tree": (
        lambda m: (
            m.role.node.try_remove_child("Resource"),
            iam.CfnRole(
                m.role, "Resource", assume_role_policy_document={}, policies=policies_l1(document(CREATE))
            ),
        ),
        "fatal",
        CONFIGURES,
    ),
    "deploy role, override": (
        lambda m: l1(m.deploy).add_property_override("Policies", policies(document(INVOKE))),
        "fatal",
        "the deploy role `S/D` can't hold `bedrock:InvokeModel`",
    ),
    "deploy role, invokes every function": (
        lambda m: l1(m.deploy).add_property_override(
            "Policies", policies(document({**CREATE, "Action": "lambda:InvokeFunction"}))
        ),
        "fatal",
        "the deploy role `S/D` can't hold `lambda:InvokeFunction` on `*`",
    ),
    "deploy role, AWS managed": (
        lambda m: l1(m.deploy).add_property_override(
            "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AmazonBedrockFullAccess"]
        ),
        "fatal",
        "the deploy role `S/D` can't hold `bedrock:*`",
    ),
    "deploy role, policy with roles": (
        lambda m: iam.Policy(m.stack, "P", roles=[m.deploy], statements=[statement("bedrock:InvokeModel")]),
        "fatal",
        "the deploy role `S/D` can't hold `bedrock:InvokeModel`",
    ),
    "operator role, policy with roles": (
        lambda m: iam.Policy(m.stack, "P", roles=[m.operator], statements=[statement("bedrock:InvokeModel")]),
        "fatal",
        "the operator role `S/O` can't hold `bedrock:InvokeModel`",
    ),
    **{
        f"{kind} role, {action} on {resource}": (
            held_by(kind, {**CREATE, "Action": action, "Resource": resource}),
            "fatal",
            f"the {kind} role `S/{kind[0].upper()}` can't hold `{action}` on ",
        )
        for kind, action, resource in BECOMES
    },
    "operator role, type-wide": (
        lambda m: l1(m.operator).add_property_override(
            "Policies", policies(document({**CREATE, "Action": "bedrock:StartIngestionJob"}))
        ),
        "fatal",
        "the operator role `S/O` can't hold `bedrock:StartIngestionJob` on `*`",
    ),
}

# The nearest sound ways.
SOUND: dict[str, Callable[[Made], Any]] = {
    "nothing": lambda m: None,
    "nested stack": lambda m: nested(m, "s3:GetObject"),
    "by name": lambda m: by_name(m, m.other("eu-west-1"), INVOKE),
    "another name": lambda m: iam.CfnPolicy(
        m.stack, "P", policy_name="p", roles=["the-app-2"], policy_document=document(CREATE)
    ),
    "the name in another account": lambda m: by_name(
        m, cdk.Stack(m.app, "Else", env=cdk.Environment(account="444455556666", region="us-east-1")), CREATE
    ),
    "other stage": lambda m: other_stage(m, INVOKE),
    "nested stack, the role by parameter": lambda m: given_to_nested(m, INVOKE),
    "nested stack, the action by parameter": lambda m: action_given_to_nested(m, "s3:GetObject"),
    "nested stack, the boundary by parameter": lambda m: bounded_in_nested(
        m, DataPlaneBoundary.of(m.stack).managed_policy_arn
    ),
    "from_role_arn": lambda m: by_arn(m, statement("s3:GetObject")),
    "from_role_arn, reference": lambda m: by_arn_of(m, statement("s3:GetObject")),
    "CfnInclude": lambda m: included(m, INVOKE),
    "managed policy of a runtime": managed(
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    ),
    "AssumeRole that the boundary denies": lambda m: DataPlaneBoundary.of(m.stack).add_statements(
        statement("sts:AssumeRole")
    ),
    "boundary narrowed": lambda m: rewritten(m, {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
    "a Deny added to the boundary": lambda m: DataPlaneBoundary.of(m.stack).add_statements(
        iam.PolicyStatement(effect=iam.Effect.DENY, actions=["s3:*"], resources=["*"])
    ),
    "roles that are named": lambda m: AppRole(
        m.stack, "Named", assumed_by=LAMBDA, assumable_roles=[f"arn:aws:iam::{ACCOUNT}:role/theirs"]
    ),
    "an organization's boundary": lambda m: iam.PermissionsBoundary.of(m.app).apply(
        iam.ManagedPolicy.from_managed_policy_name(m.stack, "Org", "org")
    ),
    "the shared boundary, where the Region is not known": lambda m: shared(m, cdk.Stack(m.app, "Anywhere")),
    "action by Fn::Sub": override({**INVOKE, "Action": {"Fn::Sub": ["bedrock:${X}", {"X": "InvokeModel"}]}}),
    "effect behind a parameter": lambda m: parameter(m, "Effect"),
    "resource behind a parameter": lambda m: parameter(m, "Resource"),
    "S3 action behind a parameter": override({**INVOKE, "Action": {"Fn::Sub": "s3:${AWS::StackId}"}}),
    "a Deny under Fn::If": conditioned(override({**CREATE, "Effect": "Deny"})),
    "mark erased": lambda m: erased(m, INVOKE),
    "call that reads": call("getRole", RoleName="the-app"),
    "call on another role": call(
        "putRolePolicy", RoleName=lambda m: iam.Role(m.stack, "Else", assumed_by=LAMBDA).role_name
    ),
    "call in another account": call("putRolePolicy", account="444455556666", RoleName="the-app"),
    "call of another service": call("putObject", "S3", Bucket="the-app"),
    "boundary with an action that it has": lambda m: DataPlaneBoundary.of(m.stack).add_statements(
        statement("lambda:InvokeFunction")
    ),
    "named by Fn::Join, another": named([{"Fn::Join": ["-", ["the", "app", "2"]]}]),
    "trust behind a parameter": lambda m: l1(m.role).add_property_override(
        "AssumeRolePolicyDocument.Statement.0.Principal",
        {"Service": cdk.CfnParameter(m.stack, "Trust").value_as_string},
    ),
    **{
        f"{what}, given {how}": handed(kind, key, value)
        for what, kind, key in UNREAD
        for how, value in {
            "the role's ARN": lambda m: m.role.role_arn,
            "another name": lambda m: "the-app-2",
            "the name of the stack": lambda m: m.stack.stack_name,
        }.items()
    },
    "deploy role assumes the CDK's roles": lambda m: m.deploy.add_to_policy(
        iam.PolicyStatement(
            actions=["sts:AssumeRole"], resources=[f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-*"]
        )
    ),
    "operator role assumes and passes a named role": lambda m: m.operator.add_to_policy(
        iam.PolicyStatement(
            actions=["sts:AssumeRole", "iam:PassRole"],
            resources=[
                f"arn:aws:iam::{ACCOUNT}:role/audit",
                "arn:aws:iam::*:role/bedrock-planes/service/sync",
            ],
        )
    ),
    "deploy role": lambda m: m.deploy.add_to_policy(statement("bedrock:ListFoundationModels")),
}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "out")


@pytest.mark.parametrize("way", WAYS)
def test_a_way_round_fails_the_synthesis(made: Made, way: str) -> None:
    act, severity, begins = WAYS[way]
    act(made)
    found = made.violations()
    assert any((each[0] == severity) and each[2].startswith(begins) for each in found), found
    assert all(each[2].endswith("]") for each in found)  # the place


@pytest.mark.parametrize("way", SOUND)
def test_the_nearest_sound_way_passes(made: Made, way: str) -> None:
    SOUND[way](made)
    assert made.violations() == []


def test_what_can_not_be_seen_can_be_acknowledged(made: Made) -> None:
    managed(ELSEWHERE)(made)
    cdk.Validations.of(made.role).acknowledge(
        cdk.Acknowledgment(id="bedrock-planes::BP107", reason="reviewed with the platform team")
    )
    assert made.violations() == []


@pytest.mark.parametrize("rule", ["bedrock-planes::ROLE", "bedrock-planes::BP109"])
def test_what_is_seen_can_not_be_acknowledged(made: Made, rule: str) -> None:
    erased(made, CREATE)
    l1(made.role).add_property_deletion_override("PermissionsBoundary")
    cdk.Validations.of(made.app).acknowledge(cdk.Acknowledgment(id=rule, reason="no"))
    assert {each[1] for each in made.violations()} >= {"bedrock-planes::ROLE", "bedrock-planes::BP109"}


@pytest.mark.parametrize("action", ["putRolePolicy", "attachRolePolicy", "deleteRolePermissionsBoundary"])
def test_a_custom_resource_that_changes_iam_can_not_run_as_the_role(made: Made, action: str) -> None:
    call = cr.AwsSdkCall(
        service="IAM",
        action=action,
        parameters={"RoleName": "the-app"},
        physical_resource_id=cr.PhysicalResourceId.of("x"),
    )
    policy = cr.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
    with pytest.raises(
        RuntimeError, match=f"the app role `S/R` can't hold `iam:{action[0].upper()}{action[1:]}`"
    ):
        cr.AwsCustomResource(made.stack, "C", role=made.role, on_create=call, policy=policy)
