"""A concrete request that effective permissions allow, confirmed by the evaluator for single requests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib import catalogue
from constructs_lib.iam.action_sets import tables
from constructs_lib.iam.decision import Request, decide
from constructs_lib.iam.model import UNRESOLVED, Condition
from constructs_lib.iam.patterns import arn_splits, without_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam.effective_permissions import Effective
    from constructs_lib.iam.remainder import Piece

__all__ = ["Witness", "pieces_of", "witness"]

# AWS's own example account; the rest is what a reader expects to see in an ARN.
_SAMPLES: Final = {"Partition": "aws", "Region": "us-east-1", "Account": "111122223333"}
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_OPEN: Final = re.compile(f"[*?{UNRESOLVED}]")


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that is allowed, the reason, and the conditions that it takes for granted."""

    action: str
    resource: str
    because: str
    assumed: tuple[Condition, ...]


def pieces_of(permissions: Effective, action: str) -> list[Piece]:
    """Return what is left of the resources of the statements that allow an action."""
    flag = tables().bit[action.lower()]
    return [item.piece for _, _, items in permissions.rows for item in items if item.mask & flag]


def witness(permissions: Effective, action: str) -> Witness | None:
    """Return a concrete request for an effective action that the policies allow, or ``None``.

    Each candidate is put to :func:`~constructs_lib.iam.decision.decide`; only what it allows is returned,
    preferably one that takes no condition for granted.
    """
    best: Witness | None = None
    for resource in dict.fromkeys(_candidates(permissions, action)):
        decision = decide(
            Request(action, resource),
            permissions.policies,
            boundary=permissions.boundary,
            scps=permissions.scps,
        )
        if not decision:
            continue
        found = Witness(action, resource, decision.because, decision.assumed)
        if not found.assumed:
            return found
        best = best or found
    return best


def _candidates(permissions: Effective, action: str) -> Iterator[str]:
    """Yield resources to try: the policies' own literal ones, likely ones, then constructed ones."""
    pieces = pieces_of(permissions, action)
    if not pieces:
        return
    known = catalogue.action(action)
    types = known.resource_types if known is not None else ()
    for piece in pieces:
        if not _OPEN.search(without_variables(piece.pattern)):
            yield piece.pattern
    if not types:
        yield "*"
    for name in types:
        yield from (_sample(arn) for arn in catalogue.resource_types()[name].arns)
    for piece in pieces:
        for candidate in (_filled(piece), piece):
            text = permissions.resource_of(action, candidate)
            if text is not None:
                yield text


def _sample(arn: str) -> str:
    """Fill an ARN format with example values."""
    return _VARIABLE.sub(lambda found: _SAMPLES.get(found.group(1), "EXAMPLE"), arn)


def _filled(piece: Piece) -> Piece:
    """Put example values where the partition, Region or account of a pattern is open."""
    parts = next(iter(arn_splits(without_variables(piece.pattern))), None)
    if parts is None:
        return piece
    for index, name in ((1, "Partition"), (3, "Region"), (4, "Account")):
        if parts[index] and not parts[index].strip("*" + UNRESOLVED):
            parts[index] = _SAMPLES[name]
    return piece._replace(pattern=":".join(parts))
