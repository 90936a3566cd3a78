"""Checks that what is passed fits the signature, in place of a raw Python or jsii error."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support.errors import PlanesError

__all__ = [
    "check_types",
    "check_value",
    "has_attribute",
    "with_checked_types",
    "with_explained_errors",
    "with_explained_factories",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Class = TypeVar("_Class")


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


def _is_number(*kinds: type) -> Callable[[Any], bool]:
    """Return whether a value is a number of these kinds, or a token for one."""
    return lambda value: (
        not isinstance(value, bool)
        and (isinstance(value, kinds) or (isinstance(value, float) and cdk.Token.is_unresolved(value)))
    )


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
# What is judged only once a call has failed: some props take more than their annotation says.
_AFTERWARDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **_KINDS,
    "int": (_is_number(int), "a whole number"),
    "float": (_is_number(int, float), "a number"),
    "Path": (lambda value: isinstance(value, Path), "a `Path`"),
    "ec2.IPeer": (_has("to_ingress_rule_config"), "a peer such as `ec2.Peer.ipv4(...)`"),
    "ec2.IVpc": (_has("vpc_id"), "a VPC such as `ec2.Vpc`"),
    "logs.ILogGroup": (_has("log_group_arn"), "a log group such as `logs.LogGroup`"),
    "sns.ITopic": (_has("topic_arn"), "a topic such as `sns.Topic`"),
}
_LISTED = re.compile(r"Sequence\[(.+)\]")
_MAPPED = re.compile(r"Mapping\[str, (.+)\]")
_PAIR = re.compile(r"tuple\[(.+)\]")
_CDK_CLASS = re.compile(r"(?:\w+\.)+((?!I[A-Z])\w+)")
_REFERENCE = re.compile(r"(?:kms_)?refs\.I(\w+Ref)")


def check_types(function: Callable[..., Any], values: Mapping[str, Any]) -> None:
    """Raise :class:`PlanesError` unless each value has the type that the signature names for it."""
    _check_all(function, values, None)


def _check_all(
    function: Callable[..., Any], values: Mapping[str, Any], known: Mapping[str, Any] | None
) -> None:
    for name, annotation, several in _annotations(function):
        if name not in values:
            continue
        for value in values[name] if several else (values[name],):
            check_value(name, value, annotation, known)


def with_checked_types(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that checks the types of what it is called with first."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        check_types(function, signature.bind(*args, **kwargs).arguments)
        return function(*args, **kwargs)

    return checked


def with_explained_errors(initializer: _Function) -> _Function:
    """Return a constructor that explains a wrong call in a sentence, in place of a raw Python or jsii error.

    What the constructor checks by itself comes first, since it knows more. Only if it fails in another way
    are the props compared with its signature. An error that they don't explain is raised as it is.
    """
    signature = inspect.signature(initializer)

    @functools.wraps(initializer)
    def explained(*args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise _wrong_call(initializer, signature, kwargs, error) from None
        try:
            initializer(*args, **kwargs)
        except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            if not isinstance(error, PlanesError):
                _check_all(initializer, bound.arguments, getattr(initializer, "__globals__", {}))
            raise

    return cast("_Function", explained)


def with_explained_factories(cls: type[_Class]) -> type[_Class]:
    """Make the factories and the constructor of a value explain a missing, unknown or wrong argument."""
    for name, member in list(vars(cls).items()):
        if isinstance(member, (staticmethod, classmethod)) and not name.startswith("_"):
            setattr(cls, name, type(member)(_explained(member.__func__)))
    if dataclasses.is_dataclass(cls):
        setattr(cls, "__init__", _explained(cls.__init__))  # noqa: B010 - mypy forbids the plain assignment
    return cls


def _explained(factory: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(factory)

    @functools.wraps(factory)
    def explained(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise _wrong_call(factory, signature, kwargs, error) from None
        try:
            return factory(*args, **kwargs)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            if not isinstance(error, PlanesError):
                _check_all(factory, bound.arguments, getattr(factory, "__globals__", {}))
            raise

    return explained


def _wrong_call(
    function: Callable[..., Any], signature: inspect.Signature, given: Mapping[str, Any], error: TypeError
) -> PlanesError:
    thing = function.__qualname__.removesuffix(".__init__")
    unknown = [name for name in given if name not in signature.parameters]
    if unknown:
        near = difflib.get_close_matches(unknown[0], signature.parameters, 1)
        names = ", ".join(
            f"`{name}`"
            for name, parameter in signature.parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
        remedy = f"did you mean `{near[0]}`?" if near else f"it has {names or 'none'}"
        return PlanesError(f"`{thing}` has no prop `{unknown[0]}`: {remedy}")
    missing = re.search(r"missing a required (?:keyword-only )?argument: '(\w+)'", str(error))
    if missing:
        return PlanesError(f"`{thing}` needs `{missing[1]}`: pass it")
    return PlanesError(f"`{thing}` is called with values that it doesn't take ({error}): pass props by name")


def check_value(name: str, value: Any, annotation: str, known: Mapping[str, Any] | None = None) -> None:
    """Raise :class:`PlanesError` unless a value has the type that the text of an annotation names.

    Args:
        name: The prop.
        value: What was passed.
        annotation: The annotation as it is written.
        known: The names that the annotation's module has, to judge classes, references and tuples too.
            Default: only the types that have one meaning everywhere are judged.
    """
    parts = _union(annotation)
    if value is None and "None" in parts:
        return
    if isinstance(value, str) and not _is_text(value):
        raise _wrong(name, value, "its `.value`")
    parts = [part for part in parts if part != "None"]
    if len(parts) == 1 and (listed := _LISTED.fullmatch(parts[0])):
        if not isinstance(value, Collection) or isinstance(value, (str, bytes, Mapping)):
            raise _wrong(name, value, "a list", _in_a_list(value))
        for one in value:
            check_value(name, one, listed[1], known)
    elif len(parts) == 1 and (mapped := _MAPPED.fullmatch(parts[0])):
        if not isinstance(value, Mapping):
            raise _wrong(name, value, "a dictionary by name")
        for one in value.values():
            check_value(name, one, mapped[1], known)
    else:
        kinds = [_kind(part, known) for part in parts]
        judged = [kind for kind in kinds if kind is not None]
        if len(judged) == len(kinds) and not any(fits(value) for fits, _ in judged):
            raise _wrong(name, value, " or ".join(wanted for _, wanted in judged))


def _kind(annotation: str, known: Mapping[str, Any] | None) -> tuple[Callable[[Any], bool], str] | None:
    """Return how to know a value of an annotation that is no union, and what to pass; none if unknown."""
    if known is None or annotation in _AFTERWARDS:
        return (_AFTERWARDS if known is not None else _KINDS).get(annotation)
    if container := _container(annotation):
        return container
    if reference := _REFERENCE.fullmatch(annotation):
        attribute = re.sub(r"(?<!^)(?=[A-Z])", "_", reference[1]).lower()
        return _has(attribute), f"a construct that has `{attribute}`"
    if named := _CDK_CLASS.fullmatch(annotation):
        return _named(named[1]), f"a `{annotation}`"
    cls = known.get(annotation)
    if isinstance(cls, type) and not getattr(cls, "_is_protocol", False):
        return lambda value: isinstance(value, cls), f"a `{annotation}`"
    return None


def _container(annotation: str) -> tuple[Callable[[Any], bool], str] | None:
    if _LISTED.fullmatch(annotation):
        return lambda value: isinstance(value, Collection) and not isinstance(value, (str, Mapping)), "a list"
    if _MAPPED.fullmatch(annotation):
        return lambda value: isinstance(value, Mapping), "a dictionary by name"
    if pair := _PAIR.fullmatch(annotation):
        count = len(_split(pair[1], ","))
        return (
            lambda value: isinstance(value, (tuple, list)) and len(value) == count,
            f"a tuple of {count} values",
        )
    return None


def _named(name: str) -> Callable[[Any], bool]:
    """Return whether a value is of a class of the CDK with this name.

    To import each module of the CDK for a check would cost seconds. For a structure the CDK takes a
    dictionary too.
    """
    structure = name.endswith(("Property", "Props", "Options", "Selection"))
    return lambda value: (
        any(c.__name__ == name for c in type(value).__mro__) or (structure and isinstance(value, Mapping))
    )


def _union(annotation: str) -> list[str]:
    return _split(annotation, "|")


def _split(text: str, separator: str) -> list[str]:
    """Split a text where the separator is in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == separator and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


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
