"""What changed in permissions between two reviews: principals, actions, resources and verdicts.

``compare(old, new)`` takes principals as the report has them, so a stored JSON report and an assembly that is
reviewed now give the same answer. Findings are not compared: they depend on the rules, permissions do not.
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

__all__ = ["FORMATS", "Diff", "FamilyChange", "PrincipalChange", "ResourceChange", "compare", "render"]
