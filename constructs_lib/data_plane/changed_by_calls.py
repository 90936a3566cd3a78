"""What changes a role of ours beside the template: calls of IAM that a custom resource makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import UNRESOLVED, may_overlap
from constructs_lib.templates import iam_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Origin
    from constructs_lib.templates import Model, Principal, Resource

__all__ = ["Change", "changes_of"]

# Calls that change what a role may do, or who may take it, and those that change a policy of the account.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
_ON_ROLES = {
    "AttachRolePolicy",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
}
_ON_POLICIES = {"CreatePolicyVersion", "SetDefaultPolicyVersion"}


class Change(NamedTuple):
    """A call of IAM (``iam:PutRolePolicy``), where it is written, and whether it certainly means the role."""

    action: str
    origin: Origin
    certain: bool


def changes_of(role: Principal, model: Model) -> Iterator[Change]:
    """Yield the calls of custom resources that change a role, its boundary or a policy that it holds."""
    for resource in model.resources:
        if not _same_account(role, resource):
            continue
        for call in iam_calls(resource):
            if call.action in _ON_ROLES:
                named = str(call.parameters.get("RoleName", UNRESOLVED))
                certain = named == role.arn.rpartition("/")[2]
                possible = may_overlap(named, role.arn.rpartition("/")[2])
            elif call.action in _ON_POLICIES:
                named = str(call.parameters.get("PolicyArn", UNRESOLVED)).rpartition("/")[2]
                certain = any(name in named for name in _policies_of(role, resource))
                possible = named == UNRESOLVED
            else:
                continue
            if certain or possible:
                yield Change(f"iam:{call.action}", resource.origin, certain)


def _policies_of(role: Principal, resource: Resource) -> Iterator[str]:
    """Yield the logical ids of the role's policies in a template: generated names contain them."""
    for policy in (role.boundary, *role.policies):
        if policy is not None and policy.origin.path == resource.origin.path:
            yield policy.origin.pointer.split("/")[2]


def _same_account(role: Principal, resource: Resource) -> bool:
    account = resource.environment.partition("/")[0]
    theirs = role.environment.partition("/")[0]
    return account == theirs or not (account.isdecimal() and theirs.isdecimal())
