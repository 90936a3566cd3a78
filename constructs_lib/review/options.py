"""The options of a review."""

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

    Attributes:
        strict: Whether BP102 is an error.
        admins: The severity of BP101 and BP201 on full administrators.
        scps: Levels of service control policies, each of which must allow; a level is one policy or several,
            of which one must allow. A level that only denies is used beside ``FullAWSAccess``.
        config: The user's configuration; none without it.
        baseline: The fingerprints of an earlier report's findings, each mapped to that report's path.
        code: Whether to read the code of functions in the input, and judge it with their roles.
        code_of: Folders or files of code by the logical id, name or construct path of what runs it, such as
            a container, or of its role.
        today: The date by which acknowledgements expire; the current date in UTC without it.

    """

    strict: bool = False
    admins: Literal["error", "note"] = "error"
    scps: tuple[Policy | tuple[Policy, ...], ...] = ()
    config: Config | None = None
    baseline: Mapping[str, str] = field(default_factory=dict)
    today: date | None = None
    code: bool = False
    code_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def reads_code(self) -> bool:
        """Whether any code is to be read."""
        return self.code or bool(self.code_of)
