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
_SESSION = When("StringEquals", "bedrock-agentcore:sessionId", "sessions")
_NAMESPACE = When("StringEquals", "bedrock-agentcore:namespace", "namespaces")
_STRATEGY = When("StringEquals", "bedrock-agentcore:strategyId", "strategies")
_USERS = When("StringEquals", "bedrock-agentcore:userid", "users")


def _claim(name: str, argument: str) -> When:
    return When("StringEquals", f"bedrock-agentcore:InboundJwtClaim/{name}", argument)


def rows() -> tuple[GrantVerb, ...]:
    """Return the rows in the order of the documentation."""
    return (
        *_hosted(),
        *_short_term_memory(),
        *_long_term_memory(),
        *_tools(),
        *_identity(),
        *_payments(),
        *_quality(),
        *_registry(),
    )


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
        on_runtime(
            "runtime_websocket_for_user",
            "InvokeAgentRuntimeWithWebSocketStreamForUser",
            "a WebSocket on behalf of a user that the call names, in addition to `runtime_websocket`",
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


# What a role may reach of a memory is limited by these keys, not by the ARN:
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/memory-organization.html
def _short_term_memory() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            "memory_events",
            _FAMILY,
            (
                GrantPart(
                    _core("CreateEvent", "DeleteEvent", "GetEvent", "ListEvents"),
                    "memory",
                    when=(_ACTOR, _SESSION),
                ),
                GrantPart(_core("ListSessions"), "memory", when=(_ACTOR,)),
            ),
            f"{_GUIDE}memory-organization.html",
            "short-term memory: events of sessions, limited to actors and sessions if they are given",
        ),
        GrantVerb(
            "memory_actors",
            _FAMILY,
            (GrantPart(_core("ListActors"), "memory"),),
            _REFERENCE,
            "list the actors of a memory",
        ),
        GrantVerb(
            "memory_ingest",
            _FAMILY,
            (GrantPart(_core("IngestData"), "memory", when=(_ACTOR, _SESSION)),),
            _REFERENCE,
            "`IngestData`: content for a memory to extract from, limited to actors and sessions if given",
        ),
    )


def _long_term_memory() -> tuple[GrantVerb, ...]:
    return (
        GrantVerb(
            # A path is a condition on the search; a record's own namespace is below it.
            "memory_retrieve",
            _FAMILY,
            (
                GrantPart(
                    _core("GetMemoryRecord"),
                    "memory",
                    when=(
                        _NAMESPACE,
                        When("StringLike", "bedrock-agentcore:namespace", "namespace_paths"),
                    ),
                ),
                GrantPart(
                    _core("ListMemoryRecords", "RetrieveMemoryRecords"),
                    "memory",
                    when=(
                        _NAMESPACE,
                        When("StringLike", "bedrock-agentcore:namespacePath", "namespace_paths"),
                        _STRATEGY,
                    ),
                ),
            ),
            f"{_GUIDE}memory-organization.html",
            "long-term memory: read and search records, limited to namespaces or paths of them, and to "
            "strategies, if they are given",
        ),
        GrantVerb(
            # An update is checked for the namespaces that a record has and for those that it gets.
            "memory_records",
            _FAMILY,
            (
                GrantPart(
                    _core("BatchCreateMemoryRecords", "BatchDeleteMemoryRecords", "DeleteMemoryRecord"),
                    "memory",
                    when=(_NAMESPACE,),
                ),
                GrantPart(
                    _core("BatchUpdateMemoryRecords"),
                    "memory",
                    when=(
                        _NAMESPACE,
                        When("StringEquals", "bedrock-agentcore:sourceNamespace", "namespaces"),
                    ),
                ),
            ),
            _REFERENCE,
            "long-term memory: write and delete records, limited to namespaces if they are given",
        ),
        GrantVerb(
            "memory_expiry",
            _FAMILY,
            (GrantPart(_core("UpdateMemoryRecordExpirySpecification"), "memory"),),
            _REFERENCE,
            "set or remove when records expire, in addition to `memory_records`",
        ),
        GrantVerb(
            "memory_extraction",
            _FAMILY,
            (
                GrantPart(_core("ListMemoryExtractionJobs"), "memory"),
                GrantPart(_core("StartMemoryExtractionJob"), "memory", when=(_ACTOR, _SESSION, _STRATEGY)),
            ),
            _REFERENCE,
            "extraction jobs of a memory: list them, and start them again, of actors, sessions and "
            "strategies if they are given",
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
            "browser_actions",
            _FAMILY,
            (GrantPart(_core("InvokeBrowser"), None),),
            "https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeBrowser.html",
            "mouse, keyboard and screenshots below a browser's sessions, in addition to `use_browser`",
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
            (
                GrantPart(
                    _core("GetWorkloadAccessTokenForJWT"),
                    "workload_identity",
                    when=(_claim("iss", "issuers"), _claim("client_id", "clients")),
                ),
            ),
            f"{_GUIDE}get-workload-access-token.html",
            "the agent's access token for the user that a JWT names, of issuers and clients if given",
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


def _payments() -> tuple[GrantVerb, ...]:
    page = f"{_GUIDE}payments-iam-roles.html"
    return (
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
            page,
            "pay within sessions that another role opened, and read them; it opens and changes none",
        ),
        GrantVerb(
            # AWS keeps those who open sessions from paying in them.
            "manage_payments",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "CreatePaymentInstrument",
                        "CreatePaymentSession",
                        "DeletePaymentInstrument",
                        "DeletePaymentSession",
                        "GetPaymentInstrument",
                        "GetPaymentInstrumentBalance",
                        "GetPaymentSession",
                        "ListPaymentInstruments",
                        "ListPaymentSessions",
                    ),
                    "payment_manager",
                ),
                GrantPart(_core("ProcessPayment"), None, effect="Deny"),
            ),
            page,
            "open and close instruments and sessions of payments, and denies paying",
        ),
        GrantVerb(
            "payment_token",
            _FAMILY,
            (GrantPart(_core("GetResourcePaymentToken"), "payment_credentials"),),
            page,
            "tokens of one payment credential provider for one agent",
        ),
    )


