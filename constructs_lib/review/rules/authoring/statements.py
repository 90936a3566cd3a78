"""Policies that resources carry, and statements that can never allow anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from constructs_lib import catalogue
from constructs_lib.iam import (
    NO_ACTIONS,
    DocumentError,
    actions_matching,
    allow_items,
    matches,
    names_of,
    parse_document,
    remembered,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.iam import ActionSet, Policy, Statement
    from constructs_lib.review.facts import Facts
    from constructs_lib.templates import Resource

__all__ = ["InertStatement", "Reason", "inert_statements", "names_in", "patterns_naming", "policy_of"]

Reason = Literal["wrong-resource-type", "arn-on-resourceless"]


def policy_of(resource: Resource, name: str) -> Policy | None:
    """Return the policy in a property of a resource, ``None`` if it is absent, unresolved or no policy.

    Args:
        resource: The resource.
        name: The property's name.

    """
    value = resource.properties.get(name)
    if value is None:
        return None
    try:
        return parse_document(
            value,
            name=name,
            path=resource.origin.path,
            pointer=resource.pointer_of(name),
        )
    except DocumentError:  # not a policy: the service refuses it, so it allows nothing
        return None


def names_in(statement: Statement) -> tuple[str, ...]:
    """Return the action names and patterns that a statement writes, in ``Action`` or ``NotAction``."""
    if statement.not_actions is None:
        return statement.actions or ()
    return (*(statement.actions or ()), *statement.not_actions)


def patterns_naming(
    statement: Statement, mask: ActionSet = NO_ACTIONS, names: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the action patterns of a statement that name certain actions, in lower case, for a key.

    An action that has nothing to do with the finding may come and go beside them.

    Args:
        statement: The statement; of one with ``NotAction`` the answer is that word.
        mask: Actions of Bedrock.
        names: Actions of other services, in full.

    """
    if statement.actions is None:
        return ("NotAction",)
    others = tuple(names)
    found = {
        pattern.lower()
        for pattern in statement.actions
        if actions_matching(pattern) & mask or any(matches(pattern, n, ignore_case=True) for n in others)
    }
    return tuple(sorted(found))


class InertStatement(NamedTuple):
    """The actions of a statement that it can never allow.

    Attributes:
        statement: The statement.
        names: The actions as reports name them: a pattern as written, any other by its full name.
        actions: For each of them an action that it matches.
        elsewhere: Whether another statement of the principal allows them. A statement with both gives two.

    """

    statement: Statement
    names: tuple[str, ...]
    actions: tuple[str, ...]
    elsewhere: bool


def inert_statements(facts: Facts, reason: Reason) -> Iterator[InertStatement]:
    """Yield the statements with actions that they can never allow, for one reason.

    Args:
        facts: The principal.
        reason: Whether the action accepts other resource types, or takes only ``*``.

    """
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
                yield InertStatement(
                    statement,
                    tuple(dict.fromkeys(name for name, _ in rows)),
                    tuple(action for _, action in rows),
                    elsewhere,
                )


@remembered(4096)
def _inert(actions: tuple[str, ...], resources: tuple[str, ...]) -> tuple[tuple[str, str, Reason], ...]:
    """Return name, matching action and reason; a pattern only if none of its actions can be allowed."""
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
