"""Partition, Region and account of a construct, asked of the CDK once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["Where", "where"]

_KEPT = "_bedrock_planes_where"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a construct's stack is deployed; each part may be a token."""

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN of this account and Region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def where(scope: IConstruct) -> Where:
    """Return where the stack of ``scope`` is; each question to the CDK costs a call, so it is kept."""
    kept = scope.__dict__.get(_KEPT)
    if isinstance(kept, Where):
        return kept
    stack = cdk.Stack.of(scope)
    made = Where(stack.partition, stack.region, stack.account)
    scope.__dict__[_KEPT] = made
    return made
