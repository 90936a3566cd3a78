"""Compare what limits the principals of two inputs: conditions, Denies and trusts.

The report of a principal has its actions and resources. A condition that goes, a Deny of some requests, or
one more principal in a trust changes none of them, and yet the principal may do more. So two inputs are also
compared by their statements:

- an Allow is looser where it allows an action on a resource that was allowed before, on conditions that no
  longer have to hold
- the Denies are looser where one denied an action on a resource, of actions that the principal has on both
  sides, and no Deny now denies as much
- a trust is looser where it names a principal that no earlier statement named on such conditions

A condition implies another one with the same operator and key whose values leave at least as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from constructs_lib.iam import (
    NO_ACTIONS,
    ActionSet,
    actions_matching,
    allowed_actions,
    covers,
    denied_actions,
    names_of,
    without_variables,
)
from constructs_lib.review.wording import listing, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.iam import Condition, Statement
    from constructs_lib.templates import Principal

__all__ = ["Limits", "limits_of", "loosened"]

_NAMES = 4
# Pairs of statements that are compared for one principal; a policy that IAM takes has far fewer.
_MOST = 200_000


class Limits(NamedTuple):
    """The statements about Bedrock that a principal has, and those of its trust.

    Attributes:
        allows: The Allow statements of its identity policies.
        boundary: Those of its permissions boundary.
        denies: The Deny statements of both.
        trust: The Allow statements of its trust.
        trust_denies: The Deny statements of its trust.

    """

    allows: tuple[Statement, ...]
    boundary: tuple[Statement, ...]
    denies: tuple[Statement, ...]
    trust: tuple[Statement, ...]
    trust_denies: tuple[Statement, ...]


def limits_of(principal: Principal) -> Limits:
    """Return the statements of a principal that :func:`loosened` compares."""
    own = [statement for policy in principal.policies for statement in policy.statements]
    boundary = principal.boundary.statements if principal.boundary else ()
    trust = principal.trust.statements if principal.trust else ()
    return Limits(
        tuple(s for s in own if s.effect == "Allow" and _mask(s)),
        tuple(s for s in boundary if s.effect == "Allow" and _mask(s)),
        tuple(s for s in (*own, *boundary) if s.effect == "Deny" and _mask(s)),
        tuple(s for s in trust if s.effect == "Allow"),
        tuple(s for s in trust if s.effect == "Deny"),
    )


def loosened(old: Limits, new: Limits, held: Iterable[str]) -> tuple[str, ...]:
    """Return what no longer limits a principal, a line for each; the other way round for what limits it now.

    Args:
        old: What limited it.
        new: What limits it.
        held: The actions that it has on both sides.

    """
    if any(len(_changed(b, a)) * len(a) > _MOST for a, b in zip((*old, *new), (*new, *old), strict=True)):
        return ("there are too many statements to compare their conditions",)
    mask = NO_ACTIONS
    for name in held:
        mask |= actions_matching(name)
    lines = [
        *_allows(old.allows, new.allows, mask),
        *_allows(old.boundary, new.boundary, mask, "in the permissions boundary, "),
        *(
            f"no Deny any more of {_subject(s, left)}{_when(s)}"
            for s, left in _gone(old.denies, new.denies, mask)
        ),
        *_trusts(old.trust, new.trust),
        *(
            f"no Deny any more in the trust of {_whom(s)}{_when(s)}"
            for s in _missing(old.trust_denies, new.trust_denies)
        ),
    ]
    return tuple(dict.fromkeys(lines))


def _mask(statement: Statement) -> ActionSet:
    find = allowed_actions if statement.effect == "Allow" else denied_actions
    return find(statement.actions, statement.not_actions)


def _allows(
    old: Sequence[Statement], new: Sequence[Statement], held: ActionSet, where: str = ""
) -> Iterator[str]:
    """Yield the Allows whose actions and resources were allowed before on conditions that are gone."""
    for statement in _changed(new, old):
        left = _uncovered(statement, old, _mask(statement) & held)
        before = [s for s in old if _mask(s) & left and _covers(s, statement)] if left else []
        if not before:
            continue  # a new action or resource, which the families show
        left &= _union(before)
        conditions = " or ".join(dict.fromkeys(_conditions(s) for s in before))
        now = f"on condition of {_conditions(statement)}" if statement.conditions else "without a condition"
        yield f"{where}{_subject(statement, left)} {now}, before on condition of {conditions}"


def _gone(
    old: Sequence[Statement], new: Sequence[Statement], held: ActionSet
) -> Iterator[tuple[Statement, ActionSet]]:
    """Yield the Denies that none of the new ones replaces, each with the actions that it leaves."""
    for statement in _changed(old, new):
        left = _uncovered(statement, new, _mask(statement) & held)
        if left:
            yield statement, left


def _changed(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[Statement]:
    """Return the statements that the other side doesn't have in the same words."""
    known = {_words(statement) for statement in theirs}
    return [statement for statement in ours if _words(statement) not in known]


