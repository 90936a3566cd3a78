"""How much work comparing patterns may take: counted in steps, which are the same on every machine.

A policy of a few kilobytes can hold patterns whose comparison takes minutes (``a*a*a*...`` against the same).
Inside :func:`within` the comparisons count their steps and stop by :class:`TooMuchWorkError` at the limit.
What is left open then is the caller's choice; a review takes the worst case and says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from functools import _lru_cache_wrapper

__all__ = ["METER", "TooMuchWorkError", "forget", "remembered", "spend", "within"]

_T = TypeVar("_T")

_REMEMBERED: Final[list[Any]] = []


class TooMuchWorkError(Exception):
    """The steps allowed by :func:`within` are used up."""


class _Meter:
    """The steps taken so far, and those after which comparisons stop; no end outside of :func:`within`."""

    __slots__ = ("limit", "spent")

    def __init__(self) -> None:
        self.spent = 0
        self.limit: float = float("inf")


METER: Final = _Meter()
"""The steps of this process."""


def spend(steps: int) -> None:
    """Count steps of about two microseconds each.

    Raises:
        TooMuchWorkError: The limit is reached.

    """
    METER.spent += steps
    if METER.spent > METER.limit:
        raise TooMuchWorkError


@contextmanager
def within(steps: int) -> Iterator[Callable[[], int]]:
    """Let what is done inside take that many steps, and raise :class:`TooMuchWorkError` at the next one.

    The value is a function that returns the steps taken since.
    """
    before, start = METER.limit, METER.spent
    METER.limit = min(before, start + steps)
    try:
        yield lambda: METER.spent - start
    finally:
        METER.limit = before


def remembered(maxsize: int) -> Callable[[Callable[..., _T]], _lru_cache_wrapper[_T]]:
    """Return ``functools.lru_cache(maxsize)`` for a function whose results :func:`forget` forgets."""

    def decorate(function: Callable[..., _T]) -> _lru_cache_wrapper[_T]:
        cached = lru_cache(maxsize=maxsize)(function)
        _REMEMBERED.append(cached)
        return cached

    return decorate


def forget() -> None:
    """Forget all results, so that the steps counted don't depend on what was compared before."""
    for cached in _REMEMBERED:
        cached.cache_clear()
