"""Which of a handler's actions the properties of a resource make it call."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from constructs_lib.deploy.tables import pruning, words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["is_called", "set_paths"]


def set_paths(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the dotted paths of the properties that a resource sets, in any form.

    ``Fn::If`` and what is in it, ``AWS::NoValue`` and parameters count as set. Attributes of the resource are
    ``@UpdatePolicy``; ``*`` is in the result where a macro may set anything.
    """
    found: set[str] = {f"@{key}" for key in body if key not in {"Type", "Properties"}}
    _collect(body.get("Properties"), "", found)
    return frozenset(found)


def _collect(node: Any, path: str, found: set[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, path, found)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key in {"Fn::Transform", "Ref"} and not path and key == "Ref":
                continue
            if key == "Fn::Transform" or key.startswith("Fn::ForEach"):
                found.add("*")
            below = path if key.startswith("Fn::") else f"{path}.{key}" if path else key
            if not key.startswith("Fn::"):
                found.add(below)
            _collect(item, below, found)


@cache
def _unless(resource_type: str) -> dict[str, frozenset[str]]:
    """Return, for each action of a type that is not always called, the properties that make it be called."""
    found: dict[str, set[str]] = {}
    for path, actions in pruning().get(resource_type, {}).items():
        if path != "page":
            for action in actions:
                found.setdefault(action, set()).add(path)
    return {action: frozenset(paths) for action, paths in found.items()}


def is_called(
    action: str, resource_type: str, own: str, paths: Collection[str], tagging: Collection[str]
) -> bool:
    """Whether a handler may call an action for a resource with these properties.

    Args:
        action: The canonical name.
        resource_type: The type of the resource.
        own: The IAM prefix of the type's own service.
        paths: What :func:`set_paths` returned.
        tagging: The tagging actions of the type, which are never pruned.

    """
    if action in tagging or "*" in paths:
        return True
    makes = _unless(resource_type).get(action)
    if makes is not None:
        return not makes.isdisjoint(paths)
    prefix = action.partition(":")[0] + ":"
    needed = words().get(prefix)
    if needed is None or prefix == f"{own}:":
        return True
    return any(word in path.lower() for path in paths if path[0] != "@" for word in needed)
