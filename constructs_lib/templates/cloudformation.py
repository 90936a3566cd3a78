"""Read CloudFormation templates, alone or deployed together: set up scopes, then read what is in them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates import sam
from constructs_lib.templates.decode import decode
from constructs_lib.templates.faults import UnreadableError
from constructs_lib.templates.principals import read_principals
from constructs_lib.templates.resolve import LOOP, expand, texts
from constructs_lib.templates.resources import read_resources
from constructs_lib.templates.scope import Assembly, Scope, mapping
from constructs_lib.templates.unread import unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from constructs_lib.templates.model import Incomplete, Principal, Resource
    from constructs_lib.templates.scope import Room

__all__ = [
    "TemplateSource",
    "TemplatesReading",
    "deployed_together",
    "expanded_resources",
    "is_template",
    "read_sources",
]

MAX_NESTED: Final = 20
_STACK_SETS: Final = frozenset(("AWS::CloudFormation::StackSet",))


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template of an assembly, with what its manifest and metadata say about it.

    Args:
        path: How findings name the file.
        body: The decoded template.
        stack: The stack's name, ``None`` when unknown.
        account: 12 digits, ``None`` when unknown.
        region: For example ``us-east-1``, ``None`` when unknown.
        construct_paths: Logical id -> construct path.
        acknowledged: (Construct path, rule id, reason); an empty path covers the whole template.
        nested: Logical id of an ``AWS::CloudFormation::Stack`` -> path of its template, another source.
        base: The pointer of the template in the file, where it is part of another one.

    """

    path: str
    body: dict[str, Any]
    stack: str | None = None
    account: str | None = None
    region: str | None = None
    construct_paths: Mapping[str, str] = field(default_factory=dict)
    acknowledged: tuple[tuple[str, str, str], ...] = ()
    nested: Mapping[str, str] = field(default_factory=dict)
    base: str = ""


def is_template(value: object) -> bool:
    """Whether a decoded value is a CloudFormation template: an object with resources of some type."""
    resources = value.get("Resources") if isinstance(value, dict) else None
    if not isinstance(resources, dict):
        return False
    if "AWSTemplateFormatVersion" in value or "Transform" in value:  # type: ignore[operator]  # a dict here
        return True
    return not resources or any(
        key.startswith(LOOP) or isinstance(mapping(item).get("Type"), str) for key, item in resources.items()
    )


@dataclass(frozen=True, slots=True)
class TemplatesReading:
    """What was read of templates that are deployed together; ``unread`` is what was not, by path."""

    principals: list[Principal]
    resources: list[Resource]
    unread: dict[str, tuple[Incomplete, ...]]


def read_sources(
    sources: Iterable[TemplateSource], *, lean: bool = False, code: bool = False
) -> TemplatesReading:
    """Read the principals and resources of templates that are deployed together.

    Args:
        sources: The templates.
        lean: Leave out statements that no rule asks about.
        code: Resolve also where functions have their code.

    """
    assembly = _assembly(sources, lean=lean)
    try:
        missing: dict[str, tuple[Incomplete, ...]] = {}
        for scope in assembly.scopes:
            entries = dict.fromkeys((*missing.get(scope.path, ()), *unread(scope)))
            missing[scope.path] = tuple(entries)
        return TemplatesReading(read_principals(assembly), list(read_resources(assembly, code=code)), missing)
    finally:
        assembly.close()


@contextmanager
def deployed_together(sources: Iterable[TemplateSource]) -> Iterator[list[Scope]]:
    """Give the scopes of templates that are deployed together, those of nested stacks after their parents.

    Inside the ``with`` block references resolve across the templates; after it no longer.
    """
    assembly = _assembly(sources)
    try:
        yield list(assembly.scopes)
    finally:
        assembly.close()


def _assembly(sources: Iterable[TemplateSource], *, lean: bool = False) -> Assembly:
    listed = list(sources)
    assembly = Assembly(lean=lean)
    by_path = {source.path: source for source in listed}
    children = {path for source in listed for path in source.nested.values()} - {""}
    roots = [source for source in listed if source.path not in children] or listed
    for source in roots:
        _enter(source, assembly, by_path, None, 0)
    return assembly


def expanded_resources(source: TemplateSource) -> dict[str, dict[str, Any]]:
    """Return a template's resources by logical id, with loops expanded as far as their items are known."""
    assembly = Assembly(lean=True)
    scope = Scope(source.path, source.body, assembly)
    assembly.scopes.append(scope)
    try:
        return _resources(scope)
    finally:
        assembly.close()


