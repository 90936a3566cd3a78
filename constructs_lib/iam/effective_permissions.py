"""Effective permissions: what identity policies allow, minus what is denied, cut by boundary and SCPs.

The rules, of which each keeps the worst case where the input leaves something open:

- A condition on an Allow does not remove it. A Deny with a condition, or one that stands only under a
  condition of the template, removes nothing.
- A Deny removes exactly the resources that it covers. An action goes when nothing that it accepts is left:
  Allow on ``*`` minus Deny on one ARN stays, Allow on exactly that ARN goes, and so does Allow on ``*``
  minus Deny on every ARN of the only type that the action takes.
- The boundary and each layer of SCPs must allow the action on the resource too; what is left of a resource
  pattern is its intersection with theirs. A Deny in any of them counts like any other
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
- An action that takes no resource is requested on ``*``, so only a pattern that matches the text ``*``
  counts; an action with resource types needs a pattern that can match an ARN of one of them.
- An open resource counts in an Allow and covers nothing in a Deny. An open *action* counts in neither and
  makes the answer incomplete.

Actions are bits of an ``int`` and everything that depends on patterns alone is cached, so a principal costs
microseconds; :class:`Permission` objects are built when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from constructs_lib.iam._faults import Gap, Inert, Nonexistent, faults_of, gaps_of
from constructs_lib.iam._left import Piece, left
from constructs_lib.iam._reduce import (
    Denials,
    Item,
    allow_items,
    collect_denials,
    cut,
    subtract,
)
from constructs_lib.iam._tables import action_mask, allowed_actions, names_of, tables
from constructs_lib.iam.model import Condition, Policy, Statement

__all__ = ["Effective", "Gap", "Grant", "Inert", "Layer", "Nonexistent", "Permission", "effective"]

Layer: TypeAlias = Policy | Sequence[Policy]
"""A layer of service control policies (root, an organizational unit, the account); one of it must allow."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one Allow statement leaves for one action.

    Attributes:
        policy: the document that holds the statement.
        statement: the statement.
        actions: its action patterns that match the action; the ``NotAction`` patterns when it has those.
        resources: its resource patterns that count for the action, as written, or their intersection with the
            boundary's and SCPs'. ``("*",)`` for a ``NotResource`` statement.
        excluded: what a ``NotResource`` statement leaves out.
        conditions: the statement's own and those of boundary or SCP statements that it depends on.
        conditional: whether it stands only under a condition of the template.

    """

    policy: Policy
    statement: Statement
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    excluded: tuple[str, ...]
    conditions: tuple[Condition, ...]
    conditional: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that is effectively allowed and every grant behind it."""

    action: str
    grants: tuple[Grant, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        """The resource patterns of all grants, sorted."""
        return tuple(sorted({text for grant in self.grants for text in grant.resources}))

    @property
    def conditional(self) -> bool:
        """Whether every grant stands only under a condition of the template."""
        return all(grant.conditional for grant in self.grants)


@dataclass(frozen=True)
class Effective:
    """What a principal may effectively do; cheap to make, details on demand.

    ``rows`` are what is left of each Allow statement, which ``mask`` is the sum of.
    """

    mask: int
    policies: tuple[Policy, ...]
    boundary: Policy | None
    scps: Sequence[Layer]
    rows: tuple[tuple[Policy, Statement, tuple[Item, ...]], ...] = field(repr=False)
    denials: Denials = field(repr=False)

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """The effective actions, sorted, in the catalogue's spelling."""
        return names_of(self.mask)

    @cached_property
    def permissions(self) -> Mapping[str, Permission]:
        """A read-only mapping from action to permission, each built when it is looked up."""
        return _Permissions(self)

    def allows(self, action: str) -> bool:
        """Whether the action (any letter case, no wildcards) is effective."""
        return bool(self.mask & tables().bit.get(action.lower(), 0))

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Return the effective actions that an action pattern matches."""
        return names_of(self.mask & action_mask(pattern))

    @cached_property
    def inert(self) -> tuple[Inert, ...]:
        """Allow statements' actions that their resources can never reach, in the order of the statements."""
        return tuple(fault for faults in self._faults for fault in faults[0])

    @cached_property
    def nonexistent(self) -> tuple[Nonexistent, ...]:
        """Action patterns under a Bedrock prefix, of Allow or Deny, that match no action."""
        return tuple(fault for faults in self._faults for fault in faults[1])

    @cached_property
    def incomplete(self) -> tuple[Gap, ...]:
        """What the policies leave open about actions."""
        return tuple(
            gap
            for policy in self.policies
            for statement in policy.statements
            for gap in gaps_of(policy, statement)
        )

    @cached_property
    def _faults(self) -> tuple[tuple[tuple[Inert, ...], tuple[Nonexistent, ...], tuple[Gap, ...]], ...]:
        return tuple(
            faults_of(policy, statement) for policy in self.policies for statement in policy.statements
        )

    def pieces(self, action: str) -> Iterator[tuple[Statement, Piece]]:
        """Yield the statements that allow an action, with what is left of their resources."""
        flag = tables().bit.get(action.lower(), 0)
        for _, statement, items in self.rows:
            for item in items:
                if item.mask & flag:
                    yield statement, item.piece

    def resource_of(self, action: str, piece: Piece) -> str | None:
        """Return a resource of the piece that the action accepts and no Deny covers."""
        flag = tables().bit[action.lower()]
        covers = tuple(cover for mask, cover in self.denials.partial if mask & flag)
        return left(piece, _types(action), covers)


def _types(action: str) -> tuple[str, ...] | None:
    """Return an action's resource types, ``None`` where they are not known."""
    table = tables()
    flag = table.bit[action.lower()]
    if flag & table.unlisted:
        return None
    return next((types for types, members in table.groups if members & flag), ())


class _Permissions(Mapping[str, Permission]):
    """Permissions by action, built on first look-up."""

    def __init__(self, owner: Effective) -> None:
        self._owner = owner
        self._built: dict[str, Permission] = {}

    def __getitem__(self, action: str) -> Permission:
        found = self._built.get(action)
        if found is None:
            flag = tables().bit.get(action.lower(), 0) & self._owner.mask
            if not flag:
                raise KeyError(action)
            name = names_of(flag)[0]
            found = self._built[action] = Permission(name, tuple(_grants(self._owner, flag)))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._owner.actions)

    def __len__(self) -> int:
        return self._owner.mask.bit_count()

    def __contains__(self, action: object) -> bool:
        return isinstance(action, str) and self._owner.allows(action)


