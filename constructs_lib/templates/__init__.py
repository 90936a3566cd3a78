"""Read any input into principals and resources. Pure Python.

:func:`read` takes paths as the command line does. It never raises an exception for the content of an input: a
fault becomes ``Input.error``, one line that says where, what and how to fix it, and the rest is still read.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.templates.assembly import read_metadata
    from constructs_lib.templates.cloudformation import (
        TemplateSource,
        deployed_together,
        expanded_resources,
    )
    from constructs_lib.templates.decode import json_value, to_text
    from constructs_lib.templates.faults import UnreadableError
    from constructs_lib.templates.files import FoundInput, find_inputs, standard_input
    from constructs_lib.templates.inputs import (
        nothing_in,
        read,
        read_document,
        read_each,
        read_found,
        read_templates,
    )
    from constructs_lib.templates.model import (
        NAMESPACE,
        Acknowledgement,
        Incomplete,
        Input,
        InputKind,
        Kind,
        Model,
        Principal,
        PrincipalType,
        Resource,
        resource_id,
    )
    from constructs_lib.templates.policy_files import document_in
    from constructs_lib.templates.positions import STDIN, Sources
    from constructs_lib.templates.resolve import Resolved, texts
    from constructs_lib.templates.scope import Scope, mapping
    from constructs_lib.templates.sdk_calls import IamCall, iam_calls

__all__ = [
    "NAMESPACE",
    "STDIN",
    "Acknowledgement",
    "FoundInput",
    "IamCall",
    "Incomplete",
    "Input",
    "InputKind",
    "Kind",
    "Model",
    "Principal",
    "PrincipalType",
    "Resolved",
    "Resource",
    "Scope",
    "Sources",
    "TemplateSource",
    "UnreadableError",
    "deployed_together",
    "document_in",
    "expanded_resources",
    "find_inputs",
    "iam_calls",
    "json_value",
    "mapping",
    "nothing_in",
    "read",
    "read_document",
    "read_each",
    "read_found",
    "read_metadata",
    "read_templates",
    "resource_id",
    "standard_input",
    "texts",
    "to_text",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "assembly": ("read_metadata",),
        "cloudformation": ("TemplateSource", "deployed_together", "expanded_resources"),
        "decode": ("json_value", "to_text"),
        "faults": ("UnreadableError",),
        "files": ("FoundInput", "find_inputs", "standard_input"),
        "inputs": (
            "nothing_in",
            "read",
            "read_document",
            "read_each",
            "read_found",
            "read_templates",
        ),
        "model": (
            "Acknowledgement",
            "Incomplete",
            "Input",
            "InputKind",
            "Kind",
            "Model",
            "NAMESPACE",
            "Principal",
            "PrincipalType",
            "Resource",
            "resource_id",
        ),
        "policy_files": ("document_in",),
        "positions": ("STDIN", "Sources"),
        "resolve": ("Resolved", "texts"),
        "scope": ("Scope", "mapping"),
        "sdk_calls": ("IamCall", "iam_calls"),
    },
)
