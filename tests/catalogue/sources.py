"""The raw facts that would give the committed data: so that no test needs the packages themselves.

The packages are newer and larger than what a test environment has (the local AWS pins an older botocore);
`make facts-check` reads them. Here the committed data is turned back into what they must have held, which
tests then doctor.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalogue import families, prefixes
from constructs_lib.catalogue.generation import Installed, read_data, read_decisions

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PACKAGES", "as_committed", "needs_packages", "with_action", "with_operations"]

PACKAGES = Path(__file__).parents[2] / ".cache" / "catalogue-env"
"""The packages that `make facts` read, if it ran in this checkout."""

needs_packages = pytest.mark.skipif(
    not PACKAGES.is_dir(),
    reason="compares the data with the packages themselves, which `make facts` installs",
)


def as_committed() -> Installed:
    """Return raw facts from which the committed data follows, exactly."""
    data = read_data()
    operations: dict[str, dict[str, int]] = {f.client: {} for f in families().values() if f.client}
    for row in data["operations"]:
        client = families()[row["family"]].client
        assert client is not None
        operations[client][row["name"]] = row.get("streams", 0)
    return Installed(
        versions=dict(data["sources"]),
        operations=operations,
        actions={prefix: _actions(data, prefix) for prefix in prefixes()},
        resource_types={prefix: _resource_types(data, prefix) for prefix in prefixes()},
        models={row["id"]: _model(row, data["region_sets"]) for row in data["models"]},
        candidates=frozenset({*operations, *(d["name"] for d in read_decisions()["foreign"])}),
        sentences={row["name"]: row["says"] for row in data["sentences"]},
        types={row["name"]: [row["made_by"]] for row in data["cloudformation_types"]},
    )


def _actions(data: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    beyond = {(d["action"], d["resource_type"]) for d in read_decisions()["beyond"] if "action" in d}
    return [
        {
            "name": row["name"].partition(":")[2],
            "description": f"Grants permission to {row['description']}" if "description" in row else "",
            "accessLevel": row.get("level", ""),
            "resourceTypes": [
                {"name": name.partition(":")[2], "conditionKeys": [], "dependentActions": []}
                for name in row.get("types", ())
                if (row["name"], name) not in beyond
            ],
            "conditionKeys": row.get("keys", []),
            "dependentActions": row.get("dependent", []),
        }
        for row in data["actions"]
        if row["name"].startswith(f"{prefix}:") and not row.get("new")
    ]


def _resource_types(data: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    return [
        {
            "key": row["name"].partition(":")[2],
            "arn": row["arns"][0],
            "conditionKeys": row.get("keys", []),
        }
        for row in data["resource_types"]
        if row["name"].startswith(f"{prefix}:")
    ]


def _model(row: Mapping[str, Any], sets: list[list[str]]) -> dict[str, Any]:
    types: dict[str, list[str]] = {}
    for kind, regions in row.get("types", {}).items():
        for region in sets[regions]:
            types.setdefault(region, []).append(kind)
    raw: dict[str, Any] = {
        "inference_types": types,
        "model_lifecycle_status": "LEGACY" if row.get("legacy") else "ACTIVE",
        "inputModalities": row.get("in", []),
        "outputModalities": row.get("out", []),
        "responseStreamingSupported": row.get("streaming", False),
        "runtime_supported": row.get("runtime", False),
        "inferenceProfile": {
            geography: sets[given]
            if isinstance(given, int)
            else {source: sets[members] for source, members in given.items()}
            for geography, given in row.get("profiles", {}).items()
        },
    }
    if mantle := row.get("mantle"):
        raw |= {"mantle_supported_regions": sets[mantle[0]], "mantle_apis": mantle[1]}
    return raw


def with_action(installed: Installed, prefix: str, name: str, level: str = "Write") -> Installed:
    """Return the facts with one more action in the reference."""
    new = {
        "name": name,
        "description": "Grants permission to try",
        "accessLevel": level,
        "resourceTypes": [],
        "conditionKeys": [],
        "dependentActions": [],
    }
    return replace(installed, actions={**installed.actions, prefix: [*installed.actions[prefix], new]})


def with_operations(installed: Installed, client: str, *names: str) -> Installed:
    """Return the facts with more operations in one client."""
    more = {**installed.operations[client], **dict.fromkeys(names, 0)}
    return replace(installed, operations={**installed.operations, client: more})