def _grants(owner: Effective, flag: int) -> Iterator[Grant]:
    """Build the grants of one action."""
    for policy, statement, items in owner.rows:
        held = [item for item in items if item.mask & flag]
        if not held:
            continue
        if statement.actions is not None:
            actions = tuple(text for text in statement.actions if action_mask(text) & flag)
        else:
            actions = statement.not_actions or ()
        limits = dict.fromkeys(limit for item in held for limit in item.limits)
        yield Grant(
            policy=policy,
            statement=statement,
            actions=actions,
            resources=tuple(dict.fromkeys(item.piece.pattern for item in held)),
            excluded=tuple(dict.fromkeys(text for item in held for text in item.piece.excluded)),
            conditions=statement.conditions + tuple(c for limit in limits for c in limit.conditions),
            conditional=statement.conditional,
        )


def effective(
    identity: Iterable[Policy], *, boundary: Policy | None = None, scps: Sequence[Layer] = ()
) -> Effective:
    """Work out what a principal may do.

    Args:
        identity: every identity policy of the principal, groups included.
        boundary: its permissions boundary, ``None`` for none.
        scps: layers of service control policies; each layer must allow, and a Deny in any counts.

    """
    policies = tuple(identity)
    layers: list[Sequence[Policy]] = [] if boundary is None else [(boundary,)]
    layers += [(layer,) if isinstance(layer, Policy) else layer for layer in scps]
    statements = [statement for policy in policies for statement in policy.statements]
    limits = [statement for layer in layers for policy in layer for statement in policy.statements]
    denials = collect_denials((*statements, *limits))
    rows: list[tuple[Policy, Statement, tuple[Item, ...]]] = []
    mask = 0
    for policy in policies:
        for statement in policy.statements:
            # Most statements are about other services, and their resources differ while actions recur.
            if statement.effect == "Deny" or not allowed_actions(statement.actions, statement.not_actions):
                continue
            items: Iterable[Item] = allow_items(
                statement.actions, statement.not_actions, statement.resources, statement.not_resources
            )
            for layer in layers:
                items = cut(items, layer)
            kept = tuple(subtract(items, denials))
            if kept:
                rows.append((policy, statement, kept))
                for item in kept:
                    mask |= item.mask
    return Effective(mask, policies, boundary, tuple(scps), tuple(rows), denials)
