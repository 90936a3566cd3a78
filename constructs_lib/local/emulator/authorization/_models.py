# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""Every ARN that AWS evaluates when a call names one model, profile, prompt or guardrail.

Pages:
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock, bedrock_agent

from constructs_lib.local.emulator._request import Check

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["arn", "foundation_model_arn", "guardrail_checks", "model_checks", "underlying_models"]

GEOGRAPHIES: dict[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "apac": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-4",
    ),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "ca": ("ca-central-1", "ca-west-1"),
    "in": ("ap-south-1", "ap-south-2"),
    "us-gov": ("us-gov-east-1", "us-gov-west-1"),
}
"""The Regions that a geographic profile may route to. AWS lists them per model and source Region; these are
the widest sets, and a caller needs the model in all of them:
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html"""

_PROFILE_KEY = "bedrock:inferenceprofilearn"


def arn(resource: str, *, region: str | None = None, account: str | None = None) -> str:
    """Return a Bedrock ARN in the caller's Region and account unless told otherwise."""
    region = get_region() if region is None else region
    account = get_account_id() if account is None else account
    return f"arn:aws:bedrock:{region}:{account}:{resource}"


def foundation_model_arn(model_id: str, region: str | None = None) -> str:
    """Return the ARN of a foundation model: AWS's own, so without account."""
    return arn(f"foundation-model/{model_id}", region=region, account="")


def model_checks(action: str, model: str, context: dict[str, Any] | None = None) -> list[Check]:
    """Return the checks for `action` on a model id or ARN, on everything behind it."""
    context = context or {}
    if not model.startswith("arn:"):
        return _checks_of_id(action, model, context)
    kind, _, name = model.split(":", 5)[5].partition("/")
    if kind == "inference-profile":
        return _checks_of_id(action, name, context)
    if kind == "application-inference-profile":
        return [Check(action, model, context), *_behind_application_profile(action, model, name, context)]
    if kind == "prompt":
        return _checks_of_prompt(action, model, name, context)
    return [Check(action, model, context)]


def _checks_of_id(action: str, model_id: str, context: dict[str, Any]) -> list[Check]:
    geography, _, base = model_id.partition(".")
    if geography == "global":
        profile = arn(f"inference-profile/{model_id}")
        behind = {**context, _PROFILE_KEY: profile}
        return [
            Check(action, profile, context),
            Check(action, foundation_model_arn(base), behind),
            # The model without Region, in a request whose aws:RequestedRegion is the word `unspecified`.
            Check(action, foundation_model_arn(base, ""), {**behind, "aws:requestedregion": "unspecified"}),
        ]
    if geography in GEOGRAPHIES:
        profile = arn(f"inference-profile/{model_id}")
        behind = {**context, _PROFILE_KEY: profile}
        regions = GEOGRAPHIES[geography]
        return [
            Check(action, profile, context),
            *(Check(action, foundation_model_arn(base, region), behind) for region in regions),
        ]
    return [Check(action, foundation_model_arn(model_id), context)]


def _behind_application_profile(action: str, profile: str, name: str, context: dict[str, Any]) -> list[Check]:
    """Return an application profile's models, each conditioned on the profile that was called."""
    record = bedrock._inference_profiles_apps.get(name) or {}
    behind = {**context, _PROFILE_KEY: profile}
    return [Check(action, model["ModelArn"], behind) for model in record.get("Models", [])]


def _checks_of_prompt(action: str, prompt: str, name: str, context: dict[str, Any]) -> list[Check]:
    """Return a managed prompt's checks: RenderPrompt on it, and the action on its default variant's model.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-prereq.html
    """
    store = bedrock_agent._prompt_versions if ":" in name else bedrock_agent._prompts
    record = store.get(name.replace(":", "/")) or {}
    checks = [Check("bedrock:RenderPrompt", prompt, context)]
    for variant in record.get("Variants") or []:
        if variant.get("name") == record.get("DefaultVariant") and variant.get("modelId"):
            checks += model_checks(action, variant["modelId"], context)
    return checks


def underlying_models(models: Iterable[str]) -> list[str]:
    """Return the ARNs named by ids or ARNs, without what is behind them."""
    return [model if model.startswith("arn:") else foundation_model_arn(model) for model in models]


def guardrail_checks(identifier: str | None, version: str | None) -> tuple[list[Check], dict[str, Any]]:
    """Return the ApplyGuardrail check of a call with a guardrail, and the condition key that it sets.

    The key bedrock:GuardrailIdentifier holds the ARN, with `:VERSION` behind it for a numbered version.
    """
    if not identifier:
        return [], {}
    guardrail = identifier if identifier.startswith("arn:") else arn(f"guardrail/{identifier}")
    numbered = guardrail if not version or version == "DRAFT" else f"{guardrail}:{version}"
    return [Check("bedrock:ApplyGuardrail", guardrail)], {"bedrock:guardrailidentifier": numbered}
