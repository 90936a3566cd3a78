"""Rows of ``bedrock-agentcore``."""

from __future__ import annotations

from constructs_lib.catalogue.verbs._types import GrantPart, GrantVerb, When

__all__ = ["rows"]

_GUIDE = "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/"
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock-agentcore.html"
_FAMILY = "bedrock-agentcore"


def _core(*names: str) -> tuple[str, ...]:
    return tuple(f"bedrock-agentcore:{name}" for name in names)


_ACTOR = When("StringEquals", "bedrock-agentcore:actorId", "actors")
_NAMESPACE = When("StringEquals", "bedrock-agentcore:namespace", "namespaces")
_STRATEGY = When("StringEquals", "bedrock-agentcore:strategyId", "strategies")
_USERS = When("StringEquals", "bedrock-agentcore:userid", "users")


def rows() -> tuple[GrantVerb, ...]:
    """Return the rows in the order of the documentation."""
    return (*_hosted(), *_memory(), *_tools(), *_identity(), *_services(), *_registry())


def _hosted() -> tuple[GrantVerb, ...]:
    def on_runtime(name: str, action: str, summary: str, page: str = _REFERENCE) -> GrantVerb:
        return GrantVerb(name, _FAMILY, (GrantPart(_core(action), "runtime"),), page, summary)

    return (
        GrantVerb(
            # A harness runs on a runtime, and the call is checked for both, on the harness.
            "invoke_harness",
            _FAMILY,
            (
                GrantPart(_core("InvokeAgentRuntime", "InvokeHarness"), "harness"),
                GrantPart(_core("InvokeHarness"), "harness_endpoint", optional=True),
            ),
            f"{_GUIDE}harness-security.html",
            "`InvokeHarness`, which also needs `InvokeAgentRuntime`",
        ),
        on_runtime(
            "invoke_runtime",
            "InvokeAgentRuntime",
            "`InvokeAgentRuntime` on a runtime and one endpoint of it",
            f"{_GUIDE}runtime-permissions.html",
        ),
        on_runtime(
            "invoke_runtime_for_user",
            "InvokeAgentRuntimeForUser",
            "calls on behalf of a user that they name, in addition to `invoke_runtime`",
        ),
        on_runtime(
            "runtime_websocket",
            "InvokeAgentRuntimeWithWebSocketStream",
            "invocation of a runtime over a WebSocket",
            f"{_GUIDE}runtime-get-started-websocket.html",
        ),
        on_runtime("runtime_command", "InvokeAgentRuntimeCommand", "commands in a session of a runtime"),
        on_runtime("stop_runtime_session", "StopRuntimeSession", "`StopRuntimeSession`"),
        on_runtime("agent_card", "GetAgentCard", "`GetAgentCard`: how an agent describes itself to others"),
        GrantVerb(
            "invoke_gateway",
            _FAMILY,
            (GrantPart(_core("InvokeGateway"), "gateway"),),
            f"{_GUIDE}gateway-prerequisites-permissions.html",
            "the tools behind a gateway",
        ),
    )


def _memory() -> tuple[GrantVerb, ...]:
    page = _REFERENCE
    return (
        GrantVerb(
            "memory_events",
            _FAMILY,
            (
                GrantPart(
                    _core("CreateEvent", "DeleteEvent", "GetEvent", "ListEvents", "ListSessions"),
                    "memory",
                    when=(_ACTOR,),
                ),
            ),
            page,
            "short-term memory: events of sessions, limited to actors if they are given",
        ),
        GrantVerb(
            "memory_actors",
            _FAMILY,
            (GrantPart(_core("ListActors"), "memory"),),
            page,
            "list the actors of a memory",
        ),
        GrantVerb(
            "memory_retrieve",
            _FAMILY,
            (
                GrantPart(
                    _core("GetMemoryRecord", "ListMemoryRecords", "RetrieveMemoryRecords"),
                    "memory",
                    when=(_NAMESPACE,),
                ),
            ),
            page,
            "long-term memory: read and search records, limited to namespaces if they are given",
        ),
        GrantVerb(
            "memory_records",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "BatchCreateMemoryRecords",
                        "BatchDeleteMemoryRecords",
                        "BatchUpdateMemoryRecords",
                        "DeleteMemoryRecord",
                    ),
                    "memory",
                    when=(_NAMESPACE,),
                ),
            ),
            page,
            "long-term memory: write and delete records, limited to namespaces if they are given",
        ),
        GrantVerb(
            "memory_ingest",
            _FAMILY,
            (GrantPart(_core("IngestData"), "memory", when=(_ACTOR,)),),
            page,
            "`IngestData`: content for a memory to extract from, limited to actors if they are given",
        ),
        GrantVerb(
            "memory_extraction",
            _FAMILY,
            (
                GrantPart(_core("ListMemoryExtractionJobs"), "memory"),
                GrantPart(_core("StartMemoryExtractionJob"), "memory", when=(_STRATEGY,)),
            ),
            page,
            "extraction jobs of a memory: list them, and start them again, of strategies if they are given",
        ),
    )


