"""Partition, Region and account of a construct, asked of the CDK once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["Environment", "environment_of"]

_KEPT = "_bedrock_planes_environment"


@dataclass(frozen=True, slots=True)
class Environment:
    """Partition, Region and account of a stack; each part may be a token."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN of this account and Region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def environment_of(scope: IConstruct) -> Environment:
    """Return the environment of the stack of ``scope``, kept on it: each question to the CDK costs a call."""
    kept = scope.__dict__.get(_KEPT)
    if isinstance(kept, Environment):
        return kept
    stack = cdk.Stack.of(scope)
    made = Environment(stack.partition, stack.region, stack.account)
    scope.__dict__[_KEPT] = made
    return made
