"""What changed in permissions between two reviews: principals, actions, resources and verdicts.

``compare(old, new)`` takes principals as the report shows them, so a stored JSON report and an assembly that
is reviewed now give the same answer. Findings are not compared: a finding is an opinion, a permission a fact.
"""

from __future__ import annotations

from constructs_lib.review.diff._compare import compare
from constructs_lib.review.diff._load import is_report, load_report
from constructs_lib.review.diff._model import Diff, FamilyChange, PrincipalChange, ResourceChange
from constructs_lib.review.diff._render import FORMATS, render

__all__ = [
    "FORMATS",
    "Diff",
    "FamilyChange",
    "PrincipalChange",
    "ResourceChange",
    "compare",
    "is_report",
    "load_report",
    "render",
]
