"""Read the principals of an assembly, with everything that attaches to them across its templates.

There are three passes: register the principals and managed policies; attach what is in each principal's own
properties; attach what other resources attach to the principals that they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.templates import sam
from constructs_lib.templates.model import resource_id
from constructs_lib.templates.principals.attachments import ATTACHING, MANAGED_POLICY, attach, attach_own
from constructs_lib.templates.principals.declaration import Declaration, pointer_of
from constructs_lib.templates.principals.managed_policies import ManagedPolicies
from constructs_lib.templates.principals.registry import Registry
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.model import Principal, PrincipalType
    from constructs_lib.templates.principals.registry import Draft
    from constructs_lib.templates.scope import Assembly, Scope

__all__ = ["read_principals"]

_TYPES: Final[dict[str, PrincipalType]] = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
    "AWS::SSO::PermissionSet": "permission-set",
    **dict.fromkeys(sam.TYPES, "role"),
}
_READ: Final = ATTACHING.union(_TYPES)


def read_principals(assembly: Assembly) -> list[Principal]:
    """Return the principals of the templates that are deployed together, in the templates' order."""
    registry, managed_policies = Registry(), ManagedPolicies()
    attached: list[tuple[Declaration, str]] = []
    for declared, kind in _declarations(assembly):
        if kind in _TYPES:
            registry.define(declared, _TYPES[kind])
        else:
            attached.append((declared, kind))
            if kind == MANAGED_POLICY:
                managed_policies.define(declared)
    for draft in list(registry.drafts):
        attach_own(draft, registry, managed_policies)
    for declared, kind in attached:
        attach(declared, kind, registry, managed_policies)
    registry.drafts += managed_policies.unattached()
    return list(_finished(registry.drafts, assembly))


def _declarations(assembly: Assembly) -> Iterator[tuple[Declaration, str]]:
    """Yield the resources that are principals or attach to some, with their types."""
    for scope in assembly.scopes:
        for logical_id, kind, resource in scope.resources_of(_READ):
            base = f"{pointer_of(scope, logical_id)}/Properties"
            yield Declaration(scope, logical_id, mapping(resource.get("Properties")), base), kind


def _finished(drafts: list[Draft], assembly: Assembly) -> Iterator[Principal]:
    """Add the groups' policies to their users and yield the principals."""
    accepting = {scope.path: scope for scope in assembly.scopes if scope.acknowledged}
    groups = {draft.id: draft for draft in drafts if draft.type == "group"}
    for draft in drafts:
        for group in draft.groups:
            for policy in groups[group].policies:
                draft.add(policy, [])
            draft.note(groups[group].incomplete)
        _accept_at_policies(draft, accepting)
        yield draft.principal()


def _accept_at_policies(draft: Draft, accepting: dict[str, Scope]) -> None:
    """Add the acknowledgements on the resources of a principal's policies, except those on the principal.

    ``accepting`` are the templates, by path, in which something was acknowledged.
    """
    for statement in (s for policy in draft.policies if accepting for s in policy.statements):
        scope = accepting.get(statement.origin.path)
        place = resource_id(statement.origin.path, statement.origin.pointer)
        if scope is not None and place not in draft.at_policies and place != draft.id:
            draft.at_policies[place] = scope.acknowledgements(place.rpartition("#")[2])
