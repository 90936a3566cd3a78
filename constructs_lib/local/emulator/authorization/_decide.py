# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""Allow or deny, with the reason that AWS gives.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import bedrock, bedrock_agent

from constructs_lib.local.emulator import s3vectors
from constructs_lib.local.emulator.authorization._limits import kind_of

if TYPE_CHECKING:
    from constructs_lib.local.emulator._request import Check

__all__ = ["denial"]


def denial(principal: iam_evaluator.PrincipalInfo, check: Check) -> str | None:
    """Return AWS's sentence when `principal` may not do what `check` says, and None when it may.

    The account's root user is never denied, here as in IAM (service control policies aside).
    """
    if principal.policies is None:
        return None
    context = _context(principal, check)
    reason = _reason(principal, context, check)
    if reason is None:
        return None
    asked = f"{check.action} on resource: {check.resource}"
    return f"User: {principal.arn} is not authorized to perform: {asked} {reason}"


def _context(principal: iam_evaluator.PrincipalInfo, check: Check) -> iam_evaluator.EvalContext:
    keys: dict[str, Any] = {"aws:tagkeys": None}
    keys.update(
        {f"aws:resourcetag/{name.lower()}": value for name, value in _tags_of(check.resource).items()}
    )
    keys.update({name.lower(): value for name, value in check.context.items()})
    return iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=check.action,
        resource_arn=check.resource,
        region=keys.pop("aws:requestedregion", get_region()),
        service_context=keys,
        principal_keys=principal.keys,
    )


def _tags_of(resource: str) -> dict[str, str]:
    for store in (bedrock._tags, bedrock_agent._tags):
        if tags := store.get(resource):
            return dict(tags)
    return dict(s3vectors.tags_of(resource))


def _reason(
    principal: iam_evaluator.PrincipalInfo, context: iam_evaluator.EvalContext, check: Check
) -> str | None:
    layers = [("identity-based policy", principal.policies), *((kind_of(x), x) for x in principal.limits)]
    decisions = [(kind, iam_evaluator.evaluate(context, layer).decision) for kind, layer in layers]
    for kind, decision in decisions:
        if decision == "Deny":
            return f"with an explicit deny in {_article(kind)}"
    own_policy = s3vectors.policy_of(check.resource) if check.action.startswith("s3vectors:") else None
    granted = "ImplicitDeny"
    if own_policy is not None:
        granted = iam_evaluator.evaluate_resource_policy(own_policy, context).decision
        if granted == "Deny":
            return "with an explicit deny in a resource-based policy"
    for kind, decision in decisions:
        # A resource-based policy of the same account stands in for the identity-based one only.
        if decision != "Allow" and not (kind == "identity-based policy" and granted == "Allow"):
            return f"because no {kind} allows the {check.action} action"
    return None


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
