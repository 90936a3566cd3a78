"""The version of the distribution; a test holds it equal to ``pyproject.toml``."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
