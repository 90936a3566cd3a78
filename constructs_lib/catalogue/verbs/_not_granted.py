"""The data actions that no verb gives, each with its reason."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOT_GRANTED"]

_KEY = "lets a request authenticate with an API key, which a role's temporary credentials don't need"
_POLICY = "is asked by the gateway's own role for each request, not by an application"
_REGISTRY = "belongs to the preview of the registry: `search_registry` and `registry_mcp` give its successor"

_BY_REASON: Mapping[str, tuple[str, ...]] = {
    _KEY: ("bedrock:CallWithBearerToken", "bedrock-mantle:CallWithBearerToken"),
    _POLICY: ("bedrock-agentcore:AuthorizeAction", "bedrock-agentcore:PartiallyAuthorizeActions"),
    _REGISTRY: (
        "bedrock-agentcore:InvokeRegistryMcp",
        "bedrock-agentcore:SearchRegistryRecords",
    ),
    "opens a shell in a running agent: people debug with it, applications run single commands": (
        "bedrock-agentcore:InvokeAgentRuntimeCommandShell",
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
