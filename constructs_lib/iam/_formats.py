"""The ARN formats of resource types as automata."""

from __future__ import annotations

import re
from dataclasses import dataclass

from constructs_lib import catalogue
from constructs_lib.iam._glob import Glob, Token, compile_tokens

__all__ = ["Format", "all_formats"]

_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One ARN format of a resource type.

    ``head`` is the literal start of the resource part; ``plain`` says that one unrestricted variable follows.
    """

    type: str
    service: str
    region: str
    account: str
    head: str
    plain: bool
    resource: Glob
    whole: Glob


def all_formats() -> tuple[Format, ...]:
    """Compile every ARN format of the catalogue, in its order."""
    pairs = [(kind.name, arn) for kind in catalogue.resource_types().values() for arn in kind.arns]
    shapes = [_VARIABLE.sub("${}", arn) for _, arn in pairs]
    return tuple(_format(name, arn, shapes) for name, arn in pairs)


def _format(name: str, arn: str, shapes: list[str]) -> Format:
    """Compile one ARN format.

    The last variable takes any character, except the one with which another type's format goes on:
    ``flow/${FlowId}`` holds no ``/`` because ``flow/${FlowId}/alias/${FlowAliasId}`` is another type.
    """
    shape = _VARIABLE.sub("${}", arn)
    limits = "".join(
        sorted({other[len(shape)] for other in shapes if other != shape and other.startswith(shape)})
    )
    _, partition, service, region, account, resource = arn.split(":", 5)
    tokens = _resource_tokens(resource, limits)
    head = resource.partition("${")[0]
    whole = (
        *(Token(char) for char in "arn:"),
        *_segment_tokens(partition),
        *(Token(char) for char in f":{service}:"),
        *_segment_tokens(region),
        Token(":"),
        *_segment_tokens(account),
        Token(":"),
        *tokens,
    )
    plain = not limits and re.fullmatch(r"[^$]*\$\{[^}]*\}", resource) is not None
    return Format(name, service, region, account, head, plain, compile_tokens(tokens), compile_tokens(whole))


def _segment_tokens(segment: str) -> tuple[Token, ...]:
    """Return the tokens of partition, Region or account."""
    if not segment.startswith("${"):
        return tuple(Token(char) for char in segment)
    return (Token(None, excluded=":/"), Token(None, repeat=True, excluded=":/"))


def _resource_tokens(resource: str, limits: str) -> tuple[Token, ...]:
    """Return the tokens of the resource part; variables hold at least one character."""
    tokens: list[Token] = []
    position = 0
    for variable in _VARIABLE.finditer(resource):
        tokens += [Token(char) for char in resource[position : variable.start()]]
        position = variable.end()
        excluded = limits if position == len(resource) else "/"
        tokens += [Token(None, excluded=excluded), Token(None, repeat=True, excluded=excluded)]
    return (*tokens, *(Token(char) for char in resource[position:]))
