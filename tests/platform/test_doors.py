"""Every door through which a deploy or an operator role is given permissions checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import DeployRole, OperatorRole
from tests.cdk import ACCOUNT, Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.cdk_support import CheckedRole

MADE: dict[str, Callable[[Stack], CheckedRole]] = {
    "deploy": lambda stack: DeployRole(stack, "R", name_prefix="Acme"),
    "operator": lambda stack: OperatorRole(stack, "R", assumed_by=iam.AccountPrincipal(ACCOUNT)),
}


def allow(*actions: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=["*"])


THEIRS = "arn:aws:iam::444455556666:policy/ReadOnlyAccess"
RUN = allow("bedrock:InvokeModel")


def aws(name: str) -> Callable[[Stack, CheckedRole], object]:
    return lambda _stack, role: role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(name))


DOORS: dict[str, tuple[Callable[[Stack, CheckedRole], object], str]] = {
    "add_to_policy": (lambda _s, r: r.add_to_policy(RUN), "data plane"),
    "a policy of the app": (
        lambda s, r: r.add_managed_policy(iam.ManagedPolicy(s, "M", statements=[RUN])),
        "data plane",
    ),
    "an inline policy": (
        lambda s, r: r.attach_inline_policy(iam.Policy(s, "P", statements=[RUN])),
        "data plane",
    ),
    "a policy that is attached": (
        lambda s, r: iam.Policy(s, "P", statements=[RUN]).attach_to_role(r),
        "data plane",
    ),
    "Bedrock's full access": (aws("AmazonBedrockFullAccess"), "bedrock:|NotAction"),
    "an administrator": (aws("AdministratorAccess"), "with which the role could give itself"),
    "full access to IAM": (aws("IAMFullAccess"), "with which the role could give itself"),
    "a power user": (aws("PowerUserAccess"), "NotAction"),
    "another account's policy": (
        lambda s, r: r.add_managed_policy(iam.ManagedPolicy.from_managed_policy_arn(s, "F", THEIRS)),
        "what it allows can't be seen here",
    ),
}


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize(("give", "message"), DOORS.values(), ids=DOORS)
def test_no_door_takes_the_data_plane_or_all_of_iam(
    kind: str, give: Callable[[Stack, CheckedRole], object], message: str
) -> None:
    stack = Stack("AcmeRoles")
    # An error that crosses JavaScript loses its class.
    with pytest.raises(
        (RuntimeError, ValueError), match=f"the {kind} role `AcmeRoles/R` can't .*({message})"
    ):
        give(stack, MADE[kind](stack))


@pytest.mark.parametrize("kind", MADE)
def test_a_policy_without_bedrock_and_iam_is_taken(kind: str) -> None:
    stack = Stack("AcmeRoles")
    role = MADE[kind](stack)
    aws("service-role/AWSLambdaBasicExecutionRole")(stack, role)
    role.attach_inline_policy(iam.Policy(stack, "P", statements=[allow("s3:GetObject")]))


def test_nobody_but_those_named_can_become_the_role() -> None:
    stack = Stack("AcmeRoles")
    with pytest.raises(ValueError, match="the role `AcmeRoles/D` can't trust everybody"):
        DeployRole(stack, "D", name_prefix="Acme", assumed_by=iam.AnyPrincipal())
    with pytest.raises(ValueError, match="the role `AcmeRoles/O` can't trust everybody"):
        OperatorRole(stack, "O", assumed_by=iam.AnyPrincipal())
