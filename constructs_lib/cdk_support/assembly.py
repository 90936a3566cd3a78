"""Where a synthesis writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["assembly_of"]


def assembly_of(templates: Iterable[Path]) -> Path:
    """Return the folder of the assembly that holds all templates: the app's, or a stage's."""
    folder = Path(os.path.commonpath([path.parent for path in templates]))
    while not (folder / "manifest.json").is_file() and folder != folder.parent:
        folder = folder.parent
    return folder
