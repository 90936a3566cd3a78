"""The intrinsic functions that choose, combine and convert values, and the table of all functions."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.resolve.references import get_att, import_value, ref, stack_output
from constructs_lib.templates.resolve.walk import ABSENT, MAX_CHOICES, TOO_MUCH
from constructs_lib.templates.scope import macro_name, mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.templates.resolve.walk import Walk
    from constructs_lib.templates.scope import Scope

__all__ = ["FUNCTIONS"]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def _if(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::If``: both branches, whatever the condition says."""
    if not isinstance(argument, list) or len(argument) != 3:
        return walk.open("`Fn::If` takes a condition and two values")
    walk.conditional = True
    both = walk.values(argument[1], scope, depth) + walk.values(argument[2], scope, depth)
    if len(both) <= MAX_CHOICES:
        return both
    return walk.open(f"more than {MAX_CHOICES} combinations of choices")


def _find_in_map(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::FindInMap``: every value that its keys may select, else its ``DefaultValue``."""
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
    """Look up keys one level down; an unknown key may be any key."""
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


def _sub(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Sub``: every combination of the possible values of its variables."""
    text, extra = argument, {}
    if isinstance(argument, list) and len(argument) == 2:
        text, extra = argument[0], mapping(argument[1])
    if not isinstance(text, str):
        return walk.open("`Fn::Sub` takes a text")
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    choices = [_variable(walk, name.strip(), extra, scope, depth) for name in names]
    results: list[Any] = []
    for choice in walk.combinations(choices):
        given = dict(zip(names, choice, strict=True))
        if walk.steps < 0:
            return [*results, *walk.open(TOO_MUCH)]
        results.append(walk.made(_VARIABLE.sub(lambda match, given=given: given[match.group(1)], text)))  # type: ignore[misc]  # the default argument binds the loop's value
    return list(dict.fromkeys(results))


def _variable(walk: Walk, name: str, extra: dict[str, Any], scope: Scope, depth: int) -> list[str]:
    if name.startswith("!"):
        return ["${" + name[1:] + "}"]
    if name in extra:
        return walk.scalars(extra[name], scope, depth)
    function = get_att if "." in name else ref
    return walk.as_scalars(function(walk, name, scope, depth))


def _join(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Join``: every combination of the possible values of its items."""
    if not isinstance(argument, list) or len(argument) != 2:
        return walk.open("`Fn::Join` takes a delimiter and a list")
    delimiter = argument[0]
    if type(delimiter) is not str:
        delimiter = walk.scalars(delimiter, scope, depth)[0]
    results: list[str] = []
    for parts in walk.parts(argument[1], scope, depth):
        choices = [[item] if type(item) is str else walk.scalars(item, scope, depth) for item in parts]
        if max(map(len, choices), default=1) == 1:
            results.append(walk.made(delimiter.join([choice[0] for choice in choices])))
        else:
            results += [walk.made(delimiter.join(choice)) for choice in walk.combinations(choices)]
    return results if len(results) == 1 else list(dict.fromkeys(results))


def _select(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Select``: the item of each possible list; the other items are not resolved."""
    if not isinstance(argument, list) or len(argument) != 2:
        return walk.open("`Fn::Select` takes an index and a list")
    results: list[Any] = []
    for index in walk.scalars(argument[0], scope, depth):
        for parts in walk.parts(argument[1], scope, depth):
            if index.isdecimal() and len(index) < 6 and int(index) < len(parts):
                results += walk.values(parts[int(index)], scope, depth)
            else:
                results += walk.open("`Fn::Select` picks from a list that is not known")
    return results


_OF_ARNS: Final = ("arn:", "group/", "instance-profile/", "policy/", "role/", "user/")


def _split(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Split``: a list for each text; the parts of an unknown text are unknown."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return walk.open("`Fn::Split` takes a delimiter and a text")
    results: list[Any] = []
    for text in walk.scalars(argument[1], scope, depth):
        # The unresolved parts of an ARN, and of the resource in an ARN of IAM, hold no delimiter; those of
        # any other text may.
        if not argument[0] or (UNRESOLVED in text and not text.startswith(_OF_ARNS)):
            results.append(walk.open("`Fn::Split` of a text that is not known"))
        else:
            results.append(text.split(argument[0]))
    return results


def _to_json(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::ToJsonString``."""
    found = [value for value in walk.values(argument, scope, depth) if value is not ABSENT]
    return [walk.made(json.dumps(value, ensure_ascii=False, default=str)) for value in found]


def _length(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Length``."""
    return [len(parts) for parts in walk.parts(argument, scope, depth)]


def _base64(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Base64``."""
    texts = walk.scalars(argument, scope, depth)
    if any(UNRESOLVED in text for text in texts):
        return walk.open("`Fn::Base64` of a text that is not known")
    return [walk.made(base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()) for text in texts]


def _known_later(walk: Walk, *_: Any) -> list[Any]:
    return walk.open("zones, CIDR blocks and conditions have no value before deployment")


def _transform(walk: Walk, argument: Any, *_: Any) -> list[Any]:
    """``Fn::Transform``."""
    return walk.open(f"macro `{macro_name(argument)}` makes the value at deployment")


FUNCTIONS: Final[dict[str, Callable[[Walk, Any, Scope, int], list[Any]]]] = {
    "Ref": ref,
    "Fn::Base64": _base64,
    "Fn::Cidr": _known_later,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _known_later,
    "Fn::GetAtt": get_att,
    "Fn::GetStackOutput": stack_output,
    "Fn::If": _if,
    "Fn::ImportValue": import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
}
"""By name: each takes the walk, the argument as written, the scope and the depth, and returns the values."""
