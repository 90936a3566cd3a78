"""The values of the catalogue, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Access", "Action", "Family", "Operation", "Plane", "ResourceType"]


class Plane(StrEnum):
    """The side of Amazon Bedrock that an API belongs to: it configures (control) or it runs (data)."""

    CONTROL = "control"
    DATA = "data"


class Access(StrEnum):
    """Whether an action only reads state."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Family:
    """One SDK client and the IAM actions behind it.

    ``client`` is botocore's service name, or ``None`` where no botocore client exists.
    """

    name: str
    plane: Plane
    prefix: str
    client: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """One IAM action.

    ``resource_types`` are names of :class:`ResourceType` (``bedrock:foundation-model``); empty means that IAM
    takes only ``*``. ``data_read`` is true of a data action that only reads state and releases no credential.
    ``in_reference`` is false of an action that botocore implies and the service authorization reference does
    not list yet: unknown, not nonexistent.
    """

    name: str
    family: str
    plane: Plane
    access: Access
    data_read: bool
    tagging: bool
    releases_credential: bool
    resource_types: tuple[str, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]
    streaming_twin: str | None
    in_reference: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an SDK client and the IAM actions that authorise it, all of them needed."""

    name: str
    family: str
    plane: Plane
    client: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type with its ARN formats, ``${...}`` standing for a variable part."""

    name: str
    arns: tuple[str, ...]
    condition_keys: tuple[str, ...]
