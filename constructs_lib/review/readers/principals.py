"""The principals of an assembly, with everything that attaches to them across its templates."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, get_args

from constructs_lib.policy._model import UNRESOLVED, Origin, Policy
from constructs_lib.review.model import Incomplete, Kind, resource_id
from constructs_lib.review.readers import sam
from constructs_lib.review.readers.drafts import Draft, Library, Managed
from constructs_lib.review.readers.intrinsics import ABSENT, attribute_values, physical_names, resolve, texts
from constructs_lib.review.readers.managed import aws_managed, is_aws_managed, is_harmless
from constructs_lib.review.readers.place import (
    Place,
    items,
    placed,
    pointer_of,
    policy_name,
    reference_arn,
    shown,
    tags,
    with_absent,
)
from constructs_lib.review.readers.policies import read_document
from constructs_lib.review.readers.scope import mapping, token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.review.model import Principal, PrincipalType
    from constructs_lib.review.readers.intrinsics import Resolved
    from constructs_lib.review.readers.scope import Assembly, Scope

__all__ = ["read_principals"]

MARK: Final = "bedrock-planes:role"
_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in get_args(Kind)}
_TYPES: Final[dict[str, PrincipalType]] = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
    "AWS::SSO::PermissionSet": "permission-set",
}
# Policy resources: type -> (property that names the principal, type of principal).
_ATTACHED: Final[dict[str, tuple[tuple[str, PrincipalType], ...]]] = {
    "AWS::IAM::Policy": (("Roles", "role"), ("Users", "user"), ("Groups", "group")),
    "AWS::IAM::ManagedPolicy": (("Roles", "role"), ("Users", "user"), ("Groups", "group")),
    "AWS::IAM::RolePolicy": (("RoleName", "role"),),
    "AWS::IAM::UserPolicy": (("UserName", "user"),),
    "AWS::IAM::GroupPolicy": (("GroupName", "group"),),
}

_READ: Final = frozenset((*_TYPES, *_ATTACHED, *sam.TYPES, "AWS::IAM::UserToGroupAddition"))


@dataclass(slots=True)
class _Builder:
    """Collects principals, then attaches to them."""

    drafts: list[Draft] = field(default_factory=list)
    index: dict[tuple[str, PrincipalType, str], Draft] = field(default_factory=dict)
    # Who a `Ref` means where it can only mean one, by id() of the scope and logical id.
    referred: dict[tuple[int, str], Draft] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)  # by id() of the draft
    library: Library = field(default_factory=Library)
    # What nodes that name managed policies come to, by id() of the scope and content.
    spelled: dict[tuple[int, bytes], Resolved] = field(default_factory=dict)

    # First pass: who is there.

    def principal(self, place: Place, kind: PrincipalType) -> Draft:
        scope, logical_id = place.scope, place.logical_id
        attribute = "PermissionSetArn" if kind == "permission-set" else "Arn"
        arns = attribute_values(logical_id, attribute, scope)
        metadata = mapping(scope.resources[logical_id].get("Metadata"))
        mark = mapping(metadata.get(MARK)).get("kind")
        draft = Draft(
            id=f"{scope.path}#{logical_id}",
            name=logical_id,
            type=kind,
            arn=next((text for text in arns if isinstance(text, str)), UNRESOLVED),
            origin=Origin(scope.path, pointer_of(scope, logical_id)),
            environment=scope.environment,
            construct_path=scope.construct_path(logical_id),
            condition=place.condition,
            conditional=scope.conditional or place.condition is not None,
            mark=_KINDS.get(mark) if isinstance(mark, str) else None,
            tags=tags(place),
            acknowledgements=scope.acknowledgements(logical_id),
        )
        if "Fn::Transform" in place.properties:
            why = "a transform adds properties that are not in the template"
            draft.note([place.incomplete(why, "Fn::Transform")])
        self.drafts.append(draft)
        self.places[id(draft)] = place
        names = physical_names(scope, logical_id)
        for name in names:
            owner = self.index.setdefault((scope.environment, kind, name), draft)
        if len(names) == 1:
            self.referred[id(scope), logical_id] = owner
        return draft

    def managed_policy(self, place: Place) -> None:
        scope, logical_id = place.scope, place.logical_id
        policy, read = read_document(
            place.properties.get("PolicyDocument"),
            scope,
            name=logical_id,
            pointer=place.at("PolicyDocument"),
            conditional=False,
        )
        managed = Managed(policy, read.incomplete, place.condition, scope, logical_id)
        for arn in resolve({"Ref": logical_id}, scope).values:
            if isinstance(arn, str):
                self.library.add(arn, managed)

    # Second pass: what they carry.

    def carry(self, draft: Draft) -> None:
        place = self.places[id(draft)]
        if draft.type == "permission-set":
            self._permission_set(draft, place)
            return
        if draft.type == "role":
            self._trust(draft, place)
        if place.scope.resources[place.logical_id].get("Type") in sam.TYPES:
            self._sam_policies(draft, place)
        else:
            self._inline(draft, place)
            self.managed_arns(draft, place, "ManagedPolicyArns")
        self._boundary(draft, place, place.properties.get("PermissionsBoundary"), "PermissionsBoundary")
        if (groups := place.properties.get("Groups")) is not None:
            for group in texts(groups, place.scope).values:
                self.member(draft, group, place)

    def _trust(self, draft: Draft, place: Place) -> None:
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

    def _inline(self, draft: Draft, place: Place) -> None:
        for node, steps, conditional in items(place.properties.get("Policies"), ("Policies",)):
            if not isinstance(node, dict):
                continue
            if "PolicyDocument" not in node:
                draft.note(self._open_item(node, place, steps))
                continue
            document = node["PolicyDocument"]
            self.document(
                draft,
                place,
                document,
                *steps,
                "PolicyDocument",
                name=policy_name(node, place),
                conditional=conditional,
            )

    def _open_item(self, node: Any, place: Place, steps: tuple[str | int, ...]) -> list[Incomplete]:
        found = resolve(node, place.scope)
        if not found.values:
            return []
        why = "; ".join(found.reasons[:3]) or "it is no inline policy"
        return [place.incomplete(f"the inline policies are not known: {why}", *steps)]

    def document(
        self, draft: Draft, place: Place, node: Any, *steps: str | int, name: str, conditional: bool
    ) -> None:
        """Attach the policy document that stands at a place."""
        pointer = place.at(*steps)
        policy, read = read_document(node, place.scope, name=name, pointer=pointer, conditional=conditional)
        draft.add(policy, read.incomplete)

    def managed_arns(self, draft: Draft, place: Place, *steps: str) -> None:
        node: Any = place.properties
        for step in steps:
            node = mapping(node).get(step)
        for item, where, conditional in items(node, steps):
            self.managed_arn(draft, place, item, where, conditional)

    def managed_arn(
        self, draft: Draft, place: Place, node: Any, steps: tuple[str | int, ...], conditional: bool
    ) -> None:
        """Attach the managed policies that a node may name."""
        found = self._managed_texts(node, place.scope)
        if not found.values and found.reasons:
            draft.note([place.incomplete(f"a managed policy is not known: {found.reasons[0]}", *steps)])
        for arn in found.values:
            policy, incomplete = self._managed(arn, place, steps, found.reasons)
            if policy is not None:
                choice = conditional or found.conditional or self._own_condition(arn, draft)
                draft.add(placed(policy, choice), incomplete)
            else:
                draft.note(incomplete)

    def _managed_texts(self, node: Any, scope: Scope) -> Resolved:
        """Return the texts of a node, worked out once for each spelling: roles carry like policies."""
        if type(node) is str:
            return texts(node, scope)
        try:
            key = id(scope), marshal.dumps(node, 2)
        except ValueError:  # too deep
            return texts(node, scope)
        known = self.spelled.get(key)
        if known is None:
            known = self.spelled[key] = texts(node, scope)
        return known

    def _own_condition(self, arn: str, draft: Draft) -> bool:
        managed = self.library.find(arn)
        return managed is not None and managed.condition not in {None, draft.condition}

    def _managed(
        self, arn: str, place: Place, steps: tuple[str | int, ...], reasons: tuple[str, ...]
    ) -> tuple[Policy | None, list[Incomplete]]:
        """Return a managed policy's meaning, or why it is not known."""
        managed = self.library.find(arn)
        if managed is not None:
            managed.used = True
            return managed.policy, managed.incomplete
        if is_harmless(arn):
            return None, []
        if is_aws_managed(arn):
            return aws_managed(arn, Origin(place.scope.path, place.at(*steps)))
        why = f"managed policy `{shown(arn)}` is not defined in the input"
        if UNRESOLVED in arn and reasons:
            why = f"{why}: {reasons[0]}"
        return None, [place.incomplete(why, *steps)]

    def _boundary(self, draft: Draft, place: Place, node: Any, *steps: str) -> None:
        """Set the permissions boundary; one that may be absent limits nothing."""
        if node is None:
            return
        possible = with_absent(node, place.scope)
        if ABSENT in possible or not possible:
            return
        policies: list[Policy] = []
        for arn in possible:
            policy, incomplete = self._managed(str(arn), place, steps, ())
            if policy is None and not incomplete:
                policy = Policy("harmless", (), Origin(place.scope.path, place.at(*steps)))
            draft.note([replace(item, why=f"permissions boundary: {item.why}") for item in incomplete])
            if policy is None:
                return
            policies.append(policy)
        if len(policies) == 1:
            draft.boundary = policies[0]
            return
        # One of several: what any of them allows, and no Deny is certain.
        statements = tuple(item for policy in policies for item in placed(policy, True).statements)
        draft.boundary = Policy(policies[0].name, statements, policies[0].origin)

    def _sam_policies(self, draft: Draft, place: Place) -> None:
        for node, steps, conditional in items(place.properties.get("Policies"), ("Policies",)):
            match sam.policy_item(node):
                case ("document", document):
                    self.document(
                        draft, place, document, *steps, name=f"{draft.name}Policy", conditional=conditional
                    )
                case ("managed", name):
                    self.managed_arn(draft, place, name, steps, conditional)
                case ("unknown", why):
                    draft.note([place.incomplete(str(why), *steps)])
                case _:
                    pass  # a policy template without Bedrock

    def _permission_set(self, draft: Draft, place: Place) -> None:
        if (inline := place.properties.get("InlinePolicy")) is not None:
            self.document(draft, place, inline, "InlinePolicy", name="InlinePolicy", conditional=False)
        self.managed_arns(draft, place, "ManagedPolicies")
        for node, steps, conditional in items(
            place.properties.get("CustomerManagedPolicyReferences"), ("CustomerManagedPolicyReferences",)
        ):
            self.managed_arn(draft, place, reference_arn(node), steps, conditional)
        boundary = mapping(place.properties.get("PermissionsBoundary"))
        if "ManagedPolicyArn" in boundary:
            self._boundary(
                draft, place, boundary["ManagedPolicyArn"], "PermissionsBoundary", "ManagedPolicyArn"
            )
        elif "CustomerManagedPolicyReference" in boundary:
            node = reference_arn(boundary["CustomerManagedPolicyReference"])
            self._boundary(draft, place, node, "PermissionsBoundary", "CustomerManagedPolicyReference")

    # Third pass: policies and memberships that name their principals.

    def attach(self, place: Place, kind: str) -> None:
        for prop, target in _ATTACHED[kind]:
            listed = place.properties.get(prop)
            for node, steps, conditional in items(listed, (prop,)) if listed is not None else ():
                known = self._referred(node, target, place.scope)
                if known is not None:
                    self._attach_to(known, place, kind, conditional)
                    continue
                found = texts(node, place.scope)
                if not found.values and found.reasons:
                    found = replace(found, values=[UNRESOLVED])
                for name in found.values:
                    draft = self._named(name, target, place)
                    self._attach_to(draft, place, kind, conditional or found.conditional)
                    if UNRESOLVED in name and draft.type == "external" and found.reasons:
                        why = f"attached to a {target} that is not known: {found.reasons[0]}"
                        draft.note([place.incomplete(why, *steps)])

    def _referred(self, node: Any, kind: PrincipalType, scope: Scope) -> Draft | None:
        """Return the principal that a plain `Ref` of a template means."""
        name = node.get("Ref") if type(node) is dict and len(node) == 1 else None
        known = self.referred.get((id(scope), name)) if type(name) is str else None
        return known if known is not None and known.type == kind else None

    def _attach_to(self, draft: Draft, place: Place, kind: str, conditional: bool) -> None:
        conditional = conditional or place.condition not in {None, draft.condition}
        if kind == "AWS::IAM::ManagedPolicy":
            node: Any = {"Ref": place.logical_id}
            for arn in texts(node, place.scope).values[:1]:
                managed = self.library.find(arn)
                if managed is not None:
                    managed.used = True
                    draft.add(placed(managed.policy, conditional), managed.incomplete)
            return
        document = place.properties.get("PolicyDocument")
        name = policy_name(place.properties, place)
        self.document(draft, place, document, "PolicyDocument", name=name, conditional=conditional)

    def _named(self, name: str, kind: PrincipalType, place: Place) -> Draft:
        """Return the principal of that name, an external one when the input doesn't define it."""
        scope = place.scope
        draft = self.index.get((scope.environment, kind, name))
        if draft is None:
            label = shown(name)
            arn = f"arn:{scope.partition}:iam::{scope.account}:{kind}/{name}"
            draft = Draft(
                id=f"{scope.path}#external:{label}",
                name=f"external:{label}",
                type="external",
                arn=arn,
                origin=Origin(scope.path, pointer_of(scope, place.logical_id)),
                environment=scope.environment,
                construct_path=scope.construct_path(place.logical_id),
                conditional=scope.conditional,
                acknowledgements=scope.acknowledgements(place.logical_id),
            )
            self.index[scope.environment, kind, name] = draft
            if any(other.id == draft.id for other in self.drafts if other.type == "external"):
                draft.id += f"@{place.logical_id}"  # two open names look the same and may differ
            self.drafts.append(draft)
        return draft

    def members(self, place: Place) -> None:
        """Put users into a group (``AWS::IAM::UserToGroupAddition``)."""
        for user in texts(place.properties.get("Users", []), place.scope).values:
            draft = self._named(user, "user", place)
            for group in texts(place.properties.get("GroupName", ""), place.scope).values:
                self.member(draft, group, place)

    def member(self, draft: Draft, group: str, place: Place) -> None:
        found = self.index.get((place.scope.environment, "group", group))
        if found is None:
            why = f"group `{shown(group)}` is not defined in the input"
            draft.note([place.incomplete(why)])
        elif found.id not in draft.groups:
            draft.groups.append(found.id)

    def unattached(self) -> None:
        """Make a principal of each managed policy that nothing carries."""
        for managed in self.library.entries:
            scope = managed.scope
            if managed.used or scope is None:
                continue
            name = f"unattached:{managed.logical_id}"
            draft = Draft(
                id=f"{scope.path}#{name}",
                name=name,
                type="unattached",
                arn=managed.arns[0],
                origin=Origin(scope.path, pointer_of(scope, managed.logical_id)),
                environment=scope.environment,
                construct_path=scope.construct_path(managed.logical_id),
                conditional=scope.conditional or managed.condition is not None,
                acknowledgements=scope.acknowledgements(managed.logical_id),
            )
            draft.add(managed.policy, managed.incomplete)
            self.drafts.append(draft)

    def finish(self, accepting: dict[str, Scope]) -> Iterator[Principal]:
        """Add the groups' policies to their users and yield the principals.

        ``accepting`` are the templates, by path, in which something was acknowledged.
        """
        groups = {draft.id: draft for draft in self.drafts if draft.type == "group"}
        for draft in self.drafts:
            for group in draft.groups:
                for policy in groups[group].policies:
                    draft.add(policy, [])
                draft.note(groups[group].incomplete)
            _accept_at_policies(draft, accepting)
            yield draft.principal()


