"""Compare one property of two templates: the same, another value, or not to be told before the deployment."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from constructs_lib.iam import UNRESOLVED, may_overlap
from constructs_lib.templates import mapping, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.templates import Resolved, Scope

__all__ = [
    "ABSENT",
    "PART",
    "At",
    "Difference",
    "Parts",
    "Place",
    "Reference",
    "Values",
    "references",
]

ABSENT: Final = object()
"""The value of a property that is not set."""
PART: Final = "Fn::Part"
"""No function of CloudFormation's: ``{PART: [node, path]}`` is what is at a path in a function's value."""

_STEPS: Final = 20_000
"""Nodes that the normal form of one value may take, references followed; more are compared as written."""
_DEPTH: Final = 60
_SHOWN: Final = 160
_DEPENDS: Final = "it depends on a condition"
_ALL_STEPS: Final = 1_000_000
"""The same for all values of one comparison."""
_UNLIKE: Final = 2_000
"""Values that differ and of which only the resolution tells whether they may be the same."""
_PSEUDO: Final = {
    "AWS::AccountId": "account",
    "AWS::Partition": "partition",
    "AWS::Region": "region",
    "AWS::StackName": "stack",
}
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


@dataclass(eq=False, slots=True)
class Place:
    """A template of one side. The two of a pair have the same ``key``, so that their references are equal."""

    scope: Scope
    key: str
    mappings: str | None = None  # as text, on first use


class At(NamedTuple):
    """A node and the template that it is in."""

    node: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that a value refers to, by ``Ref`` (no attribute) or ``Fn::GetAtt``."""

    place: str
    name: str
    attribute: str

    def __str__(self) -> str:
        return f"${{{self.name}.{self.attribute}}}" if self.attribute else f"${{{self.name}}}"


@dataclass(frozen=True, slots=True)
class _Later:
    """What only the deployment knows: a parameter, a pseudo parameter, another function.

    ``text`` holds all that it depends on, so that equal texts have equal values in one deployment.
    """

    text: str
    shown: str
    references: tuple[Reference, ...] = ()

    def __str__(self) -> str:
        return self.shown


Parts: TypeAlias = "tuple[str | Reference | _Later, ...]"


@dataclass(frozen=True, slots=True)
class Difference:
    """One property that differs.

    Attributes:
        path: Its dotted path.
        old: The value before, as one line; ``None`` if it was not set.
        new: The value after.
        certain: Whether the deployed values are sure to differ.
        why: What it depends on, or which resource behind it is replaced; empty where the values say it.

    """

    path: str
    old: str | None
    new: str | None
    certain: bool
    why: str = ""


Change: TypeAlias = "Callable[[Reference], tuple[bool, str] | None]"
"""Whether what a reference stands for is another one after the deployment: certainly or maybe, and why."""


