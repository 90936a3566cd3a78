"""Operations by the method and path of their REST API."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.catalogue._lookup import operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue._types import Operation

__all__ = ["REST_PATHS_FILE", "operations_at_path", "rest_paths"]

REST_PATHS_FILE = Path(__file__).with_name("rest_paths.json")
"""The committed data, made by `make facts`."""

_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
_LONGEST = 1000


@cache
def rest_paths() -> Mapping[tuple[str, str], str]:
    """Return the method and path (``POST /model/{modelId}/converse``) by client and operation."""
    data: dict[str, dict[str, str]] = json.loads(REST_PATHS_FILE.read_bytes())
    return {(client, name): path for client, rows in data.items() for name, path in rows.items()}


def operations_at_path(text: str) -> tuple[Operation, ...]:
    """Return the operations of a REST path, with or without its method, host and values.

    Args:
        text: ``POST /model/{modelId}/converse``, ``/model/amazon.nova-lite-v1:0/converse`` or a whole URL, of
            which the host's first part is the client.

    Returns:
        The operations, those with the fewest variables in their path only; empty if no path fits.

    """
    method, path, host = _parts(text[:_LONGEST])
    if not path:
        return ()
    fitting = []
    for (client, name), known in rest_paths().items():
        known_method, _, known_path = known.partition(" ")
        if method in {"", known_method} and host in {"", client} and _pattern(known_path).fullmatch(path):
            fitting.append((known_path.count("{"), client, name))
    fewest = min((count for count, _, _ in fitting), default=0)
    found = {(client, name) for count, client, name in fitting if count == fewest}
    return tuple(o for o in operations() if (o.client, o.name) in found)


def _parts(text: str) -> tuple[str, str, str]:
    """Return method, path and client of a text, each empty where the text has none."""
    words = text.split()
    method = words[0].upper() if len(words) > 1 and words[0].upper() in _METHODS else ""
    rest = words[1] if method else (words[0] if len(words) == 1 else "")
    host = ""
    if url := re.match(r"https?://([\w-]+)[\w.-]*(/.*)?$", rest):
        host, rest = url[1], url[2] or ""
    return method, rest.partition("?")[0] if rest.startswith("/") else "", host.removesuffix("-fips")


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of a path; a value may hold a slash where the API takes a greedy label."""
    path = path.partition("?")[0].rstrip("/") or "/"
    parts = re.split(r"(\{[^}]*\})", path)
    joined = "".join(
        (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part)
        for part in parts
    )
    return re.compile(f"{joined}/?")
