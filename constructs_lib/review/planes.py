"""The catalogue's actions as sets, by plane, by family and by what rules ask about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import NO_ACTIONS, ActionSet, remembered, tables, types_of

__all__ = ["ActionSets", "Planes", "action_sets", "split_by_plane"]


class Planes(NamedTuple):
    """A set of actions, split by what they do.

    Tagging on a resource type of the data plane (a session, an asynchronous invocation) counts as data:
    writing tags as ``data``, listing them as ``data_read``. All other tagging is ``tagging``.
    """

    control_write: ActionSet
    control_read: ActionSet
    data: ActionSet
    data_read: ActionSet
    tagging: ActionSet


@dataclass(frozen=True, slots=True)
class ActionSets:
    """The sets of actions that the review asks about.

    Attributes:
        control_write: Control actions that write, without tagging.
        control_read: Control actions that read, without tagging.
        data: Data actions that are more than a read of state, without tagging.
        data_read: Data actions that only read state, without tagging.
        tagging: Actions that write or list tags.
        tagging_write: Actions that write tags.
        on_arns: Actions that accept resources, rather than ``*`` alone.
        credentials: Actions that return a credential.
        families: Name, plane and actions of each family, tagging included.
        data_types: The names of the resource types of the data plane.

    """

    control_write: ActionSet
    control_read: ActionSet
    data: ActionSet
    data_read: ActionSet
    tagging: ActionSet
    tagging_write: ActionSet
    on_arns: ActionSet
    credentials: ActionSet
    families: tuple[tuple[str, str, ActionSet], ...]
    data_types: frozenset[str]


@cache
def action_sets() -> ActionSets:
    """Return the sets for the catalogue of this release."""
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
        NO_ACTIONS,
    )
    families: dict[str, ActionSet] = {}
    for action in catalogue.actions().values():
        flag = bits[action.name.lower()]
        families[action.family] = families.get(action.family, NO_ACTIONS) | flag
        if action.tagging:
            sets["tagging"] |= flag
            sets["tagging_write"] |= flag if action.access == "write" else NO_ACTIONS
        elif action.plane == "control":
            sets[f"control_{action.access}"] |= flag
        else:
            sets["data_read" if action.data_read else "data"] |= flag
        sets["on_arns"] |= flag if action.resource_types else NO_ACTIONS
        sets["credentials"] |= flag if action.releases_credential else NO_ACTIONS
    planes = {family.name: str(family.plane) for family in catalogue.families().values()}
    return ActionSets(
        **sets,
        families=tuple((name, planes[name], mask) for name, mask in families.items()),
        data_types=frozenset(
            kind.name for kind in catalogue.resource_types().values() if kind.plane == "data"
        ),
    )


@remembered(8192)
def split_by_plane(actions: ActionSet, pattern: str) -> Planes:
    """Split actions that are allowed on a resource pattern by plane.

    Args:
        actions: A set of actions.
        pattern: The resource pattern on which they are allowed; it decides the plane of tagging.

    """
    sets = action_sets()
    data, data_read, tagging = actions & sets.data, actions & sets.data_read, actions & sets.tagging
    if tagging and "*" not in pattern.split(":", 5)[-1][:1]:
        types = types_of(pattern)
        if types and types <= sets.data_types:
            data |= tagging & sets.tagging_write
            data_read |= tagging & ~sets.tagging_write
            tagging = NO_ACTIONS
    return Planes(actions & sets.control_write, actions & sets.control_read, data, data_read, tagging)