class Values:
    """Compares properties of an old and a new template.

    Args:
        places: The places of both sides by the identity of their scopes.
        change: Tells whether what a reference stands for changes.

    """

    def __init__(self, places: dict[int, Place], change: Change) -> None:
        self._places, self._change = places, change
        self._steps, self._left, self._unlike = 0, _ALL_STEPS, 0
        self._exports: dict[int, dict[tuple[str, str], tuple[Place, Any]]] = {}

    def differences(self, old: At, new: At, path: str, depth: int = 0) -> Iterator[Difference]:
        """Yield what differs between two nodes; none if they are the same after the deployment."""
        ours, theirs = old.node, new.node
        if depth > _DEPTH:
            if ours != theirs:
                yield Difference(path, None, None, certain=False, why="nested too deep to compare")
        elif _is_if(ours) or _is_if(theirs):
            yield from self._choices(old, new, path, depth)
        elif _is_absent(ours) or _is_absent(theirs):
            if not (_is_absent(ours) and _is_absent(theirs)):
                part = next((one for one in (ours, theirs) if _is_part(one)), None)
                yield self._differ(old, new, path, _of_what(part) if part else "")
        elif _is_object(ours) and _is_object(theirs):
            for key in dict.fromkeys((*ours, *theirs)):
                below = f"{path}.{key}" if path else key
                first, second = (At(one.node.get(key, ABSENT), one.place) for one in (old, new))
                yield from self.differences(first, second, below, depth + 1)
        elif isinstance(ours, list) and isinstance(theirs, list):
            yield from self._lists(old, new, path, depth)
        elif any(_is_object(one) or isinstance(one, list) for one in (ours, theirs)):
            is_later = any(_is_function(one) for one in (ours, theirs))
            yield self._differ(old, new, path, "one side is a function" if is_later else "")
        else:
            yield from self._leaf(old, new, path)

    def _differ(self, old: At, new: At, path: str, unsure: str = "") -> Difference:
        """Return that two nodes differ, for certain unless ``unsure`` says what it depends on."""
        return Difference(path, self._shown(old), self._shown(new), certain=not unsure, why=unsure)

    def _choices(self, old: At, new: At, path: str, depth: int) -> Iterator[Difference]:
        """Compare where a side is ``Fn::If``: sure only if every case says the same."""
        ours = _branches(old.node)
        theirs = _branches(new.node)
        pairs = [(first, second) for first in ours for second in theirs]
        if len(ours) == len(theirs) == 2 and self._condition(*old) == self._condition(*new):
            pairs = list(zip(ours, theirs, strict=True))
        found = [
            list(self.differences(At(first, old.place), At(second, new.place), path, depth + 1))
            for first, second in pairs
        ]
        if any(found):
            everywhere = all(any(one.certain for one in case) for case in found)
            yield self._differ(old, new, path, "" if everywhere else _DEPENDS)

    def _condition(self, node: Any, place: Place) -> str:
        """Return the condition of an ``Fn::If`` as text that is equal only if its value is."""
        return self._definition(node["Fn::If"][0], place)

    def _definition(self, name: Any, place: Place, seen: tuple[str, ...] = ()) -> str:
        """Return a condition with the conditions and parameters that it names, as text."""
        if not isinstance(name, str) or name in seen:
            return str(name)
        node = mapping(place.scope.body.get("Conditions")).get(name)
        inner = [self._definition(one, place, (*seen, name)) for one in _named_conditions(node)]
        declared = mapping(place.scope.body.get("Parameters"))
        parameters = {one: declared[one] for one in _named(node) if one in declared}
        return json.dumps([name, node, inner, parameters], sort_keys=True, default=str)

    def condition(self, resource: dict[str, Any], place: Place) -> str | None:
        """Return the condition of a resource as text that is equal only if its value is."""
        name = resource.get("Condition")
        return None if name is None else self._definition(name, place)

    def _lists(self, old: At, new: At, path: str, depth: int) -> Iterator[Difference]:
        ours, theirs = old.node, new.node
        if len(ours) != len(theirs):
            is_open = any(_is_if(item) for item in (*ours, *theirs))
            yield self._differ(old, new, path, _DEPENDS if is_open else "")
            return
        found = [
            one
            for number, (first, second) in enumerate(zip(ours, theirs, strict=True))
            for one in self.differences(
                At(first, old.place), At(second, new.place), f"{path}.{number}", depth + 1
            )
        ]
        if found and sorted(map(_text, ours)) == sorted(map(_text, theirs)) and ours != theirs:
            yield self._differ(old, new, path, "the same items in another order")
        else:
            yield from found

    def _leaf(self, old: At, new: At, path: str) -> Iterator[Difference]:
        ours, theirs = self.parts(*old), self.parts(*new)
        if ours == theirs:
            changes = [found for one in references(theirs) if (found := self._change(one))]
            if changes:
                certain, why = max(changes, key=lambda found: found[0])
                yield Difference(path, _shown(ours), _shown(theirs), certain=certain, why=why)
            return
        if all(isinstance(one, str) for one in (*ours, *theirs)) or _are_others(ours, theirs):
            yield self._differ(old, new, path)
            return
        self._unlike += 1
        if self._unlike > _UNLIKE:
            yield self._differ(old, new, path, "too much differs to look at it all")
            return
        first, second = (self._resolved(one) for one in (old, new))
        is_known = not (first.reasons or first.conditional or second.reasons or second.conditional)
        if is_known and first.values == second.values and not any(references((*ours, *theirs))):
            return
        may_be_same = any(may_overlap(one, other) for one in first.values for other in second.values)
        if first.values and second.values and not may_be_same:
            yield self._differ(old, new, path)
        else:
            yield self._differ(old, new, path, (*first.reasons, *second.reasons, "known at deployment")[0])

    def _resolved(self, value: At) -> Resolved:
        node = value.node if isinstance(value.node, dict) else _text(value.node)
        return texts(node, value.place.scope, defaults=False)

    def parts(self, node: Any, place: Place) -> Parts:
        """Return the normal form of a text: however it is spelled, its known parts and what they join."""
        given = self._steps = min(_STEPS, self._left)
        found = _merged(self._parts(node, place, 0))
        self._left -= given - max(self._steps, 0)
        return found

    def _parts(self, node: Any, place: Place, depth: int) -> Parts:
        self._steps -= 1
        if not isinstance(node, dict):
            return (_text(node),)
        found: Parts | None = None
        if self._steps >= 0 and depth <= _DEPTH and len(node) == 1:
            ((name, argument),) = node.items()
            match name, argument:
                case "Ref", str():
                    found = self._ref(argument, place, depth + 1)
                case "Fn::GetAtt", _ if attribute := _attribute(argument):
                    found = self._attribute(*attribute, place, depth + 1)
                case "Fn::Join", [str() as separator, list() as items]:
                    found = self._join(separator, items, place, depth + 1)
                case "Fn::Sub", str():
                    found = self._sub(argument, {}, place, depth + 1)
                case "Fn::Sub", [str() as text, dict() as variables]:
                    found = self._sub(text, variables, place, depth + 1)
                case "Fn::ImportValue" | "Fn::GetStackOutput", _:
                    found = self._elsewhere(node, place, depth + 1)
        return (self._later(node, place),) if found is None else found

    def _join(self, separator: str, items: list[Any], place: Place, depth: int) -> Parts:
        found: list[Any] = []
        for number, item in enumerate(items):
            found += [separator] if number else []
            found += self._parts(item, place, depth)
        return tuple(found)

    def _ref(self, name: str, place: Place, depth: int) -> Parts:
        scope = place.scope
        if name in scope.resources:
            return (Reference(place.key, name, ""),)
        if name in _PSEUDO:
            text = str(getattr(scope, _PSEUDO[name]))
            return (text,) if UNRESOLVED not in text else (_Later(f"{place.key} {name}", f"${{{name}}}"),)
        if name in scope.arguments and scope.parent is not None:
            return self._parts(scope.arguments[name], self._places[id(scope.parent)], depth)
        declared = mapping(scope.body.get("Parameters")).get(name)
        text = f"{place.key} {name} {json.dumps(_value_of(declared), sort_keys=True, default=str)}"
        return (_Later(text if declared is not None else name, f"${{{name}}}"),)

    def _attribute(self, name: str, attribute: str, place: Place, depth: int) -> Parts:
        child = place.scope.nested.get(name)
        if child is not None and attribute.startswith("Outputs."):
            output = mapping(mapping(child.body.get("Outputs")).get(attribute.removeprefix("Outputs.")))
            if "Value" in output:
                return self._parts(output["Value"], self._places[id(child)], depth)
        return (Reference(place.key, name, attribute),)

    def _sub(self, text: str, variables: dict[str, Any], place: Place, depth: int) -> Parts:
        found: list[Any] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            found.append(text[end : match.start()])
            end = match.end()
            name = match.group(1).strip()
            if name.startswith("!"):
                found.append(f"${{{name[1:]}}}")
            elif name in variables:
                found += self._parts(variables[name], place, depth)
            elif attribute := _attribute(name):
                found += self._attribute(*attribute, place, depth)
            else:
                found += self._ref(name, place, depth)
        return (*found, text[end:])

    def _elsewhere(self, node: dict[str, Any], place: Place, depth: int) -> Parts | None:
        """Follow an import or a weak reference into the template that has the output, if the input has it."""
        target = self.output_behind(node, place)
        return None if target is None else self._parts(target[1], target[0], depth)

    def output_behind(self, node: dict[str, Any], place: Place) -> tuple[Place, Any] | None:
        """Return the place and value of the output that an import or a weak reference reads."""
        scope = place.scope
        if "Fn::GetStackOutput" in node:
            given = {key: _only(value, scope) for key, value in mapping(node["Fn::GetStackOutput"]).items()}
            stack, output = given.get("StackName"), given.get("OutputName")
            found = scope.assembly.output(stack or "", given.get("Region"), output or "")
            return (self._places[id(found[0])], found[1]) if found else None
        wanted = _only(node["Fn::ImportValue"], scope)
        exports = self._exports.get(id(scope.assembly))
        if exports is None:
            exports = self._exports[id(scope.assembly)] = dict(self._exports_of(scope.assembly.scopes))
        return exports.get((scope.environment, wanted)) if wanted is not None else None

    def _exports_of(self, scopes: list[Scope]) -> Iterator[tuple[tuple[str, str], tuple[Place, Any]]]:
        for scope in scopes:
            for output in mapping(scope.body.get("Outputs")).values():
                export = mapping(mapping(output).get("Export")).get("Name")
                name = _only(export, scope) if export is not None else None
                if name is not None:
                    yield (scope.environment, name), (self._places[id(scope)], mapping(output).get("Value"))

    def _later(self, node: Any, place: Place) -> _Later:
        """Return a function with what it depends on: parameters, mappings, the resources that it names."""
        body = place.scope.body
        declared = mapping(body.get("Parameters"))
        names = _named(node)
        used: list[Any] = [node, {one: _value_of(declared[one]) for one in names if one in declared}]
        if "Fn::FindInMap" in _text(node):
            if place.mappings is None:
                place.mappings = _text(body.get("Mappings"))
            used.append(place.mappings)
        references = tuple(
            Reference(place.key, name, attribute)
            for name, attribute in _referred(node)
            if name in place.scope.resources
        )
        shown = _text(node[PART][0] if _is_part(node) else node)
        return _Later(f"{place.key} {_text(used)}", shown, references)

    def shown(self, node: Any, place: Place) -> str:
        """Return a value as one line."""
        if _is_object(node) or isinstance(node, list) or _is_if(node):
            return _cut(_text(_readable(node, lambda leaf: _shown(self.parts(leaf, place)))))
        return _shown(self.parts(node, place))

    def _shown(self, value: At) -> str | None:
        return None if _is_absent(value.node) else self.shown(*value)


