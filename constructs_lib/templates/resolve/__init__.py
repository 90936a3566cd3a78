"""Resolve CloudFormation's intrinsic functions as far as the input allows.

A node resolves to all its possible values: both branches of ``Fn::If``, each of a parameter's
``AllowedValues`` (else its ``Default``, else unknown), every value of a map whose key is unknown. In a list
the possible values are items of one list; where only one value fits, each possibility is a value of its own.
A part that the input doesn't determine becomes ``UNRESOLVED`` inside the text, with a reason. Depth, number
of steps and number of possible values are bounded, so that no template can make a reader hang.

Reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.templates.resolve.attributes import NAMES
    from constructs_lib.templates.resolve.functions import FUNCTIONS
    from constructs_lib.templates.resolve.loops import LOOP, expand
    from constructs_lib.templates.resolve.resolver import (
        attribute_values,
        physical_names,
        resolve,
        resolve_element,
        spelled_names,
        texts,
    )
    from constructs_lib.templates.resolve.walk import ABSENT, MAX_CHOICES, Resolved

__all__ = [
    "ABSENT",
    "FUNCTIONS",
    "LOOP",
    "MAX_CHOICES",
    "NAMES",
    "Resolved",
    "attribute_values",
    "expand",
    "physical_names",
    "resolve",
    "resolve_element",
    "spelled_names",
    "texts",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "attributes": ("NAMES",),
        "functions": ("FUNCTIONS",),
        "loops": ("LOOP", "expand"),
        "resolver": (
            "attribute_values",
            "physical_names",
            "resolve",
            "resolve_element",
            "spelled_names",
            "texts",
        ),
        "walk": ("ABSENT", "MAX_CHOICES", "Resolved"),
    },
)
