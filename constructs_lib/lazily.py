"""What is worked out only when it is used: names of packages and properties of values."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["exports", "lazy"]

T = TypeVar("T")


def exports(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package whose names load on first use (PEP 562).

    Importing such a package is nearly free, whatever its modules import.

    Args:
        package: The package's ``__name__``.
        homes: The public names of each module, by the module's name below the package.

    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home_of})

    return load, names


class lazy(Generic[T]):  # noqa: N801 - used as a decorator, like `property`
    """Call the method on first use and keep the value in the instance, where it hides this descriptor.

    ``functools.cached_property`` without its lock: up to Python 3.11 that lock costs more than most of what
    the review keeps in such properties.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: Any, owner: type[object] | None = None) -> T:
        """Return the value, working it out."""
        value = instance.__dict__[self._name] = self._make(instance)
        return value
