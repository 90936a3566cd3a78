"""The registry of principals: those that the templates define, and those that they only name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

from constructs_lib.iam import UNRESOLVED, Origin, Policy
from constructs_lib.templates.model import Acknowledgement, Incomplete, Kind, Principal
from constructs_lib.templates.principals.declaration import Declaration, pointer_of, shown, tags
from constructs_lib.templates.resolve import NAMES, attribute_values, physical_names, spelled_names, texts
from constructs_lib.templates.scope import macro_name, mapping

if TYPE_CHECKING:
    from constructs_lib.templates.model import PrincipalType
    from constructs_lib.templates.scope import Scope

__all__ = ["Draft", "Registry"]

MARK: Final = "bedrock-planes:role"
_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in get_args(Kind)}


@dataclass(slots=True)
class Draft:
    """A principal while its policies are collected."""

    id: str
    name: str
    type: PrincipalType
    arn: str
    origin: Origin
    environment: str = "unknown"
    construct_path: str | None = None
    condition: str | None = None
    conditional: bool = False
    policies: list[Policy] = field(default_factory=list)
    boundary: Policy | None = None
    unread_boundary: str | None = None
    trust: Policy | None = None
    mark_details: dict[str, Any] = field(default_factory=dict)
    mark: Kind | None = None
    tags: dict[str, str] = field(default_factory=dict)
    incomplete: list[Incomplete] = field(default_factory=list)
    acknowledgements: tuple[Acknowledgement, ...] = ()
    at_policies: dict[str, tuple[Acknowledgement, ...]] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)  # ids of groups whose policies count too
    _places: set[tuple[str, Origin]] = field(default_factory=set)  # of the policies: most differ in these

    def add(self, policy: Policy, incomplete: list[Incomplete]) -> None:
        """Attach a policy, once, with the entries about what is not known of it."""
        if policy.statements:
            place = (policy.name, policy.origin)
            if place not in self._places or policy not in self.policies:
                self._places.add(place)
                self.policies.append(policy)
        if incomplete:
            self.note(incomplete)

    def note(self, incomplete: list[Incomplete]) -> None:
        """Add entries about what is not known, each once."""
        known = set(self.incomplete)
        self.incomplete += [item for item in incomplete if item not in known]

    def principal(self) -> Principal:
        """Return the finished principal."""
        return Principal(
            id=self.id,
            name=self.name,
            type=self.type,
            arn=self.arn,
            origin=self.origin,
            construct_path=self.construct_path,
            policies=tuple(self.policies),
            boundary=self.boundary,
            unread_boundary=self.unread_boundary,
            trust=self.trust,
            mark=self.mark,
            mark_details=self.mark_details,
            tags=self.tags,
            environment=self.environment,
            conditional=self.conditional,
            incomplete=tuple(self.incomplete),
            acknowledgements=self.acknowledgements,
            at_policies=self.at_policies,
        )


@dataclass(slots=True)
class Registry:
    """The principals of an assembly, by the names and references that templates use for them."""

    drafts: list[Draft] = field(default_factory=list)
    _declarations: dict[int, Declaration] = field(default_factory=dict)  # by id() of the draft
    # By place, kind and name; several templates may define principals of one name.
    _by_name: dict[tuple[str, PrincipalType, str], list[Draft]] = field(default_factory=dict)
    _by_ref: dict[tuple[int, str], Draft] = field(default_factory=dict)  # by id() of the scope, logical id

    def define(self, declared: Declaration, kind: PrincipalType) -> None:
        """Add a principal that a template defines."""
        scope, logical_id = declared.scope, declared.logical_id
        attribute = "PermissionSetArn" if kind == "permission-set" else "Arn"
        arns = attribute_values(logical_id, attribute, scope)
        resource = scope.resources[logical_id]
        metadata = mapping(resource.get("Metadata"))
        details = mapping(metadata.get(MARK))
        mark = details.get("kind")
        draft = Draft(
            id=scope.id_of(logical_id),
            name=logical_id,
            type=kind,
            arn=next((text for text in arns if isinstance(text, str)), UNRESOLVED),
            origin=Origin(scope.path, pointer_of(scope, logical_id)),
            environment=scope.environment,
            construct_path=scope.construct_path(logical_id),
            condition=declared.condition,
            conditional=scope.conditional or declared.condition is not None,
            mark=_KINDS.get(mark) if isinstance(mark, str) else None,
            mark_details=details,
            tags=tags(declared),
            acknowledgements=scope.acknowledgements(logical_id),
        )
        if "Fn::Transform" in declared.properties:
            macro = macro_name(declared.properties["Fn::Transform"])
            why = f"macro `{macro}` adds properties that are not in the template"
            draft.note([declared.incomplete(why, "Fn::Transform")])
        self.drafts.append(draft)
        self._declarations[id(draft)] = declared
        names = [(_place(scope, name), name) for name in physical_names(scope, logical_id)]
        written = declared.properties.get(NAMES.get(resource["Type"], ""))
        if written is not None:
            names += _spelled(written, scope)
        for place, name in names:
            drafts = self._by_name.setdefault((place, kind, name), [])
            if not any(other is draft for other in drafts):
                drafts.append(draft)
        self._by_ref[id(scope), logical_id] = draft

    def declaration_of(self, draft: Draft) -> Declaration:
        """Return the declaration of a principal.

        Raises:
            KeyError: The templates only name it.

        """
        return self._declarations[id(draft)]

    def referred(self, node: Any, kind: PrincipalType, scope: Scope) -> Draft | None:
        """Return the principal that a `Ref` in a template refers to, if the node is a plain `Ref`."""
        name = node.get("Ref") if type(node) is dict and len(node) == 1 else None
        known = self._by_ref.get((id(scope), name)) if type(name) is str else None
        return known if known is not None and known.type == kind else None

    def named(self, name: str, kind: PrincipalType, declared: Declaration, node: Any) -> list[Draft]:
        """Return the principals of that name; an external one if the input doesn't define it.

        IAM is global: a name means the same principal in every Region of an account. Of several, those of the
        same template are meant. Wholly unresolved names are those of one principal if they come from equal
        nodes, and unknown names that are made of the same parameters are equal.
        """
        scope = declared.scope
        key = name if name.strip(UNRESOLVED) else f"{scope.path}\n{json.dumps(node, sort_keys=True)}"
        place = _place(scope, key)
        drafts = self._find(key, kind, scope)
        keys = _spelled(node, scope) if UNRESOLVED in name else []
        if len(keys) == 1:
            place, key = keys[0]
            # Other parameters of the same template make other names.
            others = [draft for draft in drafts if draft.origin.path != scope.path]
            drafts = self._by_name.get((place, kind, key)) or others
        if drafts:
            return [draft for draft in drafts if draft.origin.path == scope.path] or drafts
        draft = self._external(name, kind, declared)
        if any(other.id == draft.id for other in self.drafts if other.type == "external"):
            draft.id += f"@{declared.logical_id}"  # two unresolved names look the same and may differ
        self.drafts.append(draft)
        self._by_name.setdefault((place, kind, key), []).append(draft)
        return [draft]

    def _find(self, name: str, kind: PrincipalType, scope: Scope) -> list[Draft]:
        """Return the principals of a name in the account, or in the one that it may be."""
        drafts = self._by_name.get((_place(scope, name), kind, name), [])
        if drafts or UNRESOLVED in name:
            return drafts
        accounts = {UNRESOLVED}
        if scope.account == UNRESOLVED:
            accounts |= {other.account for other in scope.assembly.scopes}
        found = [
            self._by_name[account, kind, name]
            for account in accounts
            if (account, kind, name) in self._by_name
        ]
        return found[0] if len(found) == 1 else []

    def _external(self, name: str, kind: PrincipalType, declared: Declaration) -> Draft:
        scope, label = declared.scope, shown(name)
        return Draft(
            id=scope.id_of(f"external:{label}"),
            name=f"external:{label}",
            type="external",
            arn=f"arn:{scope.partition}:iam::{scope.account}:{kind}/{name}",
            origin=Origin(scope.path, pointer_of(scope, declared.logical_id)),
            environment=scope.environment,
            construct_path=scope.construct_path(declared.logical_id),
            conditional=scope.conditional,
            acknowledgements=scope.acknowledgements(declared.logical_id),
        )

    def join(self, draft: Draft, group: str, declared: Declaration) -> None:
        """Add a principal to the group of that name."""
        found = self._find(group, "group", declared.scope)
        if not found:
            why = f"group `{shown(group)}` is not defined in the input"
            draft.note([declared.incomplete(why)])
            return
        draft.groups += [item.id for item in found if item.id not in draft.groups]


def _place(scope: Scope, name: str) -> str:
    """Return where a name is unique: a known one in its account, any other in its stack's environment.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return scope.environment if UNRESOLVED in name else scope.account


def _spelled(node: Any, scope: Scope) -> list[tuple[str, str]]:
    """Return the places and spellings of the unknown names of a node, by the parameters they are made of."""
    if type(node) is str:
        return []
    place = f"{scope.root.path}\n{scope.environment}"
    plain = texts(node, scope).values  # a name in which no parameter is unknown is spelled the same
    return [(place, text) for text in spelled_names(node, scope) if text not in plain]
