"""The catalogue in the form that makes effective permissions fast: actions as bits, found by patterns.

All actions of the catalogue stand in one fixed order; a set of actions is an ``int``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from constructs_lib import catalogue
from constructs_lib.iam import matching
from constructs_lib.iam._formats import Format, all_formats
from constructs_lib.iam._glob import Glob, compile_glob, find
from constructs_lib.iam._segments import OPEN, normal, partings
from constructs_lib.iam.model import UNRESOLVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam.model import Effect

__all__ = [
    "Expansion",
    "Tables",
    "action_mask",
    "allowed_actions",
    "denied_actions",
    "expand",
    "expansion",
    "formats_of",
    "names_of",
    "reach",
    "tables",
    "types_of",
]

_Texts: TypeAlias = tuple[str, ...] | None

# What a pattern that matches the text `*` can start with.
_STARTS = frozenset(("*", "?", "$", UNRESOLVED))


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
    formats = all_formats()
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
    """Return the actions that an action pattern matches in an Allow; none when it has an open part.

    A wildcard matches across the colon, which IAM documents nowhere: :func:`~constructs_lib.iam.counts`
    says where such a pattern counts.
    """
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


@lru_cache(maxsize=4096)
def allowed_actions(actions: _Texts, not_actions: _Texts) -> int:
    """Return the actions that an Allow names, undocumented patterns taken in the worst case.

    Args:
        actions: Its ``Action`` patterns; one with an open part names nothing.
        not_actions: Its ``NotAction`` patterns, where it has no ``Action``.

    """
    return _named(actions, not_actions, "Allow")


@lru_cache(maxsize=4096)
def denied_actions(actions: _Texts, not_actions: _Texts) -> int:
    """Return the actions that a Deny certainly names; the arguments are those of :func:`allowed_actions`."""
    return _named(actions, not_actions, "Deny")


def _named(actions: _Texts, not_actions: _Texts, effect: Effect) -> int:
    mask = 0
    if actions is not None:
        for pattern in actions:
            if matching.counts(pattern, effect):
                mask |= action_mask(pattern)
        return mask
    for pattern in not_actions or ():
        if matching.counts(pattern, "Deny" if effect == "Allow" else "Allow"):
            mask |= possible_mask(pattern)
    return tables().every & ~mask


class Expansion(NamedTuple):
    """The actions of the catalogue that an action pattern matches, in the catalogue's order.

    Attributes:
        in_allow: Those that it matches in an Allow, where an undocumented pattern counts.
        in_deny: Those that it matches in a Deny, where an undocumented pattern does not count.
        documented: Whether IAM documents wildcards where the pattern has them.

    """

    in_allow: tuple[str, ...]
    in_deny: tuple[str, ...]
    documented: bool


@lru_cache(maxsize=4096)
def expansion(pattern: str) -> Expansion:
    """Return the actions that an action pattern matches, and whether IAM documents such a pattern."""
    mask = action_mask(pattern)
    documented = matching.is_documented(pattern)
    bit = tables().bit
    names = tuple(name for name in catalogue.actions() if mask & bit[name.lower()]) if mask else ()
    return Expansion(names, names if documented else (), documented)


def expand(pattern: str) -> tuple[str, ...]:
    """Return the names of the actions that an action pattern matches in an Allow, in the catalogue's order.

    :func:`expansion` says whether IAM documents the pattern.
    """
    return expansion(pattern).in_allow


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
    splits = partings(pattern)
    if len(splits) == 1:
        return tuple(_matching_formats(splits[0]))
    return tuple(dict.fromkeys(item for split in splits for item in _matching_formats(split)))


def _matching_formats(parts: list[str]) -> Iterator[Format]:
    """Yield the formats that six segments may match."""
    arn, partition, service, region, account, resource = parts
    if not partition or (arn != "arn" and not (OPEN.search(arn) and _may(arn, "arn"))):
        return
    wild = OPEN.search(resource)
    start = resource[: wild.start()] if wild is not None else resource
    for name, group in tables().by_service.items():
        if service != name and not (OPEN.search(service) and _may(service, name)):
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
    if not slash or OPEN.search(step):
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
    except OverflowError:  # too entangled to tell
        return True


def _resource_overlaps(resource: str, item: Format) -> bool:
    """Whether a resource part may match the format's."""
    if resource.startswith(item.head):
        return len(resource) > len(item.head) if item.plain else _overlap(resource, item.resource)
    start = OPEN.search(resource)
    if start is None or not item.head.startswith(resource[: start.start()]):
        return False
    return _overlap(resource, item.resource)


def _segment_overlaps(segment: str, wanted: str) -> bool:
    if wanted.startswith("${"):
        return bool(segment) and "/" not in segment
    return segment == wanted or (OPEN.search(segment) is not None and _may(segment, wanted))


@lru_cache(maxsize=4096)
def reach(pattern: str) -> int:
    """Return the actions for which a resource pattern may match a resource that they accept."""
    table = tables()
    # Nothing is known about what an unlisted action takes, save that it is no ARN of another service.
    parts = pattern.split(":", 3)
    is_certain = len(parts) > 3 and not OPEN.search("".join(parts[:3]))
    mask = table.unlisted_of.get(parts[2], 0) if is_certain else table.unlisted
    for item in formats_of(pattern):
        mask |= table.accepting.get(item.type, 0)
    # An action without resource types is requested on the text `*` itself.
    if pattern[0:1] in _STARTS and _may(normal(pattern), "*"):
        mask |= table.bare
    return mask