def _tools() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            "use_browser",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "ConnectBrowserAutomationStream",
                        "ConnectBrowserLiveViewStream",
                        "GetBrowserSession",
                        "ListBrowserSessions",
                        "StartBrowserSession",
                        "StopBrowserSession",
                        "UpdateBrowserStream",
                    ),
                    "browser",
                ),
            ),
            f"{_GUIDE}browser-resource-session-management.html",
            "sessions of a browser: start, drive, watch and stop",
        ),
        GrantVerb(
            # Saving, and starting with a profile, is checked on the browser and on the profile.
            "use_browser_profile",
            _FAMILY,
            (
                GrantPart(
                    _core("SaveBrowserSessionProfile", "StartBrowserSession"),
                    "browser_and_profile",
                ),
            ),
            f"{_GUIDE}browser-profiles.html",
            "save a session's cookies and storage to a profile, and start sessions with them; in addition to "
            "`use_browser`",
        ),
        GrantVerb(
            "use_code_interpreter",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "GetCodeInterpreterSession",
                        "InvokeCodeInterpreter",
                        "ListCodeInterpreterSessions",
                        "StartCodeInterpreterSession",
                        "StopCodeInterpreterSession",
                    ),
                    "code_interpreter",
                ),
            ),
            f"{_GUIDE}code-interpreter-resource-session-management.html",
            "sessions of a code interpreter: start, run code and stop",
        ),
        GrantVerb(
            "agentcore_web_search",
            _FAMILY,
            (GrantPart(_core("InvokeWebSearch"), "web_search_tool"),),
            f"{_GUIDE}web-search-api-get-started.html",
            "the web search tool of AgentCore",
        ),
    )


def _identity() -> tuple[GrantVerb, ...]:
    page = f"{_GUIDE}scope-credential-provider-access.html"
    return (
        GrantVerb(
            "workload_token",
            _FAMILY,
            (GrantPart(_core("GetWorkloadAccessToken"), "workload_identity"),),
            f"{_GUIDE}get-workload-access-token.html",
            "the agent's own access token",
        ),
        GrantVerb(
            "workload_token_for_jwt",
            _FAMILY,
            (GrantPart(_core("GetWorkloadAccessTokenForJWT"), "workload_identity"),),
            f"{_GUIDE}get-workload-access-token.html",
            "the agent's access token for the user that a JWT names",
        ),
        GrantVerb(
            "workload_token_for_user_id",
            _FAMILY,
            (GrantPart(_core("GetWorkloadAccessTokenForUserId"), "workload_identity", when=(_USERS,)),),
            f"{_GUIDE}get-workload-access-token.html",
            "the agent's access token for a user id that nothing proves, limited to ids if they are given",
        ),
        GrantVerb(
            "oauth2_token",
            _FAMILY,
            (GrantPart(_core("CompleteResourceTokenAuth", "GetResourceOauth2Token"), "oauth2_credentials"),),
            page,
            "OAuth 2.0 tokens of one credential provider for one agent",
        ),
        GrantVerb(
            "api_key",
            _FAMILY,
            (GrantPart(_core("GetResourceApiKey"), "api_key_credentials"),),
            page,
            "the API key of one credential provider for one agent",
        ),
    )


def _services() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            "evaluate",
            _FAMILY,
            (GrantPart(_core("Evaluate"), "evaluator"),),
            f"{_GUIDE}iam-permissions-on-demand.html",
            "evaluate sessions, traces or tool calls on demand with one evaluator",
        ),
        GrantVerb(
            "pay",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "GetPaymentInstrument",
                        "GetPaymentInstrumentBalance",
                        "GetPaymentSession",
                        "ListPaymentInstruments",
                        "ListPaymentSessions",
                        "ProcessPayment",
                    ),
                    "payment_manager",
                ),
            ),
            f"{_GUIDE}payments-iam-roles.html",
            "pay within sessions that another role opened, and read them; it opens and changes none",
        ),
    )


def _registry() -> tuple[GrantVerb, ...]:
    family = "agent-registry"
    page = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_agent-registry.html"
    return (
        GrantVerb(
            "search_registry",
            family,
            (
                GrantPart(
                    (
                        f"{family}:ListDiscoverableRegistryRecords",
                        f"{family}:SearchDiscoverableRegistryRecords",
                    ),
                    "registry",
                ),
                GrantPart((f"{family}:GetDiscoverableRegistryRecord",), "registry_records"),
            ),
            page,
            "list, search and read the approved records of a registry",
        ),
        GrantVerb(
            "registry_mcp",
            family,
            (GrantPart((f"{family}:InvokeRegistryMcp",), "registry"),),
            page,
            "the MCP server of a registry",
        ),
    )
