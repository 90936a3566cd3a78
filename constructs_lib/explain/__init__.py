"""What an error means: the plane, permission, ARN and Region behind it, and the one change that repairs it.

:func:`explain` reads an error as people have it. Nothing is sent anywhere. Pure Python.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.explain.explanation import explain
    from constructs_lib.explain.masking import mask
    from constructs_lib.explain.model import KINDS, Explanation, Nearest, Remedy

__all__ = ["KINDS", "Explanation", "Nearest", "Remedy", "explain", "mask"]

__getattr__, __dir__ = exports(
    __name__,
    {
        "explanation": ("explain",),
        "masking": ("mask",),
        "model": ("KINDS", "Explanation", "Nearest", "Remedy"),
    },
)
