"""Checks that what is passed fits the signature, in place of a raw Python or jsii error."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support.errors import PlanesError

__all__ = ["check_types", "check_value", "has_attribute", "with_checked_types"]


def _is_text(value: Any) -> bool:
    # The name of a member of an Enum that is a str comes out where the text is written.
    return isinstance(value, str) and f"{value}" == value


def has_attribute(value: object, name: str) -> bool:
    """Return whether a value has an attribute, also where only JavaScript knows its class."""
    # On the class first: reading a property of a construct is a call into JavaScript.
    return hasattr(type(value), name) or hasattr(value, name)


def _has(*names: str) -> Callable[[Any], bool]:
    """Return whether a value has these attributes: the CDK's interfaces are known by them."""
    return lambda value: all(has_attribute(value, name) for name in names)


# By the text of an annotation: the test, and what to pass. What isn't here is not judged.
_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "str": (_is_text, "a text"),
    "bool": (lambda value: isinstance(value, bool), "`True` or `False`"),
    "cdk.Duration": (lambda value: isinstance(value, cdk.Duration), "a `cdk.Duration`"),
    "iam.IPrincipal": (
        _has("assume_role_action", "policy_fragment"),
        'a principal such as `iam.ServicePrincipal("lambda.amazonaws.com")`',
    ),
    "iam.IRole": (_has("role_arn", "attach_inline_policy"), "a role such as `iam.Role`"),
    "iam.IManagedPolicy": (
        _has("managed_policy_arn"),
        "a managed policy such as `iam.ManagedPolicy.from_aws_managed_policy_name(...)`",
    ),
    "iam.Policy": (lambda value: isinstance(value, iam.Policy), "an `iam.Policy`"),
    "iam.PolicyDocument": (lambda value: isinstance(value, iam.PolicyDocument), "an `iam.PolicyDocument`"),
    "iam.PolicyStatement": (
        lambda value: isinstance(value, iam.PolicyStatement),
        "an `iam.PolicyStatement`",
    ),
    "kms.IKey": (_has("key_arn"), "a key such as `kms.Key`"),
    "s3.IBucket": (_has("bucket_arn"), "a bucket such as `s3.Bucket`"),
}
_LISTED = re.compile(r"Sequence\[(.+)\]")
_MAPPED = re.compile(r"Mapping\[str, (.+)\]")


def check_types(function: Callable[..., Any], values: Mapping[str, Any]) -> None:
    """Raise :class:`PlanesError` unless each value has the type that the signature names for it."""
    for name, annotation, several in _annotations(function):
        if name not in values:
            continue
        for value in values[name] if several else (values[name],):
            check_value(name, value, annotation)


def with_checked_types(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that checks the types of what it is called with first."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        check_types(function, signature.bind(*args, **kwargs).arguments)
        return function(*args, **kwargs)

    return checked


def check_value(name: str, value: Any, annotation: str) -> None:
    """Raise :class:`PlanesError` unless a value has the type that the text of an annotation names."""
    base = annotation.removesuffix(" | None")
    if value is None and base != annotation:
        return
    if isinstance(value, str) and not _is_text(value):
        raise _wrong(name, value, "its `.value`")
    if listed := _LISTED.fullmatch(base):
        if not isinstance(value, Collection) or isinstance(value, (str, bytes, Mapping)):
            raise _wrong(name, value, "a list", _in_a_list(value))
        for one in value:
            check_value(name, one, listed[1])
    elif mapped := _MAPPED.fullmatch(base):
        if not isinstance(value, Mapping):
            raise _wrong(name, value, "a dictionary by name")
        for one in value.values():
            check_value(name, one, mapped[1])
    else:
        kinds = [_KINDS.get(part) for part in base.split(" | ")]
        known = [kind for kind in kinds if kind is not None]
        if len(known) == len(kinds) and not any(fits(value) for fits, _ in known):
            raise _wrong(name, value, " or ".join(wanted for _, wanted in known))


def _wrong(name: str, value: Any, wanted: str, hint: str = "") -> PlanesError:
    if not hint and wanted.startswith("a role") and hasattr(value, "role"):
        hint = ", here its `role`"
    elif not hint and wanted == "a text" and hasattr(value, "role_arn"):
        hint = ", here its `role_arn`"
    return PlanesError(
        f"`{name}` has the value `{_shown(value)}` of the type `{type(value).__name__}`: pass {wanted}{hint}"
    )


def _in_a_list(value: Any) -> str:
    return f", here `[{_shown(value)}]`" if isinstance(value, str) else ", also for one"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@functools.cache
def _annotations(function: Callable[..., Any]) -> tuple[tuple[str, str, bool], ...]:
    """Return the names, the annotations as they are written, and whether several values come together."""
    return tuple(
        (name, parameter.annotation, parameter.kind is inspect.Parameter.VAR_POSITIONAL)
        for name, parameter in inspect.signature(function).parameters.items()
        if isinstance(parameter.annotation, str) and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    )
