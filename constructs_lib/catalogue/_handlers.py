"""What CloudFormation's handlers call for each resource type, read from the committed data on first use."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CORRECTIONS_FILE",
    "FIRST_MASK",
    "HANDLERS_FILE",
    "OPERATIONS",
    "CalledAction",
    "ResourceHandlers",
    "called_action",
    "handled_types",
    "handlers",
    "unpacked",
]

HANDLERS_FILE = Path(__file__).with_name("handlers.json.gz")
"""The committed data, made by `make facts`."""
CORRECTIONS_FILE = Path(__file__).with_name("handlers.toml")
"""What people corrected or added, each with the page of AWS."""
OPERATIONS: Final = ("create", "read", "update", "delete")
"""The handlers that a deployment runs; `list` is for the Cloud Control API and for importing."""

FIRST_MASK: Final = ord("0")
"""The character of no operation: each operation that calls an action adds a power of two."""


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
        becomes: The types that a transform makes of it.
        becomes_with: The types that a transform makes of it if a property is set.
        page: The page of AWS behind a row by hand; empty where the registry says it.

    """

    type: str
    known: bool
    calls: Mapping[str, tuple[str, ...]]
    tagging: tuple[str, ...] = ()
    create_only: tuple[str, ...] = ()
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


def unpacked(row: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the actions of a type by operation, and those that tag."""
    names = [f"{prefix}:{action}" for prefix, listed in data["actions"].items() for action in listed]
    return _unpacked(row, names)


def _unpacked(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    called = [names[place] for place in accumulate(row.get("calls", ()))]
    masks = [ord(char) - FIRST_MASK for char in row.get("when", "")]
    return {
        key: tuple(name for name, mask in zip(called, masks, strict=True) if mask >> bit & 1)
        for bit, key in enumerate((*OPERATIONS, "tagging"))
    }


@cache
def handlers(resource_type: str) -> ResourceHandlers | None:
    """Return what CloudFormation calls for a resource type, or ``None`` for a type that nothing knows."""
    data = _data()
    row = data["types"].get(resource_type)
    if row is None:
        return None
    called = _unpacked(row, tuple(_places()))
    tagging = called.pop("tagging")
    with_property = row.get("becomes_with", {})
    return ResourceHandlers(
        type=resource_type,
        known=bool(row["handlers"]),
        calls=MappingProxyType(called),
        tagging=tagging,
        create_only=tuple(row.get("create_only", ())),
        becomes=tuple(row.get("becomes", ())),
        becomes_with=MappingProxyType({key: tuple(value) for key, value in with_property.items()}),
        page=row.get("page", ""),
    )


@cache
def _places() -> dict[str, int]:
    listed = _data()["actions"].items()
    names = (f"{prefix}:{action}" for prefix, found in listed for action in found)
    return {name: place for place, name in enumerate(names)}


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
