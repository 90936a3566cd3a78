"""The ARNs that IAM evaluates when an application calls a model, a profile or a router."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs._types import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["model_targets"]

_PROFILE_KEY = "bedrock:InferenceProfileArn"
_ROUTER_KEY = "bedrock:PromptRouterArn"
_MODEL_ARN = re.compile(
    # Partition, Region and account may be tokens, which hold no colon.
    r"arn:(?P<partition>[^:]+):bedrock:(?P<region>[^:]*):(?P<account>[^:]*):"
    r"(?P<kind>foundation-model|provisioned-model|imported-model|custom-model-deployment|inference-profile"
    r"|application-inference-profile|custom-model|prompt-router|default-prompt-router)/(?P<id>.+)"
)
_ENDPOINT_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):sagemaker:(?P<region>[^:]*):(?P<account>[^:]*):endpoint/.+"
)
# InvokeModel on these needs a statement on their own ARN and nothing else.
_PLAIN_KINDS = frozenset(
    {"foundation-model", "provisioned-model", "imported-model", "custom-model-deployment"}
)
_ROUTERS = frozenset({"prompt-router", "default-prompt-router"})
_APPLICATION_PROFILE = "application-inference-profile"
_CUSTOM = (
    "a custom model is called through its deployment or its provisioned throughput, and is itself no "
    "resource of `bedrock:InvokeModel`: pass that ARN"
)
_BEHIND = {
    _APPLICATION_PROFILE: "the call also needs the models that the profile routes to: name them in `behind`, "
    "by the model's id or by the system profile's id that it copies",
    "prompt-router": "the call also needs the models that the router chooses from: name them in `behind`",
    "default-prompt-router": "the call also needs the models that the router chooses from: name them in "
    "`behind`",
}
# A Marketplace endpoint runs on an endpoint of SageMaker AI, which Bedrock invokes as the caller.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonBedrockMarketplaceAccess.html
_SAGEMAKER = (
    ("bedrock:InvokeModel", "sagemaker:InvokeEndpoint"),
    ("bedrock:InvokeModelWithResponseStream", "sagemaker:InvokeEndpointWithResponseStream"),
)
_VIA_BEDROCK = (
    (
        "StringEquals",
        (
            ("aws:CalledViaLast", "bedrock.amazonaws.com"),
            ("aws:ResourceTag/sagemaker-sdk:bedrock", "compatible"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _Where:
    partition: str
    region: str
    account: str

    @property
    def prefix(self) -> str:
        return f"arn:{self.partition}:bedrock"


def model_targets(
    model: str,
    *,
    partition: str,
    region: str,
    account: str,
    geographies: Mapping[str, Sequence[str]],
    behind: Sequence[str] = (),
    kinds: Sequence[str] = (),
    kind: str | None = None,
) -> tuple[Target, ...]:
    """Return the ARNs that IAM evaluates when ``model`` is called, each with its condition.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html and
    https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html

    Args:
        model: A model's id, a system inference profile's id (``us.amazon.nova-lite-v1:0``), an ARN, or a CDK
            token for an ARN.
        partition: The partition of the caller.
        region: The Region that the caller calls.
        account: The caller's account.
        geographies: The member Regions of each profile prefix, as far as they are known (empty: all Regions).
        behind: The models (ids, system profile ids or ARNs) behind an application inference profile or a
            prompt router.
        kinds: The only kinds of model to accept; all if empty.
        kind: What a token is the ARN of; by default something that ``bedrock:InvokeModel`` takes directly.

    Raises:
        ValueError: The model can't be granted, or not alone; the message says why and what to pass.

    """
    where = _Where(partition, region, account)
    if "*" in model or "?" in model or not model:
        raise ValueError(
            f"`{model}` can't be granted: name one model; a wildcard also grants models that nobody chose"
        )
    if (endpoint := _endpoint(model, kind, where)) is not None:
        _check_kind(model, "bedrock-marketplace-model-endpoint", kinds)
        return _endpoint_targets(model, endpoint)
    if model.startswith("arn:"):
        match = _MODEL_ARN.fullmatch(model)
        if match is None:
            raise ValueError(f"`{model}` can't be granted: pass a model's id, or the ARN of a model")
        kind, model_id = match["kind"], match["id"]
        # The ARN of another Region or account keeps that Region and account.
        where = _Where(match["partition"], match["region"] or region, match["account"] or account)
    elif "${Token[" in model:
        model_id = model
        kind = kind or (_APPLICATION_PROFILE if behind else "foundation-model")
    else:
        model_id = model
        prefix, _, base = model.partition(".")
        kind = "inference-profile" if prefix in geographies and base else "foundation-model"
    _check_kind(model, kind, kinds)
    if kind == "custom-model":
        raise ValueError(f"`{model}` can't be granted: {_CUSTOM}")
    if kind == "inference-profile" and "${Token[" not in model_id:
        return _system_profile(
            model_id, where, geographies, region if "${Token[" in where.region else where.region
        )
    if kind in _PLAIN_KINDS or kind == "inference-profile":
        named = model.startswith("arn:") or "${Token[" in model
        return (Target((model if named else f"{where.prefix}:{region}::foundation-model/{model}",)),)
    if not behind:
        raise ValueError(f"`{model}` can't be granted: {_BEHIND[kind]}")
    inner = [
        target
        for one in behind
        for target in model_targets(
            one, partition=partition, region=region, account=account, geographies=geographies
        )
    ]
    return (_behind_router if kind in _ROUTERS else _behind_application_profile)(model, inner)


def _check_kind(model: str, kind: str, kinds: Sequence[str]) -> None:
    if kinds and kind not in kinds:
        raise ValueError(
            f"`{model}` can't be granted: the action accepts no {kind}; pass a {' or '.join(kinds)}"
        )


def _system_profile(
    profile_id: str, where: _Where, geographies: Mapping[str, Sequence[str]], source: str
) -> tuple[Target, ...]:
    """Return the profile, and its model in the member Regions through the profile only."""
    prefix, _, base = profile_id.partition(".")
    if prefix not in geographies or not base:
        raise ValueError(
            f"`{profile_id}` can't be granted: write the id of a system profile with one of "
            f"these prefixes: {', '.join(sorted(geographies))}"
        )
    profile = f"{where.prefix}:{where.region}:{where.account}:inference-profile/{profile_id}"
    if prefix == "global":
        return _global_profile(profile, base, where)
    # A caller needs the model in the Region that it calls too, which isn't always one of the profile's.
    # Source: https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
    regions = sorted({*geographies[prefix], source}) if geographies[prefix] else ["*"]
    members = tuple(f"{where.prefix}:{member}::foundation-model/{base}" for member in regions)
    return (Target((profile,)), _with(Target(members), _PROFILE_KEY, profile))


def _global_profile(profile: str, base: str, where: _Where) -> tuple[Target, ...]:
    """Return the three statements that AWS documents for a global profile."""
    requested = "aws:RequestedRegion"
    return (
        Target((profile,), (("StringEquals", ((requested, where.region),)),)),
        Target(
            (f"{where.prefix}:{where.region}::foundation-model/{base}",),
            (("StringEquals", ((requested, where.region), (_PROFILE_KEY, profile))),),
        ),
        Target(
            (f"{where.prefix}:::foundation-model/{base}",),
            (("StringEquals", ((requested, "unspecified"), (_PROFILE_KEY, profile))),),
        ),
    )


def _behind_application_profile(profile: str, inner: Sequence[Target]) -> tuple[Target, ...]:
    """Return the profile, and the models behind it through it only.

    A system profile that it copies is not called itself; its models are called through this profile.
    """
    models = [target for target in inner if ":foundation-model/" in target.arns[0]]
    return (Target((profile,)), *(_with(target, _PROFILE_KEY, profile) for target in models))


def _behind_router(router: str, inner: Sequence[Target]) -> tuple[Target, ...]:
    """Return the router, and what it chooses from through it only.

    Models behind a profile that it chooses are already bound to that profile.
    """
    bound = (target if _has(target, _PROFILE_KEY) else _with(target, _ROUTER_KEY, router) for target in inner)
    return (Target((router,)), *bound)


def _endpoint(model: str, kind: str | None, here: _Where) -> _Where | None:
    """Return where a Marketplace endpoint is, one known by a token only in this account and Region."""
    found = _ENDPOINT_ARN.fullmatch(model)
    if found is not None:
        return _Where(**found.groupdict())
    return here if kind == "endpoint" and "${Token[" in model else None


def _endpoint_targets(endpoint_arn: str, where: _Where) -> tuple[Target, ...]:
    """Return the one ARN that all Marketplace endpoints share, and the SageMaker AI endpoint behind it."""
    shared = f"{where.prefix}:{where.region}:{where.account}"
    return (
        Target((f"{shared}:marketplace/model-endpoint/all-access",)),
        Target((endpoint_arn,), _VIA_BEDROCK, _SAGEMAKER),
    )


def _has(target: Target, key: str) -> bool:
    return any(name == key for _, keys in target.conditions for name, _ in keys)


def _with(target: Target, key: str, value: str) -> Target:
    """Return the target with ``StringEquals`` on one more key."""
    conditions = {operator: dict(keys) for operator, keys in target.conditions}
    conditions.setdefault("StringEquals", {})[key] = value
    return replace(
        target, conditions=tuple((operator, tuple(keys.items())) for operator, keys in conditions.items())
    )
