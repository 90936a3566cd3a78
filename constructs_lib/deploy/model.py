"""The values of a derived deployment policy, frozen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.templates import TemplateSource

__all__ = [
    "MAX_CHARACTERS",
    "MAX_POLICIES",
    "DeployError",
    "DeployOptions",
    "DeployPolicy",
    "DeployStatement",
    "Left",
    "Need",
    "Withheld",
    "size",
]

MAX_CHARACTERS: Final = 6144
"""The size of a managed policy, white space not counted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
MAX_POLICIES: Final = 10
"""The managed policies that a role takes by default; the same page."""


class DeployError(ValueError):
    """The policy can't be derived; ``str()`` is one sentence that names the thing and the remedy."""


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What the templates don't say.

    Attributes:
        deployed: The templates that are deployed now, where they differ: updating from them, and rolling back
            to them, needs more. Default: nothing more.
        boundary: Name or ARN of the managed policy that every role and user must have as its permissions
            boundary. Default: none, and then templates that make roles or users are refused, unless
            ``without_boundary``.
        without_boundary: Accept that whoever can change a template can make a role with any permission.
        data_actions: Actions on Bedrock's data plane that the policy may hold, where a handler calls them.
            Default: none; they are withheld, and said.
        service_tokens: The ARNs of functions and topics outside the templates that custom resources and
            macros use, where the template does not name them. Default: such a template is refused.
        asset_key: ARN of the KMS key of the bootstrap's bucket. Default: the bucket has none of its own.
        account: 12 digits, for templates that don't say. Default: any account.
        region: For templates that don't say. Default: any Region.
        partition: Default: that of the Region; ``aws`` without one.
        stack: The stack's name, for templates outside an assembly. Default: any name, so that generated names
            are held to their kind only.
        protected: ARNs of roles and policies that the policy denies changing, such as those of the deploying
            role itself. Default: none.

    """

    deployed: Sequence[TemplateSource] = ()
    boundary: str | None = None
    without_boundary: bool = False
    data_actions: frozenset[str] = frozenset()
    service_tokens: tuple[str, ...] = ()
    asset_key: str | None = None
    account: str | None = None
    region: str | None = None
    partition: str | None = None
    stack: str | None = None
    protected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One action on some resources that one resource of a template needs."""

    action: str
    arns: tuple[str, ...]
    condition: tuple[tuple[str, str, tuple[str, ...]], ...]
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, order=True)
class DeployStatement:
    """One statement of the policy.

    Attributes:
        sid: Unique in all policies; letters and digits.
        actions: Canonical names, sorted, never a pattern.
        resources: ARNs, sorted, or ``*`` alone.
        condition: (Operator, key, values), sorted.
        needed_by: ``path#LogicalId`` of each resource that needs it, sorted; a parameter or the template
            itself where CloudFormation calls for the stack.
        effect: ``Deny`` for what keeps the permissions boundary, else ``Allow``.

    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    needed_by: tuple[str, ...] = ()
    effect: str = "Allow"

    def as_json(self) -> dict[str, Any]:
        """Return the statement as IAM writes it."""
        document: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Action": list(self.actions),
            "Resource": list(self.resources) if len(self.resources) > 1 else self.resources[0],
        }
        if self.condition:
            block: dict[str, dict[str, Any]] = {}
            for operator, key, values in self.condition:
                block.setdefault(operator, {})[key] = list(values) if len(values) > 1 else values[0]
            document["Condition"] = block
        return document


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """An action that no ARN of the templates holds: on ``*``, or on everything of a kind.

    Attributes:
        action: The canonical name.
        resources: What the policy has instead.
        why: ``IAM takes only *``, ``no id is known before it is made``, ...
        is_write: Whether the action changes something.

    """

    action: str
    resources: tuple[str, ...]
    why: str
    is_write: bool

    @property
    def is_open(self) -> bool:
        """Whether it is on ``*``, and not even held to a kind of resource."""
        return self.resources == ("*",)


@dataclass(frozen=True, slots=True, order=True)
class Withheld:
    """An action that a handler calls and the policy does not hold.

    Attributes:
        action: The canonical name.
        by: ``path#LogicalId`` of the resource.
        why: What it is, and how to have it.

    """

    action: str
    by: str
    why: str


@dataclass(frozen=True)
class DeployPolicy:
    """The least policy of the role with which CloudFormation deploys some templates.

    Attributes:
        statements: Sorted, each once.
        policies: The same statements, split so that each part fits in one managed policy.
        left: What no ARN of the templates holds.
        withheld: What the policy does not hold on purpose.
        notes: What else a reader should know, one sentence each.

    """

    statements: tuple[DeployStatement, ...]
    policies: tuple[tuple[DeployStatement, ...], ...]
    left: tuple[Left, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def documents(self) -> tuple[dict[str, Any], ...]:
        """The policy documents, one for each managed policy."""
        return tuple(
            {"Version": "2012-10-17", "Statement": [one.as_json() for one in part]} for part in self.policies
        )

    @property
    def open_writes(self) -> tuple[Left, ...]:
        """The writing actions that are on ``*``."""
        return tuple(one for one in self.left if one.is_write and one.is_open)


def size(statements: Sequence[DeployStatement]) -> int:
    """Return the characters of a policy document with these statements, as IAM counts them."""
    document = {"Version": "2012-10-17", "Statement": [one.as_json() for one in statements]}
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
