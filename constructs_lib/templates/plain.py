"""The shapes in which most statements come, read without the general way's care for every other shape.

:func:`plain_statement` answers only where the answer is the general one's (``resolve`` and
``parse_statement``); a test holds both to the same results.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED, Origin, Statement
from constructs_lib.templates.idle import is_idle
from constructs_lib.templates.intrinsics import resolve_element

if TYPE_CHECKING:
    from constructs_lib.iam import Effect
    from constructs_lib.templates.scope import Scope

__all__ = ["IDLE", "plain_statement", "recurring"]

_EFFECTS: Final[dict[str, Effect]] = {"Allow": "Allow", "Deny": "Deny"}
_KEPT: Final = 4096
_actions: dict[str, tuple[str, ...]] = {}

IDLE: Final = Statement("Deny", (), None, (), None, None, None, (), None, False, (), Origin("", ""))
"""Stands for a statement that no rule asks about: see :func:`constructs_lib.templates.idle.is_idle`."""


def recurring(node: Any) -> bytes | None:
    """Return the content of a node as bytes when it is the same in every template: it has no functions."""
    try:
        key = marshal.dumps(node, 2)
    except ValueError:  # too deep
        return None
    return None if b"Fn::" in key or b"Ref" in key else key


def plain_statement(node: dict[str, Any], scope: Scope, pointer: str, conditional: bool) -> Statement | None:
    """Return a statement of texts whose resources alone are computed, ``None`` for every other shape.

    Where the model need hold only what rules ask about (``Assembly.lean``), an idle statement is
    :data:`IDLE`: of most policies most statements are, and their resources are not worked out.
    """
    sid = node.get("Sid")
    effect = node.get("Effect")
    if len(node) != (3 if sid is None else 4) or type(effect) is not str or effect not in _EFFECTS:
        return None
    actions = _texts(node.get("Action"))
    node_resource = node.get("Resource")
    if actions is None or node_resource is None or not (sid is None or type(sid) is str):
        return None
    if scope.assembly.lean and is_idle(actions, node_resource, scope):
        return IDLE
    if type(node_resource) is str:
        resources: tuple[str, ...] | None = (node_resource,)
        reasons: tuple[str, ...] = ()
    else:
        found = resolve_element(node_resource, scope)
        if found is None:
            return None
        value, choice, reasons = found
        conditional = conditional or choice
        resources = (value,) if type(value) is str else _strings(value)
    if resources is None or "" in resources:
        return None
    is_open = bool(reasons) and UNRESOLVED in "".join(resources)
    return Statement(
        _EFFECTS[effect],
        actions,
        None,
        resources,
        None,
        None,
        None,
        (),
        sid or None,
        conditional,
        reasons if is_open else (),
        Origin(scope.path, pointer),
    )


def _strings(value: Any) -> tuple[str, ...] | None:
    """Return a list of texts as a tuple, ``None`` for anything else."""
    if type(value) is not list or not all(type(item) is str for item in value):
        return None
    return tuple(value)


def _texts(node: Any) -> tuple[str, ...] | None:
    """Return one text or a list of them without open parts; equal lists give one and the same tuple."""
    if type(node) is str:
        return (node,) if UNRESOLVED not in node else None
    if type(node) is not list:
        return None
    try:
        key = "\n".join(node)
    except TypeError:  # not all are texts: a shape for the general way
        return None
    texts = tuple(node)
    known = _actions.get(key)
    if known != texts:
        if UNRESOLVED in key:
            return None
        known = texts
        if len(_actions) >= _KEPT:
            _actions.clear()
        _actions[key] = known
    return known
