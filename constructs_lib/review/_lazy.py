"""A property that is worked out once: ``functools.cached_property`` without its lock.

Up to Python 3.11 that lock costs more than most of what the review keeps in such properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["lazy"]

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used as a decorator, like `property`
    """Call the method on first use and keep the value in the instance, where it hides this descriptor."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    def __get__(self, instance: Any, owner: type[object] | None = None) -> T:
        """Return the value, working it out."""
        value = instance.__dict__[self._name] = self._make(instance)
        return value
