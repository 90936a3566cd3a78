"""The committed data: its text, and how it differs from what the installed packages give."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue._lookup import DATA_FILE, families, read_data

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DATA_FILE", "Difference", "compare", "dated", "is_same", "read_data", "serialise", "superfluous"]

TABLES = {
    "actions": "name",
    "operations": "name",
    "resource_types": "name",
    "models": "id",
    "cloudformation_types": "name",
    "sentences": "name",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """The names that are new, gone or changed in one table of the data, each sorted."""

    table: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.new or self.gone or self.changed)


def is_same(committed: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    """Whether ``fresh`` is what is committed, but for the day on which that was written."""
    undated = {key: value for key, value in committed.items() if key != "date"}
    return bool(undated == json.loads(json.dumps(fresh)))


def dated(committed: Mapping[str, Any], fresh: Mapping[str, Any], today: str) -> dict[str, Any]:
    """Return ``fresh`` with the day on which it changed: ``today``, or as before if nothing did."""
    date = (is_same(committed, fresh) and committed.get("date")) or today
    return {"sources": fresh["sources"], "date": date, **fresh}


def compare(committed: Mapping[str, Any], fresh: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs from ``committed`` to ``fresh``, one entry for each table that differs."""
    found = (_compare(table, _rows(committed, table), _rows(fresh, table)) for table in TABLES)
    return tuple(difference for difference in found if difference)


def _compare(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    return Difference(
        table,
        new=tuple(sorted(new.keys() - old.keys())),
        gone=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(name for name in old.keys() & new.keys() if old[name] != new[name])),
    )


def _rows(data: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Return a table's rows by name, operations with their client, with sets of Regions resolved."""
    rows = {}
    for row in data.get(table, ()):
        name = row[TABLES[table]]
        rows[f"{row['family']}.{name}" if table == "operations" else name] = row
    if table == "models":
        sets = data["region_sets"]
        return {name: _resolved(row, sets) for name, row in rows.items()}
    return rows


def _resolved(value: Any, sets: list[list[str]]) -> Any:
    """Replace the indexes of sets of Regions, which shift when a set is added."""
    if isinstance(value, dict):
        return {key: _resolved(inner, sets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, sets) for inner in value]
    return tuple(sets[value]) if isinstance(value, int) and not isinstance(value, bool) else value


def superfluous(data: Mapping[str, Any], decisions: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the actions whose plane is decided by hand although clients of one plane expose them now."""
    exposed: dict[str, set[str]] = {}
    for row in data["operations"]:
        family = families()[row["family"]]
        exposed.setdefault(f"{family.prefix}:{row['name']}", set()).add(family.plane)
    return tuple(d["name"] for d in decisions["action"] if len(exposed.get(d["name"], ())) == 1)


def serialise(data: Mapping[str, Any]) -> str:
    """Return ``data`` as JSON with one record a line, so that differences can be read."""
    parts = []
    for key, value in data.items():
        if isinstance(value, list):
            rows = ",\n".join(_dump(row) for row in value)
            parts.append(f"{_dump(key)}:[\n{rows}\n]")
        else:
            parts.append(f"{_dump(key)}:{_dump(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)
