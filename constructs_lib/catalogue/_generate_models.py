"""The tables of models in the committed data, compact: each set of Regions is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["model_tables"]


def model_tables(models: Mapping[str, Any]) -> dict[str, Any]:
    """Return the models with each set of Regions written once and referred to by its index."""
    sets: dict[tuple[str, ...], int] = {}

    def index(regions: Iterable[str]) -> int:
        return sets.setdefault(tuple(sorted(regions)), len(sets))

    rows = [_row(name, models[name], index) for name in sorted(models)]
    return {"region_sets": [list(regions) for regions in sets], "models": rows}


def _row(name: str, raw: Mapping[str, Any], index: Callable[[Iterable[str]], int]) -> dict[str, Any]:
    types: dict[str, list[str]] = {}
    for region, kinds in raw["inference_types"].items():
        for kind in kinds:
            types.setdefault(kind, []).append(region)
    row: dict[str, Any] = {
        "id": name,
        "legacy": raw["model_lifecycle_status"] == "LEGACY",
        "in": sorted(raw["inputModalities"]),
        "out": sorted(raw["outputModalities"]),
        "streaming": raw["responseStreamingSupported"],
        "runtime": raw.get("runtime_supported", False),
        "types": {kind: index(types[kind]) for kind in sorted(types)},
        "profiles": {
            geography: _members(by_source, index)
            for geography, by_source in sorted(raw.get("inferenceProfile", {}).items())
        },
    }
    if regions := raw.get("mantle_supported_regions"):
        row["mantle"] = [index(regions), sorted(raw.get("mantle_apis", ()))]
    return {key: value for key, value in row.items() if value}


def _members(by_source: Any, index: Callable[[Iterable[str]], int]) -> dict[str, int] | int:
    """Return the members by source Region, or one set for a global profile, the same from everywhere."""
    if isinstance(by_source, dict):
        return {source: index(by_source[source]) for source in sorted(by_source)}
    return index(by_source)
