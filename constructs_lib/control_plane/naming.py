"""Names of resources that can be replaced: a replacement never has the name of what it replaces."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from constructs_lib.control_plane.fingerprint import FingerprintedName, create_only_fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

__all__ = ["path_name", "replaceable_name"]


def replaceable_name(scope: Construct, create_only: Mapping[str, Any], limit: int) -> str:
    """Return a token of a name with a fingerprint of what replaces the resource when it changes.

    Args:
        scope: The construct: its path is the rest of the name.
        create_only: The create-only properties, tokens too; references count by logical id.
        limit: The characters that a name may have.
    """
    stem = f"{path_name(scope, limit - 9)}-"
    return FingerprintedName(stem, lambda: create_only_fingerprint(create_only, scope, ())).name()


def path_name(scope: Construct, limit: int, *, join: str = "-") -> str:
    """Return a name made of the construct's path, the same in every synthesis and unique in the stack."""
    ids = [part for part in scope.node.path.split("/") if part]
    words = [re.sub(r"[^0-9a-zA-Z]+", "", part) for part in ids]
    text = join.join(word for word in words if word) or "x"
    if len(text) <= limit:
        return text
    mark = hashlib.sha256(scope.node.path.encode()).hexdigest()[:6]
    return f"{text[: limit - len(join + mark)].rstrip(join)}{join}{mark}"
