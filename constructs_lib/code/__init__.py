"""Application code: what it calls of Amazon Bedrock. Pure Python; nothing is run and nothing is sent.

``scan(paths)`` reads files and folders. Each language is read into one small language (``_tree``), which one
machine follows (``_machine``); ``_sdk_*`` know the libraries. Python is read by the standard library, the
other languages by tree-sitter (the extra ``code``). Names load on first use.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.code._deployed import DeployedCode, deployed_code
    from constructs_lib.code._grants import grant_lines
    from constructs_lib.code._model import ApiCall, Scan, Unresolved
    from constructs_lib.code._scan import scan

__all__ = ["ApiCall", "DeployedCode", "Scan", "Unresolved", "deployed_code", "grant_lines", "scan"]

__getattr__, __dir__ = exports(
    __name__,
    {
        "_deployed": ("DeployedCode", "deployed_code"),
        "_grants": ("grant_lines",),
        "_model": ("ApiCall", "Scan", "Unresolved"),
        "_scan": ("scan",),
    },
)
