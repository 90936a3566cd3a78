"""The hand tables of this package, read on first use."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["names", "pruning", "services", "words"]


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("constructs_lib.deploy").joinpath(name).read_text("utf-8"))


def names() -> dict[str, dict[str, Any]]:
    """Return how the resources of each type are called."""
    return _read("names.toml")


def pruning() -> dict[str, dict[str, Any]]:
    """Return the actions that each type's handlers call only for a property."""
    return _read("pruning.toml")


def words() -> dict[str, list[str]]:
    """Return the words in the names of properties that make handlers call another service."""
    found: dict[str, list[str]] = _read("pruning.toml")["words"]
    return found


def services() -> dict[str, Any]:
    """Return what is of a service: service-linked roles, who is passed roles, parameters, data actions."""
    return _read("services.toml")
