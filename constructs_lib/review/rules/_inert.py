"""Grants that can never allow anything, gathered by statement."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import NO_ACTIONS, actions_matching, allow_items, names_of, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam import Statement
    from constructs_lib.review.facts import Facts

__all__ = ["Reason", "Row", "inert_rows"]

Reason = Literal["wrong-resource-type", "arn-on-resourceless"]


class Row(NamedTuple):
    """What is inert in one statement: names as written, the actions meant, whether all work elsewhere."""

    statement: Statement
    names: tuple[str, ...]
    actions: tuple[str, ...]
    elsewhere: bool


def inert_rows(facts: Facts, reason: Reason) -> Iterator[Row]:
    """Yield the rows of one reason."""
    for statement in facts.written:
        if statement.effect == "Deny" or statement.actions is None or statement.resources is None:
            continue
        found = _inert(statement.actions, statement.resources)
        for elsewhere in (False, True):
            rows = [
                (name, action)
                for name, action, why in found
                if why == reason and facts.allows(action) is elsewhere
            ]
            if rows:
                yield Row(
                    statement,
                    tuple(dict.fromkeys(name for name, _ in rows)),
                    tuple(action for _, action in rows),
                    elsewhere,
                )


@lru_cache(maxsize=4096)
def _inert(actions: tuple[str, ...], resources: tuple[str, ...]) -> tuple[tuple[str, str, Reason], ...]:
    """Return (name as written, an action meant, reason); patterns only when nothing of them is left."""
    held = NO_ACTIONS
    for item in allow_items(actions, None, resources, None):
        held |= item.mask
    table = tables()
    result = []
    for name in actions:
        mask = actions_matching(name)
        if not mask or mask & held or not name.lower().startswith(tuple(catalogue.prefixes())):
            continue
        typed = mask & ~table.bare
        meant = names_of(typed or mask)[0]
        reason: Reason = "wrong-resource-type" if typed else "arn-on-resourceless"
        result.append((name if "*" in name or "?" in name else meant, meant, reason))
    return tuple(result)
