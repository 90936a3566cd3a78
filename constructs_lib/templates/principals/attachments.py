"""Attach policies and groups to principals: from their own properties, and from resources that name them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates import sam
from constructs_lib.templates.principals.declaration import (
    Declaration,
    items,
    made_conditional,
    policy_name,
    reference_arn,
)
from constructs_lib.templates.principals.documents import read_document
from constructs_lib.templates.resolve import resolve, texts
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.model import Incomplete, PrincipalType
    from constructs_lib.templates.principals.managed_policies import ManagedPolicies
    from constructs_lib.templates.principals.registry import Draft, Registry

__all__ = ["ATTACHING", "MANAGED_POLICY", "attach", "attach_own"]

MANAGED_POLICY: Final = "AWS::IAM::ManagedPolicy"
_MEMBERSHIP: Final = "AWS::IAM::UserToGroupAddition"
_ALL_TYPES: Final[tuple[tuple[str, PrincipalType], ...]] = (
    ("Roles", "role"),
    ("Users", "user"),
    ("Groups", "group"),
)
# Type -> properties that name principals, each with their type.
_POLICIES: Final[dict[str, tuple[tuple[str, PrincipalType], ...]]] = {
    "AWS::IAM::Policy": _ALL_TYPES,
    MANAGED_POLICY: _ALL_TYPES,
    "AWS::IAM::RolePolicy": (("RoleName", "role"),),
    "AWS::IAM::UserPolicy": (("UserName", "user"),),
    "AWS::IAM::GroupPolicy": (("GroupName", "group"),),
}
ATTACHING: Final = frozenset((*_POLICIES, _MEMBERSHIP))


def attach_own(draft: Draft, registry: Registry, managed_policies: ManagedPolicies) -> None:
    """Attach the policies, trust, boundary and groups in a principal's own properties."""
    declared = registry.declaration_of(draft)
    if draft.type == "permission-set":
        _permission_set(draft, declared, managed_policies)
        return
    if draft.type == "role":
        _read_trust(draft, declared)
    if declared.scope.resources[declared.logical_id].get("Type") in sam.TYPES:
        _sam_policies(draft, declared, managed_policies)
    else:
        _inline(draft, declared)
        managed_policies.attach_listed(draft, declared, "ManagedPolicyArns")
    managed_policies.bound(
        draft, declared, declared.properties.get("PermissionsBoundary"), "PermissionsBoundary"
    )
    if (groups := declared.properties.get("Groups")) is not None:
        for group in texts(groups, declared.scope).values:
            registry.join(draft, group, declared)


def add_document(
    draft: Draft, declared: Declaration, node: Any, *steps: str | int, name: str, conditional: bool
) -> None:
    """Attach the policy document at a path below the properties."""
    pointer = declared.at(*steps)
    policy, read = read_document(node, declared.scope, name=name, pointer=pointer, conditional=conditional)
    draft.add(policy, read.incomplete)


def _read_trust(draft: Draft, declared: Declaration) -> None:
    node = declared.properties.get("AssumeRolePolicyDocument")
    if node is not None:
        draft.trust, read = read_document(
            node,
            declared.scope,
            name="trust",
            pointer=declared.at("AssumeRolePolicyDocument"),
            conditional=False,
        )
        draft.note(read.incomplete)
    elif (trust := sam.trust(declared.scope, declared.logical_id)) is not None:
        draft.trust = trust


def _inline(draft: Draft, declared: Declaration) -> None:
    for node, steps, conditional in items(declared.properties.get("Policies"), ("Policies",)):
        if not isinstance(node, dict):
            continue
        if "PolicyDocument" not in node:
            draft.note(_open_item(node, declared, steps))
            continue
        name = policy_name(node, declared)
        document = node["PolicyDocument"]
        add_document(draft, declared, document, *steps, "PolicyDocument", name=name, conditional=conditional)


