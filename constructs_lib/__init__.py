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
        ContentFilter,
        ContentFilterType,
        ContextualGrounding,
        ContextualGroundingType,
        DeniedTopic,
        FilterAction,
        FilterStrength,
        Guardrail,
        GuardrailTier,
        GuardrailVersion,
        KnowledgeBase,
        ManagedWordList,
        ManagedWordListType,
        Modality,
        PiiEntity,
        PiiEntityType,
        PromptRouter,
        RegexFilter,
        S3DataSource,
        SensitiveInformationAction,
        Word,
    )
    from constructs_lib.data_plane import AppRole, DataPlaneBoundary
    from constructs_lib.grants import Model
    from constructs_lib.grants.facades import DataPlaneGrants
    from constructs_lib.platform import (
        BedrockDashboard,
        BedrockQueries,
        BedrockTrail,
        BedrockVpcEndpoints,
        Deployer,
        DeployRole,
        FormerLogging,
        InvocationLogging,
        OnDelete,
        OperatorRole,
        PlaneCrossingAlarms,
        ReviewStep,
    )

__all__ = [
    "Agent",
    "AgentAlias",
    "AppRole",
    "ApplicationInferenceProfile",
    "BedrockDashboard",
    "BedrockMantleProject",
    "BedrockQueries",
    "BedrockTrail",
    "BedrockVpcEndpoints",
    "ContentFilter",
    "ContentFilterType",
    "ContextualGrounding",
    "ContextualGroundingType",
    "DataPlaneBoundary",
    "DataPlaneGrants",
    "DeniedTopic",
    "DeployRole",
    "Deployer",
    "FilterAction",
    "FilterStrength",
    "FormerLogging",
    "Guardrail",
    "GuardrailTier",
    "GuardrailVersion",
    "InvocationLogging",
    "KnowledgeBase",
    "ManagedWordList",
    "ManagedWordListType",
    "Modality",
    "Model",
    "OnDelete",
    "OperatorRole",
    "PiiEntity",
    "PiiEntityType",
    "PlaneCrossingAlarms",
    "PlanesError",
    "PromptRouter",
    "RegexFilter",
    "ReviewStep",
    "S3DataSource",
    "SensitiveInformationAction",
    "Word",
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
            "ContentFilter",
            "ContentFilterType",
            "ContextualGrounding",
            "ContextualGroundingType",
            "DeniedTopic",
            "FilterAction",
            "FilterStrength",
            "Guardrail",
            "GuardrailTier",
            "GuardrailVersion",
            "KnowledgeBase",
            "PromptRouter",
            "ManagedWordList",
            "ManagedWordListType",
            "Modality",
            "PiiEntity",
            "PiiEntityType",
            "RegexFilter",
            "S3DataSource",
            "SensitiveInformationAction",
            "Word",
        ),
        "data_plane": ("AppRole", "DataPlaneBoundary"),
        "grants": ("Model",),
        "grants.facades": ("DataPlaneGrants",),
        "platform": (
            "BedrockDashboard",
            "BedrockQueries",
            "BedrockTrail",
            "BedrockVpcEndpoints",
            "DeployRole",
            "Deployer",
            "FormerLogging",
            "InvocationLogging",
            "OnDelete",
            "OperatorRole",
            "PlaneCrossingAlarms",
            "ReviewStep",
        ),
    },
)