def _value_of(declared: Any) -> Any:
    """Return what of a parameter's declaration decides its value."""
    return [mapping(declared).get(key) for key in ("Type", "Default", "AllowedValues")]


def _text(value: Any) -> str:
    """Return a scalar as CloudFormation compares it, and anything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)


def _is_part(node: Any) -> bool:
    return isinstance(node, dict) and PART in node


def _of_what(part: dict[str, Any]) -> str:
    return f"it is a part of {_cut(_text(part[PART][0]))}"


def _is_function(node: Any) -> bool:
    if not isinstance(node, dict) or len(node) != 1:
        return False
    name = next(iter(node))
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def _is_object(node: Any) -> bool:
    return isinstance(node, dict) and not _is_function(node)


def _is_if(node: Any) -> bool:
    branches = node.get("Fn::If") if isinstance(node, dict) and len(node) == 1 else None
    return isinstance(branches, list) and len(branches) == 3


def _is_absent(node: Any) -> bool:
    return node is ABSENT or node is None or node == {"Ref": "AWS::NoValue"}


def _branches(node: Any) -> list[Any]:
    return list(node["Fn::If"][1:]) if _is_if(node) else [node]


def _attribute(argument: Any) -> tuple[str, str] | None:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) == 2 and all(isinstance(part, str) for part in parts):
        return parts[0], parts[1]
    return None


def _named(node: Any) -> list[str]:
    """Return the names that a node refers to."""
    return [name for name, _ in _referred(node)]


def _named_conditions(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Condition":
                yield value
            else:
                yield from _named_conditions(value)
    elif isinstance(node, list):
        for item in node:
            yield from _named_conditions(item)


def _referred(node: Any) -> Iterator[tuple[str, str]]:
    """Yield each name that a node refers to, with the attribute."""
    if isinstance(node, list):
        for item in node:
            yield from _referred(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" and isinstance(value, str):
                yield value, ""
            elif key == "Fn::GetAtt" and (found := _attribute(value)):
                yield found
            elif key == "Fn::Sub":
                text = value[0] if isinstance(value, list) and value else value
                for name in _VARIABLE.findall(text) if isinstance(text, str) else ():
                    yield _attribute(name.strip()) or (name.strip(), "")
                yield from _referred(value)
            else:
                yield from _referred(value)


def _merged(parts: Parts) -> Parts:
    """Join neighbouring texts and drop empty ones."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)


