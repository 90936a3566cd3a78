"""The property paths of CloudFormation's schemas, kept beside the tests that count them.

    python -m tests.control_plane.property_paths FOLDER TYPE...

``FOLDER`` holds the schemas, one file each, such as ``cfnlint/data/schemas/resources`` of cfn-lint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = Path(__file__).parent / "property_paths.json"


def property_paths(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the path of each property that can be set, parents included, with ``*`` for list items."""
    read_only = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", ())}

    def walk(node: Mapping[str, Any], path: str) -> Iterator[str]:
        while "$ref" in node:
            node = schema["definitions"][node["$ref"].rpartition("/")[2]]
        if path:
            yield path
        for name, inner in node.get("properties", {}).items():
            below = f"{path}/{name}" if path else name
            if below not in read_only:
                yield from walk(inner, below)
        if isinstance(node.get("items"), dict):
            items = node["items"]
            while "$ref" in items:
                items = schema["definitions"][items["$ref"].rpartition("/")[2]]
            if "properties" in items:
                yield from (one for one in walk(items, f"{path}/*") if one != f"{path}/*")

    yield from walk({"properties": schema["properties"]}, "")


def reached(properties: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each property in a template's resource, in the form of :func:`property_paths`."""
    if isinstance(properties, dict):
        for name, value in properties.items():
            below = f"{path}/{name}" if path else name
            yield below
            yield from reached(value, below)
    elif isinstance(properties, list):
        for value in properties:
            yield from reached(value, f"{path}/*")


def main(folder: str, *types: str) -> None:
    """Keep the paths of the types."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    for file in sorted(Path(folder).glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        if schema.get("typeName") in types:
            kept[schema["typeName"]] = sorted(property_paths(schema))
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
