"""The functions that put texts and lists together and take them apart."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.intrinsics import _references
from constructs_lib.templates.intrinsics._values import ABSENT
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.intrinsics._walk import Walk
    from constructs_lib.templates.scope import Scope

__all__ = ["base64_", "join", "length", "select", "split", "sub", "to_json"]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def sub(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Sub``: every combination of what its variables may be."""
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
        results.append(_VARIABLE.sub(lambda match, given=given: given[match.group(1)], text))  # type: ignore[misc]  # the default argument binds the loop's value
    return list(dict.fromkeys(results))


def _variable(walk: Walk, name: str, extra: dict[str, Any], scope: Scope, depth: int) -> list[str]:
    if name.startswith("!"):
        return ["${" + name[1:] + "}"]
    if name in extra:
        return walk.scalars(extra[name], scope, depth)
    function = _references.get_att if "." in name else _references.ref
    return walk.as_scalars(function(walk, name, scope, depth))


def join(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Join``: every combination of what its items may be."""
    if not isinstance(argument, list) or len(argument) != 2:
        return walk.open("`Fn::Join` takes a delimiter and a list")
    delimiter = argument[0]
    if type(delimiter) is not str:
        delimiter = walk.scalars(delimiter, scope, depth)[0]
    results: list[str] = []
    for parts in walk.parts(argument[1], scope, depth):
        choices = [[item] if type(item) is str else walk.scalars(item, scope, depth) for item in parts]
        if max(map(len, choices), default=1) == 1:
            results.append(delimiter.join([choice[0] for choice in choices]))
        else:
            results += [delimiter.join(choice) for choice in walk.combinations(choices)]
    return results if len(results) == 1 else list(dict.fromkeys(results))


def select(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Select``: the item of each list that it may mean; the other items are not resolved."""
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


def split(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Split``: a list for each text; the parts of a text that is not known are not known either."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return walk.open("`Fn::Split` takes a delimiter and a text")
    results: list[Any] = []
    for text in walk.scalars(argument[1], scope, depth):
        # The open parts of an ARN hold no delimiter; those of any other text may.
        if not argument[0] or (UNRESOLVED in text and not text.startswith("arn:")):
            results.append(walk.open("`Fn::Split` of a text that is not known"))
        else:
            results.append(text.split(argument[0]))
    return results


def to_json(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::ToJsonString``."""
    found = [value for value in walk.values(argument, scope, depth) if value is not ABSENT]
    return [json.dumps(value, ensure_ascii=False, default=str) for value in found]


def length(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Length``."""
    return [len(parts) for parts in walk.parts(argument, scope, depth)]


def base64_(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::Base64``."""
    texts = walk.scalars(argument, scope, depth)
    if any(UNRESOLVED in text for text in texts):
        return walk.open("`Fn::Base64` of a text that is not known")
    return [base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() for text in texts]
