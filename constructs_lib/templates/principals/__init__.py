"""The principals of an assembly, with everything that attaches to them across its templates.

Three passes: who is there and which managed policies there are; what each principal carries; what other
resources attach to principals that they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.templates import sam
from constructs_lib.templates.model import resource_id
from constructs_lib.templates.place import Place, pointer_of
from constructs_lib.templates.principals._attach import ATTACHED, MANAGED, attach
from constructs_lib.templates.principals._carry import carry
from constructs_lib.templates.principals._people import People
from constructs_lib.templates.principals._shelf import Shelf
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.drafts import Draft
    from constructs_lib.templates.model import Principal, PrincipalType
    from constructs_lib.templates.scope import Assembly, Scope

__all__ = ["read_principals"]

_TYPES: Final[dict[str, PrincipalType]] = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
    "AWS::SSO::PermissionSet": "permission-set",
    **dict.fromkeys(sam.TYPES, "role"),
}
_READ: Final = ATTACHED.union(_TYPES)


def read_principals(assembly: Assembly) -> list[Principal]:
    """Return the principals of the templates that are deployed together, in the templates' order."""
    people, shelf = People(), Shelf()
    attached: list[tuple[Place, str]] = []
    for place, kind in _places(assembly):
        if kind in _TYPES:
            people.define(place, _TYPES[kind])
        else:
            attached.append((place, kind))
            if kind == MANAGED:
                shelf.define(place)
    for draft in list(people.drafts):
        carry(draft, people, shelf)
    for place, kind in attached:
        attach(place, kind, people, shelf)
    people.drafts += shelf.unattached()
    return list(_finished(people.drafts, assembly))


def _places(assembly: Assembly) -> Iterator[tuple[Place, str]]:
    """Yield the resources that are principals or attach to some, with their types."""
    for scope in assembly.scopes:
        for logical_id, resource in scope.resources.items():
            kind = resource.get("Type")
            # Of a template most resources are neither.
            if not isinstance(kind, str) or kind not in _READ:
                continue
            base = f"{pointer_of(scope, logical_id)}/Properties"
            yield Place(scope, logical_id, mapping(resource.get("Properties")), base), kind


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
    """Note what was accepted for the resources that a principal's policies stand in, its own left out.

    ``accepting`` are the templates, by path, in which something was acknowledged.
    """
    for statement in (s for policy in draft.policies if accepting for s in policy.statements):
        scope = accepting.get(statement.origin.path)
        place = resource_id(statement.origin.path, statement.origin.pointer)
        if scope is not None and place not in draft.at_policies and place != draft.id:
            draft.at_policies[place] = scope.acknowledgements(place.rpartition("#")[2])
