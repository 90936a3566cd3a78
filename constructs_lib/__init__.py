"""Bedrock Planes: Amazon Bedrock with its control plane and its data plane kept apart.

The public names are loaded when they are first used (PEP 562), so importing this package loads neither
``aws_cdk`` nor the Node.js process behind it.
"""

from __future__ import annotations

from constructs_lib.lazily import exports
from constructs_lib.version import __version__ as __version__

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.cdk_support import PlanesError
    from constructs_lib.control_plane import (
        Agent,
        AgentAlias,
        ApplicationInferenceProfile,
        BedrockMantleProject,
        Guardrail,
        GuardrailVersion,
        KnowledgeBase,
        PromptRouter,
        S3DataSource,
    )
    from constructs_lib.data_plane import AppRole, DataPlaneBoundary
    from constructs_lib.grants import Model
    from constructs_lib.grants.facades import DataPlaneGrants
    from constructs_lib.platform import (
        BedrockVpcEndpoints,
        Deployer,
        DeployRole,
        FormerLogging,
        InvocationLogging,
        OnDelete,
        OperatorRole,
        ReviewStep,
    )

__all__ = [
    "Agent",
    "AgentAlias",
    "AppRole",
    "ApplicationInferenceProfile",
    "BedrockMantleProject",
    "BedrockVpcEndpoints",
    "DataPlaneBoundary",
    "DataPlaneGrants",
    "DeployRole",
    "Deployer",
    "FormerLogging",
    "Guardrail",
    "GuardrailVersion",
    "InvocationLogging",
    "KnowledgeBase",
    "Model",
    "OnDelete",
    "OperatorRole",
    "PlanesError",
    "PromptRouter",
    "ReviewStep",
    "S3DataSource",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "cdk_support": ("PlanesError",),
        "control_plane": (
            "Agent",
            "AgentAlias",
            "ApplicationInferenceProfile",
            "BedrockMantleProject",
            "Guardrail",
            "GuardrailVersion",
            "KnowledgeBase",
            "PromptRouter",
            "S3DataSource",
        ),
        "data_plane": ("AppRole", "DataPlaneBoundary"),
        "grants": ("Model",),
        "grants.facades": ("DataPlaneGrants",),
        "platform": (
            "BedrockVpcEndpoints",
            "DeployRole",
            "Deployer",
            "FormerLogging",
            "InvocationLogging",
            "OnDelete",
            "OperatorRole",
            "ReviewStep",
        ),
    },
)
