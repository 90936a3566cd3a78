"""Resources of their own that name the principals they belong to: policies and memberships of groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.iam import UNRESOLVED
from constructs_lib.templates.intrinsics import texts
from constructs_lib.templates.place import Place, items, placed, policy_name
from constructs_lib.templates.principals._carry import add_document

if TYPE_CHECKING:
    from constructs_lib.templates.drafts import Draft
    from constructs_lib.templates.model import PrincipalType
    from constructs_lib.templates.principals._people import People
    from constructs_lib.templates.principals._shelf import Shelf

__all__ = ["ATTACHED", "MANAGED", "MEMBERSHIP", "attach"]

MANAGED: Final = "AWS::IAM::ManagedPolicy"
MEMBERSHIP: Final = "AWS::IAM::UserToGroupAddition"
_SEVERAL: Final[tuple[tuple[str, PrincipalType], ...]] = (
    ("Roles", "role"),
    ("Users", "user"),
    ("Groups", "group"),
)
# Type -> properties that name principals, each with the type of principal.
_POLICIES: Final[dict[str, tuple[tuple[str, PrincipalType], ...]]] = {
    "AWS::IAM::Policy": _SEVERAL,
    MANAGED: _SEVERAL,
    "AWS::IAM::RolePolicy": (("RoleName", "role"),),
    "AWS::IAM::UserPolicy": (("UserName", "user"),),
    "AWS::IAM::GroupPolicy": (("GroupName", "group"),),
}
ATTACHED: Final = frozenset((*_POLICIES, MEMBERSHIP))


def attach(place: Place, kind: str, people: People, shelf: Shelf) -> None:
    """Attach a policy, or put users into a group, whoever the resource names."""
    if kind == MEMBERSHIP:
        _members(place, people)
        return
    for prop, target in _POLICIES[kind]:
        listed = place.properties.get(prop)
        for node, steps, conditional in items(listed, (prop,)) if listed is not None else ():
            known = people.referred(node, target, place.scope)
            if known is not None:
                _attach_to(known, place, kind, conditional, shelf)
                continue
            found = texts(node, place.scope)
            if not found.values and found.reasons:
                found = replace(found, values=[UNRESOLVED])
            for name in found.values:
                draft = people.named(name, target, place, node)
                _attach_to(draft, place, kind, conditional or found.conditional, shelf)
                if UNRESOLVED in name and draft.type == "external" and found.reasons:
                    why = f"attached to a {target} that is not known: {found.reasons[0]}"
                    draft.note([place.incomplete(why, *steps)])


def _attach_to(draft: Draft, place: Place, kind: str, conditional: bool, shelf: Shelf) -> None:
    conditional = conditional or place.condition not in {None, draft.condition}
    if kind == MANAGED:
        managed = shelf.own(place)
        if managed is not None:
            draft.add(placed(managed.policy, conditional), managed.incomplete)
        return
    document = place.properties.get("PolicyDocument")
    name = policy_name(place.properties, place)
    add_document(draft, place, document, "PolicyDocument", name=name, conditional=conditional)


def _members(place: Place, people: People) -> None:
    users = place.properties.get("Users", [])
    for user in texts(users, place.scope).values:
        draft = people.named(user, "user", place, users)
        for group in texts(place.properties.get("GroupName", ""), place.scope).values:
            people.join(draft, group, place)
