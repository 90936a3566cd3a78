"""Every verb by its name, and the statements that a verb and its targets give."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs._agentcore import rows as agentcore
from constructs_lib.catalogue.verbs._agents import rows as agents
from constructs_lib.catalogue.verbs._data_automation import rows as data_automation
from constructs_lib.catalogue.verbs._inference import rows as inference
from constructs_lib.catalogue.verbs._types import GrantStatement, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.catalogue.verbs._types import GrantPart, GrantVerb

    Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]

__all__ = ["inner_call_actions", "statements", "verb", "verbs"]

_ANYWHERE = Target(("*",))
_INVOKE = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:Retrieve"})


@cache
def verbs() -> Mapping[str, GrantVerb]:
    """Return every verb by its name."""
    table = (*inference(), *agents(), *data_automation(), *agentcore())
    return MappingProxyType({row.name: row for row in table})


def verb(name: str) -> GrantVerb:
    """Return one verb.

    Raises:
        KeyError: There is no verb of that name; the message lists the names.

    """
    try:
        return verbs()[name]
    except KeyError:
        known = ", ".join(sorted(verbs()))
        raise KeyError(f"`{name}` is not a verb of the grants table; use one of {known}") from None


@cache
def inner_call_actions() -> frozenset[str]:
    """Return the actions for which AWS makes model calls of its own, without the caller's guardrail."""
    return frozenset(
        action
        for row in verbs().values()
        if row.inner_calls
        for part in row.parts
        for action in part.actions
        # The use of a key beside the call is no call of a model.
        if action not in _INVOKE and action.startswith("bedrock")
    )


def statements(
    name: str,
    targets: Mapping[str, Sequence[Target]],
    *,
    streaming: bool = False,
    values: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[GrantStatement, ...]:
    """Return the statements of a verb on these targets, in the table's order.

    Statements with the same actions and conditions are merged, but a project keeps a statement of its own,
    which shows that a call needs both.

    Args:
        name: The name of the verb.
        targets: The targets by the names that the verb's parts have for them.
        streaming: Whether to add what streaming calls need.
        values: The values of the verb's conditions, by argument.

    Raises:
        KeyError: There is no such verb, or a target that isn't optional is missing.

    """
    merged: dict[object, GrantStatement] = {}
    for part in verb(name).parts:
        if part.optional and part.target not in targets:
            continue
        for target in (_ANYWHERE,) if part.target is None else targets[part.target]:
            made = _statement(part, target, streaming=streaming, values=values)
            key = (made.effect, made.actions, _is_project_of_call(part), repr(made.conditions))
            before = merged.get(key)
            arns = dict.fromkeys((*(before.resources if before else ()), *made.resources))
            merged[key] = GrantStatement(made.actions, tuple(arns), made.conditions, made.effect)
    return tuple(merged.values())


def _is_project_of_call(part: GrantPart) -> bool:
    return part.target == "project" and not _INVOKE.isdisjoint(part.actions)


def _statement(
    part: GrantPart, target: Target, *, streaming: bool, values: Mapping[str, Sequence[str]]
) -> GrantStatement:
    instead = dict(target.instead)
    actions = part.actions + (part.streaming if streaming else ())
    return GrantStatement(
        tuple(instead.get(action, action) for action in actions),
        target.arns,
        _conditions(part, target, values),
        part.effect,
    )


def _conditions(part: GrantPart, target: Target, values: Mapping[str, Sequence[str]]) -> Conditions:
    """Return the conditions of the target and those that the caller chose."""
    found: dict[str, dict[str, str | tuple[str, ...]]] = {}
    for operator, keys in target.conditions:
        found.setdefault(operator, {}).update(dict(keys))
    for operator, key, value in _chosen(part, values):
        found.setdefault(operator, {})[key] = value
    return MappingProxyType({operator: MappingProxyType(keys) for operator, keys in found.items()})


def _chosen(
    part: GrantPart, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str, str | tuple[str, ...]]]:
    for when in part.when:
        if when.always:
            yield when.operator, when.key, when.always
        elif given := tuple(values.get(when.argument, ())):
            yield when.operator, when.key, given[0] if len(given) == 1 else given
