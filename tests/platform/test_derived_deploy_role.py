"""A deploy role whose policies are derived from the stacks that it deploys."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import DeployRole, PlanesError
from constructs_lib.iam import Request, decide, parse_document
from constructs_lib.platform.deployer import Deployer
from tests.cdk import ACCOUNT, REGION, arn

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

ROOT = Path(__file__).parents[2]
HERE = cdk.Environment(account=ACCOUNT, region=REGION)
QUEUE = [
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueueTags",
    "sqs:SetQueueAttributes",
    "sqs:TagQueue",
    "sqs:UntagQueue",
]


class World:
    """An app with a stack to deploy, and a stack for the role."""

    def __init__(self, out: Path | None = None, env: cdk.Environment | None = HERE) -> None:
        self.app = cdk.App(
            builtin_cloud_formation_validation=False,
            analytics_reporting=False,
            outdir=str(out) if out else None,
        )
        self.work = self.stack("Acme", env)
        self.ops = self.stack("AcmeOps", env)

    def stack(self, name: str, env: cdk.Environment | None = HERE, scope: Any = None) -> cdk.Stack:
        bare = cdk.BootstraplessSynthesizer()  # no parameter of the bootstrap
        return cdk.Stack(scope or self.app, name, env=env, synthesizer=bare)

    def template(self, stack: cdk.Stack | None = None) -> dict[str, Any]:
        made = self.app.synth()
        found: dict[str, Any] = made.get_stack_artifact((stack or self.ops).artifact_id).template
        return found


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of the managed policies of a template, in their order."""
    return [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def allowed(template: dict[str, Any]) -> dict[str, Any]:
    """Return, for each action that is allowed, what it is allowed on."""
    found: dict[str, Any] = {}
    for statement in statements(template):
        listed = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if statement["Effect"] == "Allow":
            found.update(dict.fromkeys(listed, statement["Resource"]))
    return found


def test_the_policy_is_exactly_what_the_template_needs() -> None:
    world = World()
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    edits = [
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PassRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
    ]
    own = [arn(f"iam::{ACCOUNT}:{kind}/bedrock-planes/deploy/AcmeOps*") for kind in ("policy", "role")]
    assert statements(world.template()) == [
        {
            "Sid": "Sqs1",
            "Effect": "Allow",
            "Action": QUEUE,
            "Resource": arn(f"sqs:{REGION}:{ACCOUNT}:Acme-*"),
        },
        {"Sid": "KeepItself", "Effect": "Deny", "Action": edits, "Resource": own},
    ]


def test_the_role_holds_its_policies_and_the_actions_on_the_stacks_named() -> None:
    world = World()
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work], deployer=Deployer.codebuild("Ship"))
    resources = world.template()["Resources"]
    [role] = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::IAM::Role"]
    [policy] = [name for name, one in resources.items() if one["Type"] == "AWS::IAM::ManagedPolicy"]
    assert role["ManagedPolicyArns"] == [{"Ref": policy}]
    [inline] = role["Policies"]
    [statement] = inline["PolicyDocument"]["Statement"]
    assert statement["Resource"] == arn(f"cloudformation:{REGION}:{ACCOUNT}:stack/Acme/*")
    assert all(action.startswith("cloudformation:") and "*" not in action for action in statement["Action"])
    services = [one["Principal"]["Service"] for one in role["AssumeRolePolicyDocument"]["Statement"]]
    assert services == ["cloudformation.amazonaws.com", "codebuild.amazonaws.com"]


def decided(world: World, action: str, resource: str, **context: Any) -> bool:
    document = plain({"Statement": statements(world.template())})
    policy = parse_document(document, name="derived", path="", pointer="")
    return bool(decide(Request(action, resource, context), [policy]))


