"""Checks of props that know tokens: what only the deployment knows passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_lib import catalogue
from constructs_lib.cdk_support.errors import PlanesError

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["check_arn", "check_length", "check_model", "check_name", "check_pattern", "is_token"]


def is_token(value: str) -> bool:
    """Return whether a text holds an unresolved token; costs no call into the CDK."""
    return "${Token[" in value


def check_length(prop: str, value: str | None, low: int, high: int) -> None:
    """Raise :class:`PlanesError` unless the text has ``low`` to ``high`` characters; tokens pass."""
    if value is not None and not is_token(value) and not low <= len(value) <= high:
        raise PlanesError(
            f"`{prop}` must have {low} to {high} characters, got {len(value)}: shorten or fill it"
        )


def check_pattern(prop: str, value: str | None, pattern: str, remedy: str) -> None:
    """Raise :class:`PlanesError` unless the whole text matches ``pattern``; tokens pass."""
    if value is not None and not is_token(value) and re.fullmatch(pattern, value) is None:
        raise PlanesError(f"`{prop}` has the value `{value}`: {remedy}")


def check_name(value: str) -> None:
    """Raise :class:`PlanesError` unless `name` is one that Bedrock Agents and knowledge bases take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreateKnowledgeBase.html (name)
    """
    check_pattern("name", value, r"([0-9a-zA-Z][_-]?){1,100}", "use 1-100 letters, digits and single - or _")


def check_arn(prop: str, value: str, kind: str, example: str) -> list[str]:
    """Return the parts of the id in a Bedrock ARN of one kind of resource; tokens are split when deployed.

    ``kind`` is the resource type in the ARN (``guardrail``), ``example`` an id for the message of the
    :class:`PlanesError` that another ARN or none at all raises.
    """
    form = rf"arn:[\w-]+:bedrock:[\w-]+:\d{{12}}:{kind}/" + "/".join([r"[\w-]+"] * (1 + example.count("/")))
    check_pattern(
        prop, value, form, f"pass an ARN such as arn:aws:bedrock:us-east-1:111122223333:{kind}/{example}"
    )
    split = cdk.Fn.split("/", value)
    return [cdk.Fn.select(index, split) for index in range(1, 2 + example.count("/"))]


def check_model(scope: IConstruct, prop: str, model: str) -> None:
    """Warn on ``scope`` when the catalogue doesn't know a model's id.

    A warning and not an error: AWS adds models between two releases of the catalogue. ARNs and tokens pass.
    """
    if is_token(model) or model.startswith("arn:"):
        return
    if catalogue.model(catalogue.model_of_profile(model) or model) is not None:
        return
    near = catalogue.nearest(model, 1)
    hint = (
        f"did you mean `{near[0]}`?" if near else "check its spelling in the Bedrock console's model catalog"
    )
    cdk.Annotations.of(scope).add_warning_v2(
        "bedrock-planes:unknown-model",
        f"`{prop}` names the model `{model}`, which the catalogue doesn't know: {hint}",
    )