def _open_item(node: Any, declared: Declaration, steps: tuple[str | int, ...]) -> list[Incomplete]:
    found = resolve(node, declared.scope)
    if not found.values:
        return []
    why = "; ".join(found.reasons[:3]) or "they are not inline policies"
    return [declared.incomplete(f"the inline policies are not known: {why}", *steps)]


def _sam_policies(draft: Draft, declared: Declaration, managed_policies: ManagedPolicies) -> None:
    for node, steps, conditional in items(declared.properties.get("Policies"), ("Policies",)):
        match sam.policy_item(node):
            case ("document", document):
                name = f"{draft.name}Policy"
                add_document(draft, declared, document, *steps, name=name, conditional=conditional)
            case ("managed", name):
                managed_policies.attach(draft, declared, name, steps, conditional)
            case ("unknown", why):
                draft.note([declared.incomplete(str(why), *steps)])
            case _:
                pass  # a policy template that doesn't concern Bedrock


def _permission_set(draft: Draft, declared: Declaration, managed_policies: ManagedPolicies) -> None:
    if (inline := declared.properties.get("InlinePolicy")) is not None:
        add_document(draft, declared, inline, "InlinePolicy", name="InlinePolicy", conditional=False)
    managed_policies.attach_listed(draft, declared, "ManagedPolicies")
    customer = "CustomerManagedPolicyReferences"
    for node, steps, conditional in items(declared.properties.get(customer), (customer,)):
        managed_policies.attach(draft, declared, reference_arn(node), steps, conditional)
    boundary = mapping(declared.properties.get("PermissionsBoundary"))
    if "ManagedPolicyArn" in boundary:
        managed_policies.bound(
            draft, declared, boundary["ManagedPolicyArn"], "PermissionsBoundary", "ManagedPolicyArn"
        )
    elif "CustomerManagedPolicyReference" in boundary:
        node = reference_arn(boundary["CustomerManagedPolicyReference"])
        managed_policies.bound(draft, declared, node, "PermissionsBoundary", "CustomerManagedPolicyReference")


def attach(declared: Declaration, kind: str, registry: Registry, managed_policies: ManagedPolicies) -> None:
    """Attach a policy to the principals that a resource names, or add the users that it names to a group."""
    if kind == _MEMBERSHIP:
        _members(declared, registry)
        return
    for prop, target in _POLICIES[kind]:
        listed = declared.properties.get(prop)
        for node, steps, conditional in items(listed, (prop,)) if listed is not None else ():
            known = registry.referred(node, target, declared.scope)
            if known is not None:
                _attach_to(known, declared, kind, conditional, managed_policies)
                continue
            found = texts(node, declared.scope)
            if not found.values and (found.reasons or node != {"Ref": "AWS::NoValue"}):
                found = replace(found, values=[UNRESOLVED])
            for name in found.values:
                for draft in registry.named(name, target, declared, node):
                    _attach_to(draft, declared, kind, conditional or found.conditional, managed_policies)
                    if UNRESOLVED in name and draft.type == "external":
                        reason = found.reasons[0] if found.reasons else "its name is resolved at deployment"
                        why = f"attached to a {target} that is not known: {reason}"
                        draft.note([declared.incomplete(why, *steps)])


def _attach_to(
    draft: Draft, declared: Declaration, kind: str, conditional: bool, managed_policies: ManagedPolicies
) -> None:
    conditional = conditional or declared.condition not in {None, draft.condition}
    if kind == MANAGED_POLICY:
        managed = managed_policies.own(declared)
        if managed is not None:
            draft.add(made_conditional(managed.policy, conditional), managed.incomplete)
        return
    document = declared.properties.get("PolicyDocument")
    name = policy_name(declared.properties, declared)
    add_document(draft, declared, document, "PolicyDocument", name=name, conditional=conditional)


def _members(declared: Declaration, registry: Registry) -> None:
    users = declared.properties.get("Users", [])
    for user in texts(users, declared.scope).values:
        for draft in registry.named(user, "user", declared, users):
            for group in texts(declared.properties.get("GroupName", ""), declared.scope).values:
                registry.join(draft, group, declared)
