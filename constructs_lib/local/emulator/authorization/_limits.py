# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The layers above a principal's own policies: boundary, session, organization, VPC endpoint.

ministack keeps limits as unnamed lists; here each says what it is, so that a denial can name it, and those
that ministack doesn't evaluate are added.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import AuthError, ParsedStatement, PrincipalInfo, parse_policy_document
from ministack.services import ec2, iam, organizations

from constructs_lib.local.emulator import VPC_ENDPOINT_HEADER
from constructs_lib.local.emulator.protocol import current

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Layer", "install", "is_inner", "kind_of"]


class Layer(list[list[ParsedStatement]]):
    """Policy documents of one kind, all of which must allow."""

    def __init__(self, kind: str, documents: list[list[ParsedStatement]]) -> None:
        super().__init__(documents)
        self.kind = kind


def kind_of(layer: object) -> str:
    """Return what a limit is called in a denial."""
    return layer.kind if isinstance(layer, Layer) else "permissions boundary"


def is_inner(layer: object) -> bool:
    """Whether it limits the principal itself (boundary, session policy), not its account or network."""
    return kind_of(layer) in ("permissions boundary", "session policy")


def install() -> None:
    """Replace the parts of ministack's evaluator that gather a principal's limits and context."""
    iam_evaluator._permissions_boundary = _naming("permissions boundary", iam_evaluator._permissions_boundary)
    iam_evaluator._session_policy_limits = _naming("session policy", iam_evaluator._session_policy_limits)
    iam_evaluator.resolve_principal = _with_limits(iam_evaluator.resolve_principal)
    iam_evaluator._resolve_condition_key = _with_role_arn(iam_evaluator._resolve_condition_key)


def _naming(kind: str, gather: Callable[..., list[Any]]) -> Callable[..., list[Layer]]:
    def named(*arguments: object) -> list[Layer]:
        return [Layer(kind, documents) for documents in gather(*arguments)]

    return named


def _with_limits(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_principal(
        access_key_id: str, account_id: str, credential: object = None
    ) -> PrincipalInfo | AuthError:
        principal = resolve(access_key_id, account_id, credential)
        if isinstance(principal, PrincipalInfo) and principal.policies is not None:
            # Part of every request's context, so that a condition on them is not skipped as absent.
            principal.keys.update({"aws:viaawsservice": "false", "aws:principalisawsservice": "false"})
            principal.limits = [
                *principal.limits,
                *_service_control(principal.account),
                *_vpc_endpoint(principal),
            ]
        return principal

    return resolve_principal


def _with_role_arn(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """aws:PrincipalArn of a role session is the role's ARN, not the session's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """

    def resolve_condition_key(key: str, context: iam_evaluator.EvalContext) -> object:
        if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
            name = context.principal_arn.split(":assumed-role/")[1].split("/")[0]
            role = iam._roles.get_scoped(context.principal_account, None, name) or {}
            return role.get("Arn") or f"arn:aws:iam::{context.principal_account}:role/{name}"
        return resolve(key, context)

    return resolve_condition_key


def _service_control(account: str) -> list[Layer]:
    """One layer for each level of the organization (account, units, root): each must allow.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    enabled = any(
        policy_type.get("Type") == "SERVICE_CONTROL_POLICY" and policy_type.get("Status") == "ENABLED"
        for root in organizations._roots.values()
        for policy_type in root.get("PolicyTypes") or []
    )
    if not enabled:
        return []
    chain, node = [account], (organizations._accounts.get(account) or {}).get("ParentId")
    while node:
        chain.append(node)
        node = (organizations._ous.get(node) or {}).get("ParentId")
    chain += [root for root in organizations._roots if root not in chain]
    layers = []
    for target in chain:
        documents = [
            parse_policy_document(policy.get("Content") or organizations._policy_document(policy)["Content"])
            for policy_id, policy in organizations._policies.items()
            if policy["Type"] == "SERVICE_CONTROL_POLICY"
            and target in (organizations._attachments.get(policy_id) or [])
        ]
        if documents:
            layers.append(Layer("service control policy", documents))
    return layers


def _vpc_endpoint(principal: PrincipalInfo) -> list[Layer]:
    """Return the policy of the endpoint that the call came through, and the keys that it sets.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    request = current()
    endpoint_id = request.headers.get(VPC_ENDPOINT_HEADER) if request else None
    if not endpoint_id:
        return []
    endpoint = ec2._vpc_endpoints.get(endpoint_id) or {}
    principal.keys.update({"aws:sourcevpce": endpoint_id, "aws:sourcevpc": endpoint.get("VpcId")})
    document = endpoint.get("PolicyDocument")
    if not document:
        return []
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    mine = [s for s in statements if iam_evaluator._principal_matches(s.get("Principal", "*"), principal.arn)]
    return [Layer("VPC endpoint policy", [parse_policy_document({"Statement": mine})])]
