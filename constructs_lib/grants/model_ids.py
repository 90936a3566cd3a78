"""Checks of a model's or a system profile's id before it is granted: what can't work, and what may not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib import catalogue
from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants.environment import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct

__all__ = ["check_model", "check_spelling"]

_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):bedrock:(?P<region>[^:]*):(?P<account>[^:]*):"
    r"(?P<kind>foundation-model|inference-profile)/(?P<id>.+)"
)
# What an id has behind the model's name: a date, a version, a length of the context.
# Source: https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
_VERSION = re.compile(r"(-\d{8})?-v\d+(-\d+)*(:\d+)?(:\w+)?")


def check_model(scope: IConstruct, prop: str, model: str, *, called: bool = True) -> None:
    """Refuse a model that can't be called under this id, and warn on ``scope`` of one that may not be.

    Refused are an account in a foundation model's ARN, a spelling that is no id, an id one letter away from a
    known one, and a profile of another partition or of a Region where it doesn't exist. A warning is given
    for an id that the catalogue doesn't know (AWS adds models between two of its releases), and for a model
    that the Region doesn't offer, that needs a profile, or that is legacy. Tokens and other ARNs pass.
    No warning is given for a model that is not ``called`` itself but behind a profile or a router.

    Raises:
        PlanesError: The model can't be called under this id; the message says what to write.
    """
    found = _ARN.fullmatch(model)
    if found is None and (is_token(model) or model.startswith("arn:")):
        return
    here = environment_of(scope)
    region = found["region"] if found and not is_token(found["region"]) else here.region
    model_id = found["id"] if found else model
    if not model_id or any(sign in model_id for sign in "*?") or is_token(model_id):
        return
    if found and found["kind"] == "foundation-model" and found["account"]:
        raise PlanesError(
            f"`{prop}` has the value `{model}`: a foundation model belongs to no account; write "
            f"`arn:{found['partition']}:bedrock:{found['region']}::foundation-model/{model_id}`"
        )
    check_spelling(prop, model_id)
    _check_place(prop, model_id, region)
    is_own = found is not None and not _is_known(model_id)
    if called and not is_own and (warning := _doubt(model_id, region)):
        code, text = warning
        cdk.Annotations.of(scope).add_warning_v2(
            f"bedrock-planes:{code}", f"`{prop}` names the model `{model_id}`, {text}"
        )


def _is_known(model_id: str) -> bool:
    return catalogue.model(catalogue.model_of_profile(model_id) or model_id) is not None


def check_spelling(prop: str, model_id: str) -> None:
    """Raise :class:`PlanesError` for a text that is no model's id, or a misspelling of a known one."""
    if _is_known(model_id):
        return
    if "/" in model_id:
        last = model_id.rpartition("/")[2]
        raise PlanesError(
            f"`{prop}` has the value `{model_id}`, which is the spelling of another tool: write `{last}`"
        )
    meant = _meant(model_id)
    hint = f"did you mean `{meant}`?" if meant else "an id is written `PROVIDER.MODEL`"
    if meant or "." not in model_id:
        raise PlanesError(f"`{prop}` has the value `{model_id}`, which is no model's id: {hint}")


def _meant(model_id: str) -> str | None:
    """Return the known id that ``model_id`` is a misspelling of: one letter away, or without its version.

    A digit that differs is another version, which may be newer than the catalogue. Of several versions it is
    the newest that AWS doesn't list as legacy.
    """
    near = [
        known
        for known in _known_ids()
        if _one_letter_away(model_id, known) or known.startswith(f"{model_id}:")
    ]
    return _likeliest(model_id, near) or _versioned(model_id)


def _versioned(name: str) -> str | None:
    """Return the id of the model that has this name and a version behind it."""
    versions = [
        known
        for known in _known_ids()
        if known.startswith(name) and _VERSION.fullmatch(known, len(name)) is not None
    ]
    # Without a length of the context, which some models have behind their usual id.
    plain = [known for known in versions if known.count(":") < 2] or versions
    return max(plain, key=lambda known: (not _is_legacy(known), known), default=None)


