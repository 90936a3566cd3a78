"""The fence of docs/boundary.md around the deploy role: every way out of it is refused, and work goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.deployment import ROOT, Deployment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from constructs_lib.local import LocalAws

ACCOUNT = "111122223333"
SHARED = f"arn:aws:iam::{ACCOUNT}:policy/BedrockPlanesDeployRole-DataPlaneBoundary-us-east-1"
TEAM = f"arn:aws:iam::{ACCOUNT}:policy/team/OtherRolesBoundary"
FENCE = f"arn:aws:iam::{ACCOUNT}:policy/team/DeployFence"
ADMINISTRATOR = "AdministratorInTheFence"
OPEN = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
# Boundaries and roles under the deploy role's own prefix, which its policies let it change without the fence.
OWN, FREE, BARE = "BedrockPlanesApp-Own", "BedrockPlanesApp-Free", "BedrockPlanesApp-Bare"
OWN_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{OWN}"


def fence(boundaries: list[str], roles: list[str]) -> dict[str, Any]:
    """Return the policy of the page, with these boundaries and fenced roles in the place of its own."""
    page = ROOT.joinpath("docs", "boundary.md").read_text("utf-8")
    text = page.partition("## A fence")[2].partition("```json")[2].partition("```")[0]
    document: dict[str, Any] = json.loads(text)
    condition = document["Statement"][1]["Condition"]["StringNotEquals"]
    assert condition["iam:PermissionsBoundary"] == [SHARED, TEAM]
    assert document["Statement"][3]["Resource"] == [SHARED, TEAM, FENCE]
    condition["iam:PermissionsBoundary"] = boundaries
    document["Statement"][3]["Resource"] = [*boundaries, FENCE]
    assert document["Statement"][4]["Resource"] == [
        f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-*",
        f"arn:aws:iam::{ACCOUNT}:role/bedrock-planes/deploy/*",
    ]
    document["Statement"][4]["Resource"] = roles
    return document


def account(aws: LocalAws, assembly: Path) -> Deployment:
    made = Deployment(aws, assembly)
    made.bootstrap()
    made.deploy()
    iam = aws.client("iam")
    # A boundary that the deploy role could rewrite, one that it could put in its place, a role without any.
    iam.create_policy(PolicyName=OWN, PolicyDocument=OPEN)
    iam.create_policy_version(PolicyArn=OWN_ARN, PolicyDocument=OPEN, SetAsDefault=False)
    iam.create_policy(PolicyName=FREE, PolicyDocument=OPEN)
    iam.create_role(RoleName=BARE, AssumeRolePolicyDocument=TRUST)
    return made


@pytest.fixture(scope="module")
def fenced(aws: LocalAws, assembly: Path) -> Deployment:
    aws.reset()
    made = account(aws, assembly)
    iam = aws.client("iam")
    iam.create_role(RoleName=ADMINISTRATOR, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=ADMINISTRATOR, PolicyName="all", PolicyDocument=OPEN)
    iam.create_user(UserName="someone")
    names = [made.outputs["DeployRoleArn"].rpartition("/")[2], "cfn-execution", ADMINISTRATOR]
    arns = [iam.get_role(RoleName=name)["Role"]["Arn"] for name in names]
    document = fence([SHARED, OWN_ARN], arns)
    iam.create_policy(PolicyName="DeployFence", Path="/team/", PolicyDocument=json.dumps(document))
    iam.create_policy_version(PolicyArn=FENCE, PolicyDocument=OPEN, SetAsDefault=False)
    for role in names:
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=FENCE)
    return made


def app_role(deployment: Deployment) -> str:
    return deployment.outputs["AppRoleArn"].rpartition("/")[2]


def free(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def _versions(arn: str) -> dict[str, Callable[[Any, Deployment], Any]]:
    return {
        "a new version": lambda iam, _: iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=OPEN, SetAsDefault=True
        ),
        "another default version": lambda iam, _: iam.set_default_policy_version(
            PolicyArn=arn, VersionId="v2"
        ),
        "a version deleted": lambda iam, _: iam.delete_policy_version(PolicyArn=arn, VersionId="v2"),
        "the boundary deleted": lambda iam, _: iam.delete_policy(PolicyArn=arn),
    }


# What the deploy role could do without the fence, of which each is a way out.
ESCAPES: dict[str, Callable[[Any, Deployment], Any]] = {
    **{f"{what}, under its prefix": call for what, call in _versions(OWN_ARN).items()},
    **{f"{what}, beside the deploy role": call for what, call in _versions(SHARED).items()},
    "another boundary on the app role": lambda iam, made: iam.put_role_permissions_boundary(
        RoleName=app_role(made), PermissionsBoundary=free(FREE)
    ),
    "no boundary on the app role": lambda iam, made: iam.delete_role_permissions_boundary(
        RoleName=app_role(made)
    ),
    "the trust of a role without a boundary": lambda iam, _: iam.update_assume_role_policy(
        RoleName=BARE, PolicyDocument=TRUST
    ),
    "a policy on a role without a boundary": lambda iam, _: iam.put_role_policy(
        RoleName=BARE, PolicyName="all", PolicyDocument=OPEN
    ),
    "an attached policy on a role without a boundary": lambda iam, _: iam.attach_role_policy(
        RoleName=BARE, PolicyArn=free(FREE)
    ),
    "a role without a boundary": lambda iam, _: iam.create_role(
        RoleName="BedrockPlanesApp-New", AssumeRolePolicyDocument=TRUST
    ),
    "a role with another boundary": lambda iam, _: iam.create_role(
        RoleName="BedrockPlanesApp-New", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=free(FREE)
    ),
}


# What a role with AdministratorAccess could do, if the fence were only about other roles.
ADMINISTRATORS: dict[str, Callable[[Any, Deployment], Any]] = {
    **ESCAPES,
    **{f"{what}, of the fence": call for what, call in _versions(FENCE).items()},
    "its fence exchanged for an accepted boundary": lambda iam, _: iam.put_role_permissions_boundary(
        RoleName=ADMINISTRATOR, PermissionsBoundary=OWN_ARN
    ),
    "its fence taken off": lambda iam, _: iam.delete_role_permissions_boundary(RoleName=ADMINISTRATOR),
    "the fence of CloudFormation's role exchanged": lambda iam, _: iam.put_role_permissions_boundary(
        RoleName="cfn-execution", PermissionsBoundary=OWN_ARN
    ),
    "its own trust": lambda iam, _: iam.update_assume_role_policy(
        RoleName=ADMINISTRATOR, PolicyDocument=TRUST
    ),
    "its own policies": lambda iam, _: iam.put_role_policy(
        RoleName=ADMINISTRATOR, PolicyName="more", PolicyDocument=OPEN
    ),
    "a new user": lambda iam, _: iam.create_user(UserName="new"),
    "a policy of a user": lambda iam, _: iam.put_user_policy(
        UserName="someone", PolicyName="all", PolicyDocument=OPEN
    ),
    "a key of a user": lambda iam, _: iam.create_access_key(UserName="someone"),
    "a password of a user": lambda iam, _: iam.create_login_profile(UserName="someone", Password="a-New-1"),
    "a group": lambda iam, _: iam.create_group(GroupName="new"),
}


@pytest.mark.parametrize(
    ("who", "way"),
    [("deploy role", way) for way in ESCAPES] + [("administrator", way) for way in ADMINISTRATORS],
)
def test_a_way_out_is_refused(fenced: Deployment, who: str, way: str) -> None:
    administrator = f"arn:aws:iam::{ACCOUNT}:role/{ADMINISTRATOR}"
    role = fenced.outputs["DeployRoleArn"] if who == "deploy role" else administrator
    iam = fenced.aws.client("iam", role_arn=role)
    with pytest.raises(ClientError, match="AccessDenied"):
        ADMINISTRATORS[way](iam, fenced)


def test_the_ways_are_counted(fenced: Deployment) -> None:
    """Beside the fence nothing refuses the administrator, so each of its refusals is the fence's."""
    iam = fenced.aws.client("iam", role_arn=f"arn:aws:iam::{ACCOUNT}:role/{ADMINISTRATOR}")
    assert iam.get_role(RoleName=BARE)["Role"]["RoleName"] == BARE
    print(f"{len(ESCAPES)} ways of the deploy role, {len(ADMINISTRATORS)} of an administrator refused")  # noqa: T201 - the counts are asked for