def plain(node: Any) -> Any:
    """Return a value with the partition `aws`."""
    if isinstance(node, dict) and "Fn::Join" in node:
        return "".join("aws" if isinstance(one, dict) else one for one in node["Fn::Join"][1])
    if isinstance(node, dict):
        return {key: plain(item) for key, item in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else node


def roles_of(world: World) -> None:
    """A role behind the boundary `Fence`, and the function that it is passed to."""
    fence = iam.ManagedPolicy.from_managed_policy_name(world.work, "Fence", "Fence")
    role = iam.Role(
        world.work,
        "Mine",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        permissions_boundary=fence,
    )
    lambda_.CfnFunction(
        world.work,
        "Work",
        role=role.role_arn,
        runtime="python3.13",
        handler="index.handler",
        code=lambda_.CfnFunction.CodeProperty(zip_file="x"),
    )


FENCE = f"arn:aws:iam::{ACCOUNT}:policy/Fence"
MINE = f"arn:aws:iam::{ACCOUNT}:role/Acme-Mine-1"


@pytest.mark.parametrize(
    ("action", "resource", "context", "wanted"),
    [
        ("iam:CreateRole", MINE, {"iam:PermissionsBoundary": FENCE}, True),
        ("iam:CreateRole", MINE, {}, False),
        ("iam:CreateRole", MINE, {"iam:PermissionsBoundary": f"{FENCE}2"}, False),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/Other", {"iam:PermissionsBoundary": FENCE}, False),
        ("iam:PassRole", MINE, {"iam:PassedToService": "lambda.amazonaws.com"}, True),
        ("iam:PassRole", MINE, {"iam:PassedToService": "ec2.amazonaws.com"}, False),
        (
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/Foreign",
            {"iam:PassedToService": "lambda.amazonaws.com"},
            False,
        ),
        ("iam:CreatePolicyVersion", FENCE, {}, False),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Acme-Work", {}, True),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Other", {}, False),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Acme-Work", {}, False),
        ("bedrock:InvokeModel", "*", {}, False),
    ],
)
def test_the_nearest_request_is_denied(
    action: str, resource: str, context: dict[str, str], wanted: bool
) -> None:
    world = World()
    roles_of(world)
    DeployRole(world.ops, "Deploy", deploys=[world.work], boundary="Fence")
    assert decided(world, action, resource, **context) is wanted


def test_a_boundary_may_be_a_construct_of_the_role_s_own_stack() -> None:
    world = World()
    fence = iam.ManagedPolicy(
        world.ops,
        "Fence",
        managed_policy_name="Fence",
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"])],
    )
    roles_of(world)
    DeployRole(world.ops, "Deploy", deploys=[world.work], boundary=fence)
    found = statements(world.template())
    [create] = [one for one in found if "iam:CreateRole" in one["Action"]]
    [key] = [key for key in world.template()["Resources"] if key.startswith("Fence")]
    assert create["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": {"Ref": key}}}
    assert found[-1]["Resource"] == {"Ref": key}


