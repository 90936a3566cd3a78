"""Refuse to run on any other ministack than the one whose private functions are replaced here."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from importlib import metadata

from constructs_lib.local.emulator._fingerprints import FINGERPRINTS, MINISTACK_VERSION

__all__ = ["FINGERPRINTS", "GuardError", "check", "fingerprint"]


class GuardError(RuntimeError):
    """A private function that this package replaces or uses is not the one that it was written for."""


def fingerprint(name: str) -> str:
    """Return the SHA-256 of the source of `module:function`, whitespace at line ends aside."""
    module_name, _, function = name.partition(":")
    try:
        source = inspect.getsource(getattr(importlib.import_module(module_name), function))
    except (ImportError, AttributeError, OSError) as e:
        raise GuardError(f"`{name}` is gone from ministack ({e})") from None
    return hashlib.sha256("\n".join(line.rstrip() for line in source.splitlines()).encode()).hexdigest()


def check() -> None:
    """Compare version and sources; call it before anything is patched.

    Raises `GuardError`, whose message names every function that changed and says what to do.
    """
    version = metadata.version("ministack")
    if version != MINISTACK_VERSION:
        raise GuardError(
            f"the local AWS is written for ministack {MINISTACK_VERSION} and found {version}: "
            f'install "ministack=={MINISTACK_VERSION}"'
        )
    changed = [name for name, known in FINGERPRINTS.items() if fingerprint(name) != known]
    if changed:
        raise GuardError(
            f"ministack {version} is not the one that the local AWS was written for: "
            f"{', '.join(changed)} changed; "
            "reinstall it, or review the patch and record its new fingerprint in _fingerprints.py"
        )
