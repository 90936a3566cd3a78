"""A fast path for the statements that most policies consist of.

:func:`plain_statement` reads statements of common shapes, and returns a result only where it is the same as
that of ``resolve`` and ``parse_statement``; a test compares both. :func:`is_irrelevant` finds statements that
no rule asks about: those on other services, which are most statements of every account.
"""

from __future__ import annotations

import marshal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import (
    UNRESOLVED,
    Origin,
    Statement,
    allowed_actions,
    faults_of_names,
    foreign_actions,
)
from constructs_lib.templates.resolve import resolve_element

if TYPE_CHECKING:
    from constructs_lib.iam import Effect
    from constructs_lib.templates.scope import Scope

__all__ = ["IRRELEVANT", "content_without_functions", "is_irrelevant", "plain_statement"]

_ENVIRONMENT: Final = frozenset(("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"))
_NESTED: Final = "AWS::CloudFormation::"  # its outputs may have any value
_ASKED_ABOUT: Final = ("bedrock", "aws-marketplace")
_EFFECTS: Final[dict[str, Effect]] = {"Allow": "Allow", "Deny": "Deny"}
_KEPT: Final = 4096
_actions: dict[str, tuple[str, ...]] = {}

IRRELEVANT: Final = Statement("Deny", (), None, (), None, None, None, (), None, False, (), Origin("", ""))
"""Returned in place of a statement that no rule asks about: see :func:`is_irrelevant`."""


def content_without_functions(node: Any) -> bytes | None:
    """Return the content of a node as bytes if it means the same in every template: it has no functions."""
    try:
        key = marshal.dumps(node, 2)
    except ValueError:  # too deep
        return None
    return None if b"Fn::" in key or b"Ref" in key else key


def plain_statement(node: dict[str, Any], scope: Scope, pointer: str, conditional: bool) -> Statement | None:
    """Return a statement in which only resources may have functions, ``None`` for every other shape.

    If the model needs only what rules ask about (``Assembly.lean``), the result for an irrelevant statement
    is :data:`IRRELEVANT`, and its resources are not resolved.
    """
    sid = node.get("Sid")
    effect = node.get("Effect")
    if len(node) != (3 if sid is None else 4) or type(effect) is not str or effect not in _EFFECTS:
        return None
    actions = _texts(node.get("Action"))
    node_resource = node.get("Resource")
    if actions is None or node_resource is None or not (sid is None or type(sid) is str):
        return None
    if scope.assembly.lean and is_irrelevant(actions, node_resource, scope):
        return IRRELEVANT
    if type(node_resource) is str:
        resources: tuple[str, ...] | None = (node_resource,)
        reasons: tuple[str, ...] = ()
    else:
        found = resolve_element(node_resource, scope)
        if found is None:
            return None
        value, choice, reasons, assumed = found
        # Whoever deploys may replace a default, so no Deny on it is certain.
        conditional = conditional or choice or (assumed and effect == "Deny")
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
    """Return a fully known text or list of texts as a tuple; equal lists return the same tuple object."""
    if type(node) is str:
        return (node,) if UNRESOLVED not in node else None
    if type(node) is not list:
        return None
    try:
        key = "\n".join(node)
    except TypeError:  # not all are texts: left to the general reader
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


def is_irrelevant(actions: tuple[str, ...], resource: Any, scope: Scope) -> bool:
    """Whether no rule asks about a statement without conditions.

    Args:
        actions: Its action patterns, fully known.
        resource: Its ``Resource`` as written in the template.
        scope: The template.

    """
    return _are_irrelevant(actions) and not _may_be_ours(resource, scope)


@lru_cache(maxsize=4096)
def _are_irrelevant(actions: tuple[str, ...]) -> bool:
    """Whether the actions neither allow anything of Bedrock nor let one principal act as another.

    Names with letters outside ASCII, which may look like others, are never irrelevant, nor are those that a
    rule reports for themselves: of AWS Marketplace, or Bedrock's with a fault.
    """
    text = "".join(actions)
    if not text.isascii() or any(word in text.lower() for word in _ASKED_ABOUT):
        return False
    if allowed_actions(actions, None) or foreign_actions("Allow", actions, None):
        return False
    # Whatever is a fault in an Allow is one in a Deny.
    return not faults_of_names(actions, "Deny")


def _may_be_ours(node: Any, scope: Scope) -> bool:
    """Whether a resource may be an ARN of Bedrock; one that a parameter determines may be any ARN."""
    kind = type(node)
    if kind is str:
        return not node or "bedrock" in node.lower()
    if kind is list:
        return any(_may_be_ours(item, scope) for item in node)
    if kind is not dict or len(node) != 1:
        return True
    ((name, argument),) = node.items()
    if name == "Fn::GetAtt":
        return type(argument) is not list or not argument or _is_ours(argument[0], scope)
    if name == "Fn::Join" and type(argument) is list and len(argument) == 2 and type(argument[1]) is list:
        return any(part != "" and _may_be_ours(part, scope) for part in argument[1])
    return name != "Ref" or not (argument in _ENVIRONMENT or not _is_ours(argument, scope))


def _is_ours(name: Any, scope: Scope) -> bool:
    """Whether a logical id is that of a Bedrock resource, or is not known."""
    resource = scope.resources.get(name) if type(name) is str else None
    kind = resource.get("Type") if resource is not None else None
    return type(kind) is not str or not kind.startswith("AWS::") or kind.startswith(("AWS::Bedrock", _NESTED))
