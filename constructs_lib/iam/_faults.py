"""What is wrong with a statement on its own: grants that never work, unknown names, open names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from constructs_lib import catalogue
from constructs_lib.iam import matching
from constructs_lib.iam._reduce import allow_items
from constructs_lib.iam._tables import action_mask, allowed_actions, names_of, tables
from constructs_lib.iam.model import UNRESOLVED, Policy, Statement

__all__ = ["Gap", "Inert", "Nonexistent", "faults_of", "gaps_of"]

Reason = Literal["wrong-resource-type", "arn-on-resourceless"]


@dataclass(frozen=True, slots=True)
class Inert:
    """An action that an Allow names and that no resource of the statement can ever be right for.

    ``named`` says that a pattern without wildcards names it; wildcards sweep up such actions without intent.
    """

    policy: Policy
    statement: Statement
    action: str
    named: bool
    resources: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Nonexistent:
    """An action pattern (``Action`` or ``NotAction``) under a Bedrock prefix that matches no action."""

    policy: Policy
    statement: Statement
    pattern: str


@dataclass(frozen=True, slots=True)
class Gap:
    """An action pattern about which nothing certain can be said, and why."""

    policy: Policy
    statement: Statement
    pattern: str
    why: str


_Shape = tuple[tuple[tuple[str, bool, Reason], ...], tuple[str, ...], tuple[tuple[str, str], ...]]


def faults_of(
    policy: Policy, statement: Statement
) -> tuple[tuple[Inert, ...], tuple[Nonexistent, ...], tuple[Gap, ...]]:
    """Return the faults of one statement."""
    inert, nonexistent, gaps = _faults(
        statement.effect == "Allow",
        statement.actions,
        statement.not_actions,
        statement.resources,
        statement.not_resources,
    )
    if not (inert or nonexistent or gaps):
        return (), (), ()
    return (
        tuple(Inert(policy, statement, *row[:2], statement.resources or (), row[2]) for row in inert),
        tuple(Nonexistent(policy, statement, pattern) for pattern in nonexistent),
        tuple(Gap(policy, statement, *row) for row in gaps),
    )


def gaps_of(policy: Policy, statement: Statement) -> tuple[Gap, ...]:
    """Return what is open about the actions of one statement; resources don't matter."""
    rows = _all_gaps(statement.actions, statement.not_actions)
    return tuple(Gap(policy, statement, *row) for row in rows) if rows else ()


@lru_cache(maxsize=4096)
def _all_gaps(
    actions: tuple[str, ...] | None, not_actions: tuple[str, ...] | None
) -> tuple[tuple[str, str], ...]:
    patterns = dict.fromkeys((*(actions or ()), *(not_actions or ())))
    return tuple(gap for pattern in patterns for gap in _gaps(pattern))


@lru_cache(maxsize=4096)
def _faults(
    allow: bool,
    actions: tuple[str, ...] | None,
    not_actions: tuple[str, ...] | None,
    resources: tuple[str, ...] | None,
    not_resources: tuple[str, ...] | None,
) -> _Shape:
    patterns = tuple(dict.fromkeys((*(actions or ()), *(not_actions or ()))))
    inert: tuple[tuple[str, bool, Reason], ...] = ()
    if allow and actions is not None and not_resources is None:
        inert = _inert(actions, resources)
    return inert, tuple(filter(_is_nonexistent, patterns)), _all_gaps(actions, not_actions)


def _inert(
    actions: tuple[str, ...], resources: tuple[str, ...] | None
) -> tuple[tuple[str, bool, Reason], ...]:
    """Return (action, named, reason) of what the resources can't reach."""
    mask = allowed_actions(actions, None)
    for item in allow_items(actions, None, resources, None):
        mask &= ~item.mask
    table = tables()
    exact = {text.lower() for text in actions}
    return tuple(
        (
            name,
            name.lower() in exact,
            "arn-on-resourceless" if table.bit[name.lower()] & table.bare else "wrong-resource-type",
        )
        for name in names_of(mask)
    )


@lru_cache(maxsize=1)
def _prefixes() -> frozenset[str]:
    """Return the action prefixes, and the names of SDK clients that people write instead of them."""
    clients = {family.client for family in catalogue.families().values() if family.client}
    return frozenset({*catalogue.prefixes(), *clients})


def _is_nonexistent(pattern: str) -> bool:
    """Whether a pattern stands under a Bedrock prefix and matches nothing."""
    if UNRESOLVED in pattern or action_mask(pattern):
        return False
    prefix, colon, _ = pattern.strip().lower().partition(":")
    return bool(colon) and prefix.strip() in _prefixes()


def _gaps(pattern: str) -> tuple[tuple[str, str], ...]:
    """Say what is open about an action pattern that may concern Bedrock."""
    if UNRESOLVED in pattern:
        prefix = pattern.partition(":")[0].lower()
        if any(matching.may_overlap(prefix, name) for name in _prefixes()):
            return ((pattern, "the action is not determined by the input"),)
        return ()
    action = catalogue.action(pattern)
    if action is not None and not action.in_reference:
        return ((pattern, "the action is newer than the service authorization reference"),)
    return ()