# These run with the caller's own permissions on the logs that hold the agents' traces.
_READ_TRACES = GrantPart(
    ("logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetQueryResults", "logs:StartQuery"), "traces"
)


def _quality() -> tuple[GrantVerb, ...]:
    page = f"{_GUIDE}optimization-prereqs.html"
    api = "https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_"
    return (
        GrantVerb(
            "evaluate",
            _FAMILY,
            (GrantPart(_core("Evaluate"), "evaluator"),),
            f"{_GUIDE}iam-permissions-on-demand.html",
            "evaluate sessions, traces or tool calls on demand with one evaluator",
        ),
        GrantVerb(
            # The ids of evaluations are not known before they start.
            "batch_evaluation",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "DeleteBatchEvaluation",
                        "GetBatchEvaluation",
                        "ListBatchEvaluations",
                        "StartBatchEvaluation",
                        "StopBatchEvaluation",
                    ),
                    "batch_evaluations",
                ),
                _READ_TRACES,
                GrantPart(("logs:DescribeLogGroups",), None),
                GrantPart(
                    (
                        "logs:CreateLogGroup",
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                        "logs:PutRetentionPolicy",
                    ),
                    "evaluation_logs",
                ),
            ),
            f"{_GUIDE}batch-evaluations-prereqs.html",
            "evaluate many sessions: start, follow, list, stop and delete; traces are read and results "
            "written with the caller's permissions",
        ),
        GrantVerb(
            "recommendations",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "DeleteRecommendation",
                        "GetRecommendation",
                        "ListRecommendations",
                        "StartRecommendation",
                    ),
                    "recommendations",
                ),
                _READ_TRACES,
            ),
            page,
            "recommendations for prompts and tool descriptions from traces: start, read, list and delete",
        ),
        GrantVerb(
            "ab_tests",
            _FAMILY,
            (
                GrantPart(
                    _core("CreateABTest", "DeleteABTest", "GetABTest", "ListABTests", "UpdateABTest"),
                    "ab_tests",
                ),
            ),
            page,
            "A/B tests behind a gateway: create, read, change, list and delete; passing the test's role "
            "is not part of it",
        ),
        GrantVerb(
            "insights",
            _FAMILY,
            (GrantPart(_core("GetAgentInsight", "ListAgentInsights", "UpdateAgentInsight"), None),),
            f"{api}ListAgentInsights.html",
            "patterns found across sessions: read, list and archive",
        ),
        GrantVerb(
            "dataset_generation",
            _FAMILY,
            (
                GrantPart(
                    _core(
                        "DeleteDatasetGeneration",
                        "GetDatasetGeneration",
                        "ListDatasetGenerations",
                        "StartDatasetGeneration",
                    ),
                    None,
                ),
                _READ_TRACES,
                GrantPart(("kms:Decrypt",), "key", optional=True),
            ),
            f"{api}StartDatasetGeneration.html",
            "examples for a dataset from traces: start, follow, list and delete",
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
        GrantVerb(
            "search_public_records",
            "agent-discovery",
            (GrantPart(("agent-discovery:SearchPublicRecords",), None),),
            "https://docs.aws.amazon.com/service-authorization/latest/reference/list_agent-discovery.html",
            "search the agents and tools that others made public",
        ),
    )
