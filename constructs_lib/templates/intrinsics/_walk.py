"""One resolution: it goes down a node, combines the possibilities it meets and keeps within the limits.

The functions themselves stand in the modules of ``FUNCTIONS``; they are handed the walk, and ask it for the
values of their arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.foreach import LOOP, expand
from constructs_lib.templates.intrinsics import _choices, _references, _texts
from constructs_lib.templates.intrinsics._values import (
    ABSENT,
    MAX_CHOICES,
    MAX_DEPTH,
    MAX_STEPS,
    side_by_side,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.templates.scope import Scope

__all__ = ["FUNCTIONS", "Walk"]

# Policy elements and lists of names whose possibilities may stand side by side in one list.
_UNION: Final = frozenset(
    ("Action", "Resource", "Statement", "Policies", "ManagedPolicyArns", "ManagedPolicies", "Roles", "Users")
) | {"Groups", "AWS", "Service", "Federated"}
_EXCLUDING: Final = frozenset(("NotAction", "NotResource", "NotPrincipal"))
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}
_TOO_MUCH: Final = "nested or repeated too much to resolve"


@dataclass(slots=True)
class Walk:
    """What a resolution met, and what it may still spend."""

    conditional: bool = False
    reasons: dict[str, None] = field(default_factory=dict)
    steps: int = MAX_STEPS

    def open(self, reason: str) -> list[Any]:
        """Return the one value that nobody knows, and note why."""
        self.reasons[reason] = None
        return [UNRESOLVED]

    def apart(self) -> Walk:
        """Return a resolution of its own: what it meets and spends is not this one's."""
        return Walk()

    def values(self, node: Any, scope: Scope, depth: int) -> list[Any]:  # noqa: PLR0911 - one per shape
        """Return the possible values of a node, ``ABSENT`` among them where it may not be there."""
        kind = type(node)
        if kind is str:
            return [node]
        if kind is dict:
            self.steps -= 1
            if self.steps < 0 or depth > MAX_DEPTH:
                return self.open(_TOO_MUCH)
            if len(node) == 1:
                ((name, argument),) = node.items()
                function = FUNCTIONS.get(name)
                if function is not None:
                    return function(self, argument, scope, depth + 1)
                if name.startswith("Fn::") and not name.startswith(LOOP):
                    return self.open(f"unknown function `{name[:60]}`")
            return self._object(node, scope, depth + 1)
        if kind is list:
            return [self._list(node, scope, depth + 1)]
        return [node]

    def scalars(self, node: Any, scope: Scope, depth: int) -> list[str]:
        """Return the possible values of a node as parts of a text; there is always one."""
        return self.as_scalars(self.values(node, scope, depth))

    def as_scalars(self, values: list[Any]) -> list[str]:
        """Return values as parts of a text; there is always one."""
        if len(values) == 1 and type(values[0]) is str:
            return values
        result = []
        for value in values:
            if isinstance(value, bool):
                result.append("true" if value else "false")
            elif isinstance(value, str | int | float):
                result.append(str(value))
            elif value is ABSENT:
                result.append("")
            elif isinstance(value, list) and all(isinstance(item, str) for item in value):
                result.append(",".join(value))
            else:
                result += self.open("a list or object inside a text")
        return list(dict.fromkeys(result)) or [""]

    def parts(self, node: Any, scope: Scope, depth: int) -> list[list[Any]]:
        """Return the possible lists behind a list or a function that gives one, items unresolved."""
        if isinstance(node, list):
            self.steps -= len(node)
            return [[item for item in node if type(item) is str or item != _NO_VALUE]]
        found = self.values(node, scope, depth)
        return [value if isinstance(value, list) else [value] for value in found if value is not ABSENT]

    def combinations(self, groups: Iterable[list[Any]]) -> list[tuple[Any, ...]]:
        """Return the product of possibilities; beyond the limit, one combination with the rest open."""
        listed = list(groups)
        count = 1
        for group in listed:
            count *= len(group)
        if count <= MAX_CHOICES:
            return list(product(*listed))
        self.conditional = True
        self.open(f"more than {MAX_CHOICES} combinations of choices")
        return [tuple(group[0] if len(group) == 1 else UNRESOLVED for group in listed)]

    def _list(self, items: list[Any], scope: Scope, depth: int) -> list[Any]:
        """Resolve a list; the possibilities of an item stand side by side."""
        self.steps -= len(items)
        if self.steps < 0 or depth > MAX_DEPTH:
            return self.open(_TOO_MUCH)
        result: list[Any] = []
        for item in items:
            if type(item) is str:
                result.append(item)
            else:
                result += [value for value in self.values(item, scope, depth) if value is not ABSENT]
        return result

    def _object(self, node: dict[str, Any], scope: Scope, depth: int) -> list[Any]:
        """Resolve an object: one value per combination of what can't stand side by side."""
        if any(key.startswith(LOOP) for key in node):
            members = expand(node, self._collections(scope, depth))
            node = {key: member.value for key, member in members.items()}
        fixed: dict[str, Any] = {}
        varying: dict[str, list[Any]] = {}
        for key, value in node.items():
            if type(value) is str:
                fixed[key] = value
                continue
            found = (
                self._excluded(value, scope, depth) if key in _EXCLUDING else self.values(value, scope, depth)
            )
            if len(found) == 1:
                if found[0] is not ABSENT:
                    fixed[key] = found[0]
            elif key in _UNION:
                fixed[key] = side_by_side(found)
            else:
                fixed[key] = UNRESOLVED  # keeps the key's place
                varying[key] = found
        if not varying:
            return [fixed]
        return [_chosen(fixed, varying, choice) for choice in self.combinations(varying.values())]

    def _excluded(self, node: Any, scope: Scope, depth: int) -> list[Any]:
        """Resolve an element that excludes: possibilities side by side would exclude too much."""
        if type(node) is not list:
            return self.values(node, scope, depth)
        items = [self.values(item, scope, depth) for item in node]
        count = 1
        for item in items:
            count *= len(item)
        if count > MAX_CHOICES:  # the fewest exclusions are the worst case
            self.open(f"more than {MAX_CHOICES} combinations of choices")
            items = [item for item in items if len(item) == 1]
        return [[value for value in choice if value is not ABSENT] for choice in product(*items)]

    def _collections(self, scope: Scope, depth: int) -> Callable[[Any], list[str] | None]:
        """Return a function that gives the values of a loop's collection, ``None`` when they are open."""

        def items(node: Any) -> list[str] | None:
            found = [value for value in self.values(node, scope, depth) if value is not ABSENT]
            flat = [text for value in found for text in (value if isinstance(value, list) else [value])]
            if any(not isinstance(text, str) or UNRESOLVED in text for text in flat):
                self.open("the collection of `Fn::ForEach` is not known")
                return None
            return flat

        return items


