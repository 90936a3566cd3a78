"""One resolution of a node: combines the possible values below it and keeps within the limits.

The intrinsic functions are in :mod:`.functions` and :mod:`.references`. A walk is given them by name; each is
called with the walk, and asks it for the values of its arguments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.dynamic_references import REFERENCE, without_references
from constructs_lib.templates.resolve.loops import LOOP, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from constructs_lib.templates.scope import Scope

__all__ = [
    "ABSENT",
    "MAX_CHOICES",
    "MAX_DEPTH",
    "MAX_STEPS",
    "TOO_MUCH",
    "Functions",
    "Resolved",
    "Walk",
    "flat_texts",
    "side_by_side",
]

ABSENT: Final = object()
"""The value of ``AWS::NoValue``: the property is not set."""

MAX_DEPTH: Final = 60
"""Levels of nesting, including those behind references."""
MAX_STEPS: Final = 50_000
"""Objects, items of lists and pieces of texts that one resolution visits or makes."""
MAX_CHOICES: Final = 32
"""Possible values that are kept; a node with more of them is unresolved."""


# Policy elements and lists of names whose possible values may be combined into one list.
_UNION: Final = frozenset(
    ("Action", "Resource", "Statement", "Policies", "ManagedPolicyArns", "ManagedPolicies", "Roles", "Users")
) | {"Groups", "AWS", "Service", "Federated"}
_EXCLUDING: Final = frozenset(("NotAction", "NotResource", "NotPrincipal"))
_NO_VALUE: Final = {"Ref": "AWS::NoValue"}
_CHARACTERS_OF_STEP: Final = 32
"""Characters of a text that take as long to make as a step."""
TOO_MUCH: Final = "nested or repeated too much to resolve"
_NEIGHBOURS: Final = re.compile(f"{UNRESOLVED}{{2,}}")
_MAX_TEXT: Final = 20_000
"""Characters of a text that functions make: a policy has at most 10,240, and so has every name or ARN.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


Functions: TypeAlias = "Mapping[str, Callable[[Walk, Any, Scope, int], list[Any]]]"
"""By name: each takes the walk, the argument as written, the scope and the depth, and returns the values."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The possible values of a node.

    ``conditional`` means that they depend on a choice (``Fn::If``, allowed values, an unknown map key);
    ``reasons`` say what is unresolved and why; ``assumed`` means that a parameter's default was taken, which
    a deployment may replace by any other value.
    """

    values: list[Any]
    conditional: bool = False
    reasons: tuple[str, ...] = ()
    assumed: bool = False


def side_by_side(found: list[Any]) -> list[Any]:
    """Return the possible values as one list."""
    result: list[Any] = []
    for value in found:
        if isinstance(value, list):
            result += value
        elif value is not ABSENT:
            result.append(value)
    return result


def flat_texts(values: list[Any]) -> list[str]:
    """Return the texts among values, also those inside lists."""
    flat: list[str] = []
    todo = values[::-1]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value[::-1]
        elif isinstance(value, str):
            flat.append(value)
    return flat


