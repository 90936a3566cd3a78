"""From a verb and its targets to statements."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs._model import GrantStatement, Target
from constructs_lib.catalogue.verbs._table import verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.catalogue.verbs._model import GrantPart

    Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]

__all__ = ["statements"]

_ANYWHERE = Target(("*",))


def statements(
    name: str,
    targets: Mapping[str, Sequence[Target]],
    *,
    streaming: bool = False,
    values: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[GrantStatement, ...]:
    """Return the statements that a verb gives on these targets, in the table's order.

    ``targets`` has one entry for each target that the verb's parts name; ``values`` are the values of the
    verb's conditions. Statements with the same actions and conditions are one. Raises ``KeyError`` when a
    target is missing.
    """
    merged: dict[object, GrantStatement] = {}
    for part in verb(name).parts:
        if part.optional and part.target not in targets:
            continue
        for target in (_ANYWHERE,) if part.target is None else targets[part.target]:
            made = _statement(part, target, streaming=streaming, values=values)
            key = (made.effect, made.actions, repr(made.conditions))
            before = merged.get(key)
            arns = dict.fromkeys((*(before.resources if before else ()), *made.resources))
            merged[key] = GrantStatement(made.actions, tuple(arns), made.conditions, made.effect)
    return tuple(merged.values())


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
    """Join what the target needs and what the caller chose."""
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