def references(parts: Parts) -> Iterator[Reference]:
    """Yield the resources that a normal form refers to."""
    for part in parts:
        if isinstance(part, Reference):
            yield part
        elif isinstance(part, _Later):
            yield from part.references


def _are_others(ours: Parts, theirs: Parts) -> bool:
    """Whether both are the same attribute of two resources of one template, which differ then."""
    if len(ours) != 1 or len(theirs) != 1:
        return False
    [first], [second] = ours, theirs
    return (
        isinstance(first, Reference)
        and isinstance(second, Reference)
        and (first.place, first.attribute) == (second.place, second.attribute)
    )


def _only(node: Any, scope: Scope) -> str | None:
    """Return the one text of a node, if it is known."""
    found = texts(node, scope).values
    return found[0] if len(found) == 1 and UNRESOLVED not in found[0] else None


def _shown(parts: Parts) -> str:
    return _cut("".join(map(str, parts)))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _readable(node: Any, leaf: Callable[[Any], str]) -> Any:
    if isinstance(node, list):
        return [_readable(item, leaf) for item in node]
    if _is_if(node):
        return {"Fn::If": [node["Fn::If"][0], *(_readable(item, leaf) for item in node["Fn::If"][1:])]}
    if _is_object(node):
        return {key: _readable(item, leaf) for key, item in node.items()}
    return node if isinstance(node, bool | int | float) or node is None else leaf(node)
