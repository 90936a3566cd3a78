"""``Fn::ForEach`` of the language extensions, expanded where its collection is known.

A loop over an unknown collection is expanded once, with its identifier as written in the file: what a role
may do does not depend on how many there are.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from constructs_lib.templates.dynamic_references import REFERENCE, without_references
from constructs_lib.templates.scope import MAX_MEMBERS, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.templates.scope import Room

__all__ = ["LOOP", "Member", "expand"]

LOOP: Final = "Fn::ForEach::"
_MAX_NESTED: Final = 5
_DEEP: Final = 60


class Member(NamedTuple):
    """A member of an object whose loops are expanded: its value, pointer and value as written."""

    value: Any
    pointer: str
    written: Any


_Items: TypeAlias = "Callable[[Any], list[str] | None]"


def expand(node: dict[str, Any], items: _Items, room: Room, at: str = "") -> dict[str, Member]:
    """Replace the loops among an object's members by the members that they make.

    Args:
        node: The object.
        items: Returns the values of a collection, ``None`` when they aren't known.
        room: What the loops may make; it says what was left out.
        at: The object's own pointer.

    """
    written = {key: Member(value, f"{at}/{token(key)}", value) for key, value in node.items()}
    return _expanded(written, items, room, 0)


def _expanded(members: dict[str, Member], items: _Items, room: Room, nested: int) -> dict[str, Member]:
    result: dict[str, Member] = {}
    for key, member in members.items():
        if not key.startswith(LOOP):
            result[key] = member
        elif nested < _MAX_NESTED:
            result.update(_loop(member, items, room, nested + 1))
        else:
            room.cut()
    most = max(MAX_MEMBERS, len(members))
    if len(result) > most:
        room.cut()
    return dict(list(result.items())[:most])


def _loop(loop: Member, items: _Items, room: Room, nested: int) -> dict[str, Member]:
    match loop.value:
        case [str(identifier), collection, dict(body)] if identifier:
            values = items(collection)
        case _:
            return {}
    # A loop around this one has put its own values into the keys.
    names = zip(body.items(), loop.written[2].items(), strict=False)
    members = {
        str(key): Member(item, f"{loop.pointer}/2/{token(str(name))}", written)
        for (key, item), (name, written) in names
    }
    if values is None:
        return _expanded(members, items, room, nested)
    result: dict[str, Member] = {}
    size = sum(_size(member.value) for member in members.values())
    if len(values) > MAX_MEMBERS:
        room.cut()
    for value in values[:MAX_MEMBERS]:
        if not room.takes(size):
            break
        one = {
            _in_text(key, identifier, value): member._replace(
                value=_substituted(member.value, identifier, value)
            )
            for key, member in members.items()
        }
        result.update(_expanded(one, items, room, nested))
        if len(result) > MAX_MEMBERS:
            room.cut()
            break
    return result


def _size(node: Any, depth: int = 0) -> int:
    """Return about how many characters a value takes in a template."""
    if isinstance(node, str):
        return len(node) + 2
    if depth > _DEEP:
        return 1
    if isinstance(node, list):
        return 2 + sum(_size(item, depth + 1) for item in node)
    if isinstance(node, dict):
        return 2 + sum(len(str(key)) + 3 + _size(item, depth + 1) for key, item in node.items())
    return 4


def _in_text(text: str, identifier: str, value: str) -> str:
    plain = "".join(letter for letter in value if letter.isalnum())
    text = text.replace(f"${{{identifier}}}", value).replace(f"&{{{identifier}}}", plain)
    return without_references(text) if REFERENCE in text else text


def _substituted(node: Any, identifier: str, value: str, depth: int = 0) -> Any:
    if isinstance(node, str):
        return _in_text(node, identifier, value) if "{" in node else node
    if depth > _DEEP:
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
