"""Checks of props that know tokens: what only the deployment knows passes."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.cdk_support.errors import PlanesError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "check_arn",
    "check_choice",
    "check_count",
    "check_given_list",
    "check_items",
    "check_json",
    "check_key_arn",
    "check_length",
    "check_name",
    "check_number",
    "check_once",
    "check_pattern",
    "check_tags",
    "is_list_token",
    "is_token",
]


def is_token(value: str) -> bool:
    """Return whether a text holds an unresolved token, or stands for a list of them.

    It costs no call into the CDK.
    """
    return "${Token[" in value or "#{Token[" in value


def is_list_token(value: object) -> bool:
    """Return whether a value is the list that the CDK writes for one that only the deployment knows."""
    # The CDK writes it as one text, which is none of the values.
    return (
        isinstance(value, (list, tuple))
        and len(value) == 1
        and isinstance(value[0], str)
        and value[0].startswith("#{Token[")
    )


def check_given_list(prop: str, values: object) -> None:
    """Raise :class:`PlanesError` for a list that only the deployment knows, where each value is needed.

    Source: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html (list tokens)
    """
    if is_list_token(values):
        raise PlanesError(
            f"`{prop}` is a list that only the deployment knows: pass a list with its values, each of which "
            "may be a token, such as `cdk.Fn.select(0, ...)`"
        )


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


def check_choice(prop: str, value: object, choices: type[Enum], *, optional: bool = False) -> None:
    """Raise :class:`PlanesError` unless the value is a member of the enum, or ``None`` where that may be."""
    if isinstance(value, choices) or (optional and value is None):
        return
    named = [f"`{choices.__name__}.{member.name}`" for member in choices]
    shown = value.value if isinstance(value, Enum) else value
    several = f"one of {', '.join(named[:8])}{', ...' if len(named) > 8 else ''}"
    raise PlanesError(f"`{prop}` has the value `{shown}`: pass {several if len(named) > 1 else named[0]}")


def check_number(prop: str, value: object, low: float, high: float) -> None:
    """Raise :class:`PlanesError` unless the value is a number from ``low`` to ``high``; tokens pass."""
    # The CDK writes a token in a number as one far below all others.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if low <= value <= high or value < -1e100:
            return
        raise PlanesError(f"`{prop}` has the value `{value}`: pass a number from {low} to {high}")
    raise PlanesError(
        f"`{prop}` has the value `{value!r}` of the type `{type(value).__name__}`: pass a number from {low} "
        f"to {high}"
    )


def check_count(prop: str, value: object, low: int, high: int | None = None) -> None:
    """Raise :class:`PlanesError` unless the value is a whole number from ``low`` to ``high``; tokens pass."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        fits = low <= value <= (value if high is None else high) and not value % 1
        if fits or value < -1e100:
            return
    range_ = f"from {low}" if high is None else f"from {low} to {high}"
    raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a whole number {range_}")


def check_once(prop: str, values: Sequence[str]) -> None:
    """Raise :class:`PlanesError` for a text that is in the list more than once."""
    for value in values:
        if values.count(value) > 1:
            raise PlanesError(f"`{prop}` has `{value}` more than once: give it once")


def check_json(prop: str, value: object) -> None:
    """Raise :class:`PlanesError` unless the value is a dictionary that JSON can hold; tokens pass."""
    if not isinstance(value, dict):
        raise PlanesError(
            f"`{prop}` has a value of the type `{type(value).__name__}`: pass a dictionary, such as "
            '`{"type": "object"}`'
        )
    try:
        # What resolves at synth is a token, whatever its class.
        json.dumps(
            value, default=lambda one: "" if hasattr(one, "resolve") else _no_json(one), allow_nan=False
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise PlanesError(
            f"`{prop}` is no JSON: {error}; use texts, numbers, lists and dictionaries"
        ) from None


def _no_json(value: object) -> None:
    message = f"it has a value of the type `{type(value).__name__}`"
    raise TypeError(message)


def check_key_arn(prop: str, arn: str) -> None:
    """Raise :class:`PlanesError` for the ARN of an alias, where AWS takes that of a key only.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-guardrail.html
    (``KmsKeyArn``, as the properties of the other types)
    """
    if ":alias/" in arn:
        raise PlanesError(
            f"`{prop}` is the alias `{arn.rpartition(':')[2]}`: AWS takes the key itself here, so pass that"
        )


def check_items(
    prop: str, values: Any, kind: type | tuple[type, ...], remedy: str, *, most: int | None = None
) -> None:
    """Raise :class:`PlanesError` unless the values are a list of at most ``most`` values of the type."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise PlanesError(f"`{prop}` has the value `{values!r}`: pass a list, also for one")
    found = list(values)
    for value in found:
        if not isinstance(value, kind):
            raise PlanesError(
                f"`{prop}` has the value `{value!r}` of the type `{type(value).__name__}`: pass {remedy}"
            )
    if most is not None and len(found) > most:
        raise PlanesError(f"`{prop}` has {len(found)} values, and AWS takes {most} at most: leave some out")


def check_tags(tags: Mapping[str, str] | None, prop: str = "tags") -> Mapping[str, str]:
    """Return the tags; raise :class:`PlanesError` for what is no dictionary of texts, or no tag of Bedrock.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Tag.html, and
    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html (``aws:``)
    """
    if tags is None:
        return {}
    if not hasattr(tags, "items"):
        raise PlanesError(f"`{prop}` has the value `{tags!r}`: pass a dictionary of texts")
    for key, value in tags.items():
        check_items(prop, [key, value], str, "texts for keys and values")
        check_length(prop, key, 1, 128)
        check_length(prop, value, 0, 256)
        for text in (key, value):
            check_pattern(
                prop, text, r"[a-zA-Z0-9\s._:/=+@-]*", "use letters from a to z, digits and ._:/=+@-"
            )
        if key.lower().startswith("aws:"):
            raise PlanesError(f"`{prop}` has the key `{key}`: `aws:` is kept for AWS, so use another name")
    return tags


def check_name(prop: str, value: str) -> None:
    """Raise :class:`PlanesError` unless the value is a name that Bedrock Agents and knowledge bases take.

    Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreateKnowledgeBase.html (name)
    """
    check_pattern(prop, value, r"([0-9a-zA-Z][_-]?){1,100}", "use 1-100 letters, digits and single - or _")


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
