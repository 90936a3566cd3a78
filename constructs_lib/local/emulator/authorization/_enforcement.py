# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Where ministack's own check of a call differs from AWS's: root credentials, trust policies, boundaries.

Calls of Bedrock and S3 Vectors are decided in `_decisions`; those of all other services by ministack, with
the corrections of this module.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam, sts

from constructs_lib.local.emulator.authorization import _limits
from constructs_lib.local.emulator.protocol import current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["boundary_keys", "install", "role_arn"]

_KEY = "iam:permissionsboundary"

_GIVES_BOUNDARY = frozenset(
    {"CreateRole", "CreateUser", "PutRolePermissionsBoundary", "PutUserPermissionsBoundary"}
)
"""The calls whose parameter `PermissionsBoundary` is the value of the condition key."""

_HAS_BOUNDARY = frozenset(
    f"{verb}{kind}{what}"
    for kind in ("Role", "User")
    for verb, what in (
        ("Attach", "Policy"),
        ("Delete", "PermissionsBoundary"),
        ("Delete", "Policy"),
        ("Detach", "Policy"),
        ("Put", "Policy"),
    )
) | {"DeleteRole", "GetRole", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"}
"""The calls for which the boundary that the role or user has is the value of the condition key."""


_OF_ONE_COLLECTION = ("aoss:DeleteCollection", "aoss:UpdateCollection")
"""The calls on one collection, which ministack decides for `*`.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonopensearchserverless.html
"""


def boundary_keys(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition key iam:PermissionsBoundary of a call of IAM, or nothing where the call has none.

    It is the boundary that the call sets, or the one that the role or user has that it changes or reads:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

    Args:
        operation: The operation's name, such as `CreateRole`.
        parameters: Its parameters; only `RoleName`, `UserName` and `PermissionsBoundary` are read.

    """
    boundary = None
    if operation in _GIVES_BOUNDARY:
        boundary = parameters.get("PermissionsBoundary")
    elif operation in _HAS_BOUNDARY:
        store, name = (iam._roles, "RoleName") if "Role" in operation else (iam._users, "UserName")
        boundary = (store.get(parameters.get(name)) or {}).get("PermissionsBoundary")
    return {_KEY: str(boundary)} if boundary else {}


def role_arn(name: str, path: str | None = None) -> str:
    """Return the ARN of a role by its name; with its path where it isn't made yet."""
    role = iam._roles.get(name) or {}
    return str(role.get("Arn") or f"arn:aws:iam::{get_account_id()}:role{path or '/'}{name}")


def install() -> None:
    """Replace the functions of ministack's evaluator that differ from AWS's."""
    _limits.install()
    # sts has its own reference to the first one.
    iam_evaluator.is_root_access_key = sts.is_root_access_key = _is_root_access_key
    iam_evaluator._is_root_key = _needs_no_signature
    iam_evaluator.enforce = _with_condition_keys(iam_evaluator.enforce)
    iam_evaluator._resource_policy = _with_trust_policies(iam_evaluator._resource_policy)
    iam_evaluator.combine_resource_policy = _within_outer_limits(iam_evaluator.combine_resource_policy)


def _is_root_access_key(access_key_id: str) -> bool:
    """Whether it is the access key of this server's root user; ministack takes several for root's."""
    return access_key_id == os.environ["AWS_ACCESS_KEY_ID"]


def _needs_no_signature(_access_key_id: str) -> bool:
    """Ministack doesn't check the signature of root's requests; here every signature is checked."""
    return False


def _with_condition_keys(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Add the condition keys of IAM's and STS's calls that ministack doesn't set, and name collections.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservicests.html
    """

    def enforce(  # noqa: PLR0917 - ministack's signature
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        request = current()
        keys: dict[str, Any] = {}
        if request is not None and service == "iam":
            keys = boundary_keys(iam_action.partition(":")[2], request.form)
            # ministack names a role without its path.
            if name := request.form.get("RoleName"):
                resource_arn = role_arn(name, request.form.get("Path"))
                if policy := request.form.get("PolicyArn"):
                    keys["iam:policyarn"] = policy
        elif request is not None and iam_action == "sts:AssumeRole":
            given = {"sts:externalid": "ExternalId", "sts:rolesessionname": "RoleSessionName"}
            keys = {key: request.form[name] for key, name in given.items() if request.form.get(name)}
        elif request is not None and iam_action in _OF_ONE_COLLECTION:
            resource_arn = f"arn:aws:aoss:{region}:{get_account_id()}:collection/{request.document.get('id')}"
        context = {**(service_context or {}), **keys}
        return stock(access_key_id, iam_action, service, region, resource_arn, context)

    return enforce


def _with_trust_policies(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Treat a role's trust policy as the resource policy of the role, which it is.

    In the same account a trust that names the caller's role or user is enough; one that names the account
    leaves it to the account's identity-based policies:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    def resource_policy(service: str, resource_arn: str) -> tuple[Any, str] | None:
        if service != "sts" or ":role/" not in resource_arn:
            found: tuple[Any, str] | None = stock(service, resource_arn)
            return found
        account = resource_arn.split(":")[4]
        role = iam._roles.get_scoped(account, None, resource_arn.rpartition("/")[2])
        if role is None or role.get("Arn") != resource_arn:
            return None
        trust = role.get("AssumeRolePolicyDocument") or {}
        trust = json.loads(trust) if isinstance(trust, str) else trust
        statements = trust.get("Statement", [])
        statements = [statements] if isinstance(statements, dict) else statements
        # A trust policy has no Resource: it is about the role itself.
        return {"Statement": [{**statement, "Resource": "*"} for statement in statements]}, account

    return resource_policy


def _within_outer_limits(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Let no resource policy pass a service control policy or the policy of a VPC endpoint.

    A resource policy that names a session passes the implicit deny of its boundary and session policies, and
    nothing else:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    def combine(  # noqa: PLR0917 - ministack's signature
        identity: Any,
        context: iam_evaluator.EvalContext,
        policy: str | dict[str, Any] | None,
        owner_account: str | None,
        required: bool = False,
        limits: tuple[Any, ...] = (),
    ) -> Any:
        outer = [limit for limit in limits if not _limits.is_inner(limit)]
        if any(iam_evaluator.evaluate(context, limit).decision != "Allow" for limit in outer):
            return identity
        return stock(identity, context, policy, owner_account, required=required, limits=limits)

    return combine
