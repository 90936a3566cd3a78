"""The local AWS of this folder's tests, and small helpers for roles and stacks."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.pytest_fixtures import local_aws, local_aws_server
from tests.local.templates import ACCOUNT, policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local import LocalAws

__all__ = ["local_aws", "local_aws_server"]

_SECONDS = 60


@pytest.fixture
def role_with(local_aws: LocalAws) -> Callable[..., str]:
    """Make a role that the account may assume, with the given statements; returns its ARN."""
    iam = local_aws.client("iam")
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    )

    def make(name: str, *statements: dict[str, Any], boundary: str | None = None) -> str:
        limits = {"PermissionsBoundary": boundary} if boundary else {}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **limits)["Role"][
            "Arn"
        ]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy(*statements))
            )
        return str(arn)

    return make


class Stacks:
    """Stacks of one server, created with boto3."""

    def __init__(self, aws: LocalAws) -> None:
        self.cloudformation = aws.client("cloudformation")
        self.ids: dict[str, str] = {}

    def create(self, name: str, body: str, **options: Any) -> dict[str, Any]:
        """Create a stack and wait for its end; returns its description."""
        self.ids[name] = self.cloudformation.create_stack(
            StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"], **options
        )["StackId"]
        return self.settled(name)

    def settled(self, name: str, *, gone: bool = False) -> dict[str, Any]:
        """Wait for the end of what a stack does; one that is to go is looked up by its id."""
        if gone:
            name = self.ids[name]
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            stack: dict[str, Any] = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            time.sleep(0.05)
        raise AssertionError(f"stack {name} did not settle within {_SECONDS} s")

    def failures(self, name: str) -> str:
        """All reasons of failed resources, for a message."""
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return "\n".join(
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        )


@pytest.fixture
def stacks(local_aws: LocalAws) -> Stacks:
    return Stacks(local_aws)


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
