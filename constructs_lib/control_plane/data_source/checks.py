"""Checks of the values that the factories of this package take; tokens pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib.cdk_support import PlanesError, check_given_list, check_length, check_pattern, is_token

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import Enum

__all__ = ["check_bool", "check_choice", "check_kind", "check_number", "check_texts", "check_url"]


def check_number(prop: str, value: Any, low: int, high: int | None, unit: str) -> None:
    """Raise :class:`PlanesError` unless the value is a whole number from ``low`` to ``high``."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and (cdk.Token.is_unresolved(value) or (low <= value and (high is None or value <= high))):
        return
    limits = f"{low} or more" if high is None else f"{low} to {high}"
    raise PlanesError(f"`{prop}` has the value `{value!r}`: use a whole number of {unit}, {limits}")


def check_bool(prop: str, value: Any) -> None:
    """Raise :class:`PlanesError` unless the value is ``True`` or ``False``."""
    if not isinstance(value, bool):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: use True or False")


def check_texts(  # noqa: PLR0917 - a limit each, named at every call
    prop: str, values: Any, low: int, high: int, shortest: int = 1, longest: int = 1000
) -> list[str]:
    """Return the texts as a list.

    Raises:
        PlanesError: It is one text or no list, or has fewer or more entries, or one is too long or empty.
    """
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise PlanesError(f"`{prop}` has the value `{values!r}`: pass a list of texts, also for one")
    check_given_list(prop, values)
    listed = list(values)
    if not low <= len(listed) <= high:
        raise PlanesError(f"`{prop}` has {len(listed)} entries: use {low} to {high}")
    for value in listed:
        if not isinstance(value, str):
            raise PlanesError(f"`{prop}` has the entry `{value!r}`: use a text")
        check_length(prop, value, shortest, longest)
    return listed


def check_url(prop: str, value: Any, schemes: str = "https") -> None:
    """Raise :class:`PlanesError` unless the value is a URL of ``schemes``."""
    if not isinstance(value, str):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: use a text that begins with `https://`")
    check_pattern(
        prop, value, rf"{schemes}://[A-Za-z0-9]\S*", "use a URL that begins with `https://` and has no spaces"
    )


def check_choice(prop: str, value: Any, choices: type[Enum]) -> None:
    """Raise :class:`PlanesError` unless the value is a member of the enum."""
    if not isinstance(value, choices):
        members = ", ".join(f"{choices.__name__}.{member.name}" for member in choices)
        raise PlanesError(f"`{prop}` has the value `{value!r}`: use one of {members}")


def check_kind(prop: str, value: Any, kinds: type | tuple[type, ...], remedy: str) -> None:
    """Raise :class:`PlanesError` unless the value was made by a factory of ``kinds``."""
    if not isinstance(value, kinds):
        raise PlanesError(f"`{prop}` has a value of the type `{type(value).__name__}`: {remedy}")


def check_attributes(prop: str, value: Any, names: Sequence[str], remedy: str) -> None:
    """Raise :class:`PlanesError` unless the value has one of the attributes: interfaces are known by them."""
    if not any(hasattr(value, name) for name in names):
        shown = f"`{value}` " if isinstance(value, str) and not is_token(value) else "a value "
        raise PlanesError(f"`{prop}` has {shown}of the type `{type(value).__name__}`: {remedy}")
