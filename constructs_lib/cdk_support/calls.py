"""A wrong call of anything public is explained in a sentence, in place of a raw Python or jsii error."""

from __future__ import annotations

import difflib
import functools
import inspect
import math
import re
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

from jsii.errors import JavaScriptError, JSIIError

from constructs_lib.cdk_support.errors import PlanesError
from constructs_lib.cdk_support.types import check_types
from constructs_lib.cdk_support.validation import check_given_list, is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["with_checked_types", "with_explained_calls"]

_Class = TypeVar("_Class")
_OURS = "constructs_lib"
_RAW = (AssertionError, AttributeError, JSIIError, LookupError, RuntimeError, TypeError, ValueError)
_IDS = {"construct_id", "step_id"}
_NO_KEY = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'")
_NO_STRUCTURE = re.compile(r"aws-cdk-lib(?:\.\w+)*\.(\w+)")
_TAKEN = re.compile(r"There is already a Construct with name '(.+?)' in \w+(?: \[(.+)\])?")
_LONGEST = 300
_CODE = re.compile(r"^[A-Z]\w+: ")


def with_checked_types(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a grant that checks the types of what it is called with first.

    Each value of a list becomes an ARN or a value of a condition, so the list itself must be known.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        check_types(function, given)
        for name, value in given.items():
            check_given_list(name, value)
        return function(*args, **kwargs)

    return checked


def with_explained_calls(cls: type[_Class]) -> type[_Class]:
    """Make the constructor, the factories and the methods of a public class explain a wrong call.

    What they check by themselves comes first, since it knows more. What remains is compared with the
    signature afterwards, whether the call failed or took what is wrong. An error of the CDK that this
    doesn't explain is told in the CDK's own sentence; any other is raised as it is. Bases of this library
    are done too.
    """
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] == _OURS:
            _explain(base)
    return cls


def _explain(cls: type[Any]) -> None:
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, (staticmethod, classmethod)):
            if not hasattr(member.__func__, "explained"):
                setattr(cls, name, type(member)(_explained(member.__func__)))
        elif isinstance(member, FunctionType) and not hasattr(member, "explained"):
            setattr(cls, name, _explained(member))


def _explained(function: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(function)
    names = getattr(inspect.unwrap(function), "__globals__", {})

    @functools.wraps(function)
    def explained(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise _wrong_call(function, signature, kwargs, error) from None
        _check_what_ends_jsii(given)
        try:
            made = function(*args, **kwargs)
        except _RAW as error:
            if isinstance(error, PlanesError):
                raise
            check_types(function, given, names)
            sentence = (
                _of_depth(given, error)
                or _of_structure(function, given, error)
                or _of_the_cdk(function, given, error)
            )
            if sentence is None:
                raise
            raise sentence from None
        check_types(function, given, names)
        return made

    explained.explained = True  # type: ignore[attr-defined] # functions take attributes, their type doesn't
    return explained


def _check_what_ends_jsii(given: Mapping[str, Any]) -> None:
    """Raise :class:`PlanesError` for what leaves nothing to explain afterwards."""
    for name, value in given.items():
        # JSON has no such numbers, and the CDK's process ends when it meets one.
        odd = next((one for one in _numbers(value) if not math.isfinite(one)), None)
        if odd is not None:
            raise PlanesError(f"`{name}` has the value `{odd}`: pass a finite number")
    for name in _IDS & given.keys():
        value = given[name]
        if isinstance(value, str) and (not value or is_token(value)):
            raise PlanesError(f"`{name}` has the value `{value}`: pass a name that the app's code knows")


def _numbers(value: object) -> Iterator[float]:
    """Yield the numbers with a point in a value, in its lists and dictionaries too."""
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, float):
            yield one
        elif isinstance(one, (dict, list, tuple)) and id(one) not in seen:
            seen.add(id(one))
            waiting += one.values() if isinstance(one, dict) else one


def _of_depth(given: Mapping[str, Any], error: Exception) -> PlanesError | None:
    """Return which value holds itself, or holds more levels than Python and the CDK follow."""
    if not isinstance(error, RecursionError):
        return None
    deep = [name for name, value in given.items() if isinstance(value, (dict, list, tuple))]
    names = " or ".join(f"`{name}`" for name in deep) or "a value"
    return PlanesError(f"{names} holds itself, or too many levels of lists and dictionaries: pass plain JSON")


def _of_structure(
    function: Callable[..., Any], given: Mapping[str, Any], error: Exception
) -> PlanesError | None:
    """Return what is wrong with a structure of the CDK, given as a dictionary or with wrong parts."""
    text = str(error)
    if unknown := _NO_KEY.search(text):
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD and unknown[2] in given.get(name, {}):
                return PlanesError(
                    f"`{_thing(function)}` has no prop `{unknown[2]}`: it has its own, and those of "
                    f"`{unknown[1]}`"
                )
    for found in (*_NO_KEY.finditer(text), *_NO_STRUCTURE.finditer(text)):
        for name, parameter in inspect.signature(function).parameters.items():
            wanted = re.search(rf"[\w.]*\b{found[1]}\b(?![\w.])", str(parameter.annotation))
            if wanted and given.get(name) is not None:
                part = f"the key `{found[2]}`, which" if found.lastindex == 2 else "a part that"
                return PlanesError(f"`{name}` has {part} `{wanted[0]}` doesn't take: pass a `{wanted[0]}`")
    return None


def _of_the_cdk(
    function: Callable[..., Any], given: Mapping[str, Any], error: Exception
) -> PlanesError | None:
    """Return the CDK's own sentence without what surrounds it; none for an error that is not the CDK's."""
    if not isinstance(error, JSIIError) and not isinstance(error.__cause__, JavaScriptError):
        return None
    text = str(error).strip().split("\n")[0]
    if text.startswith("Cannot pass function"):
        for name, value in given.items():
            if isinstance(value, FunctionType):
                return PlanesError(
                    f"`{name}` is the function `{value.__name__}`: call it, and pass what it returns"
                )
    if taken := _TAKEN.match(text):
        return PlanesError(
            f"`{taken[2]}` has a construct `{taken[1]}` already: pass another id, since each is used once"
        )
    text = _CODE.sub("", text)
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    for name, value in given.items():
        camel = re.sub(r"_(\w)", lambda found: found[1].upper(), name)
        if isinstance(value, str) and (camel in text or _has_word(text, value)):
            return PlanesError(f"`{name}` has the value `{value}`, which the CDK refuses: {text}")
    return PlanesError(f"the CDK refuses the call of `{_thing(function)}`: {text}")


def _has_word(text: str, word: str) -> bool:
    return bool(word) and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _thing(function: Callable[..., Any]) -> str:
    return function.__qualname__.removesuffix(".__init__").replace("Base.", ".")


def _wrong_call(
    function: Callable[..., Any], signature: inspect.Signature, given: Mapping[str, Any], error: TypeError
) -> PlanesError:
    thing = _thing(function)
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
