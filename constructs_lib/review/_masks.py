"""The catalogue's actions as sets of bits, by plane, family and what rules ask about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from constructs_lib import catalogue
from constructs_lib.iam import tables, types_of

__all__ = ["Masks", "masks", "plane_bits"]


@dataclass(frozen=True, slots=True)
class Masks:
    """Sets of actions. The four kinds leave tagging out; ``families`` keeps it in."""

    control_write: int
    control_read: int
    data: int
    data_read: int
    tagging: int
    tagging_write: int
    on_arns: int
    credentials: int
    families: tuple[tuple[str, str, int], ...]
    data_types: frozenset[str]


@cache
def masks() -> Masks:
    """Build the sets once."""
    bits = tables().bit
    sets = dict.fromkeys(
        (
            "control_write",
            "control_read",
            "data",
            "data_read",
            "tagging",
            "tagging_write",
            "on_arns",
            "credentials",
        ),
        0,
    )
    families: dict[str, int] = {}
    for action in catalogue.actions().values():
        flag = bits[action.name.lower()]
        families[action.family] = families.get(action.family, 0) | flag
        if action.tagging:
            sets["tagging"] |= flag
            sets["tagging_write"] |= flag if action.access == "write" else 0
        elif action.plane == "control":
            sets[f"control_{action.access}"] |= flag
        else:
            sets["data_read" if action.data_read else "data"] |= flag
        sets["on_arns"] |= flag if action.resource_types else 0
        sets["credentials"] |= flag if action.releases_credential else 0
    planes = {family.name: str(family.plane) for family in catalogue.families().values()}
    return Masks(
        **sets,
        families=tuple((name, planes[name], mask) for name, mask in families.items()),
        data_types=frozenset(
            kind.name for kind in catalogue.resource_types().values() if kind.plane == "data"
        ),
    )


@lru_cache(maxsize=8192)
def plane_bits(mask: int, pattern: str) -> tuple[int, int, int, int, int]:
    """Split allowed actions on a resource pattern into control write, control read, data, data read, tagging.

    Tagging a resource of the data plane (a session, an asynchronous invocation) is data: writing tags is data
    proper, listing them a data read.
    """
    m = masks()
    data, data_read, tagging = mask & m.data, mask & m.data_read, mask & m.tagging
    if tagging and "*" not in pattern.split(":", 5)[-1][:1]:
        types = types_of(pattern)
        if types and types <= m.data_types:
            data |= tagging & m.tagging_write
            data_read |= tagging & ~m.tagging_write
            tagging = 0
    return mask & m.control_write, mask & m.control_read, data, data_read, tagging
