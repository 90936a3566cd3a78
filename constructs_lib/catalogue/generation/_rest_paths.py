"""The method and path of each operation, as the REST API has them: made from the SDK's models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.catalogue import families
from constructs_lib.catalogue._rest_paths import REST_PATHS_FILE
from constructs_lib.catalogue.generation._sources import package_root, read_json

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["rest_path_differences", "write_rest_paths"]


def write_rest_paths(folder: Path | None) -> Path:
    """Write the paths again and return the file's path.

    Args:
        folder: Where the packages are installed; by default where the interpreter finds them.

    Raises:
        SourceError: botocore is not there, or lacks a client's model.

    """
    REST_PATHS_FILE.write_text(_serialised(_generate(folder)), "utf-8")
    return REST_PATHS_FILE


def rest_path_differences(folder: Path | None) -> list[str]:
    """Return what differs from the committed paths to the package, one line for each operation."""
    old, new = json.loads(REST_PATHS_FILE.read_text("utf-8")), _generate(folder)
    names = {(client, name) for data in (old, new) for client, rows in data.items() for name in rows}
    return [
        f"REST path of `{client}.{name}`: {old.get(client, {}).get(name)} -> {new.get(client, {}).get(name)}"
        for client, name in sorted(names)
        if old.get(client, {}).get(name) != new.get(client, {}).get(name)
    ]


def _generate(folder: Path | None) -> dict[str, dict[str, str]]:
    data = package_root("botocore", folder) / "data"
    clients = sorted(family.client for family in families().values() if family.client)
    return {client: rows for client in clients if (rows := _rows(data / client))}


def _rows(client: Path) -> dict[str, str]:
    versions = sorted(client.glob("*/service-2.json*")) if client.is_dir() else []
    if not versions:
        return {}
    operations = read_json(versions[-1])["operations"]
    return {
        name: f"{raw['http']['method']} {raw['http']['requestUri']}"
        for name, raw in sorted(operations.items())
    }


def _serialised(data: dict[str, dict[str, str]]) -> str:
    return json.dumps(data, indent=1, sort_keys=True) + "\n"
