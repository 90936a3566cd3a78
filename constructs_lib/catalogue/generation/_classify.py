"""The home family of each action, or why it has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import Plane, families, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.catalogue.generation._sources import Installed

    Decisions = Mapping[str, Sequence[Mapping[str, Any]]]

__all__ = ["UnclassifiedError", "homes_of", "maker_of"]

_LOOKS_LIKE_CREDENTIAL = re.compile(r"(Token|ApiKey|Credential|Secret|Password)")


class UnclassifiedError(Exception):
    """Names that have no plane: neither a client nor ``decisions.toml`` gives them one.

    ``names`` has all of them; the message says what is missing for each.
    """

    def __init__(self, problems: Mapping[str, Iterable[str]]) -> None:
        self.names = tuple(sorted({name for names in problems.values() for name in names}))
        super().__init__(
            "; ".join(f"{why}: {', '.join(f'`{n}`' for n in sorted(ns))}" for why, ns in problems.items())
            + "; decide in `decisions.toml`"
        )


def homes_of(installed: Installed, decisions: Decisions) -> dict[str, str]:
    """Return the home family of each action: by hand, else the first family whose client exposes it.

    Raises:
        UnclassifiedError: Some names have no home, are in clients of both planes, or look like a credential
            and no decision covers that; all of them are in the error.

    """
    exposed = _exposed(installed, decisions)
    by_hand = {d["name"]: d["family"] for d in decisions["action"]}
    known = {f"{p}:{a['name']}" for p in prefixes() for a in installed.actions[p]}
    crossing = {n for n, fs in exposed.items() if len({families()[f].plane for f in fs}) > 1} - by_hand.keys()
    homes = {name: names[0] for name, names in exposed.items()}
    homes |= {name: family for name, family in by_hand.items() if name in known or name in exposed}
    problems = {
        "no client exposes these actions and no decision gives their plane": known - homes.keys(),
        "clients of both planes expose these names": crossing,
        "these data actions look as if they release a credential": _suspects(homes, decisions),
        "these clients and IAM prefixes may be Bedrock's": _uncovered(installed, decisions),
        "nothing says which action makes these CloudFormation types": {
            name for name, calls in installed.types.items() if maker_of(name, calls) is None
        },
    }
    if found := {why: names for why, names in problems.items() if names}:
        raise UnclassifiedError(found)
    return homes


def _exposed(installed: Installed, decisions: Decisions) -> dict[str, list[str]]:
    """Return the families whose clients expose an operation with an action of its own name."""
    exposed: dict[str, list[str]] = {}
    renamed = {(d["client"], d["name"]): d["actions"] for d in decisions["operation"]}
    for family in families().values():
        for operation in installed.operations.get(family.client or "", ()):
            name = f"{family.prefix}:{operation}"
            if name in renamed.get((family.client, operation), [name]):
                exposed.setdefault(name, []).append(family.name)
    return exposed


def maker_of(cloudformation_type: str, calls: Sequence[str]) -> str | None:
    """Return the action that makes a resource of a CloudFormation type, of those that its handler calls.

    It is the one that creates or puts: the only one, or the one named like the type (`CreateAgentRuntime`
    makes `AWS::BedrockAgentCore::Runtime`).
    """
    services = (*prefixes(), "s3vectors")
    makers = [name for name in calls if re.match(rf"({'|'.join(services)}):(Create|Put)", name)]
    if len(makers) == 1:
        return makers[0]
    noun = cloudformation_type.rpartition("::")[2].lower()
    named = [name for name in makers if name.lower().endswith(noun)]
    return named[0] if len(named) == 1 else None


def _uncovered(installed: Installed, decisions: Decisions) -> set[str]:
    """Return the candidates that neither a family nor a decision covers."""
    covered = {*prefixes(), *(family.client for family in families().values())}
    return set(installed.candidates) - covered - {d["name"] for d in decisions["foreign"]}


def _suspects(homes: Mapping[str, str], decisions: Decisions) -> set[str]:
    """Return the data actions that are named like a credential and that no decision covers."""
    looked_at = {d["name"] for kind in ("action", "credential", "no_credential") for d in decisions[kind]}
    return {
        name
        for name, family in homes.items()
        if families()[family].plane is Plane.DATA
        and _LOOKS_LIKE_CREDENTIAL.search(name)
        and "CountTokens" not in name
    } - looked_at
