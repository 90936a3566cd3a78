"""Put the function together: its handler and the runtime helper. No Docker, no network, no installation."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["bundled"]

_ROOT = Path(__file__).resolve().parents[2]
_HELPER = _ROOT / "runtime/src/bedrock_planes_runtime"


@cache
def bundled() -> Path:
    """Return a folder with what Lambda unpacks, named by its content, in the repository's cache.

    Raises:
        FileNotFoundError: The runtime helper is not beside the examples.

    """
    content = dict(sorted(_files()))
    name = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
    folder = _ROOT / ".cache/bundles" / f"ask-{name}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Another process may do the same: whoever renames first wins, with the same content.
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        for path, text in content.items():
            target = made / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
        made.chmod(0o755)
        try:
            made.rename(folder)
        except OSError:  # the other process was first
            shutil.rmtree(made)
    return folder


def _files() -> Iterator[tuple[str, bytes]]:
    yield "handler.py", (_ROOT / "examples/ask/handler.py").read_bytes()
    for path in (*_HELPER.glob("*.py"), _HELPER / "py.typed"):
        yield f"bedrock_planes_runtime/{path.name}", path.read_bytes()
    specification = importlib.util.spec_from_file_location("vendor", _ROOT / "runtime/vendor.py")
    if specification is None or specification.loader is None:
        message = "runtime/vendor.py is missing: the examples run from a checkout of the repository"
        raise FileNotFoundError(message)
    vendor = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(vendor)
    for name, content in vendor.files():
        yield f"bedrock_planes_runtime/{name}", content
