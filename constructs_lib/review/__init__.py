"""From a template, policy or account export to principals, findings and reports. Pure Python.

``review(read(paths))`` is the whole review; the command line, the CDK plugin, the nag pack and the pytest
assertions are doors to it. Names load on first use.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.review.config import Config, ConfigError, parse_config
    from constructs_lib.review.engine import review
    from constructs_lib.review.model import Finding, Model, Options, Principal, PrincipalReport, Report
    from constructs_lib.review.readers import Sources, TemplateSource, read, read_document, read_templates
    from constructs_lib.review.report import to_dict, to_json

__all__ = [
    "Config",
    "ConfigError",
    "Finding",
    "Model",
    "Options",
    "Principal",
    "PrincipalReport",
    "Report",
    "Sources",
    "TemplateSource",
    "parse_config",
    "read",
    "read_document",
    "read_templates",
    "review",
    "to_dict",
    "to_json",
]

_HOMES = {
    "config": ("Config", "ConfigError", "parse_config"),
    "engine": ("review",),
    "model": ("Finding", "Model", "Options", "Principal", "PrincipalReport", "Report"),
    "readers": ("Sources", "TemplateSource", "read", "read_document", "read_templates"),
    "report": ("to_dict", "to_json"),
}


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
