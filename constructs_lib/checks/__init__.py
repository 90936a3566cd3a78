"""The review inside the CDK: validation plugin, cdk-nag pack and pytest assertions.

``BedrockPlaneChecks`` and ``BedrockPlaneNagPack`` report the same findings under the same ids: use one.
The names are loaded when they are first used: the pack imports cdk-nag, which the plugin doesn't need.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.checks.app import synth_or_exit
    from constructs_lib.checks.marks import mark_role
    from constructs_lib.checks.nag import BedrockPlaneNagPack
    from constructs_lib.checks.plugin import BedrockPlaneChecks

__all__ = ["BedrockPlaneChecks", "BedrockPlaneNagPack", "mark_role", "synth_or_exit"]

__getattr__, __dir__ = exports(
    __name__,
    {
        "app": ("synth_or_exit",),
        "marks": ("mark_role",),
        "nag": ("BedrockPlaneNagPack",),
        "plugin": ("BedrockPlaneChecks",),
    },
)
