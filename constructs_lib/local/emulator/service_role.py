# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""What a role that an AWS service assumes may do: its trust for that service, its policies, its boundary.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from constructs_lib.local.emulator.authorization._decide import denial

if TYPE_CHECKING:
    from constructs_lib.local.emulator._request import Check

__all__ = ["BEDROCK", "principal", "refusal", "trusts"]

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
    context = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="AWSService",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn="*",
        region=get_region(),
        service_context={k: v for k, v in keys.items() if v},
    )
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    # A trust policy has no Resource: it is about the role itself.
    mine = [
        {**statement, "Resource": "*"}
        for statement in statements
        if iam_evaluator._service_principal_matches(statement.get("Principal"), service)
        or statement.get("Principal") == "*"
    ]
    return bool(
        iam_evaluator.evaluate(context, [iam_evaluator.parse_policy_document({"Statement": mine})]).decision
        == "Allow"
    )


def principal(role_arn: str, session: str) -> iam_evaluator.PrincipalInfo:
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
    assumed = principal(role_arn, session)
    return next((sentence for check in checks if (sentence := denial(assumed, check))), None)
