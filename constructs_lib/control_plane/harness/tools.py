"""The tools of a harness, and how it shows itself to a gateway."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_items,
    check_json,
    check_length,
    check_pattern,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from constructs import Construct


__all__ = ["GatewayAuth", "HarnessTool"]


@with_explained_calls
@dataclass(frozen=True, slots=True)
class GatewayAuth:
    """How a harness authenticates to a gateway; made with one of the factories.

    Attributes:
        kind: ``aws_iam``, ``none`` or ``oauth``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @staticmethod
    def aws_iam() -> GatewayAuth:
        """Return SigV4 with the harness's role, which is allowed to invoke the gateway."""
        return GatewayAuth("aws_iam")

    @staticmethod
    def none() -> GatewayAuth:
        """Return no authentication, for a gateway that asks for none."""
        return GatewayAuth("none")

    @staticmethod
    def oauth(
        provider: str | refs.IOAuth2CredentialProviderRef,
        *,
        scopes: Sequence[str],
        secret: str | None = None,
        grant_type: str | None = None,
        default_return_url: str | None = None,
        custom_parameters: Mapping[str, str] | None = None,
    ) -> GatewayAuth:
        """Return a token of an OAuth 2.0 credential provider of AgentCore Identity.

        Args:
            provider: The provider, its ARN or its name.
            scopes: At most 100 scopes of 1-64 characters.
            secret: ARN of the secret with the client's secret, if it is one of your own. Default: the secret
                that AgentCore makes for the provider.
            grant_type: ``CLIENT_CREDENTIALS`` or ``AUTHORIZATION_CODE``. Default: AgentCore's.
            default_return_url: Where the user's browser goes after consent. Default: none.
            custom_parameters: At most 10, for the authorization server. Default: none.

        Raises:
            PlanesError: A scope, grant type or parameter that AgentCore doesn't take.
        """
        check_items("scopes", scopes, str, "texts", most=100)
        for scope in scopes:
            check_length("scopes", scope, 1, 64)
        if grant_type not in {None, "CLIENT_CREDENTIALS", "AUTHORIZATION_CODE"}:
            raise PlanesError(
                f"`grant_type` has the value `{grant_type}`: use CLIENT_CREDENTIALS or AUTHORIZATION_CODE"
            )
        check_pattern("default_return_url", default_return_url, r"\w+:\S+", "pass a URL")
        if custom_parameters is not None and not 1 <= len(custom_parameters) <= 10:
            raise PlanesError(
                f"`custom_parameters` has {len(custom_parameters)} values: give 1 to 10, or leave it out"
            )
        return GatewayAuth("oauth", dict(given(locals())))

    def to_config(self, scope: Construct) -> agentcore.CfnHarness.HarnessGatewayOutboundAuthProperty:
        """Return the L1's structure."""
        make = L1.HarnessGatewayOutboundAuthProperty
        if self.kind == "aws_iam":
            return make(aws_iam={})
        if self.kind == "none":
            return make(none={})
        props = self.props
        return make(
            oauth=L1.OAuthCredentialProviderProperty(
                provider_arn=_grants.arn_of(scope, "oauth2_provider", props["provider"]),
                scopes=list(props["scopes"]),
                grant_type=props["grant_type"],
                default_return_url=props["default_return_url"],
                custom_parameters=dict(props["custom_parameters"]) if props["custom_parameters"] else None,
            )
        )


