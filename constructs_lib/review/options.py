"""How a review is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from constructs_lib.iam import Policy
    from constructs_lib.review.config import Config

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to review.

    ``scps`` are layers of service control policies, each of which must allow. ``baseline`` maps fingerprints
    of findings that an earlier report holds to that report's path. ``today`` decides which acknowledgements
    have expired; ``None`` is the current date in UTC.
    """

    strict: bool = False
    admins: Literal["error", "note"] = "error"
    scps: tuple[Policy, ...] = ()
    config: Config | None = None
    baseline: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
