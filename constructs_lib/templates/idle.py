"""Statements that no rule asks about: those on other services, which are most of every account's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import allowed_actions, named_actions

if TYPE_CHECKING:
    from constructs_lib.templates.scope import Scope

__all__ = ["is_idle"]

_ENVIRONMENT: Final = frozenset(("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"))
_NESTED: Final = "AWS::CloudFormation::"  # its outputs may be anything


def is_idle(actions: tuple[str, ...], resource: Any, scope: Scope) -> bool:
    """Whether no rule asks about a statement without conditions.

    Args:
        actions: its action patterns, fully known.
        resource: its ``Resource`` as it stands in the template.
        scope: the template.

    """
    return _are_idle(actions) and not _may_be_ours(resource, scope)


@lru_cache(maxsize=4096)
def _are_idle(actions: tuple[str, ...]) -> bool:
    """Whether the actions give nothing of Bedrock, make no principal another, and look like neither.

    Letters outside ASCII may only look like others.
    """
    text = "".join(actions)
    if not text.isascii() or "bedrock" in text.lower():
        return False
    return not allowed_actions(actions, None) and not named_actions("Allow", actions, None)


def _may_be_ours(node: Any, scope: Scope) -> bool:
    """Whether a resource may be an ARN of Bedrock's; what only a parameter tells may be anything."""
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
    """Whether a name is that of a Bedrock resource, or of nothing that is known."""
    resource = scope.resources.get(name) if type(name) is str else None
    kind = resource.get("Type") if resource is not None else None
    return type(kind) is not str or not kind.startswith("AWS::") or kind.startswith(("AWS::Bedrock", _NESTED))
