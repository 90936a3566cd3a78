# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Conditions of a template over functions that ministack compares unresolved.

The bootstrap's template asks in this way whether execution policies were named: without them it gives
AdministratorAccess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]

# What a condition may be made of, beside its own functions. The rest of the functions is not allowed there.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
_RESOLVED = ("Fn::FindInMap", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub")
_PSEUDO = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix")


def install() -> None:
    """Make every door to ministack's evaluation resolve first."""
    resolving = _resolving(engine._evaluate_conditions)
    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = resolving


def _resolving(stock: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate(template: dict[str, Any], params: dict[str, Any]) -> Any:
        conditions = _resolved(template.get("Conditions", {}), template, params)
        return stock({**template, "Conditions": conditions}, params)

    return evaluate


def _resolved(value: Any, template: dict[str, Any], params: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, template, params) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, given)] = value.items()
        if name in _RESOLVED or (name == "Ref" and given in _PSEUDO):
            return engine._resolve_refs(value, {}, params, {}, template.get("Mappings", {}), "", "")
    return {name: _resolved(one, template, params) for name, one in value.items()}
