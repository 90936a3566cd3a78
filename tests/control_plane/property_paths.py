"""The property paths of CloudFormation's schemas, kept beside the tests that count them.

    python -m tests.control_plane.property_paths FOLDER TYPE...

``FOLDER`` holds the schemas, one file each, such as ``cfnlint/data/schemas/resources`` of cfn-lint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.control_plane.paths import schema_paths

KEPT = Path(__file__).parent / "property_paths.json"


def main(folder: str, *types: str) -> None:
    """Keep the paths of the types."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    for file in sorted(Path(folder).glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        if schema.get("typeName") in types:
            kept[schema["typeName"]] = sorted(schema_paths(schema))
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
