# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Allow or deny, with the reason that AWS gives; for callers and for the roles that services assume.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock, bedrock_agent, iam

from constructs_lib.local.emulator import s3vectors
from constructs_lib.local.emulator.authorization._limits import kind_of
from constructs_lib.local.emulator.protocol import Check

__all__ = ["BEDROCK", "denial", "lets_service", "refusal", "session_of", "trusts"]


def denial(principal: iam_evaluator.PrincipalInfo, check: Check) -> str | None:
    """Return AWS's sentence when `principal` may not do what `check` says, and None when it may.

    The account's root user is never denied, here as in IAM (service control policies aside).
    """
    if principal.policies is None:
        return None
    context = _context(principal, check)
    reason = _reason(principal, context, check)
    _note(principal.arn, check, allowed=reason is None)
    if reason is None:
        return None
    asked = f"{check.action} on resource: {check.resource}"
    return f"User: {principal.arn} is not authorized to perform: {asked} {reason}"


def _note(principal: str, check: Check, *, allowed: bool) -> None:
    """Append the decision to the file that the caller of the server asked for."""
    path = os.environ.get("BEDROCK_PLANES_DECISIONS")
    if path:
        line = {
            "principal": principal,
            "action": check.action,
            "resource": check.resource,
            "context": check.context,
            "allowed": allowed,
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


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
    granted = _granted(context, check)
    if granted == "Deny":
        return "with an explicit deny in a resource-based policy"
    for kind, decision in decisions:
        if decision != "Allow" and kind not in _PASSED_BY[granted]:
            return f"because no {kind} allows the {check.action} action"
    return None


_PASSED_BY: dict[str, tuple[str, ...]] = {
    "": (),
    "principal": ("identity-based policy",),
    "session": ("identity-based policy", "permissions boundary", "session policy"),
}
"""The layers whose implicit deny doesn't limit what a resource-based policy grants, by what it names."""


def _granted(context: iam_evaluator.EvalContext, check: Check) -> str:
    """Return what the resource's own policy decides: Deny, or what it names when it allows.

    A statement that names a role *session* (or a user) grants to it directly. One that names the role grants
    what the boundary and session policies leave. One that names the account leaves it to the account's
    identity-based policies.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    policy = s3vectors.policy_of(check.resource) if check.action.startswith("s3vectors:") else None
    if policy is None:
        return ""
    evaluate = iam_evaluator.evaluate_resource_policy
    if evaluate(policy, context).decision == "Deny":
        return "Deny"
    if evaluate(policy, context, direct_only=True).decision == "Allow":
        return "session"
    return "principal" if evaluate(policy, context, named_only=True).decision == "Allow" else ""


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


BEDROCK = "bedrock.amazonaws.com"


def trusts(role_arn: str, service: str, source_arn: str | None = None) -> bool:
    """Whether the role exists and its trust policy lets `service` assume it on behalf of `source_arn`."""
    name = role_arn.rpartition("/")[2]
    account = get_account_id()
    role = iam._roles.get_scoped(account, None, name)
    if role is None or role.get("Arn") != role_arn:
        return False
    document = role.get("AssumeRolePolicyDocument")
    document = json.loads(document) if isinstance(document, str) else document or {}
    keys = {"aws:sourceaccount": account, "aws:sourcearn": source_arn}
    return lets_service(document, service, Check("sts:AssumeRole", "*", {k: v for k, v in keys.items() if v}))


def lets_service(document: dict[str, Any], service: str, check: Check) -> bool:
    """Whether a trust policy or a resource's policy lets a service of AWS do what `check` says."""
    context = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="AWSService",
        principal_account=get_account_id(),
        action=check.action,
        resource_arn=check.resource,
        region=get_region(),
        service_context=dict(check.context),
    )
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    # A trust policy has no Resource: it is about the role itself.
    mine = [
        {"Resource": "*", **statement}
        for statement in statements
        if iam_evaluator._service_principal_matches(statement.get("Principal"), service)
        or statement.get("Principal") == "*"
    ]
    return bool(
        iam_evaluator.evaluate(context, [iam_evaluator.parse_policy_document({"Statement": mine})]).decision
        == "Allow"
    )


def session_of(role_arn: str, session: str) -> iam_evaluator.PrincipalInfo:
    """Return a session of the role, with its policies and its boundary."""
    name = role_arn.rpartition("/")[2]
    account = get_account_id()
    return iam_evaluator.PrincipalInfo(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        type="AssumedRole",
        account=account,
        policies=iam_evaluator._gather_role_policies(name, account),
        keys={
            "aws:principalisawsservice": "false",
            "aws:viaawsservice": "false",
            "aws:resourceaccount": account,
        },
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
    )


def refusal(role_arn: str, *checks: Check, session: str = "BedrockSession") -> str | None:
    """Return AWS's sentence about the first check that the role fails, or None when it passes all."""
    assumed = session_of(role_arn, session)
    return next((sentence for check in checks if (sentence := denial(assumed, check))), None)
