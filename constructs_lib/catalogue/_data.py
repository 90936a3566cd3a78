"""The committed data, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FILE", "read_data"]

FILE = Path(__file__).with_name("catalogue.json")


@cache
def read_data() -> dict[str, Any]:
    """Return ``catalogue.json`` as plain values; callers must not change them."""
    data: dict[str, Any] = json.loads(FILE.read_bytes())
    return data
