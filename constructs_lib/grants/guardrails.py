"""What a grant on a guardrail is on: the guardrail, its profile, key and Automated Reasoning policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import verbs
from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants.arns import arn_of, on_arns
from constructs_lib.grants.environment import environment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

    from constructs_lib.catalogue.verbs import Target

__all__ = ["GuardrailNeeds", "guardrail_targets", "profile_arns"]


@dataclass(frozen=True)
class GuardrailNeeds:
    """What callers of a guardrail need beside the guardrail itself.

    A construct that has it as its attribute ``needs`` is granted with all of it.

    Args:
        profile: Id of its guardrail profile. Default: none, it works in its Region.
        destination_regions: Where the profile may evaluate. Default: what AWS documents.
        key_arn: The key that it is encrypted with. Default: AWS's own.
        policy_arns: Its Automated Reasoning policies, with their versions. Default: none.

    """

    profile: str | None = None
    destination_regions: tuple[str, ...] = ()
    key_arn: str | None = None
    policy_arns: tuple[str, ...] = ()


def guardrail_targets(
    scope: IConstruct,
    guardrail: Any,  # a construct, of any library, an id or an ARN: known by its attributes
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    key_arn: str | None = None,
    needs: GuardrailNeeds | None = None,
) -> dict[str, Sequence[Target]]:
    """Return the targets of a grant on a guardrail; what is not given is what the construct needs.

    Sources:
        https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
        https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html
        https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-automated-reasoning-permissions.html

    Raises:
        PlanesError: ``regions`` without a profile, or a profile of unknown Regions.
    """
    needs = needs or getattr(guardrail, "needs", None)
    if not isinstance(needs, GuardrailNeeds):
        needs = GuardrailNeeds()
    if profile is None:
        profile, regions = needs.profile, regions or needs.destination_regions
    arn = arn_of(scope, "guardrail", guardrail)
    targets: dict[str, Sequence[Target]] = {
        "guardrail": on_arns(arn, *_of_profile(scope, arn, profile, regions))
    }
    key_arn = key_arn or needs.key_arn
    if key_arn is not None:
        targets["key"] = on_arns(key_arn)
    if needs.policy_arns:
        targets["policy"] = on_arns(*needs.policy_arns)
    return targets


def _of_profile(scope: IConstruct, arn: str, profile: str | None, regions: Sequence[str]) -> list[str]:
    if profile is not None:
        return profile_arns(scope, arn, profile, regions)
    if regions:
        raise PlanesError("`destination_regions` belong to a guardrail profile: name it in `profile`")
    return []


def profile_arns(scope: IConstruct, guardrail_arn: str, profile: str, regions: Sequence[str]) -> list[str]:
    """Return the ARNs of a guardrail's profile in all its destination Regions.

    Args:
        scope: Where the guardrail is used.
        guardrail_arn: The guardrail's ARN, which may be a token.
        profile: Id or ARN of the profile.
        regions: Its destination Regions. Default: what AWS documents for the guardrail's Region.

    Raises:
        PlanesError: AWS documents no destination Regions, and none are given.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html
    """
    name = profile.rpartition("/")[2]
    here = environment_of(scope)
    parts = guardrail_arn.split(":")
    whole = guardrail_arn.startswith("arn:") and len(parts) > 5
    source = parts[3] if whole else here.region
    members = tuple(regions) or verbs.guardrail_profile_regions(name, None if is_token(source) else source)
    if not members:
        raise PlanesError(
            f"`destination_regions` is missing, and the Regions of `{name}` as called from `{source}` "
            "are not documented: name them, as "
            "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html "
            "lists them"
        )
    # The profile's ARNs are in the account of the guardrail.
    account = parts[4] if whole else here.account
    return [f"arn:{here.partition}:bedrock:{member}:{account}:guardrail-profile/{name}" for member in members]
