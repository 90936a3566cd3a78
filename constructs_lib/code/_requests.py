"""The model and the resource that a request names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.code._apis import key_of
from constructs_lib.code._values import Command, Map, Several, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.code._values import Arguments, Value

__all__ = ["model_of", "resource_of"]

_MODELS = ("modelid", "modelidentifier", "modelarn", "foundationmodelarn", "foundationmodel")
_RESOURCES = (
    "agentid",
    "agentruntimearn",
    "knowledgebaseid",
    "flowidentifier",
    "guardrailidentifier",
    "guardrailid",
    "promptidentifier",
    "inferenceprofileidentifier",
    "memoryid",
    "gatewayidentifier",
    "harnessarn",
    "agentruntimeid",
    "sessionidentifier",
    "browseridentifier",
    "codeinterpreteridentifier",
    "resourcearn",
    "jobarn",
    "jobidentifier",
    "invocationarn",
)
_ALIASES = ("agentaliasid", "flowaliasidentifier", "qualifier")
_DEEP = 5


def model_of(arguments: Arguments) -> str | None:
    """Return the model that a request names, where it is written."""
    found = dict(_texts(arguments))
    return next((found[name] for name in _MODELS if name in found), None)


def resource_of(arguments: Arguments) -> str | None:
    """Return the resource that a request names, with its alias (``AGENT/ALIAS``), where it is written."""
    found = dict(_texts(arguments))
    resource = next((found[name] for name in _RESOURCES if name in found), None)
    alias = next((found[name] for name in _ALIASES if name in found), None)
    return f"{resource}/{alias}" if resource and alias else resource


def _texts(arguments: Arguments) -> Iterator[tuple[str, str]]:
    """Yield the texts of a request with their keys, the outer ones last, so that they win."""
    for value in arguments.plain:
        yield from _inside(value, 0)
    for name, value in arguments.named.items():
        yield from _entry(name, value, 0)


def _inside(value: Value, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEP:
        return
    for item in value:
        match item:
            case Command(request=request):
                yield from _inside(request, depth + 1)
            case Map(items=items):
                for name, entry in items.items():
                    yield from _entry(name, entry, depth + 1)
            case Several(items=values):
                for one in values[:_DEEP]:
                    yield from _inside(one, depth + 1)


def _entry(name: str, value: Value, depth: int) -> Iterator[tuple[str, str]]:
    yield from _inside(value, depth)
    text = text_of(value)
    if text is not None:
        yield key_of(name), text
