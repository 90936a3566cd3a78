"""Policy documents that resources carry: resource policies and endpoint policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import DocumentError, parse_document

if TYPE_CHECKING:
    from constructs_lib.iam import Policy
    from constructs_lib.templates import Resource

__all__ = ["document_of"]


def document_of(resource: Resource, name: str) -> Policy | None:
    """Return the policy in a property, ``None`` when it is absent, open or no policy."""
    value = resource.properties.get(name)
    if value is None:
        return None
    try:
        return parse_document(
            value,
            name=name,
            path=resource.origin.path,
            pointer=f"{resource.origin.pointer}/Properties/{name}",
        )
    except DocumentError:  # no policy, so it opens nothing; the service refuses it
        return None
