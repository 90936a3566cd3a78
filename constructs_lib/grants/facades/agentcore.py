"""AgentCore: harness, runtime, gateway, browser, code interpreter, identity, payments, registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError
from constructs_lib.grants.facades.base import GrantsTo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrockagentcore as refs

    from constructs_lib.catalogue.verbs import Target

__all__ = ["AgentCoreGrants"]

_DIRECTORY = "workload-identity-directory/default"
_VAULT = "token-vault/default"
_DEFAULT_ENDPOINT = "DEFAULT"


class AgentCoreGrants(GrantsTo):
    """Grants of Amazon Bedrock AgentCore."""

    def invoke_harness(self, harness: str | refs.IHarnessRef, *, endpoint: str | None = None) -> iam.Grant:
        """Allow ``InvokeHarness``, which is checked for ``InvokeAgentRuntime`` on the harness as well.

        Args:
            harness: The harness.
            endpoint: Name of an endpoint of the harness. Default: none, the harness itself is called.
        """
        arn = _grants.arn_of(self._scope, "harness", harness)
        targets = {"harness": _grants.on_arns(arn)}
        if endpoint is not None:
            targets["harness_endpoint"] = _grants.on_arns(f"{arn}/harness-endpoint/{_name(endpoint)}")
        return self._give("invoke_harness", targets)

    def invoke_runtime(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow ``InvokeAgentRuntime`` on a runtime and one endpoint of it."""
        return self._on_runtime("invoke_runtime", runtime, endpoint)

    def invoke_runtime_for_user(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow calls that name the user they are made for, beside :meth:`invoke_runtime`."""
        return self._on_runtime("invoke_runtime_for_user", runtime, endpoint)

    def runtime_websocket(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow to invoke a runtime over a WebSocket."""
        return self._on_runtime("runtime_websocket", runtime, endpoint)

    def runtime_websocket_for_user(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow a WebSocket that names the user it is opened for, beside :meth:`runtime_websocket`."""
        return self._on_runtime("runtime_websocket_for_user", runtime, endpoint)

    def runtime_command(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow to run commands in a session of a runtime."""
        return self._on_runtime("runtime_command", runtime, endpoint)

    def stop_runtime_session(
        self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT
    ) -> iam.Grant:
        """Allow to stop sessions of a runtime."""
        return self._on_runtime("stop_runtime_session", runtime, endpoint)

    def agent_card(self, runtime: str | refs.IRuntimeRef, *, endpoint: str = _DEFAULT_ENDPOINT) -> iam.Grant:
        """Allow to read what an agent publishes about itself for other agents."""
        return self._on_runtime("agent_card", runtime, endpoint)

    def _on_runtime(self, verb: str, runtime: Any, endpoint: str) -> iam.Grant:
        arn = _grants.arn_of(self._scope, "runtime", runtime)
        # The call is checked on the runtime and on the endpoint.
        both = _grants.on_arns(arn, f"{arn}/runtime-endpoint/{_name(endpoint)}")
        return self._give(verb, {"runtime": both})

    def invoke_gateway(self, gateway: str | refs.IGatewayRef) -> iam.Grant:
        """Allow to list and call the tools behind a gateway."""
        return self._give("invoke_gateway", {"gateway": self._on("gateway", gateway)})

    def use_browser(self, browser: str | refs.IBrowserCustomRef = "aws.browser.v1") -> iam.Grant:
        """Allow sessions of a browser. Default: AWS's own browser."""
        return self._give("use_browser", {"browser": self._on("browser", browser)})

    def browser_actions(self) -> iam.Grant:
        """Allow ``InvokeBrowser``: mouse, keyboard and screenshots of the system below a browser's sessions.

        In addition to :meth:`use_browser`. On ``*``: AWS doesn't document yet on which resources the action
        is checked.
        """
        return self._give("browser_actions", {})

    def use_browser_profile(
        self,
        profile: str | refs.IBrowserProfileRef,
        *,
        browser: str | refs.IBrowserCustomRef = "aws.browser.v1",
    ) -> iam.Grant:
        """Allow to save sessions to a profile and to start sessions with it, beside :meth:`use_browser`.

        A profile holds cookies, so whoever starts a session with it is signed in where the saved one was.

        Args:
            profile: The profile.
            browser: The browser of the sessions. Default: AWS's own browser.
        """
        both = (
            _grants.arn_of(self._scope, "browser", browser),
            _grants.arn_of(self._scope, "browser_profile", profile),
        )
        return self._give("use_browser_profile", {"browser_and_profile": _grants.on_arns(*both)})

    def use_code_interpreter(
        self, code_interpreter: str | refs.ICodeInterpreterCustomRef = "aws.codeinterpreter.v1"
    ) -> iam.Grant:
        """Allow sessions of a code interpreter. Default: AWS's own."""
        targets = {"code_interpreter": self._on("code_interpreter", code_interpreter)}
        return self._give("use_code_interpreter", targets)

    def agentcore_web_search(self) -> iam.Grant:
        """Allow the web search tool of AgentCore in this Region; AWS owns it, so the account is ``aws``."""
        here = _grants.environment_of(self._scope)
        tool = f"arn:{here.partition}:bedrock-agentcore:{here.region}:aws:tool/web-search.v1"
        return self._give("agentcore_web_search", {"web_search_tool": _grants.on_arns(tool)})

    def workload_token(self, workload_identity: str | refs.IWorkloadIdentityRef) -> iam.Grant:
        """Allow to get the access token of one agent's own identity."""
        targets = {"workload_identity": self._identity(workload_identity)}
        return self._give("workload_token", targets)

    def workload_token_for_jwt(
        self,
        workload_identity: str | refs.IWorkloadIdentityRef,
        *,
        issuers: Sequence[str] = (),
        clients: Sequence[str] = (),
    ) -> iam.Grant:
        """Allow to get the access token of one agent for the user that a JWT identifies.

        Args:
            workload_identity: The agent's identity.
            issuers: Values that the claim ``iss`` of the JWT may have. Default: any.
            clients: Values that its claim ``client_id`` may have. Default: any.
        """
        targets = {"workload_identity": self._identity(workload_identity)}
        values = {"issuers": tuple(issuers), "clients": tuple(clients)}
        return self._give("workload_token_for_jwt", targets, values=values)

    def workload_token_for_user_id(
        self, workload_identity: str | refs.IWorkloadIdentityRef, *, users: Sequence[str] = ()
    ) -> iam.Grant:
        """Allow to get the access token of one agent for a user id that nothing proves.

        With ``users`` for these only. Where users sign in, :meth:`workload_token_for_jwt` is the safer one.
        """
        targets = {"workload_identity": self._identity(workload_identity)}
        return self._give("workload_token_for_user_id", targets, values={"users": tuple(users)})

    def oauth2_token(
        self,
        provider: str | refs.IOAuth2CredentialProviderRef,
        workload_identity: str | refs.IWorkloadIdentityRef,
    ) -> iam.Grant:
        """Allow one agent to get OAuth 2.0 tokens of one credential provider."""
        targets = {"oauth2_credentials": self._credentials("oauth2_provider", provider, workload_identity)}
        return self._give("oauth2_token", targets)

    def api_key(
        self,
        provider: str | refs.IApiKeyCredentialProviderRef,
        workload_identity: str | refs.IWorkloadIdentityRef,
    ) -> iam.Grant:
        """Allow one agent to get the API key of one credential provider."""
        targets = {"api_key_credentials": self._credentials("api_key_provider", provider, workload_identity)}
        return self._give("api_key", targets)

    def pay(self, payment_manager: str | refs.IPaymentManagerRef) -> iam.Grant:
        """Allow to pay through a payment manager, within sessions and instruments that others set up."""
        return self._give("pay", {"payment_manager": self._on("payment_manager", payment_manager)})

    def manage_payments(self, payment_manager: str | refs.IPaymentManagerRef) -> iam.Grant:
        """Allow to open and close instruments and sessions of a payment manager, and deny to pay.

        AWS separates the two, so that nobody sets the budget that they spend
        (https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/payments-iam-roles.html). The Deny
        also wins over :meth:`pay` on the same role.
        """
        targets = {"payment_manager": self._on("payment_manager", payment_manager)}
        return self._give("manage_payments", targets)

    def payment_token(
        self,
        provider: str | refs.IPaymentCredentialProviderRef,
        workload_identity: str | refs.IWorkloadIdentityRef,
    ) -> iam.Grant:
        """Allow one agent to get tokens of one payment credential provider."""
        targets = {"payment_credentials": self._credentials("payment_provider", provider, workload_identity)}
        return self._give("payment_token", targets)

    def search_registry(self, registry: str, *, records: Sequence[str] = ()) -> iam.Grant:
        """Allow to list, search and read the approved records of a registry.

        Args:
            registry: Id or ARN of the registry.
            records: Ids of the records that may be read. Default: all of the registry.
        """
        arn = _grants.arn_of(self._scope, "registry", registry)
        read = tuple(f"{arn}/record/{_name(record, 'records')}" for record in records) or (f"{arn}/record/*",)
        targets = {"registry": _grants.on_arns(arn), "registry_records": _grants.on_arns(*read)}
        return self._give("search_registry", targets)

    def registry_mcp(self, registry: str) -> iam.Grant:
        """Allow to call the MCP server of a registry, given as id or ARN."""
        return self._give("registry_mcp", {"registry": self._on("registry", registry)})

    def search_public_records(self) -> iam.Grant:
        """Allow to search the records that the owners of registries made public."""
        return self._give("search_public_records", {})

    def _identity(self, workload_identity: Any) -> Sequence[Target]:
        arn = _grants.arn_of(self._scope, "workload_identity", workload_identity)
        return _grants.on_arns(_grants.environment_of(self._scope).arn("bedrock-agentcore", _DIRECTORY), arn)

    def _credentials(self, kind: str, provider: Any, workload_identity: Any) -> Sequence[Target]:
        # AWS checks the vault, the provider, the directory and the identity.
        arn = _grants.arn_of(self._scope, kind, provider)
        vault = _grants.environment_of(self._scope).arn("bedrock-agentcore", _VAULT)
        identity = self._identity(workload_identity)[0].arns
        return _grants.on_arns(vault, arn, *identity)


def _name(value: str, argument: str = "endpoint") -> str:
    if not value or any(sign in value for sign in "*?/:"):
        wanted = "the name of an endpoint" if argument == "endpoint" else "the ids alone"
        raise PlanesError(f"`{argument}` has the value `{value}`: pass {wanted}")
    return value
