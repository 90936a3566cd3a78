"""Pair the principals of two reviews and say what each gained and lost."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, covers
from constructs_lib.review.diff._model import Diff, FamilyChange, PrincipalChange, ResourceChange

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from constructs_lib.review.model import FamilyUse, PrincipalReport

    Pair = tuple[PrincipalReport | None, PrincipalReport | None]

__all__ = ["compare"]


def compare(
    old: Sequence[PrincipalReport],
    new: Sequence[PrincipalReport],
    *,
    old_name: str = "old",
    new_name: str = "new",
) -> Diff:
    """Return what changed in permissions. Equal sides give a ``Diff`` without principals.

    A principal is the same on both sides when its construct path is; else when template file and logical id
    are; else when its name is, and is unique. What a pattern covers is decided as IAM does it; a pattern
    that the input leaves open covers only itself, so that nothing is taken for granted.
    """
    changes = [_change(before, after) for before, after in _pairs(old, new)]
    return Diff(old_name, new_name, tuple(change for change in changes if change is not None))


def _pairs(old: Sequence[PrincipalReport], new: Sequence[PrincipalReport]) -> list[Pair]:
    """Pair by ever looser keys, each only where it is unique on both sides; the rest is alone."""
    left, right = list(old), list(new)
    pairs: list[Pair] = []
    keys: tuple[Callable[[PrincipalReport], Hashable], ...] = (
        lambda principal: principal.construct_path,
        lambda principal: principal.id,
        lambda principal: (PurePosixPath(principal.id.rpartition("#")[0]).name, principal.name),
        lambda principal: principal.name,
    )
    for key in keys:
        before, after = _unique(left, key), _unique(right, key)
        found = [(before[shared], after[shared]) for shared in before.keys() & after.keys()]
        paired = {id(principal) for pair in found for principal in pair}
        left = [principal for principal in left if id(principal) not in paired]
        right = [principal for principal in right if id(principal) not in paired]
        pairs += found
    pairs += [(principal, None) for principal in left] + [(None, principal) for principal in right]
    return sorted(pairs, key=_order)


def _unique(
    principals: Iterable[PrincipalReport], key: Callable[[PrincipalReport], Hashable]
) -> dict[Hashable, PrincipalReport]:
    groups: dict[Hashable, list[PrincipalReport]] = defaultdict(list)
    for principal in principals:
        groups[key(principal)].append(principal)
    return {value: group[0] for value, group in groups.items() if value is not None and len(group) == 1}


def _order(pair: Pair) -> tuple[str, str, str]:
    shown = pair[1] or pair[0]
    assert shown is not None  # noqa: S101 - a pair has at least one side
    return (shown.construct_path or shown.name, shown.name, shown.id)


def _change(old: PrincipalReport | None, new: PrincipalReport | None) -> PrincipalChange | None:
    shown = new or old
    assert shown is not None  # noqa: S101 - a pair has at least one side
    families = _families(old, new)
    unknown_old = {item.why for item in old.incomplete} if old else set()
    unknown_new = {item.why for item in new.incomplete} if new else set()
    change = PrincipalChange(
        change="changed" if old and new else "added" if new else "removed",
        name=shown.name,
        construct_path=shown.construct_path,
        old=old.id if old else None,
        new=new.id if new else None,
        kind=(old.kind if old else None, new.kind if new else None),
        verdict=(old.verdict if old else None, new.verdict if new else None),
        families=families,
        unknown_gained=tuple(sorted(unknown_new - unknown_old)),
        unknown_lost=tuple(sorted(unknown_old - unknown_new)),
    )
    same = change.kind[0] == change.kind[1] and change.verdict[0] == change.verdict[1]
    if same and not (families or change.unknown_gained or change.unknown_lost):
        return None
    return change


def _families(old: PrincipalReport | None, new: PrincipalReport | None) -> dict[str, FamilyChange]:
    before, after = old.families if old else {}, new.families if new else {}
    changes = {name: _family(before.get(name), after.get(name)) for name in sorted({*before, *after})}
    return {name: change for name, change in changes.items() if change is not None}


def _family(old: FamilyUse | None, new: FamilyUse | None) -> FamilyChange | None:
    shown = new or old
    assert shown is not None  # noqa: S101 - the caller takes names from the two sides
    old_actions, new_actions = set(old.actions if old else ()), set(new.actions if new else ())
    old_resources, new_resources = old.resources if old else (), new.resources if new else ()
    change = FamilyChange(
        plane=shown.plane,
        gained=tuple(sorted(new_actions - old_actions)),
        lost=tuple(sorted(old_actions - new_actions)),
        widened=_beyond(new_resources, old_resources),
        narrowed=_beyond(old_resources, new_resources),
    )
    return change if change.widening or change.lost or change.narrowed else None


def _beyond(ours: Sequence[str], theirs: Sequence[str]) -> tuple[ResourceChange, ...]:
    """Return the patterns of ``ours`` that nothing in ``theirs`` covers."""
    known = set(theirs)
    return tuple(
        ResourceChange(pattern, tuple(sorted(other for other in known if _covers(pattern, other))))
        for pattern in sorted(set(ours) - known)
        if not any(_covers(other, pattern) for other in known)
    )


def _covers(wide: str, narrow: str) -> bool:
    """In a report, ``?`` stands for what the input left open."""
    return covers(wide.replace("?", UNRESOLVED), narrow.replace("?", UNRESOLVED))
