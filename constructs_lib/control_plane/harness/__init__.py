"""AgentCore's harness: a managed agent with its model, tools, memory and role, and its endpoints."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.control_plane.harness.authorizer import HarnessAuthorizer, JwtClaim, PrivateEndpoint
    from constructs_lib.control_plane.harness.base import HarnessBase
    from constructs_lib.control_plane.harness.construct import Harness
    from constructs_lib.control_plane.harness.endpoint import HarnessEndpoint, HarnessEndpointBase
    from constructs_lib.control_plane.harness.file_systems import HarnessFileSystem
    from constructs_lib.control_plane.harness.hooks import HarnessHook, HarnessHookTarget
    from constructs_lib.control_plane.harness.memory import HarnessMemory, MemoryRetrieval
    from constructs_lib.control_plane.harness.model import HarnessApiFormat, HarnessModel
    from constructs_lib.control_plane.harness.skills import HarnessSkill
    from constructs_lib.control_plane.harness.tools import GatewayAuth, HarnessTool
    from constructs_lib.control_plane.harness.truncation import HarnessTruncation

__all__ = [
    "GatewayAuth",
    "Harness",
    "HarnessApiFormat",
    "HarnessAuthorizer",
    "HarnessBase",
    "HarnessEndpoint",
    "HarnessEndpointBase",
    "HarnessFileSystem",
    "HarnessHook",
    "HarnessHookTarget",
    "HarnessMemory",
    "HarnessModel",
    "HarnessSkill",
    "HarnessTool",
    "HarnessTruncation",
    "JwtClaim",
    "MemoryRetrieval",
    "PrivateEndpoint",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "authorizer": (
            "HarnessAuthorizer",
            "JwtClaim",
            "PrivateEndpoint",
        ),
        "base": ("HarnessBase",),
        "construct": ("Harness",),
        "endpoint": (
            "HarnessEndpoint",
            "HarnessEndpointBase",
        ),
        "file_systems": ("HarnessFileSystem",),
        "hooks": (
            "HarnessHook",
            "HarnessHookTarget",
        ),
        "memory": (
            "HarnessMemory",
            "MemoryRetrieval",
        ),
        "model": (
            "HarnessApiFormat",
            "HarnessModel",
        ),
        "skills": ("HarnessSkill",),
        "tools": (
            "GatewayAuth",
            "HarnessTool",
        ),
        "truncation": ("HarnessTruncation",),
    },
)