def _chosen(fixed: dict[str, Any], varying: Iterable[str], choice: tuple[Any, ...]) -> dict[str, Any]:
    """Return an object with one choice for what varies."""
    result = {**fixed, **dict(zip(varying, choice, strict=True))}
    return {key: value for key, value in result.items() if value is not ABSENT}


def _known_later(walk: Walk, *_: Any) -> list[Any]:
    return walk.open("zones, CIDR blocks, transforms and conditions have no value before deployment")


FUNCTIONS: Final[dict[str, Callable[[Walk, Any, Scope, int], list[Any]]]] = {
    "Ref": _references.ref,
    "Fn::Base64": _texts.base64_,
    "Fn::Cidr": _known_later,
    "Fn::FindInMap": _choices.find_in_map,
    "Fn::GetAZs": _known_later,
    "Fn::GetAtt": _references.get_att,
    "Fn::GetStackOutput": _references.stack_output,
    "Fn::If": _choices.if_,
    "Fn::ImportValue": _references.import_value,
    "Fn::Join": _texts.join,
    "Fn::Length": _texts.length,
    "Fn::Select": _texts.select,
    "Fn::Split": _texts.split,
    "Fn::Sub": _texts.sub,
    "Fn::ToJsonString": _texts.to_json,
    "Fn::Transform": _known_later,
}
"""By name: each takes the walk, the argument as written, the scope and the depth, and gives the values."""
