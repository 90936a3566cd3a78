"""Entry points of the resolution: nodes to possible values, texts, attributes and names."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from constructs_lib.templates.resolve.functions import FUNCTIONS
from constructs_lib.templates.resolve.references import attribute_of, physical_names_of
from constructs_lib.templates.resolve.walk import ABSENT, Resolved, Walk, flat_texts, side_by_side

if TYPE_CHECKING:
    from constructs_lib.templates.scope import Element, Scope

__all__ = ["attribute_values", "physical_names", "resolve", "resolve_element", "spelled_names", "texts"]


def resolve(node: Any, scope: Scope, *, defaults: bool = True) -> Resolved:
    """Return the possible values of a node, without ``ABSENT``.

    Args:
        node: The node as written.
        scope: Its template.
        defaults: Whether a parameter's default counts as its value; else such a parameter is unresolved.

    """
    if type(node) is str:
        return Resolved([node])
    walk = Walk(FUNCTIONS, defaults=defaults)
    values = walk.values(node, scope, 0)
    if ABSENT in values:
        values = [value for value in values if value is not ABSENT]
    return Resolved(values, walk.conditional, tuple(walk.reasons), walk.assumed)


def spelled_names(node: Any, scope: Scope) -> list[str]:
    """Return the possible texts of a node, with unknown parameters written by name.

    Two names that are made of the same parameter are the same name, whatever its value.
    """
    walk = Walk(FUNCTIONS, symbolic=True)
    return flat_texts(walk.values(node, scope, 0))


def resolve_element(node: Any, scope: Scope) -> Element | None:
    """Return the value of a statement's ``Resource``, with all its possible values in one list.

    The result also says whether the value depends on a choice, why parts of it are unresolved, and whether it
    depends on a parameter's default; it is ``None`` when the value may be absent. :func:`resolve` of the
    statement has the same value in this place. Many statements of a template name the same resource, which is
    resolved once.
    """
    try:
        key = marshal.dumps(node, 2)
    except ValueError:  # too deep
        return _element(node, scope)
    if key not in scope.elements:
        scope.elements[key] = _element(node, scope)
    return scope.elements[key]


def _element(node: Any, scope: Scope) -> Element | None:
    walk = Walk(FUNCTIONS)
    walk.steps -= 1  # the statement
    found = walk.values(node, scope, 1)
    if not found or ABSENT in found:
        return None
    value = found[0] if len(found) == 1 else side_by_side(found)
    return value, walk.conditional, tuple(walk.reasons), walk.assumed


def texts(node: Any, scope: Scope, *, defaults: bool = True) -> Resolved:
    """Return the possible texts of a node, also those in lists; other values are omitted."""
    if type(node) is str:
        return Resolved([node])
    found = resolve(node, scope, defaults=defaults)
    if len(found.values) == 1 and type(found.values[0]) is str:
        return found
    return Resolved(flat_texts(found.values), found.conditional, found.reasons, found.assumed)


def attribute_values(name: str, attribute: str, scope: Scope) -> list[Any]:
    """Return the possible values of an attribute of a resource in the scope."""
    known = scope.attributes.get((name, attribute))
    if known is not None:
        return known[0]
    return attribute_of(Walk(FUNCTIONS), name, attribute, scope.resources[name], scope)


def physical_names(scope: Scope, name: str) -> list[str]:
    """Return the possible physical names of a resource: ``<stack>-<logical id>-?`` if it has none."""
    known = scope.names.get(name)
    return known if known is not None else physical_names_of(Walk(FUNCTIONS), name, scope)
