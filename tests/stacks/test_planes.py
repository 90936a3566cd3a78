"""The stacks, held to the split by our own checks; a mutation of either role fails in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

import app as ours
from constructs_lib import AppRole, DataPlaneBoundary, DeployRole
from constructs_lib.checks import BedrockPlaneChecks
from constructs_lib.checks.testing import (
    assert_denied,
    assert_planes_disjoint,
    assert_verdict,
    permission_matrix,
)

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

APP, DEPLOY = "BedrockPlanesApp/AppRole", "BedrockPlanesDeployRole/DeployRole"

# An action of the other role's families, and what it acts on.
TO_THE_APP_ROLE = [
    pytest.param("bedrock:UpdateGuardrail", "guardrail/gr0000000001", id="bedrock"),
    pytest.param("bedrock:StartIngestionJob", "knowledge-base/KB00000001", id="bedrock-agent"),
    pytest.param("bedrock:GetGuardrail", "guardrail/gr0000000001", id="a control read"),
]
TO_THE_DEPLOY_ROLE = [
    pytest.param("bedrock:ApplyGuardrail", "guardrail/gr0000000001", id="bedrock-runtime"),
    pytest.param("bedrock:Retrieve", "knowledge-base/KB00000001", id="bedrock-agent-runtime"),
]


def build(outdir: Path) -> cdk.App:
    context = {"account": "111122223333", "region": "us-east-1", "agents-classic": "true"}
    made = cdk.App(outdir=str(outdir), context=context, builtin_cloud_formation_validation=False)
    ours.build(made)
    return made


def statement(action: str, resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[action], resources=[f"arn:aws:bedrock:us-east-1:111122223333:{resource}"]
    )


def role_of(made: cdk.App, path: str) -> iam.Role:
    stack, name = path.split("/")
    role = made.node.find_child(stack).node.find_child(name)
    assert isinstance(role, iam.Role)
    return role


def attach(role: iam.Role, action: str, resource: str) -> None:
    """Attach a policy in a way that no method of the role sees."""
    iam.CfnPolicy(
        cdk.Stack.of(role),
        "Mutation",
        policy_name="mutation",
        policy_document=iam.PolicyDocument(statements=[statement(action, resource)]),
        roles=[role.role_name],
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    return build(tmp_path_factory.mktemp("sound"))


def test_the_matrix_of_all_roles(sound: cdk.App, snapshot: SnapshotAssertion) -> None:
    assert permission_matrix(sound) == snapshot


def test_the_planes_are_apart(sound: cdk.App) -> None:
    assert_planes_disjoint(sound, strict=True)
    assert_verdict(sound, APP, "data")
    assert_verdict(sound, DEPLOY, "control")
    assert_denied(
        sound, APP, "bedrock:Create*", "bedrock:Get*Guardrail*", "iam:PassRole", "iam:PutRolePolicy"
    )
    assert_denied(sound, DEPLOY, "bedrock:InvokeModel*", "bedrock:Retrieve*", "bedrock:InvokeAgent")


def test_the_roles_are_ours(sound: cdk.App) -> None:
    assert isinstance(role_of(sound, APP), AppRole)
    assert isinstance(role_of(sound, DEPLOY), DeployRole)


def test_the_boundary_of_the_app_role_is_beside_the_deploy_role(sound: cdk.App) -> None:
    role = role_of(sound, APP)
    assert isinstance(role, AppRole)
    assert (role.boundary_mark or {})["name"] == "BedrockPlanesDeployRole-DataPlaneBoundary-us-east-1"
    stacks = (sound.node.find_child(path.split("/")[0]) for path in (APP, DEPLOY))
    made = [[c for c in s.node.find_all() if isinstance(c, DataPlaneBoundary)] for s in stacks]
    assert list(map(len, made)) == [0, 1]


@pytest.mark.parametrize(("action", "resource"), TO_THE_APP_ROLE)
def test_the_app_role_refuses_at_once(action: str, resource: str, tmp_path: Path) -> None:
    role = role_of(build(tmp_path), APP)
    with pytest.raises((ValueError, RuntimeError), match=action):
        role.add_to_policy(statement(action, resource))


@pytest.mark.parametrize(
    ("path", "action", "resource"),
    [
        *(pytest.param(APP, *case.values, id=f"app role: {case.id}") for case in TO_THE_APP_ROLE),
        *(pytest.param(DEPLOY, *case.values, id=f"deploy role: {case.id}") for case in TO_THE_DEPLOY_ROLE),
    ],
)
def test_a_mutation_fails_three_ways(
    path: str, action: str, resource: str, sound: cdk.App, tmp_path: Path
) -> None:
    made = build(tmp_path)
    role = role_of(made, path)
    attach(role, action, resource)
    iam.PermissionsBoundary.of(role).clear()
    cdk.Validations.of(made).add_plugins(BedrockPlaneChecks(strict=True))
    with pytest.raises(RuntimeError, match="ValidationFailed") as synth:
        made.synth()
    assert action in str(synth.value)
    assert "BedrockPlanes" in str(synth.value)
    with pytest.raises(AssertionError, match=action) as disjoint:
        assert_planes_disjoint(made, strict=True)
    assert "the planes are not disjoint" in str(disjoint.value)
    before, after = permission_matrix(sound).splitlines(), permission_matrix(made).splitlines()
    gained = [line.strip() for line in after if line not in before]
    added = after.count(f"    {action}") - before.count(f"    {action}")
    assert added == 1 or action in gained


@pytest.mark.parametrize(("action", "resource"), TO_THE_APP_ROLE)
def test_the_boundary_holds_where_only_the_policy_is_changed(
    action: str, resource: str, tmp_path: Path
) -> None:
    made = build(tmp_path)
    attach(role_of(made, APP), action, resource)
    assert_denied(made, APP, action)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        made.synth()


@pytest.mark.parametrize(
    ("key", "roles"), [("assumable-by", ["Deploy", "Operator"]), ("app-assumable-by", ["App"])]
)
def test_a_principal_may_take_the_roles_of_one_plane_only(key: str, roles: list[str], tmp_path: Path) -> None:
    principal = "arn:aws:iam::111122223333:role/ci"
    context = {"account": "111122223333", "region": "us-east-1", key: principal}
    made = cdk.App(outdir=str(tmp_path), context=context, builtin_cloud_formation_validation=False)
    ours.build(made)
    taken = [
        construct.node.id.removesuffix("Role")
        for construct in made.node.find_all()
        if isinstance(construct, iam.Role)
        and construct.assume_role_policy is not None
        and principal in str(construct.assume_role_policy.to_json())
    ]
    assert sorted(taken) == roles
