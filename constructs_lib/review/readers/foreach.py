"""``Fn::ForEach`` of the language extensions, expanded where its collection is known.

Of a loop over an unknown collection one round stands for all, its identifier as open as in the file: what a
role may do does not depend on how many there are.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LOOP", "expand"]

LOOP: Final = "Fn::ForEach::"
MAX_ITEMS: Final = 500
_MAX_NESTED: Final = 5


def expand(node: dict[str, Any], items: Callable[[Any], list[str] | None], nested: int = 0) -> dict[str, Any]:
    """Replace the loops among an object's members by what they stand for.

    Args:
        node: the object.
        items: gives the values of a collection, ``None`` when they aren't known.
        nested: how many loops stand around this one.

    """
    result: dict[str, Any] = {}
    for key, value in node.items():
        if not key.startswith(LOOP):
            result[key] = value
        elif nested < _MAX_NESTED:
            result.update(_loop(value, items, nested))
    return dict(list(result.items())[: max(MAX_ITEMS, len(node))])


def _loop(argument: Any, items: Callable[[Any], list[str] | None], nested: int) -> dict[str, Any]:
    match argument:
        case [str(identifier), collection, dict(body)] if identifier:
            values = items(collection)
        case _:
            return {}
    if values is None:
        return expand(body, items, nested + 1)
    result: dict[str, Any] = {}
    for value in values[:MAX_ITEMS]:
        one = {
            _in_text(str(key), identifier, value): _substituted(item, identifier, value)
            for key, item in body.items()
        }
        result.update(expand(one, items, nested + 1))
        if len(result) > MAX_ITEMS:
            break
    return result


def _in_text(text: str, identifier: str, value: str) -> str:
    plain = "".join(letter for letter in value if letter.isalnum())
    return text.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)


def _substituted(node: Any, identifier: str, value: str, depth: int = 0) -> Any:
    if isinstance(node, str):
        return _in_text(node, identifier, value) if "{" in node else node
    if depth > 60:
        return node
    if isinstance(node, list):
        return [_substituted(item, identifier, value, depth + 1) for item in node]
    if isinstance(node, dict):
        if node == {"Ref": identifier}:
            return value
        return {
            _in_text(key, identifier, value): _substituted(item, identifier, value, depth + 1)
            for key, item in node.items()
        }
    return node
