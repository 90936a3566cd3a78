"""The page of the grants, from the grants table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalogue.verbs import GrantPart, GrantVerb

__all__ = ["grants_page"]

_HEAD = """<!-- Generated from the grants table by `make docs`. -->

# Grants

What an application may be given, verb by verb. Each verb is a method of the facade:
`role.grants.converse("amazon.nova-lite-v1:0", streaming=True)` on an `AppRole`, and
`DataPlaneGrants(grantee, scope).converse(...)` for any other principal. Actions that end in \u2020 come with
`streaming=True`, on every ARN that the plain action got. `*` is used where IAM takes no ARN.

A model is a foundation model, provisioned throughput, an imported model, a custom model's deployment, a
Marketplace endpoint, a system inference profile (`us.`, `eu.`, `apac.`, `jp.`, `au.`, `ca.`, `in.`,
`us-gov.`, `global.`), an application inference profile or a prompt router. Profiles and routers open the
models behind them through themselves only.
"""


def grants_page() -> str:
    """Return the page as Markdown."""
    families: dict[str, list[GrantVerb]] = {}
    for verb in verbs().values():
        families.setdefault(verb.family, []).append(verb)
    parts = [_HEAD]
    for family, listed in families.items():
        parts += [f"\n## {family}\n", "| verb | gives | actions | on |", "|---|---|---|---|"]
        parts += [row for verb in listed for row in _rows(verb)]
    return "\n".join(parts) + "\n"


def _rows(verb: GrantVerb) -> Iterator[str]:
    for number, part in enumerate(verb.parts):
        first = f"`{verb.name}` | {verb.summary} ([AWS]({verb.source}))" if number == 0 else " | "
        yield f"| {first} | {_actions(part)} | {_target(part)} |"


def _actions(part: GrantPart) -> str:
    names = [f"`{action}`" for action in part.actions] + [f"`{action}`\u2020" for action in part.streaming]
    return ("**Deny** " if part.effect == "Deny" else "") + ", ".join(names)


def _target(part: GrantPart) -> str:
    on = "`*`" if part.target is None else part.target.replace("_", " ")
    on += ", if given" if part.optional else ""
    keys = sorted({when.key for when in part.when})
    return on + (f"; condition {', '.join(f'`{key}`' for key in keys)}" if keys else "")
