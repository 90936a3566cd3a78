"""Bedrock Planes: Amazon Bedrock with its control plane and its data plane kept apart.

The public names are loaded when they are first used (PEP 562), so importing this package loads neither
``aws_cdk`` nor the Node.js process behind it.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib._cdk import PlanesError
    from constructs_lib.control_plane.agent import Agent, AgentAlias
    from constructs_lib.control_plane.data_source import S3DataSource
    from constructs_lib.control_plane.guardrail import Guardrail, GuardrailVersion
    from constructs_lib.control_plane.knowledge_base import KnowledgeBase
    from constructs_lib.data_plane.app_role import AppRole
    from constructs_lib.data_plane.boundary import DataPlaneBoundary
    from constructs_lib.grants.facades import DataPlaneGrants
    from constructs_lib.platform.deploy_role import DeployRole
    from constructs_lib.platform.endpoints import BedrockVpcEndpoints
    from constructs_lib.platform.invocation_logging import InvocationLogging
    from constructs_lib.platform.operator_role import OperatorRole

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

__getattr__, __dir__ = exports(
    __name__,
    {
        "_cdk": ("PlanesError",),
        "control_plane.agent": ("Agent", "AgentAlias"),
        "control_plane.data_source": ("S3DataSource",),
        "platform.deploy_role": ("DeployRole",),
        "platform.endpoints": ("BedrockVpcEndpoints",),
        "control_plane.guardrail": ("Guardrail", "GuardrailVersion"),
        "platform.invocation_logging": ("InvocationLogging",),
        "control_plane.knowledge_base": ("KnowledgeBase",),
        "platform.operator_role": ("OperatorRole",),
        "data_plane.app_role": ("AppRole",),
        "data_plane.boundary": ("DataPlaneBoundary",),
        "grants.facades": ("DataPlaneGrants",),
    },
)
