"""How messages and reports name principals and show texts of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["listing", "principal_label", "shown"]

_NOUNS = {"policy": "the policy", "unattached": "the unattached policy", "external": "the role"}


def shown(text: str) -> str:
    """Return a text as reports show it: ``?`` for a part that the input does not determine."""
    return text.replace(UNRESOLVED, "?")


def principal_label(kind: str, name: str) -> str:
    """Return a principal's type and name as messages show them."""
    if kind == "policy":
        return "the policy"
    if kind in _NOUNS:
        return f"{_NOUNS[kind]} `{name.partition(':')[2]}`"
    return f"{kind.replace('-', ' ')} `{name}`"


def listing(names: Iterable[str], limit: int = 3) -> str:
    """Return names in backticks: the first few, and how many more there are."""
    given = list(names)
    more = len(given) - limit
    items = [f"`{shown(name)}`" for name in (given[:limit] if more > 1 else given)]
    if more > 1:
        items.append(f"{more} more")
    if not items:
        return "nothing"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
