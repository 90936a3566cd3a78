"""Wiring of the constructs into stacks."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from stacks.app import AppStack
    from stacks.audit import AuditStack
    from stacks.control_plane import ControlPlaneStack
    from stacks.deploy_role import DeployRoleStack
    from stacks.network import NetworkStack
    from stacks.settings import Settings, SettingsError

__all__ = [
    "AppStack",
    "AuditStack",
    "ControlPlaneStack",
    "DeployRoleStack",
    "NetworkStack",
    "Settings",
    "SettingsError",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "app": ("AppStack",),
        "audit": ("AuditStack",),
        "control_plane": ("ControlPlaneStack",),
        "deploy_role": ("DeployRoleStack",),
        "network": ("NetworkStack",),
        "settings": ("Settings", "SettingsError"),
    },
)
