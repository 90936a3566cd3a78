"""Rows of ``bedrock-data-automation-runtime``, and the profiles that its calls need."""

from __future__ import annotations

from constructs_lib.catalogue.verbs._types import GrantPart, GrantVerb, Target

__all__ = ["data_automation_targets", "rows"]

_GUIDE = "https://docs.aws.amazon.com/bedrock/latest/userguide/"
_FAMILY = "bedrock-data-automation-runtime"

_US = ("us-east-1", "us-east-2", "us-west-1", "us-west-2")
_EU = ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3")
_APAC = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-4",
)
# By source Region: the geography of the profile, and the Regions that a request may be answered in.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/bda-cris.html
_REGIONS = {
    "us-east-1": ("us", _US),
    "us-west-2": ("us", _US),
    "eu-central-1": ("eu", _EU),
    "eu-west-1": ("eu", _EU),
    "eu-west-2": ("eu", ("eu-west-2",)),
    "ap-south-1": ("apac", _APAC),
    "ap-southeast-2": ("apac", _APAC),
}


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
            # The id of an invocation is not known before it starts.
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


def data_automation_targets(*, partition: str, region: str, account: str) -> tuple[Target, ...]:
    """Return the profile that a call from ``region`` needs, in each Region that may answer it.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/bda-cris.html

    Raises:
        ValueError: The Region has no profile.

    """
    if region not in _REGIONS:
        raise ValueError(
            f"Data Automation has no profile in the Region `{region}` that the catalogue knows: pass the "
            f"profile's ARNs, or use one of {', '.join(_REGIONS)}"
        )
    geography, members = _REGIONS[region]
    profile = f"data-automation-profile/{geography}.data-automation-v1"
    return (Target(tuple(f"arn:{partition}:bedrock:{member}:{account}:{profile}" for member in members)),)
