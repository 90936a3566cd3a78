"""The data that the readers produce: inputs, principals, resources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.iam import Origin, Policy

__all__ = [
    "NAMESPACE",
    "Acknowledgement",
    "Incomplete",
    "Input",
    "InputKind",
    "Kind",
    "Model",
    "Principal",
    "PrincipalType",
    "Resource",
    "names_boundary",
    "resource_id",
]

NAMESPACE = "bedrock-planes::"
"""The prefix of rule ids wherever the CDK sees them, so that one acknowledgement serves plugin and pack."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

Kind = Literal["app", "deploy", "service", "operator", "unknown"]
InputKind = Literal["cdk-assembly", "cfn-template", "iam-policy", "gaad", "aws-cli", "terraform"]
PrincipalType = Literal["role", "user", "group", "permission-set", "policy", "unattached", "external"]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A place where the input is not complete, and why."""

    pointer: str
    why: str


@dataclass(frozen=True, slots=True)
class Input:
    """One file, with the fault if it could not be read, and what of it was not read."""

    path: str
    kind: InputKind | None
    error: str | None
    incomplete: tuple[Incomplete, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An acknowledgement of a finding, with the reason. ``expires`` is an ISO date or ``None``."""

    rule: str
    reason: str
    at: str
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """A role, user or group with everything that attaches to it.

    ``policies`` are identity policies (inline, attached, through groups), ``boundary`` is the permissions
    boundary (``None`` if there is none; a boundary that the input doesn't define is ``None`` plus an
    ``incomplete`` entry), ``trust`` the assume-role policy. ``arn`` may have ``UNRESOLVED`` parts.
    ``environment`` is account and Region as far as the input has them (``"111122223333/us-east-1"``), else
    ``"unknown"``. ``mark`` is the kind that our own constructs wrote into the template's metadata.
    ``mark_details`` is all of that mark. ``unread_boundary`` is the ARN of a boundary that the input doesn't
    define. ``at_policies`` has the acknowledgements on the resources of its policies, by
    :func:`resource_id`.
    """

    id: str
    name: str
    type: PrincipalType
    arn: str
    origin: Origin
    construct_path: str | None = None
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    unread_boundary: str | None = None
    mark: Kind | None = None
    mark_details: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    environment: str = "unknown"
    conditional: bool = False
    incomplete: tuple[Incomplete, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    at_policies: Mapping[str, tuple[Acknowledgement, ...]] = field(default_factory=dict)

    @property
    def knows_boundary(self) -> bool:
        """Whether the mark names the boundary that was not read; see :func:`names_boundary`."""
        return self.unread_boundary is not None and names_boundary(self.mark_details, self.unread_boundary)

    def without_policies(self) -> Principal:
        """Return the principal as other ones see it: what it is and whom it trusts, not what it may do."""
        # `dataclasses.replace` takes four times as long, and a batch has thousands.
        return Principal(
            id=self.id,
            name=self.name,
            type=self.type,
            arn=self.arn,
            origin=self.origin,
            construct_path=self.construct_path,
            trust=self.trust,
            unread_boundary=self.unread_boundary,
            mark=self.mark,
            mark_details=self.mark_details,
            tags=self.tags,
            environment=self.environment,
            conditional=self.conditional,
            acknowledgements=self.acknowledgements,
            at_policies=self.at_policies,
        )


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template that is not a principal, with its properties resolved as far as possible."""

    type: str
    logical_id: str
    origin: Origin
    properties: Mapping[str, Any]
    construct_path: str | None = None
    environment: str = "unknown"
    conditional: bool = False
    acknowledgements: tuple[Acknowledgement, ...] = ()
    pointers: Mapping[str, str] = field(default_factory=dict)
    """Where properties stand that are not under ``Properties``, as those of a Terraform plan."""

    def pointer_of(self, name: str) -> str:
        """Return the JSON pointer of a property."""
        return self.pointers.get(name) or f"{self.origin.pointer}/Properties/{name}"


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that one run has read."""

    inputs: tuple[Input, ...]
    principals: tuple[Principal, ...]
    resources: tuple[Resource, ...]


def resource_id(path: str, pointer: str) -> str:
    """Return ``path#LogicalId`` of the resource that a pointer is inside of."""
    return f"{path}#{pointer.removeprefix('/Resources/').partition('/')[0]}"


def names_boundary(mark_details: Mapping[str, Any], arn: str) -> bool:
    """Whether a mark has the name of the boundary with that ARN, and the fingerprint of its document."""
    named = mark_details.get("boundary")
    if not isinstance(named, dict):
        return False
    name, digest = named.get("name"), named.get("sha256")
    return (
        isinstance(name, str)
        and isinstance(digest, str)
        and _SHA256.fullmatch(digest) is not None
        and arn.rpartition("/")[2] == name
    )
