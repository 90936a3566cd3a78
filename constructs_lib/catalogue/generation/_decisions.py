"""Reading ``decisions.toml``, the facts that no machine-readable source gives."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import families

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FILE", "DecisionsError", "read_decisions"]

FILE = files("constructs_lib.catalogue").joinpath("decisions.toml")
_KEYS = {
    "action": "name family",
    "operation": "client name actions",
    "beyond": "resource_type",
    "credential": "name",
    "no_credential": "name",
    "twin": "action streaming",
    "data_resource": "name",
    "mistake": "name mistake",
    "meant": "name actions",
    "foreign": "name",
}
"""The keys that an entry of each table needs, besides its reason and page."""


class DecisionsError(Exception):
    """``decisions.toml`` is faulty: the message names the table, the entry and what it lacks."""


@cache
def read_decisions() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Return the tables of ``decisions.toml``, keyed by kind, in the file's order.

    Raises:
        DecisionsError: The file is not TOML, a table's name or a family is unknown, or an entry lacks a key.

    """
    try:
        tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DecisionsError(f"`{FILE.name}` is unreadable: {error}; correct it there") from error
    if strange := sorted(tables.keys() - _KEYS.keys()):
        raise DecisionsError(
            f"`{FILE.name}` has a table `{strange[0]}`; a table is one of {', '.join(_KEYS)}"
        )
    for kind, entries in tables.items():
        for entry in entries:
            _check(kind, entry)
    return MappingProxyType({kind: tuple(tables.get(kind, ())) for kind in _KEYS})


def _check(kind: str, entry: Mapping[str, Any]) -> None:
    about = entry.get("name") or entry.get("action") or entry.get("resource_type") or "without a name"
    missing = [key for key in (*_KEYS[kind].split(), "reason", "page") if key not in entry]
    if kind == "beyond" and not entry.keys() & {"action", "arn"}:
        missing.append("action or arn")
    if missing:
        raise DecisionsError(f"the {kind} `{about}` of `{FILE.name}` lacks {', '.join(missing)}; add that")
    if kind == "action" and entry["family"] not in families():
        raise DecisionsError(
            f"the {kind} `{about}` of `{FILE.name}` has the unknown family `{entry['family']}`; "
            f"choose one of {', '.join(families())}"
        )
