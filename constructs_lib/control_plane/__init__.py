"""The resources of the control plane, one module each."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.control_plane.agent import Agent, AgentAlias
    from constructs_lib.control_plane.data_source import (
        Chunking,
        ConnectorAuth,
        CrawlFilter,
        CrawlScope,
        DataDeletionPolicy,
        DataSource,
        DayOfWeek,
        DocumentSource,
        Enrichment,
        ManagedSource,
        MediaExtraction,
        Parsing,
        SyncSchedule,
        Transformation,
        WebScope,
    )
    from constructs_lib.control_plane.enforced_guardrail import (
        ContentGuarding,
        EnforcedGuardrail,
        OrganizationGuardrail,
    )
    from constructs_lib.control_plane.flow import Flow, FlowAlias, FlowVersion
    from constructs_lib.control_plane.guardrail import Guardrail
    from constructs_lib.control_plane.guardrail_policies import (
        ContentFilter,
        ContentFilterType,
        ContextualGrounding,
        ContextualGroundingType,
        DeniedTopic,
        FilterAction,
        FilterStrength,
        GuardrailTier,
        ManagedWordList,
        ManagedWordListType,
        Modality,
        PiiEntity,
        PiiEntityType,
        RegexFilter,
        SensitiveInformationAction,
        Word,
    )
    from constructs_lib.control_plane.guardrail_version import GuardrailVersion
    from constructs_lib.control_plane.harness import Harness, HarnessEndpoint, HarnessMemory, HarnessTool
    from constructs_lib.control_plane.inference_profile import ApplicationInferenceProfile
    from constructs_lib.control_plane.job_role import Job, JobRole
    from constructs_lib.control_plane.knowledge_base import KnowledgeBase
    from constructs_lib.control_plane.mantle_project import BedrockMantleProject
    from constructs_lib.control_plane.prompt import (
        Prompt,
        PromptVersion,
    )
    from constructs_lib.control_plane.prompt_router import PromptRouter
    from constructs_lib.control_plane.prompt_variants import (
        CachePoint,
        ChatMessage,
        PromptInference,
        PromptTool,
        PromptVariant,
        ToolChoice,
    )
    from constructs_lib.control_plane.resource_policy import ResourcePolicy

__all__ = [
    "Agent",
    "AgentAlias",
    "ApplicationInferenceProfile",
    "BedrockMantleProject",
    "CachePoint",
    "ChatMessage",
    "Chunking",
    "ConnectorAuth",
    "ContentFilter",
    "ContentFilterType",
    "ContentGuarding",
    "ContextualGrounding",
    "ContextualGroundingType",
    "CrawlFilter",
    "CrawlScope",
    "DataDeletionPolicy",
    "DataSource",
    "DayOfWeek",
    "DeniedTopic",
    "DocumentSource",
    "EnforcedGuardrail",
    "Enrichment",
    "FilterAction",
    "FilterStrength",
    "Flow",
    "FlowAlias",
    "FlowVersion",
    "Guardrail",
    "GuardrailTier",
    "GuardrailVersion",
    "Harness",
    "HarnessEndpoint",
    "HarnessMemory",
    "HarnessTool",
    "Job",
    "JobRole",
    "KnowledgeBase",
    "ManagedSource",
    "ManagedWordList",
    "ManagedWordListType",
    "MediaExtraction",
    "Modality",
    "OrganizationGuardrail",
    "Parsing",
    "PiiEntity",
    "PiiEntityType",
    "Prompt",
    "PromptInference",
    "PromptRouter",
    "PromptTool",
    "PromptVariant",
    "PromptVersion",
    "RegexFilter",
    "ResourcePolicy",
    "SensitiveInformationAction",
    "SyncSchedule",
    "ToolChoice",
    "Transformation",
    "WebScope",
    "Word",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "enforced_guardrail": (
            "ContentGuarding",
            "EnforcedGuardrail",
            "OrganizationGuardrail",
        ),
        "prompt": (
            "Prompt",
            "PromptVersion",
        ),
        "prompt_variants": (
            "CachePoint",
            "ChatMessage",
            "PromptInference",
            "PromptTool",
            "PromptVariant",
            "ToolChoice",
        ),
        "agent": (
            "Agent",
            "AgentAlias",
        ),
        "data_source": (
            "Chunking",
            "ConnectorAuth",
            "CrawlFilter",
            "CrawlScope",
            "DataDeletionPolicy",
            "DataSource",
            "DayOfWeek",
            "DocumentSource",
            "Enrichment",
            "ManagedSource",
            "MediaExtraction",
            "Parsing",
            "SyncSchedule",
            "Transformation",
            "WebScope",
        ),
        "flow": ("Flow", "FlowAlias", "FlowVersion"),
        "guardrail": ("Guardrail",),
        "guardrail_policies": (
            "ContentFilter",
            "ContentFilterType",
            "ContextualGrounding",
            "ContextualGroundingType",
            "DeniedTopic",
            "FilterAction",
            "FilterStrength",
            "GuardrailTier",
            "ManagedWordList",
            "ManagedWordListType",
            "Modality",
            "PiiEntity",
            "PiiEntityType",
            "RegexFilter",
            "SensitiveInformationAction",
            "Word",
        ),
        "harness": ("Harness", "HarnessEndpoint", "HarnessMemory", "HarnessTool"),
        "inference_profile": ("ApplicationInferenceProfile",),
        "guardrail_version": ("GuardrailVersion",),
        "job_role": ("Job", "JobRole"),
        "knowledge_base": ("KnowledgeBase",),
        "mantle_project": ("BedrockMantleProject",),
        "prompt_router": ("PromptRouter",),
        "resource_policy": ("ResourcePolicy",),
    },
)
