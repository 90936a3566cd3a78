"""Partition, Region and account of a construct, asked of the CDK once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["Environment", "environment_of", "keep_stack", "stack_of"]

_KEPT, _STACK = "_bedrock_planes_environment", "_bedrock_planes_stack"


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
    """Return the environment of the stack of ``scope``, kept on the stack."""
    stack = stack_of(scope)
    kept = stack.__dict__.get(_KEPT)
    if not isinstance(kept, Environment):
        kept = Environment(stack.partition, stack.region, stack.account)
        stack.__dict__[_KEPT] = kept
    return kept


def stack_of(scope: IConstruct) -> cdk.Stack:
    """Return the stack of ``scope``, kept on it, since each question to the CDK costs a call."""
    kept = scope.__dict__.get(_STACK)
    if not isinstance(kept, cdk.Stack):
        kept = cdk.Stack.of(scope)
        scope.__dict__[_STACK] = kept
    return kept


def keep_stack(construct: IConstruct, scope: IConstruct) -> None:
    """Note that ``construct``, which is no stack, was made in ``scope``, and so in its stack."""
    construct.__dict__[_STACK] = stack_of(scope)
