"""Where a guardrail may be evaluated when it works across Regions.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["guardrail_profile_regions", "guardrail_profile_sources"]

_US = ("us-east-1", "us-east-2", "us-west-2")
_GOV = ("us-gov-east-1", "us-gov-west-1")
_EU = ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3")
_APAC = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
)
_NEWER_APAC = tuple(sorted((*_APAC, "ap-south-2", "ap-southeast-4")))

_DESTINATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "us": {
        **dict.fromkeys(_US, _US),
        "us-west-1": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    },
    "us-gov": dict.fromkeys(_GOV, _GOV),
    "eu": {**dict.fromkeys(_EU, _EU), "il-central-1": (*_EU, "il-central-1")},
    "uk": {"eu-west-2": ("eu-west-2",)},
    "au": {"ap-southeast-2": ("ap-southeast-2",)},
    "ca": {"ca-central-1": ("ca-central-1", "ca-west-1")},
    "apac": {
        **dict.fromkeys(
            ("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"), _APAC
        ),
        "ap-southeast-3": (*_NEWER_APAC, "ap-southeast-3"),
        "ap-southeast-4": _NEWER_APAC,
        "ap-east-2": (*_NEWER_APAC, "ap-southeast-3", "ap-east-2"),
        "ap-southeast-5": (*_NEWER_APAC, "ap-southeast-3", "ap-southeast-5"),
        "ap-southeast-7": (*_NEWER_APAC, "ap-southeast-3", "ap-southeast-7"),
        "me-central-1": (*_NEWER_APAC, "ap-southeast-3", "me-central-1"),
    },
}
"""By geography and source Region, the destination Regions."""


def guardrail_profile_regions(profile: str, source: str | None = None) -> tuple[str, ...]:
    """Return the Regions in which a guardrail profile may evaluate, sorted.

    Args:
        profile: Its id, such as ``eu.guardrail.v1:0``.
        source: The Region of the guardrail. Default: the Regions of all source Regions together.

    Returns:
        the Regions, none if AWS documents neither the profile nor its use from this Region.

    """
    known = _DESTINATIONS.get(profile.partition(".")[0], {})
    if source is not None:
        return tuple(sorted(known.get(source, ())))
    return tuple(sorted({region for regions in known.values() for region in regions}))


def guardrail_profile_sources(profile: str) -> tuple[str, ...]:
    """Return the Regions whose guardrails may use a guardrail profile, given by its id; none if unknown."""
    return tuple(_DESTINATIONS.get(profile.partition(".")[0], ()))