def _words(statement: Statement) -> tuple[object, ...]:
    return (
        statement.actions,
        statement.not_actions,
        statement.resources,
        statement.not_resources,
        statement.principals,
        statement.not_principals,
        statement.conditions,
        statement.conditional,
    )


def _union(statements: Iterable[Statement]) -> ActionSet:
    found = NO_ACTIONS
    for statement in statements:
        found |= _mask(statement)
    return found


def _uncovered(statement: Statement, others: Sequence[Statement], mask: ActionSet) -> ActionSet:
    """Return the actions of a statement that no other one has on its resources, on as few conditions."""
    for other in others:
        if not mask:
            break
        if _implied(other.conditions, statement.conditions) and _covers(other, statement):
            mask &= ~_mask(other)
    return mask


def _covers(wide: Statement, narrow: Statement) -> bool:
    """Whether the resources of one statement are among those of another one."""
    if wide.conditional and not narrow.conditional:
        return False
    if wide.not_resources is not None:
        if narrow.not_resources is not None:
            return set(wide.not_resources) <= set(narrow.not_resources)
        return False
    texts = wide.resources or ()
    wanted = ("*",) if narrow.not_resources is not None else narrow.resources or ()
    return all(text in texts or any(covers(one, without_variables(text)) for one in texts) for text in wanted)


def _implied(wide: Sequence[Condition], narrow: Sequence[Condition]) -> bool:
    """Whether requests that meet the narrow conditions meet the wide ones."""
    return all(any(_is_as_strict(test, other) for test in narrow) for other in wide)


def _is_as_strict(test: Condition, other: Condition) -> bool:
    if (test.operator.lower(), test.key.lower()) != (other.operator.lower(), other.key.lower()):
        return False
    ours, theirs = set(test.values), set(other.values)
    return theirs <= ours if "not" in test.operator.lower() else ours <= theirs


def _trusts(old: Sequence[Statement], new: Sequence[Statement]) -> Iterator[str]:
    for statement in _missing(new, old):
        yield f"may be assumed by {_whom(statement)}{_when(statement)}"


def _missing(ours: Sequence[Statement], theirs: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements of a trust that no other one covers."""
    for statement in _changed(ours, theirs):
        if not all(any(_names(other, who, statement) for other in theirs) for who in _named(statement)):
            yield statement


def _named(statement: Statement) -> tuple[tuple[str, str], ...]:
    return statement.principals or (("not", ""),)


def _names(wide: Statement, who: tuple[str, str], narrow: Statement) -> bool:
    """Whether a statement of a trust names a principal with these actions, on no more conditions."""
    if wide.not_principals != narrow.not_principals or not _implied(wide.conditions, narrow.conditions):
        return False
    actions = {text.lower() for text in wide.actions or ()}
    if not all(text.lower() in actions or actions & {"*", "sts:*"} for text in narrow.actions or ()):
        return False
    return who in _named(wide) or ("AWS", "*") in _named(wide)


def _whom(statement: Statement) -> str:
    if statement.principals is None:
        return f"all but {listing([value for _, value in statement.not_principals or ()], _NAMES)}"
    return listing([value for _, value in statement.principals], _NAMES)


def _subject(statement: Statement, mask: ActionSet) -> str:
    if statement.not_resources is not None:
        where = f"all but {listing(statement.not_resources, _NAMES)}"
    else:
        where = listing(statement.resources or (), _NAMES)
    return f"{listing(names_of(mask), _NAMES)} on {where}"


def _when(statement: Statement) -> str:
    return f" on condition of {_conditions(statement)}" if statement.conditions else ""


def _conditions(statement: Statement) -> str:
    """Return the conditions of a statement, each as `operator key: values`."""
    tests = [f"`{c.operator} {c.key}`: {listing(c.values, _NAMES)}" for c in statement.conditions]
    return shown(" and ".join(tests)) or "nothing"
