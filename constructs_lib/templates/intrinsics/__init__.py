"""CloudFormation's intrinsic functions, resolved as far as the input allows.

A node resolves to its possible values, worst case and all: both branches of ``Fn::If``, each of a parameter's
``AllowedValues`` (else its ``Default``, else unknown), every value of a map whose key is unknown. In a list
the possibilities stand side by side; where only one value fits, each possibility gives a value of its own.
What nothing determines becomes ``UNRESOLVED`` inside the text, with a reason. Depth, number of steps and
number of possibilities are bounded, so that no template can make a reader hang.

Reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from constructs_lib.templates.intrinsics import _references
from constructs_lib.templates.intrinsics._values import (
    ABSENT,
    MAX_CHOICES,
    Resolved,
    flat_texts,
    side_by_side,
)
from constructs_lib.templates.intrinsics._walk import FUNCTIONS, Walk

if TYPE_CHECKING:
    from constructs_lib.templates.scope import Element, Scope

__all__ = [
    "ABSENT",
    "FUNCTIONS",
    "MAX_CHOICES",
    "Resolved",
    "attribute_values",
    "physical_names",
    "resolve",
    "resolve_element",
    "texts",
]


def resolve(node: Any, scope: Scope) -> Resolved:
    """Return the possible values of a node; ``ABSENT`` ones are left out."""
    if type(node) is str:
        return Resolved([node])
    walk = Walk()
    values = walk.values(node, scope, 0)
    if ABSENT in values:
        values = [value for value in values if value is not ABSENT]
    return Resolved(values, walk.conditional, tuple(walk.reasons))


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
    walk = Walk()
    walk.steps -= 1  # the statement
    found = walk.values(node, scope, 1)
    if not found or ABSENT in found:
        return None
    value = found[0] if len(found) == 1 else side_by_side(found)
    return value, walk.conditional, tuple(walk.reasons)


def texts(node: Any, scope: Scope) -> Resolved:
    """Return the possible texts of a node, lists taken apart; values that are no text are left out."""
    if type(node) is str:
        return Resolved([node])
    found = resolve(node, scope)
    if len(found.values) == 1 and type(found.values[0]) is str:
        return found
    return Resolved(flat_texts(found.values), found.conditional, found.reasons)


def attribute_values(name: str, attribute: str, scope: Scope) -> list[Any]:
    """Return the possible values of an attribute of a resource that the scope has."""
    known = scope.attributes.get((name, attribute))
    if known is not None:
        return known[0]
    return _references.attribute_of(Walk(), name, attribute, scope.resources[name], scope)


def physical_names(scope: Scope, name: str) -> list[str]:
    """Return the possible physical names of a resource: ``<stack>-<logical id>-?`` where it has none."""
    known = scope.names.get(name)
    return known if known is not None else _references.physical_names_of(Walk(), name, scope)
