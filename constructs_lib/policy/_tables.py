"""The catalogue in the form that makes effective permissions fast: actions as bits, ARN formats as automata.

All actions of the catalogue stand in one fixed order; a set of actions is an ``int``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.policy import matching
from constructs_lib.policy._glob import Glob, Token, compile_glob, compile_tokens, find
from constructs_lib.policy._model import UNRESOLVED

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Format",
    "Tables",
    "action_mask",
    "formats_of",
    "names_a_type",
    "names_of",
    "normal",
    "reach",
    "segments",
    "tables",
    "types_of",
]

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_OPEN = re.compile(f"[*?{UNRESOLVED}]")
# What a pattern that matches the text `*` can start with.
_STARTS = frozenset(("*", "?", "$", UNRESOLVED))


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


@dataclass(frozen=True, slots=True)
class Tables:
    """Actions as bits: ``bare`` take only ``*``, ``unlisted`` have no known resource types.

    ``by_step`` are the formats by service and what stands before the first ``/`` of the resource part, each
    with those that have no ``/`` there; these alone stand under the empty step.
    """

    names: tuple[str, ...]
    bit: dict[str, int]
    every: int
    bare: int
    unlisted: int
    unlisted_of: dict[str, int]
    accepting: dict[str, int]
    groups: tuple[tuple[tuple[str, ...], int], ...]
    by_service: dict[str, tuple[Format, ...]]
    by_type: dict[str, tuple[Format, ...]]
    by_step: dict[tuple[str, str], tuple[Format, ...]]


@cache
def tables() -> Tables:
    """Build the tables once."""
    actions = sorted(catalogue.actions().values(), key=lambda action: action.name)
    bare = unlisted = 0
    unlisted_of: dict[str, int] = {}
    accepting: dict[str, int] = {}
    groups: dict[tuple[str, ...], int] = {}
    for index, action in enumerate(actions):
        flag = 1 << index
        if action.resource_types:
            groups[action.resource_types] = groups.get(action.resource_types, 0) | flag
        elif action.in_reference:
            bare |= flag
        else:
            # The reference doesn't list it yet, so nothing is known against any resource.
            unlisted |= flag
            service = action.name.partition(":")[0]
            unlisted_of[service] = unlisted_of.get(service, 0) | flag
        for name in action.resource_types:
            accepting[name] = accepting.get(name, 0) | flag
    formats = _formats()
    return Tables(
        names=tuple(action.name for action in actions),
        bit={action.name.lower(): 1 << index for index, action in enumerate(actions)},
        every=(1 << len(actions)) - 1,
        bare=bare,
        unlisted=unlisted,
        unlisted_of=unlisted_of,
        accepting=accepting,
        groups=tuple(groups.items()),
        by_service=_grouped(formats, "service"),
        by_type=_grouped(formats, "type"),
        by_step=_by_step(formats),
    )


def _grouped(formats: tuple[Format, ...], field: str) -> dict[str, tuple[Format, ...]]:
    result: dict[str, tuple[Format, ...]] = {}
    for item in formats:
        key = getattr(item, field)
        result[key] = (*result.get(key, ()), item)
    return result


def _by_step(formats: tuple[Format, ...]) -> dict[tuple[str, str], tuple[Format, ...]]:
    steps = [(item, _step(item)) for item in formats]
    keys = dict.fromkeys((item.service, step) for item, step in steps)
    keys |= dict.fromkeys((service, "") for service, _ in keys)
    return {
        (service, wanted): tuple(
            item for item, step in steps if item.service == service and step in {"", wanted}
        )
        for service, wanted in keys
    }


def _step(item: Format) -> str:
    step, slash, _ = item.head.partition("/")
    return step if slash else ""


def _formats() -> tuple[Format, ...]:
    """Compile every ARN format of the catalogue."""
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


@lru_cache(maxsize=4096)
def names_of(mask: int) -> tuple[str, ...]:
    """Return the action names of a mask, sorted."""
    names = tables().names
    result: list[str] = []
    while mask:
        low = mask & -mask
        result.append(names[low.bit_length() - 1])
        mask ^= low
    return tuple(result)


@lru_cache(maxsize=4096)
def action_mask(pattern: str) -> int:
    """Return the actions that an action pattern matches; none when it has an open part."""
    # IAM folds ASCII letters only: the Kelvin sign is no `k`, and a name with it is no action.
    if not pattern.isascii():
        return 0
    text = pattern.lower()
    table = tables()
    if text == "*":
        return table.every
    if "*" not in text and "?" not in text:
        return table.bit.get(text, 0)
    return _matching(text)


def _matching(text: str) -> int:
    mask = 0
    for name, flag in tables().bit.items():
        if matching.matches(text, name):
            mask |= flag
    return mask


@lru_cache(maxsize=4096)
def possible_mask(pattern: str) -> int:
    """Return the actions that an action pattern may match, open parts standing for anything."""
    if UNRESOLVED not in pattern:
        return action_mask(pattern)
    return _matching(pattern.lower().replace(UNRESOLVED, "*"))


def normal(pattern: str) -> str:
    """Return a resource pattern with each policy variable made an open part."""
    return _VARIABLE.sub(UNRESOLVED, pattern) if "${" in pattern else pattern


@lru_cache(maxsize=4096)
def types_of(pattern: str) -> frozenset[str]:
    """Return the resource types of which the pattern may match an ARN, open parts standing for anything."""
    return frozenset(item.type for item in formats_of(pattern))


@lru_cache(maxsize=4096)
def formats_of(pattern: str) -> tuple[Format, ...]:
    """Return the ARN formats that the pattern may match."""
    pattern = normal(pattern)
    if pattern and not pattern.strip("*" + UNRESOLVED):
        return tuple(item for group in tables().by_service.values() for item in group)
    splits = _splits(pattern)
    if len(splits) == 1:
        return tuple(_matching_formats(splits[0]))
    return tuple(dict.fromkeys(item for split in splits for item in _matching_formats(split)))


def names_a_type(pattern: str) -> bool:
    """Whether a resource pattern is an ARN whose resource part begins with letters of its own."""
    splits = _splits(normal(pattern))
    return bool(splits) and not any(_OPEN.match(parts[5]) for parts in splits)


def segments(pattern: str) -> list[str] | None:
    """Return the six segments of an ARN pattern, a ``*`` that runs over colons in each, or ``None``."""
    splits = _splits(pattern)
    return splits[0] if splits else None


def _splits(pattern: str) -> list[list[str]]:
    """Return the ways to see six ARN segments in a pattern whose ``*`` run over colons.

    A star that reaches into the resource part counts only where there is no other way: identifiers hold no
    second ``:type/``.
    """
    parts = pattern.split(":", 5)
    if len(parts) == 6 and "/" not in parts[3] and "/" not in parts[4]:
        return [parts]
    if not _OPEN.search(pattern):
        return []
    found: list[tuple[bool, list[str]]] = []
    todo: list[tuple[list[str], str, bool]] = [([""], pattern, False)]
    while todo:
        parts, rest, crossed = todo.pop()
        if len(parts) == 6:
            found.append((crossed, [*parts[:5], parts[5] + rest]))
            continue
        if not rest:
            continue
        char, after = rest[0], rest[1:]
        if char == ":":
            todo.append(([*parts, ""], after, False))
            continue
        todo.append(([*parts[:-1], parts[-1] + char], after, False))
        if char in {"*", UNRESOLVED}:
            todo.append(([*parts[:-1], parts[-1] + char, ""], rest, True))
        elif char == "?":
            todo.append(([*parts, ""], after, False))
    straight = [parts for crossed, parts in found if not crossed]
    return straight or [parts for _, parts in found]


def _matching_formats(parts: list[str]) -> Iterator[Format]:
    """Yield the formats that six segments may match."""
    arn, partition, service, region, account, resource = parts
    if not partition or (arn != "arn" and not (_OPEN.search(arn) and _may(arn, "arn"))):
        return
    wild = _OPEN.search(resource)
    start = resource[: wild.start()] if wild is not None else resource
    for name, group in tables().by_service.items():
        if service != name and not (_OPEN.search(service) and _may(service, name)):
            continue
        for item in _beginning(name, group, resource):
            if not resource.startswith(item.head) and (wild is None or not item.head.startswith(start)):
                continue
            if (
                _resource_overlaps(resource, item)
                and _segment_overlaps(region, item.region)
                and _segment_overlaps(account, item.account)
            ):
                yield item


def _beginning(service: str, group: tuple[Format, ...], resource: str) -> tuple[Format, ...]:
    """Return the formats of a service that may begin like a resource part: most begin otherwise."""
    step, slash, _ = resource.partition("/")
    if not slash or _OPEN.search(step):
        return group
    by_step = tables().by_step
    return by_step[service, step if (service, step) in by_step else ""]


def _may(pattern: str, text: str) -> bool:
    return matching.matches(pattern.replace(UNRESOLVED, "*"), text)


@lru_cache(maxsize=4096)
def _overlap(pattern: str, glob: Glob) -> bool:
    """Whether a pattern and a compiled format share a text; yes when they are too entangled to tell."""
    try:
        return find((compile_glob(pattern), glob)) is not None
    except OverflowError:
        return True


def _resource_overlaps(resource: str, item: Format) -> bool:
    """Whether a resource part may match the format's."""
    if resource.startswith(item.head):
        return len(resource) > len(item.head) if item.plain else _overlap(resource, item.resource)
    start = _OPEN.search(resource)
    if start is None or not item.head.startswith(resource[: start.start()]):
        return False
    return _overlap(resource, item.resource)


def _segment_overlaps(segment: str, wanted: str) -> bool:
    if wanted.startswith("${"):
        return bool(segment) and "/" not in segment
    return segment == wanted or (_OPEN.search(segment) is not None and _may(segment, wanted))


@lru_cache(maxsize=4096)
def reach(pattern: str) -> int:
    """Return the actions for which a resource pattern may match a resource that they accept."""
    table = tables()
    # Nothing is known about what an unlisted action takes, save that it is no ARN of another service.
    parts = pattern.split(":", 3)
    is_certain = len(parts) > 3 and not _OPEN.search("".join(parts[:3]))
    mask = table.unlisted_of.get(parts[2], 0) if is_certain else table.unlisted
    for item in formats_of(pattern):
        mask |= table.accepting.get(item.type, 0)
    # An action without resource types is requested on the text `*` itself.
    if pattern[0:1] in _STARTS and _may(normal(pattern), "*"):
        mask |= table.bare
    return mask
