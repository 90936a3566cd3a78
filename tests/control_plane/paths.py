"""The paths of the properties that a template can set, in CloudFormation's schema and in a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["schema_paths", "set_paths"]


def schema_paths(schema: dict[str, Any]) -> set[str]:
    """Return the paths of a resource type, without those that are read only.

    A definition inside itself, such as the flow in a flow's loop, counts once.
    """
    read_only = {path.removeprefix("/properties") for path in schema.get("readOnlyProperties", ())}
    return {path for path in _below(schema, schema, "") if path not in read_only}


def _below(
    schema: dict[str, Any], node: dict[str, Any], at: str, inside: frozenset[str] = frozenset()
) -> Iterator[str]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in inside:
            return
        inside |= {name}
        node = schema["definitions"][name]
    if "items" in node:
        yield from _below(schema, node["items"], f"{at}/*", inside)
    for one in node.get("oneOf", ()):
        yield from _below(schema, one, at, inside)
    for name, inner in node.get("properties", {}).items():
        if f"/properties{at}/{name}" in schema.get("readOnlyProperties", ()):
            continue
        yield f"{at}/{name}"
        yield from _below(schema, inner, f"{at}/{name}", inside)


def set_paths(value: object, at: str = "") -> set[str]:
    """Return the paths that a resource's properties set; an intrinsic function is a value."""
    if isinstance(value, dict) and not any(name.startswith("Fn::") for name in value):
        found = {f"{at}/{name}" for name in value}
        return found.union(*(set_paths(inner, f"{at}/{name}") for name, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(set_paths(inner, f"{at}/*") for inner in value))
    return set()
