"""Each kind of role has its own IAM path, by which the policies of others name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from constructs_lib import (
    Agent,
    AppRole,
    DeployRole,
    InvocationLogging,
    KnowledgeBase,
    OperatorRole,
    PlanesError,
)
from tests.cdk import Stack, resources, template

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = iam.ServicePrincipal("lambda.amazonaws.com")
MODEL = "amazon.nova-lite-v1:0"
INSTRUCTION = "Answer questions about the two planes of Amazon Bedrock."

# Construct -> how it is made with a path, the name of the prop, the kind, and how many roles it makes.
MAKERS: dict[str, tuple[Callable[..., object], str, str, int]] = {
    "AppRole": (lambda s, **p: AppRole(s, "X", assumed_by=LAMBDA, **p), "path", "app", 1),
    "DeployRole": (lambda s, **p: DeployRole(s, "X", name_prefix="Acme", **p), "path", "deploy", 1),
    "OperatorRole": (lambda s, **p: OperatorRole(s, "X", assumed_by=LAMBDA, **p), "path", "operator", 1),
    "KnowledgeBase": (
        lambda s, **p: KnowledgeBase(s, "X", knowledge_base_name="kb", **p),
        "role_path",
        "service",
        1,
    ),
    "Agent": (
        lambda s, **p: Agent(s, "X", agent_name="a", foundation_model=MODEL, instruction=INSTRUCTION, **p),
        "role_path",
        "service",
        1,
    ),
    "InvocationLogging": (
        lambda s, **p: InvocationLogging(s, "X", log_group=logs.LogGroup(s, "G"), **p),
        "role_path",
        "service",
        2,
    ),
}


def paths(stack: cdk.Stack) -> list[Any]:
    return [role["Properties"].get("Path") for role in resources(template(stack), "AWS::IAM::Role").values()]


@pytest.mark.parametrize("name", MAKERS)
def test_every_role_is_under_the_path_of_its_kind(name: str) -> None:
    make, _, kind, count = MAKERS[name]
    stack = Stack()
    make(stack)
    assert paths(stack) == [f"/bedrock-planes/{kind}/"] * count


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("path", ["/", "/team/chat/", f"/{'x' * 510}/"])
def test_a_prop_names_another_path(name: str, path: str) -> None:
    make, prop, _, count = MAKERS[name]
    stack = Stack()
    make(stack, **{prop: path})
    assert paths(stack) == [path] * count


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "path",
    ["", "team", "/team", "team/", "//", "/a//b/", "/*/", "/te?m/", "/${aws:username}/", f"/{'x' * 511}/"],
)
def test_what_is_no_path_is_refused(name: str, path: str) -> None:
    make, prop, _, _ = MAKERS[name]
    with pytest.raises(PlanesError, match=f"`{prop}` (has the value|must have)"):
        make(Stack(), **{prop: path})


def test_a_path_that_the_deployment_knows_passes() -> None:
    stack = Stack()
    AppRole(stack, "X", assumed_by=LAMBDA, path=cdk.CfnParameter(stack, "Path").value_as_string)
    assert paths(stack) == [{"Ref": "Path"}]


def test_an_existing_role_keeps_its_path() -> None:
    stack = Stack()
    AppRole.from_role(stack, "X", iam.Role(stack, "Theirs", assumed_by=LAMBDA, path="/theirs/"))
    assert paths(stack) == ["/theirs/"]
