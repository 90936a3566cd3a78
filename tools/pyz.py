"""Build ``bedrock-planes.pyz``: the command line as one file that needs Python and nothing else.

``make pyz`` packs the pure packages and PyYAML into a zip that Python runs
(https://docs.python.org/3/library/zipapp.html). It needs no installation, so a pipeline, a hook of Git and a
machine without the CDK can review. The same sources give the same bytes: names are sorted and no clock is
asked. Modules are packed as source, so that every Python from 3.11 on takes them.
"""

from __future__ import annotations

import io
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["build", "main"]

_ROOT = Path(__file__).resolve().parents[1]
_CONTRACT = "the pure packages are pure"
_MODULES = ("__init__.py", "inert.py", "lazily.py", "version.py")
"""What the pure packages use of `constructs_lib` itself."""
_MAIN = """\
import sys

if sys.version_info < (3, 11):
    have = "%d.%d" % sys.version_info[:2]
    sys.stderr.write("bedrock-planes: needs Python 3.11 or newer, not " + have + "; use a newer one\\n")
    sys.exit(2)

from constructs_lib.cli import main

sys.exit(main())
"""
_LEFT_OUT = frozenset(("__pycache__", "cases"))
"""Folders that are not packed: the examples of the rules are for the pages and the tests."""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


def build() -> bytes:
    """Return the bytes of the zip, with the line that makes it a command of a POSIX system."""
    packed = io.BytesIO()
    packed.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted(_files()):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 3  # POSIX, whatever builds it
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _files() -> Iterator[tuple[str, bytes]]:
    """Yield name and content of what the zip holds."""
    yield "__main__.py", _MAIN.encode()
    yield "LICENSE", (_ROOT / "LICENSE").read_bytes()
    package = _ROOT / "constructs_lib"
    for name in _MODULES:
        yield f"constructs_lib/{name}", (package / name).read_bytes()
    for name in _pure_packages():
        for path in sorted((_ROOT / name.replace(".", "/")).rglob("*")):
            if path.is_file() and not _LEFT_OUT & {*path.parts}:
                yield path.relative_to(_ROOT).as_posix(), path.read_bytes()
    library = Path(yaml.__file__).parent
    for path in sorted(library.glob("*.py")):
        yield f"yaml/{path.name}", path.read_bytes()
    [license_file] = library.parent.glob(f"[Pp]y[Yy][Aa][Mm][Ll]-{yaml.__version__}.dist-info/**/LICENSE")
    yield "yaml/LICENSE", license_file.read_bytes()


def _pure_packages() -> list[str]:
    """Return the packages that import only the standard library and PyYAML, as the contract lists them."""
    settings = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(list(c["source_modules"]) for c in contracts if c["name"] == _CONTRACT)


def main(arguments: list[str]) -> int:
    """Write the zip to the file named; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tools.pyz FILE\n")
        return 2
    file = Path(arguments[0])
    file.parent.mkdir(parents=True, exist_ok=True)
    content = build()
    file.write_bytes(content)
    file.chmod(0o755)
    sys.stdout.write(f"{file}: {len(content):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
