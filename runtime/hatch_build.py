"""The hook of the build: adds the library's files to the wheel and to the source distribution."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlanesHook(BuildHookInterface[Any]):
    """Pack what `vendor.py` yields into the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files beside the build and include them; a source distribution has them already."""
        root = Path(self.root)
        packed = root / "src" / "bedrock_planes_runtime" / "_planes"
        if (packed / "__init__.py").exists() or version == "editable":
            return
        specification = importlib.util.spec_from_file_location("vendor", root / "vendor.py")
        if specification is None or specification.loader is None:
            message = "vendor.py is missing beside the build; build from the repository or the sdist"
            raise FileNotFoundError(message)
        vendor = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(vendor)
        into = Path(self.directory) / "planes"
        prefix = "src/" if self.target_name == "sdist" else ""
        for name, content in vendor.files():
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            build_data["force_include"][str(path)] = f"{prefix}bedrock_planes_runtime/{name}"
