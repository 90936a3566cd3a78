"""Which managed policies there are, and what a node that names some of them comes to."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.iam import UNRESOLVED, Origin, Policy
from constructs_lib.templates.drafts import Draft, Library, Managed
from constructs_lib.templates.intrinsics import ABSENT, resolve, texts
from constructs_lib.templates.managed import aws_managed, is_aws_managed, is_harmless
from constructs_lib.templates.place import Place, items, placed, pointer_of, shown, with_absent
from constructs_lib.templates.policies import read_document
from constructs_lib.templates.scope import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.templates.intrinsics import Resolved
    from constructs_lib.templates.model import Incomplete
    from constructs_lib.templates.scope import Scope

__all__ = ["Shelf"]


@dataclass(slots=True)
class Shelf:
    """The managed policies of an assembly and AWS's own."""

    _library: Library = field(default_factory=Library)
    # What nodes that name managed policies come to, by id() of the scope and content.
    _spelled: dict[tuple[int, bytes], Resolved] = field(default_factory=dict)

    def define(self, place: Place) -> None:
        """Enter a managed policy that a template defines."""
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
                self._library.add(arn, managed)

    def own(self, place: Place) -> Managed | None:
        """Return the managed policy that a place defines; it counts as carried."""
        for arn in texts({"Ref": place.logical_id}, place.scope).values[:1]:
            managed = self._library.find(arn)
            if managed is not None:
                managed.used = True
                return managed
        return None

    def attach_listed(self, draft: Draft, place: Place, *steps: str) -> None:
        """Attach the managed policies that a property lists."""
        node: Any = place.properties
        for step in steps:
            node = mapping(node).get(step)
        for item, where, conditional in items(node, steps):
            self.attach(draft, place, item, where, conditional)

    def attach(
        self, draft: Draft, place: Place, node: Any, steps: tuple[str | int, ...], conditional: bool
    ) -> None:
        """Attach the managed policies that a node may name."""
        found = self._texts(node, place.scope)
        if not found.values and found.reasons:
            draft.note([place.incomplete(f"a managed policy is not known: {found.reasons[0]}", *steps)])
        for arn in found.values:
            policy, incomplete = self._meaning(arn, place, steps, found.reasons)
            if policy is not None:
                choice = conditional or found.conditional or self._is_chosen(arn, draft)
                draft.add(placed(policy, choice), incomplete)
            else:
                draft.note(incomplete)

    def bound(self, draft: Draft, place: Place, node: Any, *steps: str) -> None:
        """Set the permissions boundary; one that may be absent limits nothing."""
        if node is None:
            return
        possible = with_absent(node, place.scope)
        if ABSENT in possible or not possible:
            return
        policies: list[Policy] = []
        for arn in possible:
            policy, incomplete = self._meaning(str(arn), place, steps, ())
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

    def unattached(self) -> Iterator[Draft]:
        """Yield a principal for each managed policy that nothing carries."""
        for managed in self._library.entries:
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
            yield draft

    def _texts(self, node: Any, scope: Scope) -> Resolved:
        """Return the texts of a node, worked out once for each spelling: roles carry like policies."""
        if type(node) is str:
            return texts(node, scope)
        try:
            key = id(scope), marshal.dumps(node, 2)
        except ValueError:  # too deep
            return texts(node, scope)
        known = self._spelled.get(key)
        if known is None:
            known = self._spelled[key] = texts(node, scope)
        return known

    def _is_chosen(self, arn: str, draft: Draft) -> bool:
        """Whether a policy stands under a condition that its carrier does not stand under."""
        managed = self._library.find(arn)
        return managed is not None and managed.condition not in {None, draft.condition}

    def _meaning(
        self, arn: str, place: Place, steps: tuple[str | int, ...], reasons: tuple[str, ...]
    ) -> tuple[Policy | None, list[Incomplete]]:
        """Return a managed policy's meaning, or why it is not known; neither when it is harmless."""
        managed = self._library.find(arn)
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
