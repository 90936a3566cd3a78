"""The functions that name something else: a resource, a parameter, an output of this or another stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.arns import ATTRIBUTES, NAMES, REF_ATTRIBUTE, service_of
from constructs_lib.templates.intrinsics._choices import parameter
from constructs_lib.templates.intrinsics._pseudo import PSEUDO
from constructs_lib.templates.intrinsics._values import MAX_DEPTH, flat_texts
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.templates.intrinsics._walk import Walk
    from constructs_lib.templates.scope import Scope

__all__ = ["attribute_of", "get_att", "import_value", "physical_names_of", "ref", "stack_output"]


def ref(walk: Walk, name: Any, scope: Scope, depth: int) -> list[Any]:
    """``Ref``: a pseudo parameter, what the parent passes, a parameter, or a resource's ARN or name."""
    if not isinstance(name, str):
        return walk.open("`Ref` takes a name")
    pseudo = PSEUDO.get(name)
    if pseudo is not None:
        return pseudo(walk, scope)
    if name in scope.arguments and scope.parent is not None:
        return walk.values(scope.arguments[name], scope.parent, depth)
    declared = mapping(scope.body.get("Parameters")).get(name)
    if isinstance(declared, dict):
        return parameter(walk, name, declared)
    resource = scope.resources.get(name)
    if resource is None:
        return walk.open(f"`{name[:60]}` is not defined in the template")
    return _resource(walk, name, resource, scope)


def _resource(walk: Walk, name: str, resource: dict[str, Any], scope: Scope) -> list[Any]:
    kind = str(resource.get("Type", ""))
    attribute = REF_ATTRIBUTE.get(kind)
    if attribute is not None:
        return attribute_of(walk, name, attribute, resource, scope)
    if kind in NAMES:
        return list(physical_names_of(walk, name, scope))
    return walk.open(f"the physical id of `{name}` is known after deployment")


def get_att(walk: Walk, argument: Any, scope: Scope, depth: int) -> list[Any]:
    """``Fn::GetAtt``: the attribute's format with what is known filled in, or a nested stack's output."""
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
    """``Fn::ImportValue``: what another template of the assembly exports under the name."""
    results: list[Any] = []
    for name in walk.scalars(argument, scope, depth):
        found = scope.assembly.exports(name, scope)
        shown = name.replace(UNRESOLVED, "?")[:100]
        results += (
            walk.values(found[1], found[0], depth)
            if found
            else walk.open(f"`{shown}` is exported by no stack of this input")
        )
    return results


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
    """Return the possible values of a resource's attribute, worked out once for a template."""
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
    """Return the values of a cached attribute and note what is open about it."""
    values, reason = known
    if reason is not None:
        walk.reasons[reason] = None
    return list(values)


def _filled(walk: Walk, pattern: str, name: str, resource: dict[str, Any], scope: Scope) -> list[str]:
    """Return an attribute's format with what is known filled in, once per physical name."""
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
    found = walk.values(value, scope, MAX_DEPTH // 2)
    return found[0] if found and isinstance(found[0], str) else "/"


def _unlisted(walk: Walk, name: str, attribute: str, kind: str, scope: Scope) -> list[Any]:
    """Return what is known of an attribute without a row: whose ARN it is."""
    walk.open(f"`{name}.{attribute[:60]}` is known after deployment")
    service = service_of(kind)
    if service is None or not attribute.endswith("Arn"):
        return [UNRESOLVED]
    return [f"arn:{scope.partition}:{service}:{UNRESOLVED}:{UNRESOLVED}:{UNRESOLVED}"]


def physical_names_of(walk: Walk, name: str, scope: Scope) -> list[str]:
    """Return the possible physical names of a resource, worked out once for a template.

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
    # What the name leaves open is said where somebody asks for the name, not here, where it is kept.
    found = [node] if type(node) is str else flat_texts(walk.apart().values(node, scope, 0))
    # An open name says nothing; the generated form at least keeps its owner.
    named = [text for text in found if text.strip(UNRESOLVED)] or generated
    scope.names[name] = list(dict.fromkeys(named))
    return scope.names[name]
