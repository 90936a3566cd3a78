"""The data actions that no verb gives, each with its reason."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOT_GRANTED"]

_KEY = "lets a request authenticate with an API key, which a role's temporary credentials don't need"
_QUALITY = "belongs to judging and improving agents, which a pipeline does and no serving application"
_PAYMENT = "opens the means to pay or their limits: grant it by hand, in a statement that somebody reviewed"
_SDK = "is documented by the SDK alone: the reference doesn't say yet on which resources it is checked"
_POLICY = "is asked by the gateway's own role for each request, not by an application"
_REGISTRY = "belongs to the preview of the registry: `search_registry` and `registry_mcp` give its successor"
_MEMORY = "has no verb yet: add it with `add_to_policy` on the memory's ARN"

_BY_REASON: Mapping[str, tuple[str, ...]] = {
    _KEY: ("bedrock:CallWithBearerToken", "bedrock-mantle:CallWithBearerToken"),
    _QUALITY: tuple(
        f"bedrock-agentcore:{name}"
        for name in (
            "CreateABTest",
            "DeleteABTest",
            "DeleteBatchEvaluation",
            "DeleteRecommendation",
            "GetABTest",
            "GetBatchEvaluation",
            "GetRecommendation",
            "ListABTests",
            "ListBatchEvaluations",
            "ListRecommendations",
            "StartBatchEvaluation",
            "StartRecommendation",
            "StopBatchEvaluation",
            "UpdateABTest",
        )
    ),
    _PAYMENT: tuple(
        f"bedrock-agentcore:{name}"
        for name in (
            "CreatePaymentInstrument",
            "CreatePaymentSession",
            "DeletePaymentInstrument",
            "DeletePaymentSession",
            "GetResourcePaymentToken",
        )
    ),
    _SDK: (
        "agent-discovery:SearchPublicRecords",
        *(
            f"bedrock-agentcore:{name}"
            for name in (
                "DeleteDatasetGeneration",
                "GetAgentInsight",
                "GetDatasetGeneration",
                "InvokeBrowser",
                "ListAgentInsights",
                "ListDatasetGenerations",
                "StartDatasetGeneration",
                "UpdateAgentInsight",
            )
        ),
    ),
    _POLICY: ("bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions"),
    _REGISTRY: (
        "bedrock-agentcore:InvokeRegistryMcp",
        "bedrock-agentcore:SearchRegistryRecords",
    ),
    _MEMORY: ("bedrock-agentcore:UpdateMemoryRecordExpirySpecification",),
    "opens a shell in a running agent: people debug with it, applications run single commands": (
        "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
    ),
    "speaks for any user over a WebSocket; `invoke_runtime_for_user` covers the calls over HTTP": (
        "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser",
    ),
    "is called by the instances of a capacity provider, or ends one of their sessions for its operator": (
        "bedrock-agentcore:DeleteCapacityProviderSession",
        "bedrock-agentcore:PutSystemLogEvents",
    ),
    "has no operation in any client of the SDK, so an application has nothing to call": (
        "bedrock:DetectGeneratedContent",
    ),
}
NOT_GRANTED: Mapping[str, str] = MappingProxyType(
    {name: reason for reason, names in _BY_REASON.items() for name in names}
)
"""By data action, why no verb of the grants table gives it."""