@dataclass(slots=True)
class Walk:
    """One resolution: what it has found so far, and how many steps it may still take.

    ``defaults`` takes parameters' defaults for their values. ``symbolic`` writes the name of a parameter
    whose value isn't known into the text, so that texts made of the same parameter are equal.
    """

    functions: Functions
    conditional: bool = False
    reasons: dict[str, None] = field(default_factory=dict)
    steps: int = MAX_STEPS
    assumed: bool = False
    defaults: bool = True
    symbolic: bool = False

    def open(self, reason: str) -> list[Any]:
        """Return the unresolved value, and note why it is unresolved."""
        self.reasons[reason] = None
        return [UNRESOLVED]

    def open_parameter(self, name: str, reason: str) -> list[Any]:
        """Return the unresolved value of a parameter or pseudo parameter."""
        self.reasons[reason] = None
        return [f"{UNRESOLVED}{name}{UNRESOLVED}" if self.symbolic else UNRESOLVED]

    def made(self, text: str) -> str:
        """Return a text that a function has made, with its dynamic references unresolved."""
        self.steps -= len(text) // _CHARACTERS_OF_STEP
        if self.steps < 0:
            self.open(TOO_MUCH)
            return UNRESOLVED
        if len(text) > _MAX_TEXT:
            self.open(f"a text of more than {_MAX_TEXT:,} characters is too large to resolve")
            return UNRESOLVED
        if UNRESOLVED * 2 in text and not self.symbolic:  # neighbours are one part that may be anything
            text = _NEIGHBOURS.sub(UNRESOLVED, text)
        if REFERENCE not in text:
            return text
        self.open("a dynamic reference is resolved at deployment")
        return without_references(text)

    def apart(self) -> Walk:
        """Return an independent resolution: its reasons and steps don't count for this one."""
        return Walk(self.functions)

    def values(self, node: Any, scope: Scope, depth: int) -> list[Any]:  # noqa: PLR0911 - one per shape
        """Return the possible values of a node; ``ABSENT`` is one of them if it may not be set."""
        kind = type(node)
        if kind is str:
            return [node]
        if kind is dict:
            self.steps -= 1
            if self.steps < 0 or depth > MAX_DEPTH:
                return self.open(TOO_MUCH)
            if len(node) == 1:
                ((name, argument),) = node.items()
                function = self.functions.get(name)
                if function is not None:
                    return function(self, argument, scope, depth + 1)
                if name.startswith("Fn::") and not name.startswith(LOOP):
                    return self.open(f"unknown function `{name[:60]}`")
            return self._object(node, scope, depth + 1)
        if kind is list:
            return [self._list(node, scope, depth + 1)]
        return [node]

    def scalars(self, node: Any, scope: Scope, depth: int) -> list[str]:
        """Return the possible values of a node as parts of a text, at least one."""
        return self.as_scalars(self.values(node, scope, depth))

    def as_scalars(self, values: list[Any]) -> list[str]:
        """Return values as parts of a text, at least one."""
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
        """Return the possible lists of a list, or of a function that returns one, items not yet resolved."""
        if isinstance(node, list):
            self.steps -= len(node)
            return [[item for item in node if type(item) is str or item != _NO_VALUE]]
        found = self.values(node, scope, depth)
        return [value if isinstance(value, list) else [value] for value in found if value is not ABSENT]

    def combinations(self, groups: Iterable[list[Any]]) -> list[tuple[Any, ...]]:
        """Return all combinations; beyond the limit, one in which everything with a choice is unresolved."""
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
        """Resolve a list; all possible values of an item are in it."""
        self.steps -= len(items)
        if self.steps < 0 or depth > MAX_DEPTH:
            return self.open(TOO_MUCH)
        result: list[Any] = []
        for item in items:
            if type(item) is str:
                result.append(item)
            else:
                result += [value for value in self.values(item, scope, depth) if value is not ABSENT]
        return result

    def _object(self, node: dict[str, Any], scope: Scope, depth: int) -> list[Any]:
        """Resolve an object: one value per combination of properties that can't hold all values in a list."""
        if any(key.startswith(LOOP) for key in node):
            members = expand(node, self._collections(scope, depth), scope.room)
            if scope.room.why_cut:
                self.open(scope.room.why_cut)
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
        """Resolve an excluding element, such as `NotAction`: all values in one list exclude too much."""
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
        """Return a function that resolves the collection of a loop; ``None`` if it is not known."""

        def items(node: Any) -> list[str] | None:
            found = [value for value in self.values(node, scope, depth) if value is not ABSENT]
            flat = [text for value in found for text in (value if isinstance(value, list) else [value])]
            if any(not isinstance(text, str) or UNRESOLVED in text for text in flat):
                self.open("the collection of `Fn::ForEach` is not known")
                return None
            return flat

        return items


def _chosen(fixed: dict[str, Any], varying: Iterable[str], choice: tuple[Any, ...]) -> dict[str, Any]:
    """Return an object with one choice for the properties that vary."""
    result = {**fixed, **dict(zip(varying, choice, strict=True))}
    return {key: value for key, value in result.items() if value is not ABSENT}
