"""Rows of ``bedrock-data-automation-runtime``."""

from __future__ import annotations

from constructs_lib.catalogue.verbs._model import GrantPart, GrantVerb

__all__ = ["rows"]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_FAMILY = "bedrock-data-automation-runtime"


def rows() -> tuple[GrantVerb, ...]:
    """Return the rows in the order of the documentation."""
    call = "bedrock:InvokeDataAutomation"
    # Data Automation reads and writes S3 as the caller.
    files = (
        GrantPart(("s3:GetObject",), "input", optional=True),
        GrantPart(("s3:PutObject",), "output", optional=True),
    )
    return (
        GrantVerb(
            "data_automation",
            _FAMILY,
            (GrantPart((call,), "project"), GrantPart((call,), "profile"), *files),
            f"{_GUIDE}bda-cris.html",
            "`InvokeDataAutomation`: one document, answered at once",
        ),
        GrantVerb(
            # The id of an invocation is made when it starts.
            "data_automation_async",
            _FAMILY,
            (
                GrantPart((f"{call}Async",), "project"),
                GrantPart((f"{call}Async",), "profile"),
                GrantPart(("bedrock:GetDataAutomationStatus",), "invocation"),
                *files,
            ),
            f"{_GUIDE}bda-cris.html",
            "`InvokeDataAutomationAsync` with its files in S3, and `GetDataAutomationStatus`",
        ),
    )
