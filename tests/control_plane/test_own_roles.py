"""A role of one's own: each construct with a service role takes one, and gives it what it needs."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

import constructs_lib
from constructs_lib import Agent, Flow, Harness, InvocationLogging, JobRole, KnowledgeBase, PlanesError
from tests.cdk import ACCOUNT, REGION, Stack, resources, template
from tests.control_plane import test_flow as flows
from tests.control_plane.prop_cases import NOVA

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/team/own"


def _key(s: cdk.Stack) -> kms.IKey:
    return kms.Key.from_key_arn(s, "Key", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k")


# By the construct: how to make it, and the type of what uses the role.
TAKE_A_ROLE: dict[str, tuple[Callable[..., Any], str]] = {
    "Agent": (
        lambda s, **props: Agent(
            s,
            "It",
            agent_name="a",
            foundation_model=NOVA,
            instruction="x" * 40,
            knowledge_bases=[(KnowledgeBase(s, "Documents"), "Documents")],
            encryption_key=_key(s),
            **props,
        ),
        "AWS::Bedrock::Agent",
    ),
    "Flow": (
        lambda s, **props: Flow(
            s, "It", definition=flows.EACH["KnowledgeBase"][0], encryption_key=_key(s), **props
        ),
        "AWS::Bedrock::Flow",
    ),
    "Harness": (lambda s, **props: Harness(s, "It", model=NOVA, **props), "AWS::BedrockAgentCore::Harness"),
    "InvocationLogging": (
        lambda s, **props: InvocationLogging(s, "It", log_group=logs.LogGroup(s, "Logs"), **props),
        "Custom::BedrockInvocationLogging",
    ),
    "KnowledgeBase": (lambda s, **props: KnowledgeBase(s, "It", **props), "AWS::Bedrock::KnowledgeBase"),
}
# A knowledge base has a policy of its own beside each role, with its fingerprint: it asks nobody.
ASKS = [name for name in TAKE_A_ROLE if name != "KnowledgeBase"]
MADE = [name for name in TAKE_A_ROLE if name != "Harness"]
"""Those that make a service role; a harness makes an app role, with the telemetry of AgentCore."""


def _role(scope: Any) -> iam.Role:
    return iam.Role(scope, "Own", role_name="own", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))


def _held(made: dict[str, Any], own: Callable[[str, Any], bool]) -> list[str]:
    """Return the statements, as text, of the roles for which ``own`` holds."""
    roles = [name for name, role in resources(made, "AWS::IAM::Role").items() if own(name, role)]
    documents = [
        policy["PolicyDocument"]
        for name in roles
        for policy in made["Resources"][name]["Properties"].get("Policies", [])
    ]
    for kind, prop in (("AWS::IAM::Policy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName")):
        for policy in resources(made, kind).values():
            attached = policy["Properties"][prop]
            if any(
                {"Ref": name} in (attached if isinstance(attached, list) else [attached]) for name in roles
            ):
                documents.append(policy["Properties"]["PolicyDocument"])
    found = []
    for document in documents:
        for one in document["Statement"]:
            listed = {key: value if isinstance(value, list) else [value] for key, value in one.items()}
            found.append(json.dumps({**listed, "Action": sorted(listed["Action"])}, sort_keys=True))
    return sorted(found)


def _is_of_it(name: str, role: Any) -> bool:
    return (
        name.startswith("It")
        and role["Metadata"]["bedrock-planes:role"]["kind"] == "service"
        and ("bedrock.amazonaws.com" in str(role["Properties"]["AssumeRolePolicyDocument"]))
    )


@pytest.mark.parametrize("name", MADE)
def test_a_role_of_ones_own_holds_what_the_role_that_is_made_holds(name: str) -> None:
    make, _ = TAKE_A_ROLE[name]
    stack, other = Stack(minimize=False), Stack(minimize=False)
    make(stack)
    wanted = _held(template(stack), _is_of_it)
    make(other, role=_role(other))
    made = template(other)
    assert wanted
    assert _held(made, lambda _, role: role["Properties"].get("RoleName") == "own") == wanted
    assert not _held(made, _is_of_it)


@pytest.mark.parametrize("name", TAKE_A_ROLE)
def test_the_permissions_come_before_their_use(name: str) -> None:
    make, kind = TAKE_A_ROLE[name]
    stack = Stack()
    make(stack, role=_role(stack))
    made = template(stack)
    [user] = [one for one in resources(made, kind).items() if one[0].startswith(("It", "Bedrock"))]
    policies = {
        name
        for kind in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
        for name, policy in resources(made, kind).items()
        if "'Own" in str(policy["Properties"])
    }
    assert policies
    assert policies <= {*user[1]["DependsOn"]}
    assert "Own" in str(user[1]["Properties"])


@pytest.mark.parametrize("name", MADE)
def test_the_role_may_be_in_another_stack(name: str) -> None:
    """Its stack must not wait for the one that uses it, whatever the statements refer to."""
    make, _ = TAKE_A_ROLE[name]
    stack = Stack()
    app = cdk.App.of(stack)
    assert app is not None
    roles = cdk.Stack(app, "Roles", env=cdk.Environment(account=ACCOUNT, region=REGION))
    make(stack, role=_role(roles))
    template(stack)
    assert not roles.dependencies


@pytest.mark.parametrize("name", TAKE_A_ROLE)
def test_an_imported_role_gets_a_policy(name: str) -> None:
    make, _ = TAKE_A_ROLE[name]
    stack = Stack()
    make(stack, role=iam.Role.from_role_arn(stack, "Own", ROLE_ARN))
    made = template(stack)
    attached = [
        policy["Properties"]
        for kind in ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
        for policy in resources(made, kind).values()
    ]
    assert any("own" in (one.get("Roles") or [one.get("RoleName")]) for one in attached)


@pytest.mark.parametrize("name", ASKS)
def test_a_role_that_cant_be_changed_is_warned_about_with_each_statement(name: str) -> None:
    make, _ = TAKE_A_ROLE[name]
    stack = Stack()
    it = make(stack, role=iam.Role.from_role_arn(stack, "Own", ROLE_ARN, mutable=False))
    warnings = [one.data for one in it.node.metadata if one.type == "aws:cdk:warning"]
    assert warnings
    wanted = {
        "Agent": ["bedrock:InvokeModel", "bedrock:Retrieve", "kms:GenerateDataKey"],
        "Flow": ["bedrock:Retrieve", "kms:GenerateDataKey"],
        "Harness": ["bedrock:InvokeModelWithResponseStream"],
        "InvocationLogging": ["logs:CreateLogStream"],
    }
    for action in wanted[name]:
        said = [one for one in warnings if f'"{action}"' in one]
        assert said
        assert all(
            "`S/It` is imported and can't be changed here: it needs the statement {" in o for o in said
        )


@pytest.mark.parametrize("name", TAKE_A_ROLE)
def test_an_l1_is_refused_with_what_to_pass(name: str) -> None:
    make, _ = TAKE_A_ROLE[name]
    stack = Stack()
    trust = {"Version": "2012-10-17", "Statement": []}
    role = iam.CfnRole(stack, "L1", assume_role_policy_document=trust)
    with pytest.raises(PlanesError) as raised:
        make(stack, role=role)
    assert str(raised.value).endswith(
        'pass a role such as `iam.Role`, here `iam.Role.from_role_arn(scope, "Role", role.attr_arn)`'
    )
    other = Stack()
    again = iam.CfnRole(other, "L1", assume_role_policy_document=trust)
    make(other, role=iam.Role.from_role_arn(other, "Role", again.attr_arn))
    template(other)


@pytest.mark.parametrize("name", [name for name in MADE if name != "InvocationLogging"])
def test_a_path_is_for_the_role_that_is_made(name: str) -> None:
    make, _ = TAKE_A_ROLE[name]
    stack = Stack()
    with pytest.raises(PlanesError, match="`role` and `role_path` are both given"):
        make(stack, role=_role(stack), role_path="/team/")


def test_the_path_of_the_handlers_role_stays_beside_a_role_for_the_logs() -> None:
    stack = Stack()
    it = InvocationLogging(
        stack, "It", log_group=logs.LogGroup(stack, "G"), role=_role(stack), role_path="/team/"
    )
    paths = {one["Properties"].get("Path") for one in resources(template(stack), "AWS::IAM::Role").values()}
    assert "/team/" in paths
    assert it.role is not None


def test_a_role_for_logs_without_a_group_is_refused() -> None:
    stack = Stack()
    bucket = cdk.aws_s3.Bucket.from_bucket_name(stack, "B", "logs")
    with pytest.raises(PlanesError, match="`role` is given and `log_group` is missing"):
        InvocationLogging(stack, "It", bucket=bucket, role=_role(stack))


@pytest.mark.parametrize(("imported", "unique"), [(True, "false"), (False, "true")])
def test_a_setting_with_a_given_role_is_one_of_a_kind_by_its_group(*, imported: bool, unique: str) -> None:
    stack = Stack()
    group = logs.LogGroup.from_log_group_name(stack, "G", "g") if imported else logs.LogGroup(stack, "G")
    InvocationLogging(stack, "It", log_group=group, role=_role(stack))
    [setting] = resources(template(stack), "Custom::BedrockInvocationLogging").values()
    assert setting["Properties"]["IsUnique"] == unique


def test_each_construct_that_makes_a_service_role_takes_one() -> None:
    makes = set()
    for name in constructs_lib.__all__:
        cls = getattr(constructs_lib, name)
        if inspect.isclass(cls) and "service_role(" in inspect.getsource(cls):
            makes.add(name)
            # JobRole is the role itself.
            assert cls is JobRole or "role" in inspect.signature(cls.__init__).parameters, name
    assert makes - {"JobRole"} == {*MADE}