def _is_legacy(model_id: str) -> bool:
    found = catalogue.model(catalogue.model_of_profile(model_id) or model_id)
    return found is not None and found.lifecycle == "LEGACY"


def _likeliest(text: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with the longest common beginning, the first in the alphabet among equals."""
    return min(candidates, key=lambda known: (-_common(text, known), known), default=None)


def _common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _one_letter_away(one: str, other: str) -> bool:
    """Whether one letter or sign is missing, superfluous, exchanged or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if any(letter.isdigit() for letter in left + right):
        return False
    return (len(left) <= 1 and len(right) <= 1) or (len(left) == len(right) == 2 and left == right[::-1])


def _known_ids() -> tuple[str, ...]:
    models = catalogue.models()
    return (*models, *(profile for found in models.values() for profile in found.profiles))


def _check_place(prop: str, model_id: str, region: str) -> None:
    """Refuse a profile that doesn't exist in the Region that is called."""
    base = catalogue.model_of_profile(model_id)
    if base is None or is_token(region):
        return
    prefix = model_id.partition(".")[0]
    is_gov = region.startswith("us-gov-")
    if prefix != "global" and is_gov != (prefix == "us-gov"):
        raise PlanesError(
            f"`{prop}` has the value `{model_id}`, a profile of another partition than that of `{region}`: "
            f"write {_instead(base, region)}"
        )
    known = catalogue.model(base)
    sources = known.profiles.get(model_id, {}) if known else {}
    if sources and region not in sources:
        raise PlanesError(
            f"`{prop}` has the value `{model_id}`, a profile that doesn't exist in `{region}`: write "
            f"{_instead(base, region)}"
        )


def _instead(base: str, region: str) -> str:
    """Return what calls the model from the Region, in words."""
    known = catalogue.model(base)
    fitting = _profiles_in(base, region)
    if known is not None and "ON_DEMAND" in known.inference_types.get(region, ()):
        fitting = (base, *fitting)
    if fitting:
        return " or ".join(f"`{name}`" for name in fitting)
    return f"another model: the catalogue knows no way to call `{base}` from there"


def _profiles_in(base: str, region: str) -> tuple[str, ...]:
    known = catalogue.model(base)
    return (
        tuple(sorted(name for name, sources in known.profiles.items() if region in sources)) if known else ()
    )


def _doubt(model_id: str, region: str) -> tuple[str, str] | None:
    """Return the code and the text of a warning, if there is a doubt."""
    base = catalogue.model_of_profile(model_id)
    known = catalogue.model(base or model_id)
    if known is None:
        near = _likeliest(model_id, catalogue.nearest(model_id))
        hint = f"did you mean `{near}`?" if near else "check its spelling in the console's model catalog"
        return "unknown-model", f"which the catalogue doesn't know: {hint}"
    if known.lifecycle == "LEGACY":
        return "legacy-model", f"which AWS lists as legacy: choose {_successor(known.id, region)}"
    if base is not None or is_token(region) or not known.inference_types or not known.runtime:
        return None
    if "ON_DEMAND" in (types := known.inference_types.get(region, ())):
        return None
    if types:
        return (
            "model-needs-profile",
            f"which is called in {region} through a profile: {_instead(model_id, region)}",
        )
    return "model-not-in-region", f"which {region} doesn't offer: choose {_successor(known.id, region)}"


def _successor(model_id: str, region: str) -> str:
    """Return the nearest active model that the Region offers, in words."""
    offered = [
        known.id
        for known in catalogue.models().values()
        if known.lifecycle == "ACTIVE" and (is_token(region) or region in known.inference_types)
    ]
    near = _likeliest(model_id, offered)
    if near is None or _common(near, model_id) <= model_id.find("."):
        return "another model"
    return f"`{near}`" if is_token(region) else _instead(near, region)
