"""Checks that what is passed fits the signature, in place of a raw Python or jsii error."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.cdk_support.errors import PlanesError
from constructs_lib.cdk_support.validation import check_given_list

__all__ = [
    "check_types",
    "check_value",
    "has_attribute",
]


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
    "cdk.Size": (lambda value: isinstance(value, cdk.Size), "a `cdk.Size` such as `cdk.Size.mebibytes(50)`"),
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
    "kms_refs.IKeyRef": (_has("key_ref"), "a key such as `kms.Key`"),
    "s3.IBucket": (_has("bucket_arn"), "a bucket such as `s3.Bucket`"),
    "s3_refs.IBucketRef": (_has("bucket_ref"), "a bucket such as `s3.Bucket`"),
}
# What is judged only once a call has failed: some props take more than their annotation says.
_AFTERWARDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **_KINDS,
    "Construct": (lambda value: isinstance(value, Construct), "a construct such as the stack"),
    "iam.IGrantable": (_has("grant_principal"), "a role such as `AppRole`, or what has one"),
    "int": (_is_number(int), "a whole number"),
    "float": (_is_number(int, float), "a number"),
    "Path": (lambda value: isinstance(value, Path), "a `Path`"),
    "ec2.IPeer": (_has("to_ingress_rule_config"), "a peer such as `ec2.Peer.ipv4(...)`"),
    "ec2.IVpc": (_has("vpc_id"), "a VPC such as `ec2.Vpc`"),
    "logs.ILogGroup": (_has("log_group_arn"), "a log group such as `logs.LogGroup`"),
    "pipelines.IFileSetProducer": (
        _has("primary_output"),
        "what the synth step makes: `pipeline.cloud_assembly_file_set`",
    ),
    "sns.ITopic": (_has("topic_arn"), "a topic such as `sns.Topic`"),
}
_ANYTHING = (Any, object)
_LISTED = re.compile(r"Sequence\[(.+)\]")
_MAPPED = re.compile(r"Mapping\[str, (.+)\]")
_PAIR = re.compile(r"tuple\[(.+)\]")
_CDK_CLASS = re.compile(r"(?:\w+\.)+((?!I[A-Z])\w+)")
_REFERENCE = re.compile(r"\w+\.I(\w+Ref)")


@dataclass(frozen=True, slots=True)
class _Type:
    """An annotation, as it is judged."""

    optional: bool
    fits: tuple[Callable[[Any], bool], ...] | None
    """One of them must hold; none if the annotation is not judged."""
    wanted: str
    each: _Type | None = None
    """The type of the values in a list or dictionary."""


def check_types(
    function: Callable[..., Any], values: Mapping[str, Any], known: Mapping[str, Any] | None = None
) -> None:
    """Raise :class:`PlanesError` unless each value has the type that the signature names for it.

    Args:
        function: What is called.
        values: What it is called with, by name.
        known: The names that the function's module has, to judge classes, references and tuples too.
            Default: only the types that have one meaning everywhere are judged.
    """
    types = _TYPES.get((function, known is None))
    if types is None:
        types = _TYPES[function, known is None] = _types(function, known)
    for name, several, kind in types:
        if name in values:
            for value in values[name] if several else (values[name],):
                _check(name, value, kind)


# By the function, and whether only the types are judged that have one meaning everywhere.
_TYPES: dict[tuple[Callable[..., Any], bool], tuple[tuple[str, bool, _Type], ...]] = {}


def _types(
    function: Callable[..., Any], known: Mapping[str, Any] | None
) -> tuple[tuple[str, bool, _Type], ...]:
    """Return the name, whether several values come together, and the type of each parameter."""
    return tuple(
        (name, parameter.kind is inspect.Parameter.VAR_POSITIONAL, _type(parameter.annotation, known))
        for name, parameter in inspect.signature(function).parameters.items()
        if isinstance(parameter.annotation, str) and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    )


def check_value(name: str, value: Any, annotation: str) -> None:
    """Raise :class:`PlanesError` unless a value has the type that the text of an annotation names.

    Args:
        name: The prop.
        value: What was passed.
        annotation: The annotation as it is written; only types that have one meaning everywhere are judged.
    """
    _check(name, value, _everywhere(annotation))


@functools.cache
def _everywhere(annotation: str) -> _Type:
    return _type(annotation, None)


def _type(annotation: str, known: Mapping[str, Any] | None) -> _Type:
    parts = _split(annotation, "|")
    optional, parts = "None" in parts, [part for part in parts if part != "None"]
    if len(parts) == 1:
        for pattern, (fits, wanted) in ((_LISTED, _LIST), (_MAPPED, _DICTIONARY)):
            if container := pattern.fullmatch(parts[0]):
                return _Type(optional, (fits,), wanted, _type(container[1], known))
    kinds = [kind for part in parts if (kind := _kind(part, known)) is not None]
    judged = len(kinds) == len(parts)
    return _Type(
        optional,
        tuple(fits for fits, _ in kinds) if judged else None,
        " or ".join(wanted for _, wanted in kinds),
    )


def _check(name: str, value: Any, kind: _Type) -> None:
    if value is None and kind.optional:
        return
    if isinstance(value, str) and not _is_text(value):
        raise _wrong(name, value, "its `.value`")
    if isinstance(value, type):  # it has the attributes of its objects, so it would fit an interface
        raise PlanesError(f"`{name}` is the class `{value.__name__}`: pass an object that it makes")
    if kind.fits is not None and not any(fits(value) for fits in kind.fits):
        raise _wrong(name, value, kind.wanted, "" if kind.each is None else _in_a_list(value))
    if kind.each is not None:
        if kind.each.wanted != _KINDS["str"][1]:  # what is no plain text is looked at, one by one
            check_given_list(name, value)
        for one in value.values() if isinstance(value, Mapping) else value:
            _check(name, one, kind.each)


def _is_list(value: Any) -> bool:
    # A set has no order, so that each synthesis could make another template.
    return isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping, set, frozenset))


_LIST = (_is_list, "a list")
_DICTIONARY = (lambda value: isinstance(value, Mapping), "a dictionary by name")


def _kind(annotation: str, known: Mapping[str, Any] | None) -> tuple[Callable[[Any], bool], str] | None:
    """Return how to know a value of an annotation that is no union, and what to pass; none if unknown."""
    if known is None or annotation in _AFTERWARDS:
        return (_AFTERWARDS if known is not None else _KINDS).get(annotation)
    return _container(annotation) or _of_the_cdk(annotation) or _of_a_module(annotation, known)


def _container(annotation: str) -> tuple[Callable[[Any], bool], str] | None:
    if _LISTED.fullmatch(annotation):
        return _LIST
    if _MAPPED.fullmatch(annotation):
        return _DICTIONARY
    if annotation.startswith("Literal['"):
        texts = ast.literal_eval(annotation.removeprefix("Literal"))
        return lambda value: value in texts, " or ".join(f"`{text}`" for text in texts)
    if (pair := _PAIR.fullmatch(annotation)) and pair[1].endswith("..."):
        return lambda value: isinstance(value, (tuple, list)), "a tuple"
    if pair:
        count = len(_split(pair[1], ","))
        return (
            lambda value: isinstance(value, (tuple, list)) and len(value) == count,
            f"a tuple of {count} values",
        )
    return None


def _of_the_cdk(annotation: str) -> tuple[Callable[[Any], bool], str] | None:
    if reference := _REFERENCE.fullmatch(annotation):
        attribute = re.sub(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])", "_", reference[1]).lower()
        return _has(attribute), f"a construct that has `{attribute}`"
    if named := _CDK_CLASS.fullmatch(annotation):
        return _named(named[1]), f"a `{annotation}`"
    return None


def _of_a_module(annotation: str, known: Mapping[str, Any]) -> tuple[Callable[[Any], bool], str] | None:
    cls = known.get(annotation)
    if isinstance(cls, type) and cls not in _ANYTHING and not getattr(cls, "_is_protocol", False):
        return lambda value: isinstance(value, cls), f"a `{annotation}`"
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
    elif not hint and wanted.startswith("a role") and hasattr(value, "role_ref"):
        # An L1: it takes no statements, and an import of it does.
        hint = ', here `iam.Role.from_role_arn(scope, "Role", role.attr_arn)`'
    elif not hint and wanted == "a bucket such as `s3.Bucket`" and hasattr(value, "bucket_ref"):
        hint = ", here `s3.Bucket.from_cfn_bucket(bucket)`"
    elif not hint and wanted == "a text" and hasattr(value, "role_arn"):
        hint = ", here its `role_arn`"
    return PlanesError(
        f"`{name}` has the value `{_shown(value)}` of the type `{type(value).__name__}`: pass {wanted}{hint}"
    )


def _in_a_list(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return ", since a set has no order"
    return f", here `[{_shown(value)}]`" if isinstance(value, str) else ", also for one"


def _shown(value: Any) -> str:
    text = repr(value)
    return (
        text if len(text) <= 60 or " at 0x" in text else f"{text[:57]}..."
    )  # PlanesError shortens an object
