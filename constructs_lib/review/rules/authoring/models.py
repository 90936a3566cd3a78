"""Foundation models and inference profiles in resource patterns."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, may_overlap, remembered, types_of
from constructs_lib.review.rules.authoring.arns import arn_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.review.facts import Held

__all__ = [
    "INVOKE",
    "STREAM",
    "allows_model",
    "cannot_stream",
    "held_profiles",
    "model_of_profile",
    "resource_part",
    "takes_no_guardrail",
]

STREAM = "bedrock:InvokeModelWithResponseStream"
INVOKE = ("bedrock:InvokeModel", STREAM)
_PROFILE_TYPES = frozenset({"bedrock:inference-profile", "bedrock:application-inference-profile"})
# A geography such as `us`, `apac`, `us-gov` or `global`, before the model's provider.
_GEOGRAPHY = re.compile(r"^(?:[a-z]{2,6}(?:-[a-z]+)?)\.(?=[a-z0-9-]+\.)")
# Ids of models that answer with an embedding, an image, a video, a ranking or speech, for models newer than
# the catalogue and for patterns.
_SILENT = re.compile(r"embed|rerank|image|canvas|stable-|stability\.|sd3|reel|luma\.ray|sonic|speech|marengo")
_NO_TEXT = re.compile(r"embed|rerank")


def resource_part(pattern: str) -> str:
    """Return the resource part of an ARN pattern, empty when it has none."""
    parts = pattern.split(":", 5)
    return parts[5] if len(parts) == 6 else ""


def held_profiles(held: Iterable[Held]) -> Iterator[Held]:
    """Yield what is held on inference profiles alone, without the ARNs that match nothing (BP304)."""
    for item in held:
        types = types_of(item.resource)
        if types and types <= _PROFILE_TYPES and not arn_fault(item.resource):
            yield item


def model_of_profile(pattern: str) -> str:
    """Return the model's id in the ARN pattern of a system-defined profile, empty if it names none."""
    kind, _, identifier = resource_part(pattern).partition("/")
    if kind != "inference-profile" or UNRESOLVED in identifier or "*" in identifier or "?" in identifier:
        return ""
    return _GEOGRAPHY.sub("", identifier)


@remembered(4096)
def allows_model(pattern: str, model: str) -> bool:
    """Whether a resource pattern may match the ARN of a foundation model.

    Args:
        pattern: The resource pattern.
        model: The model's id, empty for any model.

    """
    if "bedrock:foundation-model" not in types_of(pattern):
        return False
    if not model:
        return True
    resource = resource_part(pattern)
    return not resource or may_overlap(resource, f"foundation-model/{model}")


@remembered(4096)
def cannot_stream(pattern: str) -> bool:
    """Whether no resource that a pattern matches can stream text.

    Embedding, image, video, rerank and speech models can't, and neither can asynchronous invocations and
    projects.
    """
    resource = resource_part(pattern)
    kind, _, identifier = resource.partition("/")
    if kind in {"async-invoke", "project"}:
        return True
    if kind not in {"foundation-model", "inference-profile"} or not identifier.strip("*?" + UNRESOLVED):
        return False
    if kind == "inference-profile":
        identifier = _GEOGRAPHY.sub("", identifier)
    known = [texts for name, texts in _answers().items() if may_overlap(identifier, name)]
    if known:
        return not any(known)
    return _SILENT.search(identifier.lower()) is not None


def takes_no_guardrail(pattern: str) -> bool:
    """Whether a pattern names models that take no guardrail: embedding and rerank models.

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-supported.html
    """
    kind, _, identifier = resource_part(pattern).partition("/")
    if kind == "async-invoke":
        return True
    return kind in {"foundation-model", "inference-profile"} and bool(_NO_TEXT.search(identifier))


@cache
def _answers() -> dict[str, bool]:
    """Map each known model to whether it answers in text that can be streamed."""
    return {
        model.id: "TEXT" in model.output_modalities and not _SILENT.search(model.id)
        for model in catalogue.models().values()
    }
