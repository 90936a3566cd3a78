"""Bedrock Planes: Amazon Bedrock with its control plane and its data plane kept apart.

The public names are loaded when they are first used (PEP 562), so importing this package loads neither
``aws_cdk`` nor the Node.js process behind it.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib._cdk import PlanesError
    from constructs_lib.control_plane.agent import Agent, AgentAlias
    from constructs_lib.control_plane.data_source import S3DataSource
    from constructs_lib.control_plane.deploy_role import DeployRole
    from constructs_lib.control_plane.endpoints import BedrockVpcEndpoints
    from constructs_lib.control_plane.guardrail import Guardrail, GuardrailVersion
    from constructs_lib.control_plane.invocation_logging import InvocationLogging
    from constructs_lib.control_plane.knowledge_base import KnowledgeBase
    from constructs_lib.control_plane.operator_role import OperatorRole
    from constructs_lib.data_plane.app_role import AppRole
    from constructs_lib.data_plane.boundary import DataPlaneBoundary
    from constructs_lib.data_plane.grants import DataPlaneGrants

__all__ = [
    "Agent",
    "AgentAlias",
    "AppRole",
    "BedrockVpcEndpoints",
    "DataPlaneBoundary",
    "DataPlaneGrants",
    "DeployRole",
    "Guardrail",
    "GuardrailVersion",
    "InvocationLogging",
    "KnowledgeBase",
    "OperatorRole",
    "PlanesError",
    "S3DataSource",
]

__version__ = "0.1.0"

_HOMES = {
    "_cdk": ("PlanesError",),
    "control_plane.agent": ("Agent", "AgentAlias"),
    "control_plane.data_source": ("S3DataSource",),
    "control_plane.deploy_role": ("DeployRole",),
    "control_plane.endpoints": ("BedrockVpcEndpoints",),
    "control_plane.guardrail": ("Guardrail", "GuardrailVersion"),
    "control_plane.invocation_logging": ("InvocationLogging",),
    "control_plane.knowledge_base": ("KnowledgeBase",),
    "control_plane.operator_role": ("OperatorRole",),
    "data_plane.app_role": ("AppRole",),
    "data_plane.boundary": ("DataPlaneBoundary",),
    "data_plane.grants": ("DataPlaneGrants",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the module of a public name when the name is first used (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
