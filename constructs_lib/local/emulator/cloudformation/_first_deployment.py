# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""What makes a first deployment fail on AWS and not here: another order, and policies that count later.

CloudFormation makes resources that don't depend on each other at the same time, so any order in which a
resource follows what it depends on is possible. Changes of IAM are eventually consistent, and CloudFormation
checks that what it made is consistent before it starts what depends on it:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-resource-configuration-complete.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency

So a consumer without a path to its permission works or fails by chance. With a seed the order is another one,
the same for each run; with a delay a permission that a stack makes counts for the resources that depend on
it, and for others only so many resources later.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.services import cloudformation, iam
from ministack.services.cloudformation import engine, stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["install", "reset"]

_Attached = frozenset[tuple[str, str, str]]
"""Role, `InlinePolicies` or `AttachedPolicies`, and the policy's name or ARN."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """What a resource of a stack has attached, and from which step on it counts."""

    stack: str
    logical_id: str
    attached: _Attached
    counts_at: int


_pending: list[_Pending] = []
_steps: dict[str, int] = {}
"""By stack: how many of its resources were made."""


def install() -> None:
    """Change the order and delay permissions, as the environment says."""
    if seed := os.environ.get("BEDROCK_PLANES_ORDER_SEED"):
        stacks._topological_sort = _in_another_order(seed)
    if delay := int(os.environ.get("BEDROCK_PLANES_PROPAGATION") or 0):
        stacks._provision_resource = _delaying(stacks._provision_resource, delay)
        iam_evaluator._gather_role_policies = _without_pending(iam_evaluator._gather_role_policies)


def reset() -> None:
    """Forget what doesn't count yet."""
    _pending.clear()
    _steps.clear()


def _in_another_order(seed: str) -> Callable[[dict[str, Any], dict[str, Any]], list[str]]:
    def sort(resources: dict[str, Any], conditions: dict[str, Any]) -> list[str]:
        ordered: list[str] = engine._topological_sort(resources, conditions)  # it refuses circles
        needs = {name: engine._extract_deps(resources[name], set(ordered)) - {name} for name in ordered}
        chance = random.Random(f"{seed} {' '.join(sorted(ordered))}")  # noqa: S311 - an order, no secret
        found: list[str] = []
        while needs:
            ready = sorted(name for name, still in needs.items() if still.isdisjoint(needs))
            found.append(chance.choice(ready))
            del needs[found[-1]]
        return found

    return sort


def _delaying(stock: Callable[..., Any], delay: int) -> Callable[..., Any]:
    def provision(kind: str, logical_id: str, properties: dict[str, Any], stack: str, *more: Any) -> Any:
        below = _below(cloudformation._stacks.get(stack) or {}, logical_id)
        waits = [one.counts_at for one in _pending if one.stack == stack and one.logical_id in below]
        _steps[stack] = max([_steps.get(stack, 0) + 1, *waits])
        before = _attached()
        made = stock(kind, logical_id, properties, stack, *more)
        if new := _attached() - before:
            _pending.append(_Pending(stack, logical_id, new, _steps[stack] + delay))
        return made

    return provision


def _below(stack: Mapping[str, Any], logical_id: str) -> set[str]:
    """Return all that a resource depends on, directly or by a path."""
    resources = (stack.get("_template") or {}).get("Resources", {})
    found: set[str] = set()
    waiting = [logical_id]
    while waiting:
        new = engine._extract_deps(resources.get(waiting.pop(), {}), set(resources)) - found
        found |= new
        waiting += new
    return found


def _attached() -> _Attached:
    return frozenset(
        (name, kind, str(policy))
        for name, role in iam._roles.items()
        for kind in ("InlinePolicies", "AttachedPolicies")
        for policy in role.get(kind) or ()
    )


def _hidden(role: str) -> set[tuple[str, str]]:
    """Return which policies of a role don't count yet; a stack that is done waits for all of its own."""
    return {
        (kind, policy)
        for one in _pending
        if _steps.get(one.stack, 0) < one.counts_at
        and (cloudformation._stacks.get(one.stack) or {}).get("StackStatus", "").endswith("IN_PROGRESS")
        for name, kind, policy in one.attached
        if name == role
    }


def _without_pending(stock: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    def gather(role_name: str, account_id: str) -> Any:
        hidden = _hidden(role_name)
        role = iam._roles.get_scoped(account_id, None, role_name)
        if not hidden or role is None:
            return stock(role_name, account_id)
        inline = role.get("InlinePolicies") or {}
        documents = [text for name, text in inline.items() if ("InlinePolicies", name) not in hidden]
        documents += [
            iam_evaluator._resolve_managed_policy_document(arn, account_id)
            for arn in role.get("AttachedPolicies") or ()
            if ("AttachedPolicies", arn) not in hidden
        ]
        parsed = [iam_evaluator.parse_policy_document(one) for one in documents if one]
        return [statements for statements in parsed if statements]

    return gather