@jsii.implements(cdk.IAspect)
class AddTopic:
    """Adds a topic to the stack `Acme` when the tree is visited."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.Stack) and node.stack_name == "Acme" and not node.node.try_find_child("T"):
            sns.CfnTopic(node, "T")


def test_overrides_aspects_and_late_changes_are_seen() -> None:
    world = World()
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    queue = sqs.CfnQueue(world.work, "Jobs")
    cdk.Aspects.of(world.app).add(AddTopic(), priority=950)
    queue.add_property_override("QueueName", "overridden")
    found = allowed(world.template())
    assert found["sqs:CreateQueue"] == arn(f"sqs:{REGION}:{ACCOUNT}:overridden")
    assert found["sns:CreateTopic"] == arn(f"sns:{REGION}:{ACCOUNT}:Acme-*")


def test_stages_and_nested_stacks_are_seen_whole() -> None:
    world = World()
    prod = cdk.Stage(world.app, "Prod", env=HERE)
    inner = cdk.Stage(prod, "Inner", env=HERE)
    sqs.CfnQueue(world.stack("Far", scope=inner), "Jobs")
    near = cdk.Stack(prod, "Near", env=HERE)
    sns.CfnTopic(cdk.NestedStack(near, "Nested"), "Topic")
    sqs.CfnQueue(world.work, "Unseen", queue_name="unseen")
    DeployRole(world.ops, "Deploy", deploys=[prod])
    template = world.template()
    found = allowed(template)
    assert found["sqs:CreateQueue"] == arn(f"sqs:{REGION}:{ACCOUNT}:Prod-Inner-Far-*")
    assert "sns:CreateTopic" in found
    assert "cloudformation:CreateStack" in found  # the nested one
    [role] = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert role["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"] == [
        arn(f"cloudformation:{REGION}:{ACCOUNT}:stack/Prod-{name}/*") for name in ("Inner-Far", "Near")
    ]


def test_a_stage_may_hold_the_role_beside_what_it_deploys() -> None:
    world = World()
    prod = cdk.Stage(world.app, "Prod", env=HERE)
    work, ops = world.stack("Work", scope=prod), world.stack("Ops", scope=prod)
    sqs.CfnQueue(work, "Jobs")
    DeployRole(ops, "Deploy", deploys=[work])
    template = world.app.synth().get_nested_assembly("assembly-Prod").get_stack_artifact(ops.artifact_id)
    assert allowed(template.template)["sqs:CreateQueue"] == arn(f"sqs:{REGION}:{ACCOUNT}:Prod-Work-*")


def test_without_an_account_the_policy_is_for_the_one_that_it_is_deployed_to() -> None:
    world = World(env=None)
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    parts = ["arn:", *({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))]
    assert allowed(world.template())["sqs:CreateQueue"] == {
        "Fn::Join": ["", ["arn:", parts[1], ":sqs:", parts[2], ":", parts[3], ":Acme-*"]]
    }


def test_two_roles_have_each_their_own() -> None:
    world = World()
    other = world.stack("Other")
    sqs.CfnQueue(world.work, "Jobs")
    sns.CfnTopic(other, "Topic")
    DeployRole(world.ops, "First", deploys=[world.work])
    DeployRole(world.ops, "Second", deploys=[other])
    found = allowed(world.template())
    assert found["sqs:CreateQueue"] == arn(f"sqs:{REGION}:{ACCOUNT}:Acme-*")
    assert found["sns:CreateTopic"] == arn(f"sns:{REGION}:{ACCOUNT}:Other-*")


@pytest.mark.parametrize("name", ["Aaa", "Top"])  # visited before the other one, and after
def test_a_role_may_deploy_the_stack_of_another_one_with_its_policies(name: str) -> None:
    world = World()
    top = world.stack(name)
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    DeployRole(top, "Deploy", deploys=[world.ops], without_boundary=True)
    # The name and the path of the policy that the first one makes.
    assert allowed(world.template(top))["iam:CreatePolicy"] == arn(
        f"iam::{ACCOUNT}:policy/bedrock-planes/deploy/AcmeOps-*"
    )


def test_types_widen_the_policy() -> None:
    world = World()
    sns.CfnTopic(world.work, "Topic")
    DeployRole(world.ops, "Deploy", deploys=[world.work], types=["AWS::SQS::Queue"])
    found = allowed(world.template())
    assert {action for action in found if action.startswith("sqs:")} == {*QUEUE}
    assert found["sns:CreateTopic"] == arn(f"sns:{REGION}:{ACCOUNT}:Acme-*")


def test_the_arns_are_a_list_that_the_finished_template_has() -> None:
    world = World()
    sqs.CfnQueue(world.work, "Jobs")
    role = DeployRole(world.ops, "Deploy", deploys=[world.work])
    cdk.CfnOutput(world.ops, "Arns", value=cdk.Fn.join(",", role.policy_arns))
    template = world.template()
    [policy] = [name for name, one in template["Resources"].items() if one["Type"].endswith("ManagedPolicy")]
    assert template["Outputs"]["Arns"]["Value"] == {"Fn::Join": [",", [{"Ref": policy}]]}
    assert [one.node.path for one in role.policies] == ["AcmeOps/Deploy/Deploy1"]


def test_it_is_the_same_wherever_it_is_written(tmp_path: Path) -> None:
    def made(folder: str) -> str:
        world = World(tmp_path / folder)
        roles_of(world)
        sqs.CfnQueue(world.work, "Jobs")
        DeployRole(world.ops, "Deploy", deploys=[world.work], boundary="Fence", types=["AWS::SNS::Topic"])
        world.template()
        return (tmp_path / folder / "AcmeOps.template.json").read_text("utf-8")

    assert made("one") == made("two")


def test_synthesizing_twice_changes_nothing() -> None:
    world = World()
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    first = world.template()
    again = world.app.synth(force=True).get_stack_artifact(world.ops.artifact_id).template
    assert again == first


def test_what_a_handler_calls_on_the_data_plane_is_withheld_and_said() -> None:
    world = World()
    cdk.CfnResource(world.work, "Session", type="AWS::Bedrock::Session", properties={})
    bedrock.CfnGuardrail(
        world.work, "Guard", name="g", blocked_input_messaging="no", blocked_outputs_messaging="no"
    )
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    made = world.app.synth().get_stack_artifact(world.ops.artifact_id)
    assert "bedrock:CreateSession" not in allowed(made.template)
    said = [str(message.entry.data) for message in made.messages if message.level.name == "WARNING"]
    assert any(
        "Session needs `bedrock:CreateSession`, which a deploy role never holds" in one for one in said
    )


def test_a_role_without_the_boundary_is_said() -> None:
    world = World()
    iam.Role(world.work, "Free", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    DeployRole(world.ops, "Deploy", deploys=[world.work], boundary="Fence")
    made = world.app.synth().get_stack_artifact(world.ops.artifact_id)
    [said] = [str(message.entry.data) for message in made.messages if message.level.name == "WARNING"]
    assert "does not have the boundary `Fence`: IAM will refuse to make it" in said


@jsii.implements(cdk.IAspect)
class Unlucky:
    """Fails when the tree is visited."""

    def visit(self, _node: IConstruct) -> None:
        raise PlanesError("the sun stood still: wait")


def test_an_error_of_the_inner_synthesis_arrives_as_it_is() -> None:
    world = World()
    sqs.CfnQueue(world.work, "Jobs")
    DeployRole(world.ops, "Deploy", deploys=[world.work])
    cdk.Aspects.of(world.work).add(Unlucky())
    with pytest.raises((RuntimeError, PlanesError)) as raised:
        world.app.synth()
    assert str(raised.value).count("the sun stood still: wait") == 1
    assert "Traceback" not in str(raised.value)


@jsii.implements(cdk.IPolicyValidationPlugin)
class Strict:
    """Finds a fault in every template."""

    @property
    def name(self) -> str:
        return "strict"

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        path = context.template_paths[0]
        return cdk.PolicyValidationPluginReport(
            success=False,
            violations=[
                cdk.PolicyViolation(
                    rule_name="no",
                    description="nothing is good enough",
                    severity="error",
                    violating_resources=[
                        cdk.PolicyViolatingResource(
                            resource_logical_id="Jobs", template_path=path, locations=["Properties"]
                        )
                    ],
                )
            ],
        )


def test_a_failing_validation_stops_the_synthesis_with_its_own_words(tmp_path: Path) -> None:
    texts = []
    for with_role in (False, True):
        world = World(tmp_path)
        sqs.CfnQueue(world.work, "Jobs")
        if with_role:
            DeployRole(world.ops, "Deploy", deploys=[world.work])
        cdk.Validations.of(world.app).add_plugins(Strict())  # type: ignore[arg-type]  # an interface of jsii
        with pytest.raises(RuntimeError, match=r"^ValidationFailed") as raised:
            world.app.synth()
        texts.append(str(raised.value))
    assert texts[0] == texts[1]


def nested(world: World) -> Any:
    return cdk.NestedStack(world.work, "Nested")


BAD: dict[str, tuple[Callable[[World], dict[str, Any]], str]] = {
    "nothing": (lambda _: {}, "give `deploys`, the stacks that are deployed with the role, or `name_prefix`"),
    "empty": (lambda _: {"deploys": []}, "`deploys` is empty: list the stacks or stages"),
    "text": (lambda _: {"deploys": ["Acme"]}, "`deploys` has a value of the type `str`"),
    "itself": (lambda w: {"deploys": [w.work, w.ops]}, "`deploys` names `AcmeOps`, which holds the stack"),
    "the app": (lambda w: {"deploys": [w.app]}, "`deploys` names `the app`, which holds the stack `AcmeOps`"),
    "nested": (lambda w: {"deploys": [nested(w)]}, "names the nested stack `Acme/Nested`"),
    "account": (
        lambda w: {"deploys": [w.stack("Far", cdk.Environment(account="444455556666", region=REGION))]},
        "names `Far` of the account 444455556666, and the role is in 111122223333",
    ),
    "both": (
        lambda w: {"deploys": [w.work], "name_prefix": "Acme"},
        "`name_prefix` doesn't go with `deploys`",
    ),
    "network": (lambda w: {"deploys": [w.work], "network": False}, "`network` doesn't go with `deploys`"),
    "types alone": (
        lambda _: {"name_prefix": "Acme", "types": ["AWS::SQS::Queue"]},
        "`types` doesn't go with `name_prefix`",
    ),
    "types": (
        lambda w: {"deploys": [w.work], "types": ["AWS::SQS::Que"]},
        "`types` has the value `AWS::SQS::Que`",
    ),
    "pattern": (
        lambda w: {"deploys": [w.work], "boundary": "Fence*"},
        "`boundary` has the value `Fence*`: pass a managed policy, its name or its ARN, and no pattern",
    ),
    "no name": (lambda w: {"deploys": [w.work], "boundary": ""}, "`boundary` has the value ``"),
    "function": (
        lambda w: {"deploys": [w.work], "service_tokens": ["x"]},
        "`service_tokens` has the value `x`",
    ),
    "key": (lambda w: {"deploys": [w.work], "asset_key": "x"}, "`asset_key` has the value `x`"),
    "one": (lambda w: {"deploys": w.work}, "`deploys` has a value of the type `Stack`"),
    "boundaries": (
        lambda w: {"deploys": [w.work], "boundary": "Fence", "without_boundary": True},
        "`boundary` and `without_boundary` exclude each other: give one",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_sentence(case: str) -> None:
    world = World()
    props, message = BAD[case]
    with pytest.raises(PlanesError) as raised:
        DeployRole(world.ops, "Deploy", **props(world))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def unbounded(world: World) -> None:
    iam.Role(world.work, "Free", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    DeployRole(world.ops, "Deploy", deploys=[world.work])


def unknown(world: World) -> None:
    cdk.CfnResource(world.work, "Thing", type="Acme::Own::Thing")
    DeployRole(world.ops, "Deploy", deploys=[world.work])


def foreign(world: World) -> None:
    cdk.CustomResource(world.work, "Thing", service_token=cdk.Fn.import_value("elsewhere"))
    DeployRole(world.ops, "Deploy", deploys=[world.work])


def each_other(world: World) -> None:
    third = world.stack("Third")
    DeployRole(third, "Deploy", deploys=[world.ops], without_boundary=True)
    DeployRole(world.work, "Deploy", deploys=[third], without_boundary=True)
    DeployRole(world.ops, "Deploy", deploys=[world.work], without_boundary=True)


def two_of_each_other(world: World) -> None:
    DeployRole(world.work, "Deploy", deploys=[world.ops], without_boundary=True)
    DeployRole(world.ops, "Deploy", deploys=[world.work], without_boundary=True)


LATE: dict[str, tuple[Callable[[World], None], str]] = {
    "boundary": (unbounded, "name the boundary with `boundary=...`"),
    "type": (unknown, "nothing says what CloudFormation calls for the type `Acme::Own::Thing`"),
    "function": (foreign, "name it with `service_tokens=[...]`"),
    "circle of two": (two_of_each_other, "deploy each other's stacks"),
    "circle": (each_other, "deploy each other's stacks"),
}


@pytest.mark.parametrize("case", LATE)
def test_what_only_the_templates_show_is_refused_in_one_sentence(case: str) -> None:
    world = World()
    make, message = LATE[case]
    make(world)
    with pytest.raises((RuntimeError, PlanesError)) as raised:
        world.app.synth()
    assert message in str(raised.value)
    assert "the deploy role" in str(raised.value)


def test_the_app_of_the_page_is_synthesized(tmp_path: Path) -> None:
    page = (ROOT / "docs/deploy-policy.md").read_text("utf-8")
    [example] = [
        one
        for one in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        if "deploys=" in one
    ]
    code = f"{example}\nprint(app.synth().get_stack_by_name('DeployRole').template)\n"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "sqs:CreateQueue" in run.stdout
