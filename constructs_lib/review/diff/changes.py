"""Compare the principals of two reviews: what each gained and lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from constructs_lib.iam import UNRESOLVED, covers
from constructs_lib.review.diff.limits import loosened

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from constructs_lib.review.diff.limits import Limits
    from constructs_lib.review.diff.resources import ResourceEffect
    from constructs_lib.review.model import FamilyUse, PrincipalReport

    Pair = tuple[PrincipalReport | None, PrincipalReport | None]

__all__ = ["Diff", "FamilyChange", "PrincipalChange", "ResourceChange", "compare"]


_NO_LIMITS: Final[tuple[Mapping[str, Limits], Mapping[str, Limits]]] = ({}, {})


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A pattern that one side has and no pattern of the other side covers.

    ``replaces`` are the other side's patterns that this one covers: the narrow ones from before a widening,
    or the ones that remain after a narrowing.
    """

    pattern: str
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyChange:
    """What changed for one principal in one family; ``widened`` and ``narrowed`` concern its resources."""

    plane: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    widened: tuple[ResourceChange, ...] = ()
    narrowed: tuple[ResourceChange, ...] = ()

    @property
    def widening(self) -> bool:
        """Whether the principal can do more than before."""
        return bool(self.gained or self.widened)


@dataclass(frozen=True, slots=True)
class PrincipalChange:
    """One principal that differs. ``old`` and ``new`` are its ids, ``None`` on the side that lacks it.

    ``unknown_gained`` and ``unknown_lost`` are the reasons of ``incomplete`` entries that came or went,
    ``loosened`` and ``tightened`` what no longer limits it and what limits it now.
    """

    change: Literal["added", "removed", "changed"]
    name: str
    construct_path: str | None
    old: str | None
    new: str | None
    kind: tuple[str | None, str | None]
    verdict: tuple[str | None, str | None]
    families: Mapping[str, FamilyChange]
    unknown_gained: tuple[str, ...] = ()
    unknown_lost: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()
    tightened: tuple[str, ...] = ()

    @property
    def widening(self) -> bool:
        """Whether it can do more than before, or may because something unknown was added."""
        return bool(self.unknown_gained or self.loosened) or any(
            family.widening for family in self.families.values()
        )


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that changed from ``old`` to ``new``, the caller's names of the two sides.

    ``resources`` is what the deployment replaces, deletes or can't make; ``None`` where a side is a stored
    report, which has no templates. ``has_limits`` says whether conditions, Denies and trusts were compared,
    which a report does not have.
    """

    old: str
    new: str
    principals: tuple[PrincipalChange, ...]
    resources: tuple[ResourceEffect, ...] | None = ()
    has_limits: bool = True

    @property
    def widening(self) -> bool:
        """Whether any principal can do more than before."""
        return any(principal.widening for principal in self.principals)

    @property
    def losing(self) -> bool:
        """Whether the deployment may lose something, or fail."""
        return any(effect.losing for effect in self.resources or ())


def compare(
    old: Sequence[PrincipalReport],
    new: Sequence[PrincipalReport],
    *,
    old_name: str = "old",
    new_name: str = "new",
    resources: Sequence[ResourceEffect] | None = (),
    limits: tuple[Mapping[str, Limits], Mapping[str, Limits]] | None = _NO_LIMITS,
) -> Diff:
    """Return what changed in permissions. Equal sides give a ``Diff`` without principals.

    A principal is the same on both sides when its construct path is; else when template file and logical id
    are; else when its name is, and is unique; else when it is the only policy of its side.
    What a pattern covers is decided as IAM decides it; a pattern with unresolved parts covers only itself, so
    that nothing is assumed.

    Args:
        old: The principals of the earlier review.
        new: The principals of the later review.
        old_name: How the result names the earlier side.
        new_name: How the result names the later side.
        resources: What :func:`.compare_resources` returned; ``None`` where it couldn't be asked.
        limits: What limits the principals of either side, by id; ``None`` where a side is a stored report.

    """
    changes = [_change(before, after, limits) for before, after in _pairs(old, new)]
    found = tuple(change for change in changes if change is not None)
    effects = None if resources is None else tuple(resources)
    return Diff(old_name, new_name, found, effects, limits is not None)


def _pairs(old: Sequence[PrincipalReport], new: Sequence[PrincipalReport]) -> list[Pair]:
    """Pair by one key after another, each only where it is unique on both sides; the others stay alone."""
    olds, news = list(old), list(new)
    pairs: list[Pair] = []
    keys: tuple[Callable[[PrincipalReport], Hashable], ...] = (
        lambda principal: principal.construct_path,
        lambda principal: principal.id,
        lambda principal: (PurePosixPath(principal.id.rpartition("#")[0]).name, principal.name),
        lambda principal: principal.name,
        # The one policy of each side, which is named after its file.
        lambda principal: "policy" if principal.id.endswith("#policy") else None,
    )
    for key in keys:
        before, after = _unique(olds, key), _unique(news, key)
        found = [(before[shared], after[shared]) for shared in before.keys() & after.keys()]
        paired = {id(principal) for pair in found for principal in pair}
        olds = [principal for principal in olds if id(principal) not in paired]
        news = [principal for principal in news if id(principal) not in paired]
        pairs += found
    pairs += [(principal, None) for principal in olds] + [(None, principal) for principal in news]
    return sorted(pairs, key=_order)


def _unique(
    principals: Iterable[PrincipalReport], key: Callable[[PrincipalReport], Hashable]
) -> dict[Hashable, PrincipalReport]:
    """Return the principals whose key no other one has, by that key."""
    groups: dict[Hashable, list[PrincipalReport]] = defaultdict(list)
    for principal in principals:
        groups[key(principal)].append(principal)
    return {value: group[0] for value, group in groups.items() if value is not None and len(group) == 1}


def _order(pair: Pair) -> tuple[str, str, str]:
    shown = pair[1] or pair[0]
    assert shown is not None  # noqa: S101 - a pair has at least one side
    return (shown.construct_path or shown.name, shown.name, shown.id)


def _change(
    old: PrincipalReport | None,
    new: PrincipalReport | None,
    limits: tuple[Mapping[str, Limits], Mapping[str, Limits]] | None,
) -> PrincipalChange | None:
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
    if old and new and limits:
        change = _with_limits(change, old, new, limits)
    same = change.kind[0] == change.kind[1] and change.verdict[0] == change.verdict[1]
    others = (families, change.unknown_gained, change.unknown_lost, change.loosened, change.tightened)
    return None if same and not any(others) else change


def _with_limits(
    change: PrincipalChange,
    old: PrincipalReport,
    new: PrincipalReport,
    limits: tuple[Mapping[str, Limits], Mapping[str, Limits]],
) -> PrincipalChange:
    before, after = limits[0].get(old.id), limits[1].get(new.id)
    held = _actions(old) & _actions(new)
    if before is None or after is None or not (held or _actions(new)):
        return change
    return replace(change, loosened=loosened(before, after, held), tightened=loosened(after, before, held))


def _actions(principal: PrincipalReport) -> set[str]:
    return {action for family in principal.families.values() for action in family.actions}


def _families(old: PrincipalReport | None, new: PrincipalReport | None) -> dict[str, FamilyChange]:
    """Return the families that changed, by name."""
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
        widened=_not_covered(new_resources, old_resources),
        narrowed=_not_covered(old_resources, new_resources),
    )
    return change if change.widening or change.lost or change.narrowed else None


def _not_covered(ours: Sequence[str], theirs: Sequence[str]) -> tuple[ResourceChange, ...]:
    """Return the patterns of ``ours`` that nothing in ``theirs`` covers."""
    known = set(theirs)
    return tuple(
        ResourceChange(pattern, tuple(sorted(other for other in known if _covers(pattern, other))))
        for pattern in sorted(set(ours) - known)
        if not any(_covers(other, pattern) for other in known)
    )


def _covers(wide: str, narrow: str) -> bool:
    """Whether a pattern of a report, where ``?`` is an unresolved part, covers another one."""
    return covers(wide.replace("?", UNRESOLVED), narrow.replace("?", UNRESOLVED))