@pytest.mark.parametrize("boundary", [SHARED, OWN_ARN])
def test_a_role_with_an_accepted_boundary_is_made_and_changed(fenced: Deployment, boundary: str) -> None:
    iam = fenced.aws.client("iam", role_arn=fenced.outputs["DeployRoleArn"])
    name = f"BedrockPlanesApp-{boundary[-5:]}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    iam.put_role_policy(RoleName=name, PolicyName="some", PolicyDocument=OPEN)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=TRUST)
    iam.delete_role_policy(RoleName=name, PolicyName="some")
    iam.delete_role(RoleName=name)


def test_the_application_is_deployed_again_inside_the_fence(fenced: Deployment) -> None:
    fenced.destroy("BedrockPlanesApp")
    fenced.deploy("BedrockPlanesApp")
    role = fenced.aws.client("iam").get_role(RoleName=app_role(fenced))["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == SHARED


def test_without_the_fence_the_deploy_role_could_rewrite_a_boundary_of_its_prefix_only(
    aws: LocalAws, assembly: Path
) -> None:
    """The nearest neighbour: what the fence is for, and what holds without it."""
    aws.reset()
    made = account(aws, assembly)
    iam = aws.client("iam", role_arn=made.outputs["DeployRoleArn"])
    ESCAPES["a new version, under its prefix"](iam, made)
    ESCAPES["a role without a boundary"](iam, made)
    for what, call in _versions(SHARED).items():
        with pytest.raises(ClientError, match="AccessDenied"):
            call(iam, made)
        assert what
