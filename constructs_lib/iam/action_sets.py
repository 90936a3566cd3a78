"""Sets of the catalogue's actions, found by action patterns and by resource patterns.

All actions of the catalogue are in one fixed order; a set of them is an ``int`` with one bit for each, so
that a principal costs microseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from constructs_lib import catalogue
from constructs_lib.iam.automata import Glob, Token, compile_glob, compile_tokens, find
from constructs_lib.iam.model import UNRESOLVED
from constructs_lib.iam.patterns import OPEN, arn_splits, counts_in, is_documented, matches, without_variables
from constructs_lib.iam.work import remembered, spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.iam.model import Effect

    class ActionSet(int):
        """A set of actions, combined by ``&``, ``|`` and ``~``.

        A type of its own for mypy only, which ``typing.NewType`` would lose with each operator. At run time
        it is ``int``, because sets are combined in the innermost loops.
        """

        def __and__(self, other: int, /) -> ActionSet: ...
        def __rand__(self, other: int, /) -> ActionSet: ...
        def __or__(self, other: int, /) -> ActionSet: ...
        def __ror__(self, other: int, /) -> ActionSet: ...
        def __xor__(self, other: int, /) -> ActionSet: ...
        def __invert__(self) -> ActionSet: ...

else:
    ActionSet = int

NO_ACTIONS: ActionSet = ActionSet(0)

__all__ = [
    "NO_ACTIONS",
    "ActionSet",
    "Expansion",
    "Format",
    "Tables",
    "actions_accepting",
    "actions_matching",
    "allowed_actions",
    "denied_actions",
    "expand",
    "expansion",
    "formats_of",
    "names_of",
    "tables",
    "types_of",
]

_Texts: TypeAlias = tuple[str, ...] | None

# What a pattern that matches the text `*` can start with.
_STARTS = frozenset(("*", "?", "$", UNRESOLVED))
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


@dataclass(frozen=True, slots=True)
class Tables:
    """The catalogue's actions and ARN formats, indexed.

    Attributes:
        names: The actions, sorted; the index of a name is the number of its bit.
        bit: The set of one action, by its name in lower case.
        every: All actions.
        bare: Actions that take no resource but ``*``.
        unlisted: Actions of which the resource types are not known yet.
        unlisted_of: The unlisted actions of each service.
        accepting: The actions that accept each resource type.
        groups: The actions with the same resource types, by these.
        by_service: The ARN formats of each service.
        by_type: The ARN formats of each resource type.
        by_step: The ARN formats by service and by the text before the first ``/`` of the resource part, each
            together with those that have no ``/`` there; under the empty text these alone.

    """

    names: tuple[str, ...]
    bit: dict[str, ActionSet]
    every: ActionSet
    bare: ActionSet
    unlisted: ActionSet
    unlisted_of: dict[str, ActionSet]
    accepting: dict[str, ActionSet]
    groups: tuple[tuple[tuple[str, ...], ActionSet], ...]
    by_service: dict[str, tuple[Format, ...]]
    by_type: dict[str, tuple[Format, ...]]
    by_step: dict[tuple[str, str], tuple[Format, ...]]


@cache
def tables() -> Tables:
    """Return the tables, which are built once."""
    actions = sorted(catalogue.actions().values(), key=lambda action: action.name)
    bare = unlisted = NO_ACTIONS
    unlisted_of: dict[str, ActionSet] = {}
    accepting: dict[str, ActionSet] = {}
    groups: dict[tuple[str, ...], ActionSet] = {}
    for index, action in enumerate(actions):
        flag = ActionSet(1 << index)
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
        bit={action.name.lower(): ActionSet(1 << index) for index, action in enumerate(actions)},
        every=ActionSet((1 << len(actions)) - 1),
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


@remembered(4096)
def names_of(actions: ActionSet) -> tuple[str, ...]:
    """Return the names of the actions in a set, sorted."""
    names = tables().names
    result: list[str] = []
    rest = int(actions)
    while rest:
        low = rest & -rest
        result.append(names[low.bit_length() - 1])
        rest ^= low
    return tuple(result)


@remembered(4096)
def actions_matching(pattern: str) -> ActionSet:
    """Return the actions that an action pattern matches in an Allow; none when it has an open part.

    A wildcard matches across the colon, which IAM documents nowhere: :func:`~constructs_lib.iam.counts`
    says where such a pattern counts.
    """
    # IAM folds ASCII letters only: the Kelvin sign is no `k`, and a name with it is no action.
    if not pattern.isascii():
        return NO_ACTIONS
    text = pattern.lower()
    table = tables()
    if text == "*":
        return table.every
    if "*" not in text and "?" not in text:
        return table.bit.get(text, NO_ACTIONS)
    return _matching(text)


def _matching(text: str) -> ActionSet:
    found = NO_ACTIONS
    for name, flag in tables().bit.items():
        if matches(text, name):
            found |= flag
    return found


@remembered(4096)
def _actions_possibly_matching(pattern: str) -> ActionSet:
    """Return the actions that an action pattern may match, with anything in place of its open parts."""
    if UNRESOLVED not in pattern:
        return actions_matching(pattern)
    return _matching(pattern.lower().replace(UNRESOLVED, "*"))


@remembered(4096)
def allowed_actions(actions: _Texts, not_actions: _Texts) -> ActionSet:
    """Return the actions that an Allow names, undocumented patterns taken in the worst case.

    Args:
        actions: Its ``Action`` patterns; one with an open part names nothing.
        not_actions: Its ``NotAction`` patterns, where it has no ``Action``.

    """
    return _named(actions, not_actions, "Allow")


@remembered(4096)
def denied_actions(actions: _Texts, not_actions: _Texts) -> ActionSet:
    """Return the actions that a Deny certainly names; the arguments are those of :func:`allowed_actions`."""
    return _named(actions, not_actions, "Deny")


def _named(actions: _Texts, not_actions: _Texts, effect: Effect) -> ActionSet:
    named = NO_ACTIONS
    if actions is not None:
        for pattern in actions:
            if counts_in(pattern, effect):
                named |= actions_matching(pattern)
        return named
    for pattern in not_actions or ():
        if counts_in(pattern, "Deny" if effect == "Allow" else "Allow"):
            named |= _actions_possibly_matching(pattern)
    return tables().every & ~named


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


@remembered(4096)
def expansion(pattern: str) -> Expansion:
    """Return the actions that an action pattern matches, and whether IAM documents such a pattern."""
    matched = actions_matching(pattern)
    documented = is_documented(pattern)
    bit = tables().bit
    names = tuple(name for name in catalogue.actions() if matched & bit[name.lower()]) if matched else ()
    return Expansion(names, names if documented else (), documented)


def expand(pattern: str) -> tuple[str, ...]:
    """Return the names of the actions that an action pattern matches in an Allow, in the catalogue's order.

    :func:`expansion` says whether IAM documents the pattern.
    """
    return expansion(pattern).in_allow


@remembered(4096)
def types_of(pattern: str) -> frozenset[str]:
    """Return the resource types of which the pattern may match an ARN."""
    return frozenset(item.type for item in formats_of(pattern))


@remembered(4096)
def formats_of(pattern: str) -> tuple[Format, ...]:
    """Return the ARN formats that the pattern may match."""
    pattern = without_variables(pattern)
    if pattern and not pattern.strip("*" + UNRESOLVED):
        return tuple(item for group in tables().by_service.values() for item in group)
    splits = arn_splits(pattern)
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
    spend(4)
    by_service = tables().by_service
    names = [service] if service in by_service else []
    if not names and OPEN.search(service):
        names = [name for name in by_service if _may(service, name)]
    for name in names:
        for item in _beginning(name, by_service[name], resource):
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
    return matches(pattern.replace(UNRESOLVED, "*"), text)


@remembered(4096)
def _overlap(pattern: str, glob: Glob) -> bool:
    """Whether a pattern and a compiled format may match one text; true when that takes too long to tell."""
    try:
        return find((compile_glob(pattern), glob)) is not None
    except OverflowError:  # too many states to tell
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


@remembered(4096)
def actions_accepting(pattern: str) -> ActionSet:
    """Return the actions for which a resource pattern may match a resource that they accept."""
    table = tables()
    found = _unlisted_accepting(pattern)
    for item in formats_of(pattern):
        found |= table.accepting.get(item.type, NO_ACTIONS)
    # An action without resource types is requested on the text `*` itself.
    if pattern[0:1] in _STARTS and _may(without_variables(pattern), "*"):
        found |= table.bare
    return found


def _unlisted_accepting(pattern: str) -> ActionSet:
    """Return the unlisted actions that may accept a resource: any but an ARN of another service."""
    table = tables()
    splits = arn_splits(without_variables(pattern))
    if not splits:
        return table.unlisted
    # Of the readings of `arn:*:s3:*`, the one with a literal service is meant.
    named = {parts[2] for parts in splits if not OPEN.search(parts[2])} or {parts[2] for parts in splits}
    found = NO_ACTIONS
    for service, actions in table.unlisted_of.items():
        if any(_may(name, service) for name in named):
            found |= actions
    return found
