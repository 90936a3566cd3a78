"""A difference of permissions as values, in the order in which every format shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Diff", "FamilyChange", "PrincipalChange", "ResourceChange"]


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A pattern that one side has and no pattern of the other side covers.

    ``replaces`` are the other side's patterns that this one covers: what was narrow before a widening, or
    what is left after a narrowing.
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

    ``unknown_gained`` and ``unknown_lost`` are the reasons of its ``incomplete`` entries that came or went.
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

    @property
    def widening(self) -> bool:
        """Whether it can do more than before, or something unknown came that may let it."""
        return bool(self.unknown_gained) or any(family.widening for family in self.families.values())


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that changed from ``old`` to ``new``, both named as the caller named them."""

    old: str
    new: str
    principals: tuple[PrincipalChange, ...]

    @property
    def widening(self) -> bool:
        """Whether any principal can do more than before."""
        return any(principal.widening for principal in self.principals)
