"""Join templates that name each other by relative path: nested stacks, StackSets and SAM applications.

``aws cloudformation package`` uploads such a file and replaces its path:
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.templates.cloudformation import TemplateSource
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["nested_sources"]

_PROPERTIES: Final = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::CloudFormation::StackSet": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
_MAX_STACKS: Final = 200
"""The most stacks that one root may make of the files; more are read as templates of their own."""


def nested_sources(bodies: Mapping[str, dict[str, Any]]) -> list[TemplateSource]:
    """Return the templates of one input, each with the others that are nested in it.

    Args:
        bodies: The decoded templates by path.

    """
    known = {posixpath.normpath(path): path for path in bodies}
    edges: dict[str, dict[str, str]] = {path: {} for path in bodies}
    for path, body in bodies.items():
        for logical_id, name in _named(body):
            child = known.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
            # CloudFormation would never end to deploy a template in itself.
            if child is not None and path not in _below(child, edges):
                edges[path][logical_id] = child
    if any(_stacks(path, edges) > _MAX_STACKS for path in edges):
        edges = {path: {} for path in bodies}
    return [TemplateSource(path, body, nested=edges[path]) for path, body in bodies.items()]


def _named(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for logical_id, resource in mapping(body.get("Resources")).items():
        kind = mapping(resource).get("Type")
        if isinstance(kind, str) and kind in _PROPERTIES:
            name = mapping(mapping(resource).get("Properties")).get(_PROPERTIES[kind])
            if isinstance(name, str) and "://" not in name:
                yield logical_id, name


def _below(path: str, edges: dict[str, dict[str, str]]) -> set[str]:
    """Return the templates nested in one, at any depth, with itself."""
    seen: set[str] = set()
    todo = [path]
    while todo:
        item = todo.pop()
        if item not in seen:
            seen.add(item)
            todo += edges[item].values()
    return seen


def _stacks(path: str, edges: dict[str, dict[str, str]]) -> int:
    """Count the stacks that a template makes, up to just above the limit."""
    count, todo = 0, [path]
    while todo and count <= _MAX_STACKS:
        count += 1
        todo += edges[todo.pop()].values()
    return count
