"""Reading ``decisions.toml``, the facts that no machine-readable source gives."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FILE", "read_decisions"]

FILE = Path(__file__).with_name("decisions.toml")
KINDS = (
    "action",
    "operation",
    "beyond",
    "credential",
    "no_credential",
    "twin",
    "data_resource",
    "mistake",
    "meant",
)


@cache
def read_decisions() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Return the tables of ``decisions.toml``, keyed by kind, in the file's order."""
    with FILE.open("rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType({kind: tuple(tables.get(kind, ())) for kind in KINDS})