def _enter(
    source: TemplateSource,
    assembly: Assembly,
    by_path: dict[str, TemplateSource],
    parent: Scope | None,
    depth: int,
) -> Scope:
    """Make the scope of a template and of those nested in it."""
    scope = Scope(
        path=source.path,
        body=source.body,
        assembly=assembly,
        stack=source.stack or UNRESOLVED,
        account=source.account or (parent.account if parent else UNRESOLVED),
        region=source.region or (parent.region if parent else UNRESOLVED),
        construct_paths=source.construct_paths,
        acknowledged=source.acknowledged,
        parent=parent,
        base=source.base,
    )
    scope.resources = _resources(scope)
    sam.add_roles(scope)
    assembly.scopes.append(scope)
    for logical_id, path in source.nested.items():
        resource = scope.resources.get(logical_id)
        child = by_path.get(path)
        if resource is None or child is None or depth >= MAX_NESTED:
            continue
        name = f"{scope.stack}-{logical_id}-{UNRESOLVED}"
        inner = TemplateSource(
            child.path,
            child.body,
            child.stack or name,
            child.account,
            child.region,
            child.construct_paths,
            child.acknowledged,
            child.nested,
        )
        is_repeated = any(other.path == child.path for other in assembly.scopes)
        nested = _enter(inner, assembly, by_path, scope, depth + 1)
        nested.nested_as, nested.is_repeated = logical_id, is_repeated
        nested.arguments = mapping(mapping(resource.get("Properties")).get("Parameters"))
        nested.conditional = scope.conditional or scope.condition(logical_id) is not None
        scope.nested[logical_id] = nested
    for logical_id, _, resource in scope.resources_of(_STACK_SETS) if depth < MAX_NESTED else ():
        _enter_stack_set(logical_id, resource, scope, depth)
    return scope


def _enter_stack_set(logical_id: str, resource: dict[str, Any], scope: Scope, depth: int) -> None:
    """Read the template in the text of a StackSet, which deploys it to other accounts and Regions.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
    """
    node = mapping(resource.get("Properties")).get("TemplateBody")
    found = texts(node, scope).values if node is not None else []
    try:
        body = decode(found[0], yaml_allowed=True).value if len(found) == 1 else None
    except UnreadableError:  # the report says that the template is not known
        return
    if not isinstance(body, dict) or not is_template(body):
        return
    base = f"{scope.pointer(logical_id)}/Properties/TemplateBody"
    inner = _enter(TemplateSource(scope.path, body, base=base), scope.assembly, {}, None, depth + 1)
    inner.conditional = scope.conditional or scope.condition(logical_id) is not None
    scope.nested[logical_id] = inner


def _resources(scope: Scope) -> dict[str, dict[str, Any]]:
    """Return the template's resources that are objects, with loops expanded."""
    raw = mapping(scope.body.get("Resources"))

    def items(node: Any) -> list[str] | None:
        found = texts(node, scope)
        return None if any(UNRESOLVED in text for text in found.values) else found.values

    if any(key.startswith(LOOP) for key in raw):
        members = expand(raw, items, scope.room, "/Resources")
        scope.pointers = {key: member.pointer for key, member in members.items() if key not in raw}
        raw = {key: member.value for key, member in members.items()}
    resources = {key: item for key, item in raw.items() if isinstance(item, dict)}
    if not _has_loops(scope.body):
        return resources
    return {key: _expanded(item, items, scope.room) for key, item in resources.items()}


def _has_loops(body: dict[str, Any]) -> bool:
    """Whether loops among properties are expanded: only the transform ``AWS::LanguageExtensions`` does that.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
    """
    listed = body.get("Transform")
    return any(
        item != "AWS::Serverless-2016-10-31"
        for item in (listed if isinstance(listed, list) else [listed])
        if item
    )


def _expanded(
    resource: dict[str, Any], items: Callable[[Any], list[str] | None], room: Room
) -> dict[str, Any]:
    """Return a resource with the loops among its properties expanded."""
    properties = mapping(resource.get("Properties"))
    if not any(key.startswith(LOOP) for key in properties):
        return resource
    members = {key: member.value for key, member in expand(properties, items, room).items()}
    return {**resource, "Properties": members}
