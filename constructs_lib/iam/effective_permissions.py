"""Effective permissions: what identity policies allow, minus what is denied, cut by boundary and SCPs.

Where the input leaves something open, each rule assumes the worst case:

- A condition on an Allow does not remove it. A Deny with a condition, or one that depends on a condition of
  the template, removes nothing.
- A Deny removes exactly the resources that it covers. An action goes when no resource that it accepts
  remains: Allow on ``*`` minus Deny on one ARN stays, Allow on exactly that ARN goes, and so does Allow on
  ``*`` minus Deny on every ARN of the only type that the action takes.
- The boundary and each layer of SCPs must allow the action on the resource too; what remains of a resource
  pattern is its intersection with theirs. A Deny in any of them counts like any other
  (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
- An action that takes no resource is requested on ``*``, so only a pattern that matches the text ``*``
  counts; an action with resource types needs a pattern that can match an ARN of one of them.
- An open resource counts in an Allow and covers nothing in a Deny. An open *action* counts in neither and
  makes the answer incomplete. An undocumented action pattern counts in an Allow and not in a Deny
  (:func:`~constructs_lib.iam.counts_in`).

Actions are bits of an ``int`` and everything that depends on patterns alone is cached, so a principal costs
microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeAlias

from constructs_lib import catalogue
from constructs_lib.iam.action_names import fault_of_name
from constructs_lib.iam.action_sets import ActionSet, allowed_actions, tables
from constructs_lib.iam.model import UNRESOLVED, Policy, Statement
from constructs_lib.iam.patterns import may_overlap
from constructs_lib.iam.remainder import (
    Denials,
    Item,
    Piece,
    allow_items,
    collect_denials,
    cut,
    remaining_resource,
    subtract,
)
from constructs_lib.iam.work import remembered

__all__ = ["Effective", "Gap", "Layer", "effective"]

Layer: TypeAlias = Policy | Sequence[Policy]
"""A layer of service control policies (root, an organizational unit, the account); one of it must allow."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An action pattern that the input or the catalogue leaves open, and the reason."""

    policy: Policy
    statement: Statement
    pattern: str
    why: str


@dataclass(frozen=True)
class Effective:
    """What a principal may effectively do.

    ``rows`` are what is left of each Allow statement, which ``mask`` is the sum of.
    """

    mask: ActionSet
    policies: tuple[Policy, ...]
    boundary: Policy | None
    scps: Sequence[Layer]
    rows: tuple[tuple[Policy, Statement, tuple[Item, ...]], ...] = field(repr=False)
    denials: Denials = field(repr=False)

    def allows(self, action: str) -> bool:
        """Whether the action (any letter case, no wildcards) is effective."""
        return bool(self.mask & tables().bit.get(action.lower(), 0))

    @cached_property
    def incomplete(self) -> tuple[Gap, ...]:
        """What the policies leave open about actions."""
        return tuple(
            Gap(policy, statement, pattern, why)
            for policy in self.policies
            for statement in policy.statements
            for pattern, why in _gaps_of(statement.actions, statement.not_actions)
        )

    def resource_of(self, action: str, piece: Piece) -> str | None:
        """Return a resource of the piece that the action accepts and no Deny covers."""
        flag = tables().bit[action.lower()]
        covers = tuple(cover for mask, cover in self.denials.partial if mask & flag)
        return remaining_resource(piece, _types(action), covers)


def _types(action: str) -> tuple[str, ...] | None:
    """Return an action's resource types, ``None`` where they are not known."""
    table = tables()
    flag = table.bit[action.lower()]
    if flag & table.unlisted:
        return None
    return next((types for types, members in table.groups if members & flag), ())


def effective(
    identity: Iterable[Policy], *, boundary: Policy | None = None, scps: Sequence[Layer] = ()
) -> Effective:
    """Return what a principal may do.

    Args:
        identity: Every identity policy of the principal, groups included.
        boundary: Its permissions boundary, ``None`` for none.
        scps: Layers of service control policies; each layer must allow, and a Deny in any counts.

    """
    policies = tuple(identity)
    layers: list[Sequence[Policy]] = [] if boundary is None else [(boundary,)]
    layers += [(layer,) if isinstance(layer, Policy) else layer for layer in scps]
    statements = [statement for policy in policies for statement in policy.statements]
    limits = [statement for layer in layers for policy in layer for statement in policy.statements]
    denials = collect_denials((*statements, *limits))
    rows: list[tuple[Policy, Statement, tuple[Item, ...]]] = []
    mask = ActionSet(0)
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


@remembered(4096)
def _gaps_of(
    actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None
) -> tuple[tuple[str, str], ...]:
    """Return the action patterns of a statement that leave something open, each with the reason."""
    patterns = dict.fromkeys((*(actions or ()), *(not_actions or ())))
    return tuple((pattern, why) for pattern in patterns if (why := _why_open(pattern)) is not None)


def _why_open(pattern: str) -> str | None:
    """Say what an action pattern that may concern Bedrock leaves open, ``None`` for nothing."""
    if UNRESOLVED in pattern:
        prefix = pattern.partition(":")[0].lower()
        if any(may_overlap(prefix, name) for name in _prefixes()):
            return "the action is not determined by the input"
        return None
    action = catalogue.action(pattern)
    if action is not None and not action.in_reference:
        return "the action is newer than the service authorization reference"
    fault = fault_of_name(pattern)
    return fault.why if fault is not None and not fault.is_wrong else None


@lru_cache(maxsize=1)
def _prefixes() -> frozenset[str]:
    """Return the action prefixes, and the names of SDK clients that people write instead of them."""
    clients = {family.client for family in catalogue.families().values() if family.client}
    return frozenset({*catalogue.prefixes(), *clients})
