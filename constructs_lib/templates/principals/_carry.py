"""What principals carry: trust, inline policies, managed policies, boundary, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.templates import sam
from constructs_lib.templates.intrinsics import resolve, texts
from constructs_lib.templates.place import Place, items, policy_name, reference_arn
from constructs_lib.templates.policies import read_document
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.drafts import Draft
    from constructs_lib.templates.model import Incomplete
    from constructs_lib.templates.principals._people import People
    from constructs_lib.templates.principals._shelf import Shelf

__all__ = ["add_document", "carry"]


def carry(draft: Draft, people: People, shelf: Shelf) -> None:
    """Add what stands in a principal's own properties."""
    place = people.place_of(draft)
    if draft.type == "permission-set":
        _permission_set(draft, place, shelf)
        return
    if draft.type == "role":
        _trust(draft, place)
    if place.scope.resources[place.logical_id].get("Type") in sam.TYPES:
        _sam_policies(draft, place, shelf)
    else:
        _inline(draft, place)
        shelf.attach_listed(draft, place, "ManagedPolicyArns")
    shelf.bound(draft, place, place.properties.get("PermissionsBoundary"), "PermissionsBoundary")
    if (groups := place.properties.get("Groups")) is not None:
        for group in texts(groups, place.scope).values:
            people.join(draft, group, place)


def add_document(
    draft: Draft, place: Place, node: Any, *steps: str | int, name: str, conditional: bool
) -> None:
    """Attach the policy document that stands at a place."""
    pointer = place.at(*steps)
    policy, read = read_document(node, place.scope, name=name, pointer=pointer, conditional=conditional)
    draft.add(policy, read.incomplete)


def _trust(draft: Draft, place: Place) -> None:
    node = place.properties.get("AssumeRolePolicyDocument")
    if node is not None:
        draft.trust, read = read_document(
            node,
            place.scope,
            name="trust",
            pointer=place.at("AssumeRolePolicyDocument"),
            conditional=False,
        )
        draft.note(read.incomplete)
    elif (trust := sam.trust(place.scope, place.logical_id)) is not None:
        draft.trust = trust


def _inline(draft: Draft, place: Place) -> None:
    for node, steps, conditional in items(place.properties.get("Policies"), ("Policies",)):
        if not isinstance(node, dict):
            continue
        if "PolicyDocument" not in node:
            draft.note(_open_item(node, place, steps))
            continue
        name = policy_name(node, place)
        document = node["PolicyDocument"]
        add_document(draft, place, document, *steps, "PolicyDocument", name=name, conditional=conditional)


def _open_item(node: Any, place: Place, steps: tuple[str | int, ...]) -> list[Incomplete]:
    found = resolve(node, place.scope)
    if not found.values:
        return []
    why = "; ".join(found.reasons[:3]) or "it is no inline policy"
    return [place.incomplete(f"the inline policies are not known: {why}", *steps)]


def _sam_policies(draft: Draft, place: Place, shelf: Shelf) -> None:
    for node, steps, conditional in items(place.properties.get("Policies"), ("Policies",)):
        match sam.policy_item(node):
            case ("document", document):
                name = f"{draft.name}Policy"
                add_document(draft, place, document, *steps, name=name, conditional=conditional)
            case ("managed", name):
                shelf.attach(draft, place, name, steps, conditional)
            case ("unknown", why):
                draft.note([place.incomplete(str(why), *steps)])
            case _:
                pass  # a policy template without Bedrock


def _permission_set(draft: Draft, place: Place, shelf: Shelf) -> None:
    if (inline := place.properties.get("InlinePolicy")) is not None:
        add_document(draft, place, inline, "InlinePolicy", name="InlinePolicy", conditional=False)
    shelf.attach_listed(draft, place, "ManagedPolicies")
    customer = "CustomerManagedPolicyReferences"
    for node, steps, conditional in items(place.properties.get(customer), (customer,)):
        shelf.attach(draft, place, reference_arn(node), steps, conditional)
    boundary = mapping(place.properties.get("PermissionsBoundary"))
    if "ManagedPolicyArn" in boundary:
        shelf.bound(draft, place, boundary["ManagedPolicyArn"], "PermissionsBoundary", "ManagedPolicyArn")
    elif "CustomerManagedPolicyReference" in boundary:
        node = reference_arn(boundary["CustomerManagedPolicyReference"])
        shelf.bound(draft, place, node, "PermissionsBoundary", "CustomerManagedPolicyReference")
