"""Doors to the review inside the CDK: validation plugin, cdk-nag pack and pytest assertions.

``BedrockPlaneChecks`` and ``BedrockPlaneNagPack`` give the same findings under the same ids; use one of them.
The names are loaded when they are first used: the pack imports cdk-nag, which a user of the plugin needn't.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.checks._app import synth_or_exit
    from constructs_lib.checks.marks import mark_role
    from constructs_lib.checks.nag import BedrockPlaneNagPack
    from constructs_lib.checks.plugin import BedrockPlaneChecks

__all__ = ["BedrockPlaneChecks", "BedrockPlaneNagPack", "mark_role", "synth_or_exit"]

_HOME_OF = {
    "BedrockPlaneChecks": "plugin",
    "BedrockPlaneNagPack": "nag",
    "mark_role": "marks",
    "synth_or_exit": "_app",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        message = f"module `{__name__}` has no attribute `{name}`"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
