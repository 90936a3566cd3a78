"""Roles that exist: which of them can be app roles, and how they are imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import AppRole, PlanesError
from tests.cdk import ACCOUNT, Stack, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = f"arn:aws:iam::{ACCOUNT}:role/theirs"
OTHER = "arn:aws:iam::444455556666:role/theirs"
NOVA = "amazon.nova-lite-v1:0"


def own(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


UNREACHABLE: dict[str, tuple[Callable[[cdk.Stack], Any], str]] = {
    "another account's": (lambda s: iam.Role.from_role_arn(s, "I", OTHER), "belongs to the account 4444"),
    "another account's that may be changed": (
        lambda s: iam.Role.from_role_arn(s, "I", OTHER, mutable=True),
        "belongs to the account 4444",
    ),
    "by ARN, not to be changed": (
        lambda s: iam.Role.from_role_arn(s, "I", OWN, mutable=False),
        "can't be changed",
    ),
    "by name, not to be changed": (
        lambda s: iam.Role.from_role_name(s, "I", "theirs", mutable=False),
        "can't be changed",
    ),
    "with grants to resources": (
        lambda s: iam.Role.from_role_arn(s, "I", OWN, mutable=False, add_grants_to_resources=True),
        "can't be changed",
    ),
    "of this app, without updates": (lambda s: own(s).without_policy_updates(), "can't be changed"),
}


@pytest.mark.parametrize("case", UNREACHABLE)
def test_a_role_that_no_policy_of_the_stack_reaches_is_refused(case: str) -> None:
    make, message = UNREACHABLE[case]
    stack = Stack()
    with pytest.raises(PlanesError, match=message):
        AppRole.from_role(stack, "App", make(stack))


REACHABLE: dict[str, Callable[[cdk.Stack], Any]] = {
    "by ARN": lambda s: AppRole.from_role(s, "App", iam.Role.from_role_arn(s, "I", OWN)),
    "by name": lambda s: AppRole.from_role(s, "App", iam.Role.from_role_name(s, "I", "theirs")),
    "the inherited factory by ARN": lambda s: AppRole.from_role_arn(s, "App", OWN),
    "the inherited factory by name": lambda s: AppRole.from_role_name(s, "App", "theirs"),
}


@pytest.mark.parametrize("case", REACHABLE)
def test_an_imported_role_takes_what_is_on_the_data_plane_only(case: str) -> None:
    stack = Stack()
    app = REACHABLE[case](stack)
    app.grants.converse(NOVA)
    with pytest.raises(PlanesError, match="can't hold `bedrock:CreateAgent`"):
        app.add_to_policy(iam.PolicyStatement(actions=["bedrock:CreateAgent"], resources=["*"]))
    [policy] = resources(template(stack), "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["theirs"]


def test_a_role_of_an_account_that_only_the_deployment_knows_is_taken() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Anywhere")
    AppRole.from_role_arn(stack, "App", OTHER).grants.converse(NOVA)
    lazy = iam.LazyRole(stack, "Lazy", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    AppRole.from_role(stack, "Later", lazy).grants.converse(NOVA)


@pytest.mark.parametrize("option", ["mutable", "default_policy_name", "add_grants_to_resources"])
def test_an_option_of_the_cdk_that_would_lose_grants_is_refused(option: str) -> None:
    given: dict[str, Any] = {option: False}
    for factory, name in ((AppRole.from_role_arn, OWN), (AppRole.from_role_name, "theirs")):
        with pytest.raises(PlanesError, match=f"takes no `{option}`"):
            factory(Stack(), "App", name, **given)


def test_a_role_of_another_account_is_refused_by_its_arn() -> None:
    with pytest.raises(PlanesError, match="make the app role in a stack of 444455556666"):
        AppRole.from_role_arn(Stack(), "App", OTHER)


def test_it_takes_every_resource_of_a_type_with_a_reason_only() -> None:
    stack = Stack()
    models = "arn:aws:bedrock:us-east-1::foundation-model/*"
    wide = iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[models])
    with pytest.raises(PlanesError, match="give the pattern and the reason in `allow_type_wide`"):
        AppRole.from_role(stack, "App", own(stack)).add_to_policy(wide)
    named = AppRole.from_role(
        stack,
        "Wide",
        iam.Role(stack, "W", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        allow_type_wide=[(models, "a playground")],
    )
    assert named.add_to_policy(wide)
    every = iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=["*"])
    with pytest.raises(PlanesError, match="it opens every resource"):
        named.add_to_policy(every)
    with pytest.raises(PlanesError, match="give pairs of an ARN pattern and the reason"):
        AppRole.from_role(stack, "Bare", named.role, allow_type_wide=[models])  # type: ignore[list-item]  # what is refused
