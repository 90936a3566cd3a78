"""Hide account numbers in an answer, so that it can be shown to others."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["mask"]

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_MASK = "000000000000"


def mask(value: Any) -> Any:
    """Return ``value`` with every number of twelve digits replaced by zeros, in all its texts and keys."""
    if isinstance(value, str):
        return _ACCOUNT.sub(_MASK, value)
    if isinstance(value, dict):
        return {mask(key): mask(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask(item) for item in value]
    return value
