"""Who is there: the principals that the templates define, and those that they only name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, get_args

from constructs_lib.iam import UNRESOLVED, Origin
from constructs_lib.templates.drafts import Draft
from constructs_lib.templates.intrinsics import attribute_values, physical_names
from constructs_lib.templates.model import Kind
from constructs_lib.templates.place import Place, pointer_of, shown, tags
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from constructs_lib.templates.model import PrincipalType
    from constructs_lib.templates.scope import Scope

__all__ = ["People"]

MARK: Final = "bedrock-planes:role"
_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in get_args(Kind)}


@dataclass(slots=True)
class People:
    """The principals of an assembly, found by what templates call them."""

    drafts: list[Draft] = field(default_factory=list)
    _places: dict[int, Place] = field(default_factory=dict)  # by id() of the draft
    _by_name: dict[tuple[str, PrincipalType, str], Draft] = field(default_factory=dict)
    # Who a `Ref` means where it can only mean one, by id() of the scope and logical id.
    _by_ref: dict[tuple[int, str], Draft] = field(default_factory=dict)

    def define(self, place: Place, kind: PrincipalType) -> None:
        """Enter a principal that a template defines."""
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
        self._places[id(draft)] = place
        names = physical_names(scope, logical_id)
        for name in names:
            owner = self._by_name.setdefault((scope.environment, kind, name), draft)
        if len(names) == 1:
            self._by_ref[id(scope), logical_id] = owner

    def place_of(self, draft: Draft) -> Place:
        """Return where a principal is defined.

        Raises:
            KeyError: the templates only name it.

        """
        return self._places[id(draft)]

    def referred(self, node: Any, kind: PrincipalType, scope: Scope) -> Draft | None:
        """Return the principal that a plain `Ref` of a template means."""
        name = node.get("Ref") if type(node) is dict and len(node) == 1 else None
        known = self._by_ref.get((id(scope), name)) if type(name) is str else None
        return known if known is not None and known.type == kind else None

    def named(self, name: str, kind: PrincipalType, place: Place, node: Any) -> Draft:
        """Return the principal of that name, an external one when the input doesn't define it.

        Of names that are open as a whole those are one principal that the same node gives.
        """
        scope = place.scope
        key = name if name.strip(UNRESOLVED) else f"{scope.path}\n{json.dumps(node, sort_keys=True)}"
        draft = self._by_name.get((scope.environment, kind, key))
        if draft is None:
            draft = self._external(name, kind, place)
            self._by_name[scope.environment, kind, key] = draft
            if any(other.id == draft.id for other in self.drafts if other.type == "external"):
                draft.id += f"@{place.logical_id}"  # two open names look the same and may differ
            self.drafts.append(draft)
        return draft

    def _external(self, name: str, kind: PrincipalType, place: Place) -> Draft:
        scope, label = place.scope, shown(name)
        return Draft(
            id=f"{scope.path}#external:{label}",
            name=f"external:{label}",
            type="external",
            arn=f"arn:{scope.partition}:iam::{scope.account}:{kind}/{name}",
            origin=Origin(scope.path, pointer_of(scope, place.logical_id)),
            environment=scope.environment,
            construct_path=scope.construct_path(place.logical_id),
            conditional=scope.conditional,
            acknowledgements=scope.acknowledgements(place.logical_id),
        )

    def join(self, draft: Draft, group: str, place: Place) -> None:
        """Put a principal into the group of that name."""
        found = self._by_name.get((place.scope.environment, "group", group))
        if found is None:
            why = f"group `{shown(group)}` is not defined in the input"
            draft.note([place.incomplete(why)])
        elif found.id not in draft.groups:
            draft.groups.append(found.id)