def _accept_at_policies(draft: Draft, accepting: dict[str, Scope]) -> None:
    """Note what was accepted for the resources that a principal's policies stand in, its own left out."""
    for statement in (s for policy in draft.policies if accepting for s in policy.statements):
        scope = accepting.get(statement.origin.path)
        place = resource_id(statement.origin.path, statement.origin.pointer)
        if scope is not None and place not in draft.at_policies and place != draft.id:
            draft.at_policies[place] = scope.acknowledgements(place.rpartition("#")[2])


def read_principals(assembly: Assembly) -> list[Principal]:
    """Return the principals of the templates that are deployed together, in the templates' order."""
    builder = _Builder()
    later: list[tuple[Place, str]] = []
    for scope in assembly.scopes:
        for logical_id, resource in scope.resources.items():
            kind = resource.get("Type")
            # Of a template most resources are no principals.
            if not isinstance(kind, str) or kind not in _READ:
                continue
            owner = sam.owner(scope, logical_id)
            place = Place(
                scope,
                logical_id,
                mapping(resource.get("Properties")),
                f"/Resources/{token(owner)}/Properties",
            )
            if kind in _TYPES or kind in sam.TYPES:
                builder.principal(place, _TYPES.get(kind, "role"))
            elif kind in _ATTACHED or kind == "AWS::IAM::UserToGroupAddition":
                later.append((place, kind))
                if kind == "AWS::IAM::ManagedPolicy":
                    builder.managed_policy(place)
    for draft in list(builder.drafts):
        builder.carry(draft)
    for place, kind in later:
        if kind in _ATTACHED:
            builder.attach(place, kind)
        else:
            builder.members(place)
    builder.unattached()
    return list(builder.finish({scope.path: scope for scope in assembly.scopes if scope.acknowledged}))
