"""Distances and metadata filters.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator._errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["distance", "matches"]


def distance(query: list[float], vector: list[float], metric: str) -> float:
    """Return the distance that S3 Vectors ranks by: squared Euclidean, or one minus the cosine."""
    if metric == "euclidean":
        return math.dist(query, vector) ** 2
    length = math.hypot(*query) * math.hypot(*vector)
    return 1 - sum(x * y for x, y in zip(query, vector, strict=True)) / length if length else 1


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    # (the metadata value, the filter's value); a list in the metadata matches through any of its items.
    "$eq": lambda own, given: given in _as_list(own),
    "$ne": lambda own, given: given not in _as_list(own),
    "$in": lambda own, given: any(item in given for item in _as_list(own)),
    "$nin": lambda own, given: not any(item in given for item in _as_list(own)),
    "$exists": lambda own, given: (own is not None) == given,
    "$gt": lambda own, given: own is not None and own > given,
    "$gte": lambda own, given: own is not None and own >= given,
    "$lt": lambda own, given: own is not None and own < given,
    "$lte": lambda own, given: own is not None and own <= given,
}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def matches(condition: dict[str, Any] | None, metadata: dict[str, Any]) -> bool:
    """Whether metadata satisfies a filter; raises ValidationException on an unknown operator."""
    for key, given in (condition or {}).items():
        if key == "$and":
            satisfied = all(matches(part, metadata) for part in given)
        elif key == "$or":
            satisfied = any(matches(part, metadata) for part in given)
        else:
            operations = given if isinstance(given, dict) else {"$eq": given}
            satisfied = all(_apply(name, metadata.get(key), value) for name, value in operations.items())
        if not satisfied:
            return False
    return True


def _apply(name: str, own: Any, given: Any) -> bool:
    operator = _OPERATORS.get(name)
    if operator is None:
        raise AwsError("ValidationException", f"Invalid operator in filter: {name}")
    try:
        return operator(own, given)
    except TypeError:  # a text is neither more nor less than a number: the filter leaves the vector out
        return False
