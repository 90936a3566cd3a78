"""The functions that refer to something: a pseudo parameter, a parameter, a resource, a stack's output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.resolve.attributes import ATTRIBUTES, NAMES, REF_ATTRIBUTE, service_of
from constructs_lib.templates.resolve.walk import ABSENT, MAX_CHOICES, MAX_DEPTH, flat_texts
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.templates.resolve.walk import Walk
    from constructs_lib.templates.scope import Assembly, Scope

__all__ = ["attribute_of", "get_att", "import_value", "physical_names_of", "ref", "stack_output"]


def _open_id(what: str) -> Callable[[Walk, Scope], list[Any]]:
    return lambda walk, scope: walk.open(f"{what} is known at deployment")  # noqa: ARG005 - one signature for all


def _environment(attribute: str, what: str) -> Callable[[Walk, Scope], list[Any]]:
    reason = f"{what} of the stack is not known"

    def value(walk: Walk, scope: Scope) -> list[Any]:
        text = getattr(scope, attribute)
        return walk.open_parameter(attribute, reason) if UNRESOLVED in text else [text]

    return value


def _stack_name(walk: Walk, scope: Scope) -> list[Any]:
    if UNRESOLVED in scope.stack:
        walk.open("the stack's name is not known")
    return [scope.stack]


_SUFFIX: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def _url_suffix(walk: Walk, scope: Scope) -> list[Any]:
    # In a service principal (`x.${AWS::URLSuffix}`) the commercial suffix is what AWS itself documents.
    del walk
    return [_SUFFIX.get(scope.partition, "amazonaws.com")]


PSEUDO: Final[dict[str, Callable[[Walk, Scope], list[Any]]]] = {
    "AWS::AccountId": _environment("account", "the account"),
    "AWS::NoValue": lambda walk, scope: [ABSENT],  # noqa: ARG005 - one signature for all
    "AWS::NotificationARNs": _open_id("`AWS::NotificationARNs`"),
    "AWS::Partition": _environment("partition", "the partition"),
    "AWS::Region": _environment("region", "the Region"),
    "AWS::StackId": _open_id("`AWS::StackId`"),
    "AWS::StackName": _stack_name,
    "AWS::URLSuffix": _url_suffix,
}
"""Pseudo parameter -> function of the walk and the scope that returns its possible values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""


def ref(walk: Walk, name: Any, scope: Scope, depth: int) -> list[Any]:
    """``Ref``: a pseudo parameter, the parent stack's argument, a parameter, or a resource's ARN or name."""
    if not isinstance(name, str):
        return walk.open("`Ref` takes a name")
    pseudo = PSEUDO.get(name)
    if pseudo is not None:
        return pseudo(walk, scope)
    if name in scope.arguments and scope.parent is not None:
        return walk.values(scope.arguments[name], scope.parent, depth)
    declared = mapping(scope.body.get("Parameters")).get(name)
    if isinstance(declared, dict):
        return _parameter(walk, name, declared)
    resource = scope.resources.get(name)
    if resource is None:
        return walk.open(f"`{name[:60]}` is not defined in the template")
    return _resource(walk, name, resource, scope)


def _parameter(walk: Walk, name: str, declared: dict[str, Any]) -> list[Any]:
    """Return a parameter's values: all allowed ones, else the default, if the walk takes defaults.

    An empty default means that the value must be given, or that a condition leaves out what it is for;
    nothing is known of it.
    """
    kind = str(declared.get("Type", "String"))
    if kind.startswith("AWS::SSM::Parameter::"):
        return walk.open_parameter(name, f"parameter `{name}` is read from Systems Manager at deployment")
    allowed = declared.get("AllowedValues")
    choices = list(allowed) if isinstance(allowed, list) else []
    if "Default" in declared:
        choices.insert(0, declared["Default"])
    found = list(dict.fromkeys(str(item) for item in choices if isinstance(item, str | int | float)))
    if not found or (found == [""] and not allowed):
        lack = "is empty unless it is given" if found else "has no default"
        return walk.open_parameter(name, f"parameter `{name}` {lack}")
    if not allowed:
        walk.assumed = True
        if not walk.defaults:
            return walk.open_parameter(name, f"a deployment may replace the default of parameter `{name}`")
    if len(found) > 1:
        walk.conditional = True
    if len(found) > MAX_CHOICES:
        return walk.open(f"parameter `{name}` has {len(found)} allowed values")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [[part.strip() for part in text.split(",")] for text in found]
    return found


