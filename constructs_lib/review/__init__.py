"""From principals to findings and reports. Pure Python.

``review(read(paths))`` is the whole review; the command line, the CDK plugin, the nag pack and the pytest
assertions call it. Names load on first use. The rules, which are below this package, import ``facts``,
``planes``, ``kinds``, ``model``, ``wording`` and ``chains`` themselves.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.review.application_code import review_code
    from constructs_lib.review.batch import review_paths
    from constructs_lib.review.config import Config, ConfigError, parse_config
    from constructs_lib.review.engine import review
    from constructs_lib.review.facts import Facts, admitted_by, admitted_outside
    from constructs_lib.review.model import (
        FamilyUse,
        Finding,
        Location,
        PrincipalReport,
        Report,
        Severity,
        Summary,
        Touches,
        Verdict,
        Witness,
        summarize,
    )
    from constructs_lib.review.options import Options
    from constructs_lib.review.report import (
        ReportError,
        baseline_of,
        is_report,
        load_report,
        to_dict,
        to_json,
    )

__all__ = [
    "Config",
    "ConfigError",
    "Facts",
    "FamilyUse",
    "Finding",
    "Location",
    "Options",
    "PrincipalReport",
    "Report",
    "ReportError",
    "Severity",
    "Summary",
    "Touches",
    "Verdict",
    "Witness",
    "admitted_by",
    "admitted_outside",
    "baseline_of",
    "is_report",
    "load_report",
    "parse_config",
    "review",
    "review_code",
    "review_paths",
    "summarize",
    "to_dict",
    "to_json",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "application_code": ("review_code",),
        "batch": ("review_paths",),
        "config": (
            "Config",
            "ConfigError",
            "parse_config",
        ),
        "engine": ("review",),
        "facts": ("Facts", "admitted_by", "admitted_outside"),
        "model": (
            "FamilyUse",
            "Finding",
            "Location",
            "PrincipalReport",
            "Report",
            "Severity",
            "Summary",
            "Touches",
            "Verdict",
            "Witness",
            "summarize",
        ),
        "options": ("Options",),
        "report": (
            "ReportError",
            "baseline_of",
            "is_report",
            "load_report",
            "to_dict",
            "to_json",
        ),
    },
)
