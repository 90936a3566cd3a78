"""From what users pass as a model to the ARNs that a call of it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_bedrock as bedrock

from constructs_lib import catalogue
from constructs_lib.catalogue import verbs as table
from constructs_lib.cdk_support import PlanesError, check_model, is_token
from constructs_lib.grants._where import where
from constructs_lib.grants.targets import attribute_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

__all__ = ["ModelLike", "model_arn", "model_targets"]

# Any: constructs of other libraries are told by what they have, not by their class.
ModelLike = Any
"""A model's id, a system inference profile's id, an ARN, a token that stands for an ARN, or a construct:
the CDK's models, L1s of application inference profiles and prompt routers, and the invokables of the alpha
module."""

# AWS documents the member Regions; the catalogue's source doesn't know GovCloud.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
_GOV = {"us-gov": ("us-gov-east-1", "us-gov-west-1")}


def model_targets(
    scope: Construct,
    model: ModelLike,
    prop: str = "model",
    *,
    behind: Sequence[ModelLike] = (),
    verb: str = "",
) -> tuple[table.Target, ...]:
    """Return what IAM evaluates for a call of ``model`` from the stack of ``scope``.

    ``behind`` are the models behind an application inference profile or a prompt router, needed only where
    the construct doesn't tell them. Warns on ``scope`` about an id that the catalogue doesn't know; raises
    :class:`PlanesError` for an ARN that can't be granted alone, or not for ``verb``.
    """
    name, kind, inside = _model(model, prop)
    inner = [_model(one, "behind")[0] for one in (*inside, *behind)]
    for one in (name, *inner):
        check_model(scope, prop, one)
    here = where(scope)
    try:
        return table.model_targets(
            name,
            partition=here.partition,
            region=here.region,
            account=here.account,
            geographies=_geographies((name, *inner), here.region),
            behind=inner,
            kinds=table.verb(verb).kinds if verb else (),
            kind=kind,
        )
    except ValueError as error:
        raise PlanesError(f"`{prop}`: {error}") from None


def _model(model: ModelLike, prop: str) -> tuple[str, str | None, tuple[Any, ...]]:
    """Return the id or ARN, the kind where only the construct tells it, and the models behind."""
    if isinstance(model, str):
        return model, None, ()
    if isinstance(model, bedrock.CfnApplicationInferenceProfile):
        return model.attr_inference_profile_arn, "application-inference-profile", _copied(model)
    if isinstance(model, bedrock.CfnIntelligentPromptRouter):
        return model.attr_prompt_router_arn, "prompt-router", _routed(model)
    return _model_of_others(model, prop)


def _model_of_others(model: Any, prop: str) -> tuple[str, str | None, tuple[Any, ...]]:
    """Tell the constructs of other libraries by what they have."""
    kind = type(model)
    if hasattr(kind, "routing_endpoints"):
        return str(model.prompt_router_arn), "prompt-router", tuple(model.routing_endpoints or ())
    if hasattr(kind, "inference_profile_model"):
        # The profiles that AWS defines say so in their ARN.
        arn = str(model.inference_profile_arn)
        system = arn.startswith("arn:") and ":inference-profile/" in arn
        return (
            arn,
            None if system else "application-inference-profile",
            (() if system else (model.inference_profile_model,)),
        )
    if hasattr(kind, "inference_profile_arn"):
        return str(model.inference_profile_arn), "application-inference-profile", ()
    return attribute_of(model, prop, ("model_arn", "invokable_arn")), None, ()


def _copied(profile: bedrock.CfnApplicationInferenceProfile) -> tuple[str, ...]:
    """Return what an L1's profile copies, when it stands there as text."""
    # jsii gives a struct where one was passed, and a mapping where that was.
    source: Any = profile.model_source
    copied = source.get("copyFrom") if isinstance(source, dict) else getattr(source, "copy_from", None)
    return (copied,) if isinstance(copied, str) else ()


def _routed(router: bedrock.CfnIntelligentPromptRouter) -> tuple[str, ...]:
    """Return what an L1's router chooses from, when it stands there as text."""
    listed: list[Any] = [router.fallback_model, *(router.models if isinstance(router.models, list) else ())]
    arns = [
        one.get("modelArn") if isinstance(one, dict) else getattr(one, "model_arn", None) for one in listed
    ]
    return tuple(dict.fromkeys(arn for arn in arns if isinstance(arn, str)))


def _geographies(models: Sequence[str], region: str) -> Mapping[str, Sequence[str]]:
    """Return the profile prefixes; the member Regions only of these profiles and where they are known."""
    known: dict[str, Sequence[str]] = dict.fromkeys(catalogue.geographies(), ())
    for model in models:
        profile = model.rpartition("/")[2]
        prefix = profile.partition(".")[0]
        parts = model.split(":")
        named = model.startswith("arn:") and len(parts) > 3 and not is_token(parts[3])
        # A Region that is a token is the stack's own.
        source = parts[3] if named else region
        if prefix not in known or prefix == "global" or is_token(source):
            continue
        known[prefix] = catalogue.profile_regions(profile, source) or _GOV.get(prefix, ())
    return known


def model_arn(scope: Construct, model: ModelLike) -> str:
    """Return the ARN that Bedrock's own configuration takes for a model or a profile."""
    return model_targets(scope, model)[0].arns[0]
