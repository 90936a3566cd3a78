"""Where the CDK keeps constructs and acknowledgements: read from the assembly's own files.

``aws:cdk:path`` in templates is no help, since it is absent when an app runs without the CLI. Each stack's
metadata stands in the manifest or in the file that ``additionalMetadataFile`` names. The acknowledgements of
apps and stages, which no file of a fresh assembly holds, come from the construct tree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import IConstruct

__all__ = ["Accepted", "Places", "read_places"]

_ACKNOWLEDGED = "aws:cdk:acknowledged-rules"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An acknowledgement as the CDK applies it; ``reason`` may be empty, ``at`` is ``""`` for the app."""

    reason: str
    at: str


@dataclass(slots=True)
class Places:
    """Construct paths by template file and logical id, and acknowledgements by rule and construct path."""

    constructs: dict[tuple[str, str], str] = field(default_factory=dict)
    accepted: dict[str, dict[str, str]] = field(default_factory=dict)

    def construct(self, template: Path, logical_id: str) -> str | None:
        """Return the construct path of a resource; file names are unique in an assembly."""
        return self.constructs.get((template.name, logical_id))

    def nearest(self, rule: str, construct_path: str) -> Accepted | None:
        """Return the acknowledgement that the CDK applies: the one closest above the construct."""
        paths = self.accepted.get(rule, {})
        path = construct_path.strip("/")
        while path not in paths and path:
            path = path.rpartition("/")[0]
        return Accepted(paths[path], path) if path in paths else None

    def accept(self, construct_path: str, rules: Mapping[str, Any]) -> None:
        """Add the rules acknowledged on one construct; of two for the same rule the later counts."""
        for rule, reason in rules.items():
            self.accepted.setdefault(rule, {})[construct_path.strip("/")] = str(reason or "")


def read_places(folders: Iterable[Path], app: IConstruct, stacks: Iterable[str]) -> Places:
    """Read the manifests in ``folders``, and the constructs of ``app`` above the stacks (construct paths)."""
    places = Places()
    for folder in folders:
        manifest = _load(folder / "manifest.json")
        for artifact in manifest.get("artifacts", {}).values():
            if artifact.get("type") == "aws:cloudformation:stack":
                _stack(folder, artifact, places)
    above = {"/".join(path.split("/")[:depth]) for path in stacks for depth in range(len(path.split("/")))}
    for path in sorted(above):
        construct = _find(app, path)
        for entry in construct.node.metadata if construct is not None else ():
            if entry.type == _ACKNOWLEDGED and entry.data:
                places.accept(path, entry.data)
    return places


def _load(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return value if isinstance(value, dict) else {}


def _find(app: IConstruct, path: str) -> IConstruct | None:
    found: IConstruct | None = app
    for name in filter(None, path.split("/")):
        found = found and found.node.try_find_child(name)
    return found


def _stack(folder: Path, artifact: dict[str, Any], places: Places) -> None:
    from constructs_lib.templates import (  # noqa: PLC0415 - an app that only imports its checks reads nothing
        read_metadata,
    )

    found = read_metadata(artifact, str(folder), lambda path: _load(Path(path)))
    for path, rule, reason in reversed(found.acknowledged):  # the one that counts stands first there
        places.accept(path, {rule: reason})
    for path, logical_id in found.logical_ids:
        places.constructs[_file_of(path, found.templates), logical_id] = path


def _file_of(path: str, files: Mapping[str, str]) -> str:
    """Return the template that a construct lands in: that of the closest stack or nested stack above it."""
    while path and path not in files:
        path = path.rpartition("/")[0]
    return files.get(path, "")
