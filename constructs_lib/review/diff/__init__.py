"""What changed in permissions between two reviews, and what a deployment replaces, deletes or can't make.

``compare(old, new)`` takes principals as the report has them, so a stored JSON report and an assembly that is
reviewed now give the same answer. Findings are not compared: they depend on the rules, permissions do not.
``limits_of(principal)`` has what a report doesn't: conditions, Denies and trusts.
``compare_resources(old, new)`` takes templates, which a report doesn't have.
"""

from __future__ import annotations

from constructs_lib.review.diff.changes import (
    Diff,
    FamilyChange,
    PrincipalChange,
    ResourceChange,
    compare,
)
from constructs_lib.review.diff.formats import FORMATS, render
from constructs_lib.review.diff.guardrail_versions import (
    CountError,
    NewVersion,
    VersionCount,
    read_version_count,
)
from constructs_lib.review.diff.limits import Limits, limits_of
from constructs_lib.review.diff.resources import Collision, OutputChange, ResourceEffect, compare_resources
from constructs_lib.review.diff.values import Difference

__all__ = [
    "FORMATS",
    "Collision",
    "CountError",
    "Diff",
    "Difference",
    "FamilyChange",
    "Limits",
    "NewVersion",
    "OutputChange",
    "PrincipalChange",
    "ResourceChange",
    "ResourceEffect",
    "VersionCount",
    "compare",
    "compare_resources",
    "limits_of",
    "read_version_count",
    "render",
]
