"""What a template leaves to choose: conditions, maps, the values of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.intrinsics._values import MAX_CHOICES
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.intrinsics._walk import Walk
    from constructs_lib.templates.scope import Scope

__all__ = ["find_in_map", "if_", "parameter"]


def if_(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::If``: both branches, whatever the condition says."""
    if not isinstance(argument, list) or len(argument) != 3:
        return walk.open("`Fn::If` takes a condition and two values")
    walk.conditional = True
    both = walk.values(argument[1], scope, depth) + walk.values(argument[2], scope, depth)
    if len(both) <= MAX_CHOICES:
        return both
    return walk.open(f"more than {MAX_CHOICES} combinations of choices")


def find_in_map(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::FindInMap``: every value that its keys may lead to, else its ``DefaultValue``."""
    if not isinstance(argument, list) or len(argument) not in {3, 4}:
        return walk.open("`Fn::FindInMap` takes a map and two keys")
    tables: list[Any] = [mapping(scope.body.get("Mappings"))]
    for key in argument[:3]:
        tables = _looked_up(walk, tables, walk.values(key, scope, depth))
    if not tables and len(argument) == 4:
        default = mapping(argument[3])
        if "DefaultValue" in default:
            return walk.values(default["DefaultValue"], scope, depth)
    if not tables:
        return walk.open("`Fn::FindInMap` finds no such key")
    if len(tables) > MAX_CHOICES:
        return walk.open(f"`Fn::FindInMap` may give {len(tables)} values")
    return tables


def _looked_up(walk: Walk, tables: list[Any], keys: list[Any]) -> list[Any]:
    """Look keys up one level down; an unknown key may be any."""
    found: list[Any] = []
    for table in tables:
        for key in keys:
            if not isinstance(table, dict):
                continue
            if isinstance(key, str) and UNRESOLVED in key:
                walk.conditional = walk.conditional or len(table) > 1
                found += list(table.values())[: MAX_CHOICES + 1]
            elif str(key) in table:
                found.append(table[str(key)])
    unique: list[Any] = []
    for value in found[: MAX_CHOICES * 4]:
        if value not in unique:
            unique.append(value)
    return unique


def parameter(walk: Walk, name: str, declared: dict[str, Any]) -> list[Any]:
    """Return a parameter's values: all allowed ones, else the default.

    An empty default is what a template writes when somebody has to give the value, or when a condition leaves
    out what it is for; nothing is known of it.
    """
    kind = str(declared.get("Type", "String"))
    if kind.startswith("AWS::SSM::Parameter::"):
        return walk.open(f"parameter `{name}` is read from Systems Manager at deployment")
    allowed = declared.get("AllowedValues")
    choices = list(allowed) if isinstance(allowed, list) else []
    if "Default" in declared:
        choices.insert(0, declared["Default"])
    found = list(dict.fromkeys(str(item) for item in choices if isinstance(item, str | int | float)))
    if found == [""] and not allowed:
        return walk.open(f"parameter `{name}` is empty unless it is given")
    if not found:
        return walk.open(f"parameter `{name}` has no default")
    if len(found) > 1:
        walk.conditional = True
    if len(found) > MAX_CHOICES:
        return walk.open(f"parameter `{name}` has {len(found)} allowed values")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [[part.strip() for part in text.split(",")] for text in found]
    return found
