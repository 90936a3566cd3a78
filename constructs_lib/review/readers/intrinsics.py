"""CloudFormation's intrinsic functions, resolved as far as the input allows.

A node resolves to its possible values, worst case and all: both branches of ``Fn::If``, each of a parameter's
``AllowedValues`` (else its ``Default``, else unknown), every value of a map whose key is unknown. In a list
the possibilities stand side by side; where only one value fits, each possibility gives a value of its own.
What nothing determines becomes ``UNRESOLVED`` inside the text, with a reason. Depth, number of steps and
number of possibilities are bounded, so that no template can make a reader hang.

Reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import json
import marshal
import re
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.policy._model import UNRESOLVED
from constructs_lib.review.readers.arns import ATTRIBUTES, NAMES, REF_ATTRIBUTE, service_of
from constructs_lib.review.readers.foreach import LOOP, expand
from constructs_lib.review.readers.scope import Element, Scope, mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["ABSENT", "Resolved", "attribute_values", "resolve", "resolve_element", "texts"]

ABSENT: Final = object()
"""What ``AWS::NoValue`` gives: the property isn't there."""

MAX_DEPTH: Final = 60
MAX_STEPS: Final = 50_000
MAX_CHOICES: Final = 32

# Policy elements and lists of names whose possibilities may stand side by side in one list.
_UNION: Final = frozenset(
    ("Action", "Resource", "Statement", "Policies", "ManagedPolicyArns", "ManagedPolicies", "Roles", "Users")
) | {"Groups", "AWS", "Service", "Federated"}
_EXCLUDING: Final = frozenset(("NotAction", "NotResource", "NotPrincipal"))
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The possible values of a node.

    ``conditional`` says that they depend on a choice (``Fn::If``, allowed values, an unknown map key);
    ``reasons`` say what stayed open and why.
    """

    values: list[Any]
    conditional: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Walk:
    """One resolution: what it met, and what it may still spend."""

    conditional: bool = False
    reasons: dict[str, None] = field(default_factory=dict)
    steps: int = MAX_STEPS

    def open(self, reason: str) -> list[Any]:
        self.reasons[reason] = None
        return [UNRESOLVED]

    def values(self, node: Any, scope: Scope, depth: int) -> list[Any]:  # noqa: PLR0911 one per shape
        """Return the possible values of a node, ``ABSENT`` among them where it may not be there."""
        kind = type(node)
        if kind is str:
            return [node]
        if kind is dict:
            self.steps -= 1
            if self.steps < 0 or depth > MAX_DEPTH:
                return self.open("nested or repeated too much to resolve")
            if len(node) == 1:
                ((name, argument),) = node.items()
                function = _FUNCTIONS.get(name)
                if function is not None:
                    return function(self, argument, scope, depth + 1)
                if name.startswith("Fn::") and not name.startswith(LOOP):
                    return self.open(f"unknown function `{name[:60]}`")
            return self._object(node, scope, depth + 1)
        if kind is list:
            return [self._list(node, scope, depth + 1)]
        return [node]

    def _list(self, items: list[Any], scope: Scope, depth: int) -> list[Any]:
        """Resolve a list; the possibilities of an item stand side by side."""
        self.steps -= len(items)
        if self.steps < 0 or depth > MAX_DEPTH:
            return self.open("nested or repeated too much to resolve")
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
            node = expand(node, self.items_of(scope, depth))
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
                fixed[key] = _side_by_side(found)
            else:
                fixed[key] = UNRESOLVED  # keeps the key's place
                varying[key] = found
        if not varying:
            return [fixed]
        return [self._chosen(fixed, varying, choice) for choice in self._combinations(varying.values())]

    def _chosen(
        self, fixed: dict[str, Any], varying: Iterable[str], choice: tuple[Any, ...]
    ) -> dict[str, Any]:
        result = {**fixed, **dict(zip(varying, choice, strict=True))}
        return {key: value for key, value in result.items() if value is not ABSENT}

    def _combinations(self, groups: Iterable[list[Any]]) -> list[tuple[Any, ...]]:
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

    def items_of(self, scope: Scope, depth: int) -> Callable[[Any], list[str] | None]:
        """Return a function that gives the values of a loop's collection, ``None`` when they are open."""

        def items(node: Any) -> list[str] | None:
            found = [value for value in self.values(node, scope, depth) if value is not ABSENT]
            flat = [text for value in found for text in (value if isinstance(value, list) else [value])]
            if any(not isinstance(text, str) or UNRESOLVED in text for text in flat):
                self.open("the collection of `Fn::ForEach` is not known")
                return None
            return flat

        return items

    # Functions: each takes its argument as written and returns possible values.

    def ref(self, name: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(name, str):
            return self.open("`Ref` takes a name")
        pseudo = _PSEUDO.get(name)
        if pseudo is not None:
            return pseudo(self, scope)
        if name in scope.arguments and scope.parent is not None:
            return self.values(scope.arguments[name], scope.parent, depth)
        parameter = mapping(scope.body.get("Parameters")).get(name)
        if isinstance(parameter, dict):
            return self._parameter(name, parameter)
        resource = scope.resources.get(name)
        if resource is None:
            return self.open(f"`{name[:60]}` is not defined in the template")
        return self._reference(name, resource, scope)

    def _parameter(self, name: str, parameter: dict[str, Any]) -> list[Any]:
        """Return a parameter's values: all allowed ones, else the default."""
        kind = str(parameter.get("Type", "String"))
        if kind.startswith("AWS::SSM::Parameter::"):
            return self.open(f"parameter `{name}` is read from Systems Manager at deployment")
        allowed = parameter.get("AllowedValues")
        choices = list(allowed) if isinstance(allowed, list) else []
        if "Default" in parameter:
            choices.insert(0, parameter["Default"])
        found = list(dict.fromkeys(str(item) for item in choices if isinstance(item, str | int | float)))
        if not found:
            return self.open(f"parameter `{name}` has no default")
        if len(found) > MAX_CHOICES:
            self.conditional = True
            return self.open(f"parameter `{name}` has {len(found)} allowed values")
        if len(found) > 1:
            self.conditional = True
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [[part.strip() for part in text.split(",")] for text in found]
        return found

    def _reference(self, name: str, resource: dict[str, Any], scope: Scope) -> list[Any]:
        kind = str(resource.get("Type", ""))
        attribute = REF_ATTRIBUTE.get(kind)
        if attribute is not None:
            return self.attribute(name, attribute, resource, scope)
        if kind in NAMES:
            return list(physical_names(scope, name))
        return self.open(f"the physical id of `{name}` is known after deployment")

    def get_att(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
            return self.open("`Fn::GetAtt` takes a resource and an attribute")
        name, attribute = parts
        known = scope.attributes.get((name, attribute)) if type(attribute) is str else None
        if known is not None:
            return self._known(known)
        if not isinstance(attribute, str):
            attribute = next(iter(self.values(attribute, scope, depth)), None)
        resource = scope.resources.get(name)
        if resource is None or not isinstance(attribute, str):
            return self.open(f"`{name[:60]}` is not defined in the template")
        if attribute.startswith("Outputs."):
            return self._nested_output(name, attribute[8:], scope, depth)
        return self.attribute(name, attribute, resource, scope)

    def _nested_output(self, name: str, output: str, scope: Scope, depth: int) -> list[Any]:
        child = scope.nested.get(name)
        node = mapping(mapping(child.body.get("Outputs")).get(output)) if child else {}
        if child is None or "Value" not in node:
            return self.open(f"output `{output[:60]}` of nested stack `{name}` is not in the input")
        return self.values(node["Value"], child, depth)

    def attribute(self, name: str, attribute: str, resource: dict[str, Any], scope: Scope) -> list[Any]:
        known = scope.attributes.get((name, attribute))
        if known is None:
            kind = str(resource.get("Type", ""))
            pattern = ATTRIBUTES.get(kind, {}).get(attribute)
            if pattern is None:
                return self._unlisted(name, attribute, kind, scope)
            found = self._filled(pattern, name, resource, scope)
            is_open = UNRESOLVED in "".join(found)
            reason = f"`{name}.{attribute}` is known in full after deployment" if is_open else None
            known = scope.attributes[name, attribute] = (found, reason)
        return self._known(known)

    def _known(self, known: tuple[list[str], str | None]) -> list[Any]:
        """Return the values of a cached attribute and note what is open about it."""
        values, reason = known
        if reason is not None:
            self.reasons[reason] = None
        return list(values)

    def _filled(self, pattern: str, name: str, resource: dict[str, Any], scope: Scope) -> list[str]:
        """Return an attribute's format with what is known filled in, once per physical name."""
        names: Iterable[str] = physical_names(scope, name) if "{n}" in pattern else [""]
        path = self._iam_path(resource, scope) if "{path}" in pattern else "/"
        filled = scope.formats.get(pattern)
        if filled is None:
            filled = scope.formats[pattern] = (
                pattern.replace("?", UNRESOLVED)
                .replace("{p}", scope.partition)
                .replace("{r}", scope.region)
                .replace("{a}", scope.account)
            )
        return [filled.replace("{path}", path).replace("{n}", text) for text in names]

    def _iam_path(self, resource: dict[str, Any], scope: Scope) -> str:
        value = mapping(resource.get("Properties")).get("Path", "/")
        if type(value) is str:
            return value
        found = self.values(value, scope, MAX_DEPTH // 2)
        return found[0] if found and isinstance(found[0], str) else "/"

    def _unlisted(self, name: str, attribute: str, kind: str, scope: Scope) -> list[Any]:
        """Return what is known of an attribute without a row: whose ARN it is."""
        self.open(f"`{name}.{attribute[:60]}` is known after deployment")
        service = service_of(kind)
        if service is None or not attribute.endswith("Arn"):
            return [UNRESOLVED]
        return [f"arn:{scope.partition}:{service}:{UNRESOLVED}:{UNRESOLVED}:{UNRESOLVED}"]

    def sub(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        text, extra = argument, {}
        if isinstance(argument, list) and len(argument) == 2:
            text, extra = argument[0], mapping(argument[1])
        if not isinstance(text, str):
            return self.open("`Fn::Sub` takes a text")
        names = list(dict.fromkeys(_VARIABLE.findall(text)))
        choices = [self._variable(name.strip(), extra, scope, depth) for name in names]
        results: list[Any] = []
        for choice in self._combinations(choices):
            given = dict(zip(names, choice, strict=True))
            results.append(_VARIABLE.sub(lambda match, given=given: given[match.group(1)], text))  # type: ignore[misc]  # the default argument binds the loop's value
        return list(dict.fromkeys(results))

    def _variable(self, name: str, extra: dict[str, Any], scope: Scope, depth: int) -> list[str]:
        if name.startswith("!"):
            return ["${" + name[1:] + "}"]
        if name in extra:
            return self._scalars(self.values(extra[name], scope, depth))
        if "." in name:
            return self._scalars(self.get_att(name, scope, depth))
        return self._scalars(self.ref(name, scope, depth))

    def _scalars(self, values: list[Any]) -> list[str]:
        """Return values as parts of a text."""
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

    def join(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.open("`Fn::Join` takes a delimiter and a list")
        delimiter = argument[0]
        if type(delimiter) is not str:
            delimiter = self._scalars_of(delimiter, scope, depth)[0]
        results: list[str] = []
        for parts in self._parts(argument[1], scope, depth):
            choices = [
                [item] if type(item) is str else self._scalars_of(item, scope, depth) for item in parts
            ]
            if max(map(len, choices), default=1) == 1:  # there is always one
                results.append(delimiter.join([choice[0] for choice in choices]))
            else:
                results += [delimiter.join(choice) for choice in self._combinations(choices)]
        return results if len(results) == 1 else list(dict.fromkeys(results))

    def _scalars_of(self, node: Any, scope: Scope, depth: int) -> list[str]:
        return self._scalars(self.values(node, scope, depth))

    def _parts(self, node: Any, scope: Scope, depth: int) -> list[list[Any]]:
        """Return the possible lists behind a list or a function that gives one, items unresolved."""
        if isinstance(node, list):
            self.steps -= len(node)
            return [[item for item in node if type(item) is str or item != _NO_VALUE]]
        found = self.values(node, scope, depth)
        return [value if isinstance(value, list) else [value] for value in found if value is not ABSENT]

    def if_(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) != 3:
            return self.open("`Fn::If` takes a condition and two values")
        self.conditional = True
        both = self.values(argument[1], scope, depth) + self.values(argument[2], scope, depth)
        if len(both) <= MAX_CHOICES:
            return both
        return self.open(f"more than {MAX_CHOICES} combinations of choices")

    def find_in_map(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) not in {3, 4}:
            return self.open("`Fn::FindInMap` takes a map and two keys")
        tables: list[Any] = [mapping(scope.body.get("Mappings"))]
        for key in argument[:3]:
            tables = self._looked_up(tables, self.values(key, scope, depth))
        if not tables and len(argument) == 4:
            default = mapping(argument[3])
            if "DefaultValue" in default:
                return self.values(default["DefaultValue"], scope, depth)
        if not tables:
            return self.open("`Fn::FindInMap` finds no such key")
        if len(tables) > MAX_CHOICES:
            return self.open(f"`Fn::FindInMap` may give {len(tables)} values")
        return tables

    def _looked_up(self, tables: list[Any], keys: list[Any]) -> list[Any]:
        """Look keys up one level down; an unknown key may be any."""
        found: list[Any] = []
        for table in tables:
            for key in keys:
                if not isinstance(table, dict):
                    continue
                if isinstance(key, str) and UNRESOLVED in key:
                    self.conditional = self.conditional or len(table) > 1
                    found += list(table.values())[: MAX_CHOICES + 1]
                elif str(key) in table:
                    found.append(table[str(key)])
        unique: list[Any] = []
        for value in found[: MAX_CHOICES * 4]:
            if value not in unique:
                unique.append(value)
        return unique

    def select(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.open("`Fn::Select` takes an index and a list")
        results: list[Any] = []
        for index in self._scalars(self.values(argument[0], scope, depth)):
            for parts in self._parts(argument[1], scope, depth):
                if index.isdecimal() and len(index) < 6 and int(index) < len(parts):
                    results += self.values(parts[int(index)], scope, depth)
                else:
                    results += self.open("`Fn::Select` picks from a list that is not known")
        return results

    def split(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
            return self.open("`Fn::Split` takes a delimiter and a text")
        results: list[Any] = []
        for text in self._scalars(self.values(argument[1], scope, depth)):
            # The open parts of an ARN hold no delimiter; those of any other text may.
            if not argument[0] or (UNRESOLVED in text and not text.startswith("arn:")):
                results.append(self.open("`Fn::Split` of a text that is not known"))
            else:
                results.append(text.split(argument[0]))
        return results

    def import_value(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        results: list[Any] = []
        for name in self._scalars(self.values(argument, scope, depth)):
            found = scope.assembly.exports(name, scope)
            shown = name.replace(UNRESOLVED, "?")[:100]
            results += (
                self.values(found[1], found[0], depth)
                if found
                else self.open(f"`{shown}` is exported by no stack of this input")
            )
        return results

    def stack_output(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        """``Fn::GetStackOutput``: the CDK's weak cross-stack reference."""
        given = {key: self._scalars_of(value, scope, depth)[0] for key, value in mapping(argument).items()}
        region = given.get("Region")
        output = given.get("OutputName", "")
        found = scope.assembly.output(given.get("StackName", ""), region, output)
        if found is None:
            return self.open(f"output `{output[:60]}` of another stack is not in the input")
        return self.values(found[1], found[0], depth)

    def to_json(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        found = [value for value in self.values(argument, scope, depth) if value is not ABSENT]
        return [json.dumps(value, ensure_ascii=False, default=str) for value in found]

    def length(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        found = self._parts(argument, scope, depth)
        return [len(parts) for parts in found]

    def base64(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        texts_ = self._scalars(self.values(argument, scope, depth))
        if any(UNRESOLVED in text for text in texts_):
            return self.open("`Fn::Base64` of a text that is not known")
        return [base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() for text in texts_]

    def known_later(self, argument: Any, scope: Scope, depth: int) -> list[Any]:
        del argument, scope, depth
        return self.open("zones, CIDR blocks, transforms and conditions have no value before deployment")


_NO_VALUE: Final = {"Ref": "AWS::NoValue"}


def _side_by_side(found: list[Any]) -> list[Any]:
    """Put possibilities into one list."""
    result: list[Any] = []
    for value in found:
        if isinstance(value, list):
            result += value
        elif value is not ABSENT:
            result.append(value)
    return result


def _open_id(what: str) -> Callable[[_Walk, Scope], list[Any]]:
    return lambda walk, scope: walk.open(f"{what} is known at deployment")  # noqa: ARG005 one signature for all


def _environment(attribute: str, what: str) -> Callable[[_Walk, Scope], list[Any]]:
    reason = f"{what} of the stack is not known"

    def value(walk: _Walk, scope: Scope) -> list[Any]:
        text = getattr(scope, attribute)
        return walk.open(reason) if UNRESOLVED in text else [text]

    return value


def _stack_name(walk: _Walk, scope: Scope) -> list[Any]:
    if UNRESOLVED in scope.stack:
        walk.open("the stack's name is not known")
    return [scope.stack]


_SUFFIX: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def _url_suffix(walk: _Walk, scope: Scope) -> list[Any]:
    # In a service principal (`x.${AWS::URLSuffix}`) the commercial suffix is what AWS itself documents.
    del walk
    return [_SUFFIX.get(scope.partition, "amazonaws.com")]


_PSEUDO: Final[dict[str, Callable[[_Walk, Scope], list[Any]]]] = {
    "AWS::AccountId": _environment("account", "the account"),
    "AWS::NoValue": lambda walk, scope: [ABSENT],  # noqa: ARG005 one signature for all
    "AWS::NotificationARNs": _open_id("`AWS::NotificationARNs`"),
    "AWS::Partition": _environment("partition", "the partition"),
    "AWS::Region": _environment("region", "the Region"),
    "AWS::StackId": _open_id("`AWS::StackId`"),
    "AWS::StackName": _stack_name,
    "AWS::URLSuffix": _url_suffix,
}

_FUNCTIONS: Final[dict[str, Callable[[_Walk, Any, Scope, int], list[Any]]]] = {
    "Ref": _Walk.ref,
    "Fn::Base64": _Walk.base64,
    "Fn::Cidr": _Walk.known_later,
    "Fn::FindInMap": _Walk.find_in_map,
    "Fn::GetAZs": _Walk.known_later,
    "Fn::GetAtt": _Walk.get_att,
    "Fn::GetStackOutput": _Walk.stack_output,
    "Fn::If": _Walk.if_,
    "Fn::ImportValue": _Walk.import_value,
    "Fn::Join": _Walk.join,
    "Fn::Length": _Walk.length,
    "Fn::Select": _Walk.select,
    "Fn::Split": _Walk.split,
    "Fn::Sub": _Walk.sub,
    "Fn::ToJsonString": _Walk.to_json,
    "Fn::Transform": _Walk.known_later,
}


def resolve(node: Any, scope: Scope) -> Resolved:
    """Return the possible values of a node; ``ABSENT`` ones are left out."""
    if type(node) is str:
        return Resolved([node])
    walk = _Walk()
    values = walk.values(node, scope, 0)
    if ABSENT in values:
        values = [value for value in values if value is not ABSENT]
    return Resolved(values, walk.conditional, tuple(walk.reasons))


def attribute_values(name: str, attribute: str, scope: Scope) -> list[Any]:
    """Return the possible values of an attribute of a resource that the scope has."""
    known = scope.attributes.get((name, attribute))
    return known[0] if known is not None else _Walk().attribute(name, attribute, scope.resources[name], scope)


def resolve_element(node: Any, scope: Scope) -> Element | None:
    """Return what ``Resource`` of a statement gives, possibilities side by side.

    The value comes with whether it depends on a choice and with the reasons behind its open parts; ``None``
    when it may be absent. It is what :func:`resolve` of the statement would put there. Many statements of a
    template name the same resource, which is worked out once.
    """
    try:
        key = marshal.dumps(node, 2)
    except ValueError:  # too deep
        return _element(node, scope)
    if key not in scope.elements:
        scope.elements[key] = _element(node, scope)
    return scope.elements[key]


def _element(node: Any, scope: Scope) -> Element | None:
    walk = _Walk()
    walk.steps -= 1  # the statement
    found = walk.values(node, scope, 1)
    if not found or ABSENT in found:
        return None
    value = found[0] if len(found) == 1 else _side_by_side(found)
    return value, walk.conditional, tuple(walk.reasons)


def texts(node: Any, scope: Scope) -> Resolved:
    """Return the possible texts of a node, lists taken apart; values that are no text are left out."""
    if type(node) is str:
        return Resolved([node])
    found = resolve(node, scope)
    if len(found.values) == 1 and type(found.values[0]) is str:
        return found
    flat: list[str] = []
    todo = found.values[::-1]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value[::-1]
        elif isinstance(value, str):
            flat.append(value)
    return Resolved(flat, found.conditional, found.reasons)


def physical_names(scope: Scope, name: str) -> list[str]:
    """Return the possible physical names of a resource.

    CloudFormation makes up ``<stack>-<logical id>-<random>`` where the template gives none
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html), so that two
    unnamed roles of one template stay distinguishable.
    """
    known = scope.names.get(name)
    if known is not None:
        return known
    generated = scope.names[name] = [f"{scope.stack}-{name}-{UNRESOLVED}"]  # a name that is its own sees it
    resource = mapping(scope.resources.get(name))
    prop = NAMES.get(str(resource.get("Type")))
    node = mapping(resource.get("Properties")).get(prop) if prop else None
    if node is None:
        return generated
    found = texts(node, scope).values
    # An open name says nothing; the generated form at least keeps its owner.
    named = [text for text in found if text.strip(UNRESOLVED)] or generated
    scope.names[name] = list(dict.fromkeys(named))
    return scope.names[name]