_TOOL_NAME = r"[a-zA-Z0-9_-]{1,64}"


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessTool:
    """A tool of a harness; made with one of the factories.

    Attributes:
        kind: AgentCore's name for the type of the tool.
        name: What the model calls it; ``None`` for the name that AgentCore gives it.
        props: What the factory was given.

    """

    kind: str
    name: str | None = None
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    def __post_init__(self) -> None:
        """Check the name."""
        check_pattern("name", self.name, _TOOL_NAME, "use 1-64 letters, digits, - and _")

    @staticmethod
    def browser(
        browser: str | refs.IBrowserCustomRef | None = None, *, name: str | None = None
    ) -> HarnessTool:
        """Return a browser. Default: AWS's own."""
        return HarnessTool("agentcore_browser", name, {"browser": browser})

    @staticmethod
    def code_interpreter(
        code_interpreter: str | refs.ICodeInterpreterCustomRef | None = None, *, name: str | None = None
    ) -> HarnessTool:
        """Return a code interpreter. Default: AWS's own."""
        return HarnessTool("agentcore_code_interpreter", name, {"code_interpreter": code_interpreter})

    @staticmethod
    def gateway(
        gateway: str | refs.IGatewayRef, *, name: str | None = None, auth: GatewayAuth | None = None
    ) -> HarnessTool:
        """Return the tools behind a gateway.

        Args:
            gateway: The gateway, its ARN or its id.
            name: What the model calls it. Default: the name that AgentCore gives it.
            auth: How the harness authenticates. Default: with its role (SigV4).

        Raises:
            PlanesError: ``auth`` is no ``GatewayAuth``.
        """
        if auth is not None and not isinstance(auth, GatewayAuth):
            raise PlanesError(
                f"`auth` has the value `{auth!r}`: pass `GatewayAuth.aws_iam()`, `.none()` or `.oauth(...)`"
            )
        return HarnessTool("agentcore_gateway", name, {"gateway": gateway, "auth": auth})

    @staticmethod
    def remote_mcp(name: str, *, url: str, headers: Mapping[str, str] | None = None) -> HarnessTool:
        """Return an MCP server somewhere else; ``headers`` go with each call. Default: none."""
        check_length("url", url, 1, 16383)
        check_pattern("url", url, r"https?://\S+", "pass a URL that begins with https://")
        if headers is not None and not hasattr(headers, "items"):
            raise PlanesError(f"`headers` has the value `{headers!r}`: pass a dictionary of texts")
        for key, value in (headers or {}).items():
            check_items("headers", [key, value], str, "texts for names and values")
            check_length("headers", value, 1, 16383)
        return HarnessTool("remote_mcp", name, {"url": url, "headers": dict(headers or {})})

    @staticmethod
    def inline_function(name: str, *, description: str, input_schema: Mapping[str, Any]) -> HarnessTool:
        """Return a function that the caller of the harness runs itself.

        Args:
            name: What the model calls it.
            description: 1-4,096 characters.
            input_schema: The JSON Schema of its input.
        """
        check_length("description", description, 1, 4096)
        check_json("input_schema", input_schema)
        return HarnessTool(
            "inline_function", name, {"description": description, "input_schema": dict(input_schema)}
        )

    def to_config(self, scope: Construct) -> agentcore.CfnHarness.HarnessToolProperty:
        """Return the L1's structure."""
        return L1.HarnessToolProperty(type=self.kind, name=self.name, config=self._config(scope))

    def _config(self, scope: Construct) -> agentcore.CfnHarness.HarnessToolConfigurationProperty | None:
        props = self.props
        make = L1.HarnessToolConfigurationProperty
        if self.kind == "remote_mcp":
            server = L1.HarnessRemoteMcpConfigProperty(url=props["url"], headers=props["headers"] or None)
            return make(remote_mcp=server)
        if self.kind == "inline_function":
            return make(
                inline_function=L1.HarnessInlineFunctionConfigProperty(
                    description=props["description"], input_schema=props["input_schema"]
                )
            )
        if self.kind == "agentcore_gateway":
            arn = _grants.arn_of(scope, "gateway", props["gateway"])
            auth: GatewayAuth | None = props["auth"]
            return make(
                agent_core_gateway=L1.HarnessAgentCoreGatewayConfigProperty(
                    gateway_arn=arn, outbound_auth=auth.to_config(scope) if auth is not None else None
                )
            )
        if self.kind == "agentcore_browser" and props["browser"] is not None:
            arn = _grants.arn_of(scope, "browser", props["browser"])
            return make(agent_core_browser=L1.HarnessAgentCoreBrowserConfigProperty(browser_arn=arn))
        if self.kind == "agentcore_code_interpreter" and props["code_interpreter"] is not None:
            arn = _grants.arn_of(scope, "code_interpreter", props["code_interpreter"])
            return make(
                agent_core_code_interpreter=L1.HarnessAgentCoreCodeInterpreterConfigProperty(
                    code_interpreter_arn=arn
                )
            )
        return None
