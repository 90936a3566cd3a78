"""What CloudFormation's handlers call for each resource type, read from the committed data on first use."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CORRECTIONS_FILE",
    "HANDLERS_FILE",
    "OPERATIONS",
    "CalledAction",
    "ResourceHandlers",
    "called_action",
    "handled_types",
    "handlers",
]

HANDLERS_FILE = Path(__file__).with_name("handlers.json.gz")
"""The committed data, made by `make facts`."""
CORRECTIONS_FILE = Path(__file__).with_name("handlers.toml")
"""What people corrected or added, each with the page of AWS."""
OPERATIONS: Final = ("create", "read", "update", "delete")
"""The handlers that a deployment runs; `list` is for the Cloud Control API and for importing."""


@dataclass(frozen=True, slots=True)
class ResourceHandlers:
    """One CloudFormation resource type and the IAM actions that its handlers call.

    Attributes:
        type: The name of the type (``AWS::Lambda::Function``).
        known: Whether anything says what is called: the registry's handlers, or a row by hand. If false, the
            lists are empty because they are unknown.
        calls: The actions by operation: ``create``, ``read``, ``update``, ``delete``.
        tagging: The actions that tag, untag and list tags.
        create_only: The properties that can't be changed, as dotted paths.
        identifier: The properties that identify a resource, as dotted paths.
        becomes: The types that a transform makes of it.
        becomes_with: The types that a transform makes of it if a property is set.
        page: The page of AWS behind a row by hand; empty where the registry says it.

    """

    type: str
    known: bool
    calls: Mapping[str, tuple[str, ...]]
    tagging: tuple[str, ...] = ()
    create_only: tuple[str, ...] = ()
    identifier: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    becomes_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True, slots=True)
class CalledAction:
    """An IAM action of any service that a deployment may call.

    Attributes:
        name: The canonical name.
        access: The access level of the service authorization reference (``Read``, ``List``, ``Write``,
            ``Tagging``, ``Permissions management``), empty for an action that is newer than the reference.
        required: ARN formats of which IAM checks each.
        optional: ARN formats that IAM checks where the call has such a resource.
        takes_boundary: Whether the condition key ``iam:PermissionsBoundary`` is in its request.

    """

    name: str
    access: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    takes_boundary: bool

    @property
    def is_read(self) -> bool:
        """Whether it only reads."""
        return bool(self.access) and set(self.access.split(", ")) <= {"Read", "List"}


@cache
def _data() -> dict[str, Any]:
    packed = files("constructs_lib.catalogue").joinpath(HANDLERS_FILE.name).read_bytes()
    data: dict[str, Any] = json.loads(gzip.decompress(packed))
    return data


@cache
def handlers(resource_type: str) -> ResourceHandlers | None:
    """Return what CloudFormation calls for a resource type, or ``None`` for a type that nothing knows."""
    data = _data()
    row = data["types"].get(resource_type)
    if row is None:
        return None
    names = data["actions"]
    with_property = row.get("becomes_with", {})
    return ResourceHandlers(
        type=resource_type,
        known=bool(row["handlers"]),
        calls=MappingProxyType({key: tuple(names[i] for i in row.get(key, ())) for key in OPERATIONS}),
        tagging=tuple(names[i] for i in row.get("tagging", ())),
        create_only=tuple(row.get("create_only", ())),
        identifier=tuple(row.get("identifier", ())),
        becomes=tuple(row.get("becomes", ())),
        becomes_with=MappingProxyType({key: tuple(value) for key, value in with_property.items()}),
        page=row.get("page", ""),
    )


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(_data()["actions"])}


@cache
def called_action(name: str) -> CalledAction | None:
    """Return an action that a deployment may call, or ``None`` for a name that no handler has."""
    place = _places().get(name)
    if place is None:
        return None
    data = _data()
    access, required, optional, keys = data["facts"][place]
    formats = data["formats"]
    return CalledAction(
        name=name,
        access=access,
        required=tuple(formats[i] for i in required),
        optional=tuple(formats[i] for i in optional),
        takes_boundary="iam:PermissionsBoundary" in keys,
    )


def handled_types() -> tuple[str, ...]:
    """Return the names of the types that the data has, sorted."""
    return tuple(_data()["types"])