def _resource(walk: Walk, name: str, resource: dict[str, Any], scope: Scope) -> list[Any]:
    kind = str(resource.get("Type", ""))
    attribute = REF_ATTRIBUTE.get(kind)
    if attribute is not None:
        return attribute_of(walk, name, attribute, resource, scope)
    if kind in NAMES:
        return list(physical_names_of(walk, name, scope))
    return walk.open(f"the physical id of `{name}` is known after deployment")


def get_att(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::GetAtt``: the attribute's format with the known parts filled in, or a nested stack's output."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        return walk.open("`Fn::GetAtt` takes a resource and an attribute")
    name, attribute = parts
    known = scope.attributes.get((name, attribute)) if type(attribute) is str else None
    if known is not None:
        return _known(walk, known)
    if not isinstance(attribute, str):
        attribute = next(iter(walk.values(attribute, scope, depth)), None)
    resource = scope.resources.get(name)
    if resource is None or not isinstance(attribute, str):
        return walk.open(f"`{name[:60]}` is not defined in the template")
    if attribute.startswith("Outputs."):
        return _nested_output(walk, name, attribute[8:], scope, depth)
    return attribute_of(walk, name, attribute, resource, scope)


def _nested_output(walk: Walk, name: str, output: str, scope: Scope, depth: int) -> list[Any]:
    child = scope.nested.get(name)
    node = mapping(mapping(child.body.get("Outputs")).get(output)) if child else {}
    if child is None or "Value" not in node:
        return walk.open(f"output `{output[:60]}` of nested stack `{name}` is not in the input")
    return walk.values(node["Value"], child, depth)


def import_value(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::ImportValue``: the value that another template of the assembly exports under the name."""
    results: list[Any] = []
    for name in walk.scalars(argument, scope, depth):
        found = _exported(walk, name, scope)
        shown = name.replace(UNRESOLVED, "?")[:100]
        results += (
            walk.values(found[1], found[0], depth)
            if found
            else walk.open(f"`{shown}` is exported by no stack of this input")
        )
    return results


def _exported(walk: Walk, name: str, asking: Scope) -> tuple[Scope, Any] | None:
    """Return the exporting scope and the node of the value; one in the same account and Region wins."""
    assembly = asking.assembly
    if assembly.exports is None:
        assembly.exports = {}  # for an export whose own name imports something
        assembly.exports = _exports(walk, assembly)
    found = assembly.exports.get(name, [])
    same = [item for item in found if item[0].environment == asking.environment]
    chosen = same or found
    return chosen[0] if len(chosen) == 1 else None


def _exports(walk: Walk, assembly: Assembly) -> dict[str, list[tuple[Scope, Any]]]:
    """Return the exports of an assembly by name, each with its scope and the node of its value."""
    found: dict[str, list[tuple[Scope, Any]]] = {}
    for scope in assembly.scopes:
        for output in mapping(scope.body.get("Outputs")).values():
            export = mapping(mapping(output).get("Export")).get("Name")
            if export is None:
                continue
            for name in flat_texts(walk.apart().values(export, scope, 0)):
                found.setdefault(name, []).append((scope, mapping(output).get("Value")))
    return {name: items for name, items in found.items() if UNRESOLVED not in name}


def stack_output(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::GetStackOutput``: the CDK's weak cross-stack reference."""
    given = {key: walk.scalars(value, scope, depth)[0] for key, value in mapping(argument).items()}
    region = given.get("Region")
    output = given.get("OutputName", "")
    found = scope.assembly.output(given.get("StackName", ""), region, output)
    if found is None:
        return walk.open(f"output `{output[:60]}` of another stack is not in the input")
    return walk.values(found[1], found[0], depth)


def attribute_of(walk: Walk, name: str, attribute: str, resource: dict[str, Any], scope: Scope) -> list[Any]:
    """Return the possible values of a resource's attribute, computed once for a template."""
    known = scope.attributes.get((name, attribute))
    if known is None:
        kind = str(resource.get("Type", ""))
        pattern = ATTRIBUTES.get(kind, {}).get(attribute)
        if pattern is None:
            return _unlisted(walk, name, attribute, kind, scope)
        found = _filled(walk, pattern, name, resource, scope)
        is_open = UNRESOLVED in "".join(found)
        reason = f"`{name}.{attribute}` is known in full after deployment" if is_open else None
        known = scope.attributes[name, attribute] = (found, reason)
    return _known(walk, known)


def _known(walk: Walk, known: tuple[list[str], str | None]) -> list[Any]:
    """Return the values of a cached attribute, and note the reason why a part of it is unresolved."""
    values, reason = known
    if reason is not None:
        walk.reasons[reason] = None
    return list(values)


def _filled(walk: Walk, pattern: str, name: str, resource: dict[str, Any], scope: Scope) -> list[str]:
    """Return an attribute's format with the known parts filled in, once for each physical name."""
    names: Iterable[str] = physical_names_of(walk, name, scope) if "{n}" in pattern else [""]
    path = _iam_path(walk, resource, scope) if "{path}" in pattern else "/"
    filled = scope.formats.get(pattern)
    if filled is None:
        filled = scope.formats[pattern] = (
            pattern.replace("?", UNRESOLVED)
            .replace("{p}", scope.partition)
            .replace("{r}", scope.region)
            .replace("{a}", scope.account)
        )
    return [filled.replace("{path}", path).replace("{n}", text) for text in names]


def _iam_path(walk: Walk, resource: dict[str, Any], scope: Scope) -> str:
    value = mapping(resource.get("Properties")).get("Path", "/")
    if type(value) is str:
        return value
    found = walk.apart().values(value, scope, MAX_DEPTH // 2)  # the result is cached for all who ask
    return found[0] if found and isinstance(found[0], str) else "/"


def _unlisted(walk: Walk, name: str, attribute: str, kind: str, scope: Scope) -> list[Any]:
    """Return what is known of an attribute that isn't in ``ATTRIBUTES``: the service of its ARN."""
    walk.open(f"`{name}.{attribute[:60]}` is known after deployment")
    service = service_of(kind)
    if service is None or not attribute.endswith("Arn"):
        return [UNRESOLVED]
    return [f"arn:{scope.partition}:{service}:{UNRESOLVED}:{UNRESOLVED}:{UNRESOLVED}"]


def physical_names_of(walk: Walk, name: str, scope: Scope) -> list[str]:
    """Return the possible physical names of a resource, computed once for a template.

    CloudFormation generates ``<stack>-<logical id>-<random>`` where the template gives none
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html), so that two
    unnamed roles of one template stay distinguishable.
    """
    known = scope.names.get(name)
    if known is not None:
        return known
    generated = scope.names[name] = [f"{scope.stack}-{name}-{UNRESOLVED}"]  # for a name that refers to itself
    resource = mapping(scope.resources.get(name))
    prop = NAMES.get(str(resource.get("Type")))
    node = mapping(resource.get("Properties")).get(prop) if prop else None
    if node is None:
        return generated
    # Why a part is unresolved is noted where the name is used, not here, where it is cached.
    found = [node] if type(node) is str else flat_texts(walk.apart().values(node, scope, 0))
    # A wholly unresolved name says nothing; the generated form at least has the logical id.
    # A version or an alias names its resource by name or ARN.
    texts = [text.rpartition(":")[2] if text.startswith("arn:") else text for text in found]
    named = [text for text in texts if text.strip(UNRESOLVED)] or generated
    scope.names[name] = list(dict.fromkeys(named))
    return scope.names[name]
