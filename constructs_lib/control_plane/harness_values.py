"""What a harness is made of beside its tools: models, authorizers, skills, hooks, file systems, truncation.

Frozen values that know AWS's limits and write the L1's structures, and what each needs of the harness's role.

Sources:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-harness.html
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-models.html
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_choice,
    check_items,
    check_length,
    check_number,
    check_pattern,
    check_tags,
    check_types,
    has_attribute,
    is_token,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_events as events
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns
    from aws_cdk.interfaces import aws_bedrockagentcore as refs
    from aws_cdk.interfaces import aws_ec2 as ec2_refs
    from constructs import Construct

    from constructs_lib.grants import ModelLike

__all__ = [
    "GatewayAuth",
    "HarnessApiFormat",
    "HarnessAuthorizer",
    "HarnessFileSystem",
    "HarnessHook",
    "HarnessHookTarget",
    "HarnessModel",
    "HarnessSkill",
    "HarnessTruncation",
    "JwtClaim",
    "MemoryRetrieval",
    "PrivateEndpoint",
    "allow",
    "credential_statements",
    "security_group_ids",
    "subnet_ids",
]

_L1 = agentcore.CfnHarness
_EMPTY: Mapping[str, Any] = MappingProxyType({})
_MOUNT = r"/mnt/[a-zA-Z0-9._-]+/?"
_MOUNT_REMEDY = "use a path such as /mnt/data, one folder below /mnt"
_CLAIM_VALUE = r"[A-Za-z0-9_.-]{1,255}"
_SCOPE = r"[\x21\x23-\x5B\x5D-\x7E]{1,255}"


def allow(actions: Sequence[str], *resources: str, **condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement that allows actions on resources, under a condition by operator."""
    made: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**made, "Condition": condition} if condition else made


def subnet_ids(subnets: Sequence[str] | Sequence[ec2_refs.ISubnetRef]) -> list[str]:
    """Return the ids of at most 16 subnets that are given as constructs or ids."""
    return _ids("subnets", subnets, "subnet", "subnet-0123456789abcdef0", 16)


def security_group_ids(
    security_groups: Sequence[str] | Sequence[ec2_refs.ISecurityGroupRef], *, most: int = 16
) -> list[str]:
    """Return the ids of at most ``most`` security groups that are given as constructs or ids."""
    return _ids("security_groups", security_groups, "security_group", "sg-0123456789abcdef0", most)


def _ids(prop: str, values: Sequence[Any], kind: str, example: str, most: int) -> list[str]:
    check_items(prop, values, object, "", most=most)
    found = []
    for value in values:
        if not isinstance(value, str) and not has_attribute(value, f"{kind}_ref"):
            raise PlanesError(
                f"`{prop}` has the value `{value!r}` of the type `{type(value).__name__}`: pass constructs, "
                f"or ids such as `{example}`"
            )
        text = value if isinstance(value, str) else getattr(getattr(value, f"{kind}_ref"), f"{kind}_id")
        check_pattern(
            prop, text, rf"{example.partition('-')[0]}-[0-9a-zA-Z]{{8,17}}", f"pass ids such as `{example}`"
        )
        found.append(text)
    return found


def credential_statements(
    scope: Construct, harness_name: str, kind: str, provider: Any, secret: str | None
) -> list[dict[str, Any]]:
    """Return what a harness needs to use a credential of AgentCore Identity.

    ``kind`` is ``api_key_provider`` or ``oauth2_provider``. Without ``secret`` it is the one that AgentCore
    makes for the provider; its name ends in characters that nobody knows before.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
    """
    action, folder = {
        "api_key_provider": ("GetResourceApiKey", "apikey"),
        "oauth2_provider": ("GetResourceOauth2Token", "oauth2"),
    }[kind]
    here = _grants.environment_of(scope)
    arn = _grants.arn_of(scope, kind, provider)
    name = arn.rpartition("/")[2]
    if is_token(name):
        name = cdk.Fn.select(3, cdk.Fn.split("/", arn))
    identities = "workload-identity-directory/default"
    return [
        allow(
            [f"bedrock-agentcore:{action}"],
            arn,
            here.arn("bedrock-agentcore", "token-vault/default"),
            here.arn("bedrock-agentcore", identities),
            here.arn("bedrock-agentcore", f"{identities}/workload-identity/harness_{harness_name}-*"),
        ),
        allow(
            ["secretsmanager:GetSecretValue"],
            secret
            or here.arn("secretsmanager", f"secret:bedrock-agentcore-identity!default/{folder}/{name}-*"),
        ),
    ]


class HarnessApiFormat(Enum):
    """How a harness talks to a model of Bedrock or of OpenAI."""

    CONVERSE_STREAM = "converse_stream"
    """``ConverseStream`` of ``bedrock-runtime``; models of Bedrock only, and their default."""
    RESPONSES = "responses"
    """The Responses API; for models of Bedrock on the endpoint ``bedrock-mantle``."""
    CHAT_COMPLETIONS = "chat_completions"
    """The Chat Completions API; for models of Bedrock on the endpoint ``bedrock-mantle``."""


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessModel:
    """A model of a harness with its settings; made with one of the factories.

    Attributes:
        kind: ``bedrock``, ``open_ai``, ``gemini`` or ``lite_llm``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-models.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def bedrock(
        model: ModelLike,
        *,
        api_format: HarnessApiFormat | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model of Bedrock.

        Args:
            model: The model. With ``RESPONSES`` or ``CHAT_COMPLETIONS`` its id on ``bedrock-mantle``, such as
                ``openai.gpt-oss-120b``.
            api_format: How the harness talks to it. Default: ``CONVERSE_STREAM``.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or a model that is no id where one is needed.
        """
        check_choice("api_format", api_format, HarnessApiFormat, optional=True)
        mantle = api_format in {HarnessApiFormat.RESPONSES, HarnessApiFormat.CHAT_COMPLETIONS}
        if mantle and not isinstance(model, str):
            raise PlanesError(
                f"`model` has a value of the type `{type(model).__name__}`: pass the id that the endpoint "
                "`bedrock-mantle` knows, such as `openai.gpt-oss-120b`, or leave out `api_format`"
            )
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel(
            "bedrock",
            {
                "model": model,
                "api_format": api_format,
                "max_tokens": max_tokens,
                "temperature": temperature,
                "top_p": top_p,
                "additional_params": additional_params,
                "mantle": mantle,
            },
        )

    @staticmethod
    def open_ai(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef,
        api_key_secret: str | None = None,
        api_base: str | None = None,
        api_format: HarnessApiFormat | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model of OpenAI, or behind an endpoint that speaks like it.

        Args:
            model_id: OpenAI's name of the model.
            api_key: The credential provider of AgentCore Identity with the key, or its ARN or name.
            api_key_secret: ARN of the secret with the key, if it is one of your own. Default: the secret that
                AgentCore makes for the provider.
            api_base: The URL of the endpoint. Default: OpenAI's.
            api_format: ``RESPONSES`` or ``CHAT_COMPLETIONS``. Default: AgentCore's.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or ``CONVERSE_STREAM``.
        """
        check_choice("api_format", api_format, HarnessApiFormat, optional=True)
        if api_format is HarnessApiFormat.CONVERSE_STREAM:
            raise PlanesError(
                "`api_format` has the value `converse_stream`: OpenAI has `HarnessApiFormat.RESPONSES` and "
                "`HarnessApiFormat.CHAT_COMPLETIONS`"
            )
        check_length("model_id", model_id, 1, 256)
        check_length("api_base", api_base, 1, 16383)
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("open_ai", dict(_given(locals())))

    @staticmethod
    def gemini(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef,
        api_key_secret: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        top_k: int | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a Gemini model of Google.

        Args:
            model_id: Google's name of the model.
            api_key: As in :meth:`open_ai`.
            api_key_secret: As in :meth:`open_ai`.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            top_k: 0 to 500. Default: the model's.
            additional_params: JSON that goes to the model as it is. Default: none.

        Raises:
            PlanesError: A number out of its range.
        """
        check_length("model_id", model_id, 1, 256)
        if top_k is not None:
            check_number("top_k", top_k, 0, 500)
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("gemini", dict(_given(locals())))

    @staticmethod
    def lite_llm(
        model_id: str,
        *,
        api_key: str | refs.IApiKeyCredentialProviderRef | None = None,
        api_key_secret: str | None = None,
        api_base: str | None = None,
        max_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        additional_params: Mapping[str, Any] | None = None,
    ) -> HarnessModel:
        """Return a model that LiteLLM reaches.

        Args:
            model_id: LiteLLM's name of the model, such as ``anthropic/claude-sonnet-4-5``.
            api_key: As in :meth:`open_ai`. Default: no key.
            api_key_secret: As in :meth:`open_ai`.
            api_base: The URL of the endpoint. Default: the provider's.
            max_tokens: At least 1, of an answer. Default: the model's.
            temperature: 0 to 2. Default: the model's.
            top_p: 0 to 1. Default: the model's.
            additional_params: JSON that goes to LiteLLM as it is. Default: none.

        Raises:
            PlanesError: A number out of its range, or a secret without its provider.
        """
        check_length("model_id", model_id, 1, 256)
        check_length("api_base", api_base, 1, 16383)
        if api_key_secret is not None and api_key is None:
            raise PlanesError("`api_key_secret` belongs to `api_key`: give the credential provider too")
        _check_sampling(max_tokens, temperature, top_p, additional_params)
        return HarnessModel("lite_llm", dict(_given(locals())))

    def statements(self, scope: Construct, harness_name: str) -> list[dict[str, Any]]:
        """Return what the role needs for a model that the grants of Bedrock don't cover."""
        if self.props.get("mantle"):
            project = _grants.environment_of(scope).arn("bedrock-mantle", "project/default")
            short = {"bedrock-mantle:BearerTokenType": "SHORT_TERM"}
            return [
                allow(["bedrock-mantle:CreateInference"], project),
                allow(["bedrock-mantle:CallWithBearerToken"], "*", StringEquals=short),
            ]
        if self.props.get("api_key") is None:
            return []
        return credential_statements(
            scope, harness_name, "api_key_provider", self.props["api_key"], self.props["api_key_secret"]
        )

    def render(self, scope: Construct) -> agentcore.CfnHarness.HarnessModelConfigurationProperty:
        """Return the L1's structure."""
        props = self.props
        common = {
            "max_tokens": props["max_tokens"],
            "temperature": props["temperature"],
            "top_p": props["top_p"],
            "additional_params": dict(props["additional_params"]) if props["additional_params"] else None,
        }
        api_format = props["api_format"].value if props.get("api_format") else None
        if self.kind == "bedrock":
            model = props["model"]
            return _L1.HarnessModelConfigurationProperty(
                bedrock_model_config=_L1.HarnessBedrockModelConfigProperty(
                    model_id=model if props["mantle"] else _grants.model_id(scope, model),
                    api_format=api_format,
                    **common,
                )
            )
        key = props["api_key"]
        key_arn = _grants.arn_of(scope, "api_key_provider", key) if key is not None else None
        if self.kind == "gemini":
            return _L1.HarnessModelConfigurationProperty(
                gemini_model_config=_L1.HarnessGeminiModelConfigProperty(
                    model_id=props["model_id"], api_key_arn=str(key_arn), top_k=props["top_k"], **common
                )
            )
        if self.kind == "open_ai":
            return _L1.HarnessModelConfigurationProperty(
                open_ai_model_config=_L1.HarnessOpenAiModelConfigProperty(
                    model_id=props["model_id"],
                    api_key_arn=str(key_arn),
                    api_base=props["api_base"],
                    api_format=api_format,
                    **common,
                )
            )
        return _L1.HarnessModelConfigurationProperty(
            lite_llm_model_config=_L1.HarnessLiteLlmModelConfigProperty(
                model_id=props["model_id"], api_key_arn=key_arn, api_base=props["api_base"], **common
            )
        )


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
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

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
        return GatewayAuth("oauth", dict(_given(locals())))

    def render(self, scope: Construct) -> agentcore.CfnHarness.HarnessGatewayOutboundAuthProperty:
        """Return the L1's structure."""
        make = _L1.HarnessGatewayOutboundAuthProperty
        if self.kind == "aws_iam":
            return make(aws_iam={})
        if self.kind == "none":
            return make(none={})
        props = self.props
        return make(
            oauth=_L1.OAuthCredentialProviderProperty(
                provider_arn=_grants.arn_of(scope, "oauth2_provider", props["provider"]),
                scopes=list(props["scopes"]),
                grant_type=props["grant_type"],
                default_return_url=props["default_return_url"],
                custom_parameters=dict(props["custom_parameters"]) if props["custom_parameters"] else None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class JwtClaim:
    """A claim that a caller's token must have; made with one of the factories.

    Attributes:
        name: The claim.
        operator: ``EQUALS``, ``CONTAINS`` or ``CONTAINS_ANY``.
        values: What is compared; one but for ``CONTAINS_ANY``.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html
    """

    name: str
    operator: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the name and the values."""
        check_pattern("name", self.name, r"[A-Za-z0-9_.\-:]{1,255}", "use letters, digits and _ . - :")
        check_items("values", self.values, str, "texts")
        if not self.values:
            raise PlanesError("`values` is empty: name what the claim must contain")
        for value in self.values:
            check_pattern("value", value, _CLAIM_VALUE, "use letters, digits and _ . -, at most 255")

    @staticmethod
    def equals(name: str, value: str) -> JwtClaim:
        """Return a claim that is this text."""
        return JwtClaim(name, "EQUALS", (value,))

    @staticmethod
    def contains(name: str, value: str) -> JwtClaim:
        """Return a claim, a list, that has this text."""
        return JwtClaim(name, "CONTAINS", (value,))

    @staticmethod
    def contains_any(name: str, values: Sequence[str]) -> JwtClaim:
        """Return a claim, a list, that has one of these texts."""
        check_items("values", values, str, "texts")
        return JwtClaim(name, "CONTAINS_ANY", tuple(values))

    def render(self) -> agentcore.CfnHarness.CustomClaimValidationTypeProperty:
        """Return the L1's structure."""
        several = self.operator == "CONTAINS_ANY"
        return _L1.CustomClaimValidationTypeProperty(
            inbound_token_claim_name=self.name,
            inbound_token_claim_value_type="STRING" if self.operator == "EQUALS" else "STRING_ARRAY",
            authorizing_claim_match_value=_L1.AuthorizingClaimMatchValueTypeProperty(
                claim_match_operator=self.operator,
                claim_match_value=_L1.ClaimMatchValueTypeProperty(
                    match_value_string=None if several else self.values[0],
                    match_value_string_list=list(self.values) if several else None,
                ),
            ),
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class PrivateEndpoint:
    """How AgentCore reaches an identity provider in a private network; made with one of the factories.

    Attributes:
        kind: ``lattice`` or ``managed_vpc``.
        props: What the factory was given.
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def lattice(resource_configuration: str) -> PrivateEndpoint:
        """Return a resource configuration of VPC Lattice of one's own, by id or ARN."""
        check_pattern(
            "resource_configuration",
            resource_configuration,
            r"(arn:[\w-]+:vpc-lattice:[\w-]+:\d{12}:resourceconfiguration/)?rcfg-[0-9a-z]{17}",
            "pass an id such as rcfg-0123456789abcdef0, or its ARN",
        )
        return PrivateEndpoint("lattice", {"resource_configuration": resource_configuration})

    @staticmethod
    def managed_vpc(
        vpc: ec2_refs.IVPCRef,
        *,
        subnets: Sequence[str] | Sequence[ec2_refs.ISubnetRef],
        security_groups: Sequence[str] | Sequence[ec2_refs.ISecurityGroupRef] = (),
        ipv6: bool = False,
        routing_domain: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> PrivateEndpoint:
        """Return an endpoint in a VPC that AgentCore makes and keeps.

        Args:
            vpc: The VPC.
            subnets: Its subnets, or their ids.
            security_groups: At most 5 security groups, or their ids. Default: the VPC's own.
            ipv6: Whether its addresses are IPv6. Default: IPv4.
            routing_domain: The domain that is resolved, 3-255 characters. Default: that of the URL.
            tags: Of the endpoint, at most 50. Default: none.

        Raises:
            PlanesError: No subnets, or a value out of its range.
        """
        check_types(PrivateEndpoint.managed_vpc, locals())
        subnets = subnet_ids(subnets)
        if not subnets:
            raise PlanesError("`subnets` is empty: name the subnets of the endpoint")
        security_groups = security_group_ids(security_groups, most=5)
        check_length("routing_domain", routing_domain, 3, 255)
        check_tags(tags)
        return PrivateEndpoint("managed_vpc", dict(_given(locals())))

    def render(self) -> agentcore.CfnHarness.PrivateEndpointProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "lattice":
            return _L1.PrivateEndpointProperty(
                self_managed_lattice_resource=_L1.SelfManagedLatticeResourceProperty(
                    resource_configuration_identifier=props["resource_configuration"]
                )
            )
        return _L1.PrivateEndpointProperty(
            managed_vpc_resource=_L1.ManagedVpcResourceProperty(
                vpc_identifier=props["vpc"].vpc_ref.vpc_id,
                subnet_ids=list(props["subnets"]),
                security_group_ids=list(props["security_groups"]) or None,
                endpoint_ip_address_type="IPV6" if props["ipv6"] else "IPV4",
                routing_domain=props["routing_domain"],
                tags=dict(props["tags"]) if props["tags"] else None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessAuthorizer:
    """Who may call a harness with a token in place of an AWS signature; made with the factory.

    Attributes:
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html
    """

    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def jwt(
        discovery_url: str,
        *,
        allowed_audience: Sequence[str] = (),
        allowed_clients: Sequence[str] = (),
        allowed_scopes: Sequence[str] = (),
        custom_claims: Sequence[JwtClaim] = (),
        advertised_scopes: Mapping[str, str] | None = None,
        private_endpoint: PrivateEndpoint | None = None,
        private_endpoint_overrides: Mapping[str, PrivateEndpoint] | None = None,
    ) -> HarnessAuthorizer:
        """Return the tokens of one identity provider.

        Args:
            discovery_url: Its OpenID configuration; ends in ``/.well-known/openid-configuration``.
            allowed_audience: What the token's ``aud`` must have one of. Default: not asked.
            allowed_clients: What its client id must be one of. Default: not asked.
            allowed_scopes: What its scopes must have one of. Default: not asked.
            custom_claims: Other claims that it must have. Default: none.
            advertised_scopes: By allowed scope, what the metadata of the resource says in its place, at most
                50. Default: the scopes themselves.
            private_endpoint: How AgentCore reaches the provider. Default: over the internet.
            private_endpoint_overrides: By domain, how it reaches that one, at most 5. Default: none.

        Raises:
            PlanesError: A URL, scope or claim that AgentCore doesn't take, or nothing that tells the callers
                of this harness from everybody else that the provider knows.
        """
        check_pattern(
            "discovery_url",
            discovery_url,
            r".+/\.well-known/openid-configuration",
            "pass the URL that ends in /.well-known/openid-configuration",
        )
        for prop, values in (
            ("allowed_audience", allowed_audience),
            ("allowed_clients", allowed_clients),
            ("allowed_scopes", allowed_scopes),
        ):
            check_items(prop, values, str, "texts")
        for scope in allowed_scopes:
            check_pattern("allowed_scopes", scope, _SCOPE, "use 1-255 characters without spaces")
        check_items("custom_claims", custom_claims, JwtClaim, "a claim such as `JwtClaim.equals(...)`")
        if not (allowed_audience or allowed_clients or allowed_scopes or custom_claims):
            raise PlanesError(
                "the authorizer takes every token of its provider: give `allowed_audience`, "
                "`allowed_clients`, `allowed_scopes` or `custom_claims`"
            )
        unknown = sorted(set(advertised_scopes or {}) - set(allowed_scopes))
        if unknown:
            raise PlanesError(
                f"`advertised_scopes` has `{unknown[0]}`, which `allowed_scopes` hasn't: add it"
            )
        overrides = private_endpoint_overrides or {}
        if len(overrides) > 5:
            raise PlanesError(
                f"`private_endpoint_overrides` has {len(overrides)} domains, and AWS takes 5 at most: leave "
                "some out"
            )
        for domain in overrides:
            check_length("private_endpoint_overrides", domain, 1, 253)
        endpoints = [*overrides.values(), *([private_endpoint] if private_endpoint is not None else [])]
        check_items("private_endpoint", endpoints, PrivateEndpoint, "`PrivateEndpoint.lattice(...)`")
        return HarnessAuthorizer(dict(_given(locals())))

    def render(self) -> agentcore.CfnHarness.AuthorizerConfigurationProperty:
        """Return the L1's structure."""
        props = self.props
        own, overrides = props["private_endpoint"], props["private_endpoint_overrides"] or {}
        return _L1.AuthorizerConfigurationProperty(
            custom_jwt_authorizer=_L1.CustomJWTAuthorizerConfigurationProperty(
                discovery_url=props["discovery_url"],
                allowed_audience=list(props["allowed_audience"]) or None,
                allowed_clients=list(props["allowed_clients"]) or None,
                allowed_scopes=list(props["allowed_scopes"]) or None,
                custom_claims=[claim.render() for claim in props["custom_claims"]] or None,
                advertised_scope_mapping=dict(props["advertised_scopes"] or {}) or None,
                private_endpoint=own.render() if own is not None else None,
                private_endpoint_overrides=[
                    _L1.PrivateEndpointOverrideProperty(domain=domain, private_endpoint=one.render())
                    for domain, one in overrides.items()
                ]
                or None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessSkill:
    """Markdown and scripts that tell the agent how to do something; made with one of the factories.

    Attributes:
        kind: ``aws``, ``git``, ``path`` or ``s3``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-skills.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def aws(paths: Sequence[str] = ()) -> HarnessSkill:
        """Return AWS's own skills; those that the patterns name, such as ``core-skills/*``. Default: all."""
        check_items("paths", paths, str, "texts")
        for path in paths:
            check_pattern("paths", path, r"[^?\[\]]{1,4096}", "use * alone as a wildcard")
        return HarnessSkill("aws", {"paths": tuple(paths)})

    @staticmethod
    def git(
        url: str,
        *,
        path: str | None = None,
        credential: str | refs.IApiKeyCredentialProviderRef | None = None,
        credential_secret: str | None = None,
        username: str | None = None,
    ) -> HarnessSkill:
        """Return a skill of a Git repository.

        Args:
            url: Of the repository; begins with ``https://``.
            path: The folder of the skill in it. Default: the root.
            credential: The credential provider of AgentCore Identity with the access token, for a private
                repository. Default: a public one.
            credential_secret: ARN of the secret with the token, if it is one of your own. Default: the secret
                that AgentCore makes for the provider.
            username: Beside the token. Default: ``oauth2``.

        Raises:
            PlanesError: A URL of another scheme, or a username or secret without its credential.
        """
        check_pattern("url", url, r"https://\S+", "pass a URL that begins with https://")
        check_length("path", path, 1, 4096)
        if credential is None and (username is not None or credential_secret is not None):
            raise PlanesError(
                "`username` and `credential_secret` belong to `credential`: give the credential provider too"
            )
        return HarnessSkill("git", dict(_given(locals())))

    @staticmethod
    def path(path: str) -> HarnessSkill:
        """Return a skill that is in the harness's environment, by its path there."""
        check_length("path", path, 1, 4096)
        return HarnessSkill("path", {"path": path})

    @staticmethod
    def s3(bucket: s3.IBucket, prefix: str) -> HarnessSkill:
        """Return a skill in a bucket, which the harness's role may read below the prefix and nowhere else.

        Args:
            bucket: The bucket.
            prefix: The folder of the skill, such as ``skills/orders/``.

        Raises:
            PlanesError: No bucket, or an empty prefix.
        """
        check_types(HarnessSkill.s3, locals())
        folder = prefix.strip("/")
        if not folder:
            raise PlanesError("`prefix` is empty: name the folder of the skill, such as `skills/orders/`")
        if "*" in folder or "?" in folder:
            raise PlanesError(f"`prefix` has the value `{prefix}`: name one folder, without wildcards")
        return HarnessSkill("s3", {"bucket": bucket, "folder": folder})

    def statements(self, scope: Construct, harness_name: str) -> list[dict[str, Any]]:
        """Return what the role needs to fetch the skill."""
        if self.kind == "git" and self.props["credential"] is not None:
            secret = self.props["credential_secret"]
            return credential_statements(
                scope, harness_name, "api_key_provider", self.props["credential"], secret
            )
        if self.kind != "s3":
            return []
        bucket, folder = self.props["bucket"], self.props["folder"]
        found = [
            allow(["s3:GetObject"], f"{bucket.bucket_arn}/{folder}/*"),
            allow(["s3:ListBucket"], bucket.bucket_arn, StringLike={"s3:prefix": [folder, f"{folder}/*"]}),
        ]
        if bucket.encryption_key is not None:
            found.append(allow(["kms:Decrypt"], bucket.encryption_key.key_arn))
        return found

    def render(self, scope: Construct) -> agentcore.CfnHarness.HarnessSkillProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "aws":
            return _L1.HarnessSkillProperty(
                aws_skills=_L1.HarnessSkillAwsSkillsSourceProperty(paths=list(props["paths"]) or None)
            )
        if self.kind == "path":
            return _L1.HarnessSkillProperty(path=props["path"])
        if self.kind == "s3":
            uri = f"s3://{props['bucket'].bucket_name}/{props['folder']}/"
            return _L1.HarnessSkillProperty(s3=_L1.HarnessSkillS3SourceProperty(uri=uri))
        auth = None
        if props["credential"] is not None:
            auth = _L1.HarnessSkillGitAuthProperty(
                credential_arn=_grants.arn_of(scope, "api_key_provider", props["credential"]),
                username=props["username"],
            )
        return _L1.HarnessSkillProperty(
            git=_L1.HarnessSkillGitSourceProperty(url=props["url"], path=props["path"], auth=auth)
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessHookTarget:
    """Who is told of a step of the agent; made with one of the factories.

    Attributes:
        kind: ``function``, ``topic`` or ``event_bus``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-lifecycle-hooks.html
    """

    kind: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def function(
        function: lambda_.IFunction, *, timeout: cdk.Duration | None = None, allow_on_failure: bool = False
    ) -> HarnessHookTarget:
        """Return a Lambda function that allows or denies the step.

        Args:
            function: The function.
            timeout: 1 to 900 seconds. Default: 60 seconds.
            allow_on_failure: Whether the step goes on where the function fails or is late. Default: it is
                denied.

        Raises:
            PlanesError: No function, or a timeout out of its range.
        """
        _check_has("function", function, "function_arn", "a function such as `lambda_.Function`")
        if timeout is not None:
            check_number("timeout", timeout.to_seconds(), 1, 900)
        return HarnessHookTarget("function", dict(_given(locals())))

    @staticmethod
    def topic(topic: sns.ITopic) -> HarnessHookTarget:
        """Return an SNS topic, which is told and can't deny."""
        _check_has("topic", topic, "topic_arn", "a topic such as `sns.Topic`")
        return HarnessHookTarget("topic", {"topic": topic})

    @staticmethod
    def event_bus(event_bus: events.IEventBus) -> HarnessHookTarget:
        """Return an event bus of EventBridge, which is told and can't deny."""
        _check_has("event_bus", event_bus, "event_bus_arn", "an event bus such as `events.EventBus`")
        return HarnessHookTarget("event_bus", {"event_bus": event_bus})

    def statements(self) -> list[dict[str, Any]]:
        """Return what the role needs to call the target."""
        if self.kind == "function":
            return [allow(["lambda:InvokeFunction"], self.props["function"].function_arn)]
        if self.kind == "event_bus":
            return [allow(["events:PutEvents"], self.props["event_bus"].event_bus_arn)]
        topic = self.props["topic"]
        found = [allow(["sns:Publish"], topic.topic_arn)]
        key = getattr(topic, "master_key", None)
        if key is not None:
            found.append(allow(["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn))
        return found

    def render(self) -> agentcore.CfnHarness.HarnessHookTargetProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "topic":
            arn = props["topic"].topic_arn
            return _L1.HarnessHookTargetProperty(sns=_L1.HarnessHookSnsTargetProperty(arn=arn))
        if self.kind == "event_bus":
            arn = props["event_bus"].event_bus_arn
            return _L1.HarnessHookTargetProperty(
                event_bridge=_L1.HarnessHookEventBridgeTargetProperty(arn=arn)
            )
        timeout = props["timeout"]
        return _L1.HarnessHookTargetProperty(
            lambda_=_L1.HarnessHookLambdaTargetProperty(
                arn=props["function"].function_arn,
                failure_mode="allow" if props["allow_on_failure"] else None,
                timeout_seconds=timeout.to_seconds() if timeout is not None else None,
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessHook:
    """A call at a step of the agent; made with one of the factories.

    Attributes:
        event: ``before_invocation``, ``after_invocation``, ``before_tool_call`` or ``after_tool_call``.
        name: 1-64 letters, digits, ``-`` and ``_``; its own in the harness.
        target: Who is called.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-lifecycle-hooks.html
    """

    event: str
    name: str
    target: HarnessHookTarget

    def __post_init__(self) -> None:
        """Check name and target."""
        check_pattern("name", self.name, r"[a-zA-Z0-9_-]{1,64}", "use 1-64 letters, digits, - and _")
        if not isinstance(self.target, HarnessHookTarget):
            raise PlanesError(
                f"`target` has a value of the type `{type(self.target).__name__}`: pass "
                "`HarnessHookTarget.function(...)`, `.topic(...)` or `.event_bus(...)`"
            )

    @staticmethod
    def before_invocation(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call before the agent starts; a function that denies stops the invocation."""
        return HarnessHook("before_invocation", name, target)

    @staticmethod
    def after_invocation(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call after the agent has ended."""
        return HarnessHook("after_invocation", name, target)

    @staticmethod
    def before_tool_call(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call before a tool is used; a function that denies skips the tool."""
        return HarnessHook("before_tool_call", name, target)

    @staticmethod
    def after_tool_call(name: str, target: HarnessHookTarget) -> HarnessHook:
        """Return a call after a tool was used; a function that denies stops the invocation."""
        return HarnessHook("after_tool_call", name, target)

    def render(self) -> agentcore.CfnHarness.HarnessHookProperty:
        """Return the L1's structure."""
        make = {
            "before_invocation": _L1.HarnessBeforeInvocationHookProperty,
            "after_invocation": _L1.HarnessAfterInvocationHookProperty,
            "before_tool_call": _L1.HarnessBeforeToolCallHookProperty,
            "after_tool_call": _L1.HarnessAfterToolCallHookProperty,
        }[self.event]
        hook: Any = {self.event: make(name=self.name, target=self.target.render())}
        return _L1.HarnessHookProperty(**hook)


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessFileSystem:
    """Storage that outlives a session; made with one of the factories.

    Attributes:
        kind: ``session``, ``efs`` or ``s3_files``.
        mount_path: Where it is, such as ``/mnt/data``.
        props: What the factory was given beside it.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-filesystem-configurations.html
    """

    kind: str
    mount_path: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    def __post_init__(self) -> None:
        """Check the path."""
        check_pattern("mount_path", self.mount_path, _MOUNT, _MOUNT_REMEDY)
        check_length("mount_path", self.mount_path, 6, 200)

    @staticmethod
    def session(mount_path: str) -> HarnessFileSystem:
        """Return storage of AgentCore for each session by itself."""
        return HarnessFileSystem("session", mount_path)

    @staticmethod
    def efs(access_point: efs.IAccessPoint, mount_path: str, *, read_only: bool = False) -> HarnessFileSystem:
        """Return an access point of Amazon EFS; the harness must be in a VPC.

        Args:
            access_point: The access point. An imported one needs its file system,
                ``efs.AccessPoint.from_access_point_attributes(..., file_system=...)``.
            mount_path: Where it is mounted, one folder below ``/mnt``.
            read_only: Whether the role may not write. Default: it may.

        Raises:
            PlanesError: A path elsewhere, or no access point.
        """
        remedy = "an access point such as `efs.AccessPoint`"
        _check_has("access_point", access_point, "access_point_arn", remedy)
        return HarnessFileSystem("efs", mount_path, {"access_point": access_point, "read_only": read_only})

    @staticmethod
    def s3_files(access_point_arn: str, mount_path: str, *, read_only: bool = False) -> HarnessFileSystem:
        """Return an access point of Amazon S3 Files; the harness must be in a VPC.

        Args:
            access_point_arn: ARN of the access point, which has the file system's in it.
            mount_path: Where it is mounted, one folder below ``/mnt``.
            read_only: Whether the role may not write. Default: it may.

        Raises:
            PlanesError: A path elsewhere, or another ARN.
        """
        check_pattern(
            "access_point_arn",
            access_point_arn,
            r"arn:[\w-]+:s3files:[\w-]+:\d{12}:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}",
            "pass an ARN such as arn:aws:s3files:us-east-1:111122223333:file-system/fs-0123456789abcdef0/"
            "access-point/fsap-0123456789abcdef0",
        )
        return HarnessFileSystem(
            "s3_files", mount_path, {"access_point": access_point_arn, "read_only": read_only}
        )

    def statements(self) -> list[dict[str, Any]]:
        """Return what the role needs to mount it; AgentCore looks at both when the harness is made."""
        if self.kind == "session":
            return []
        access_point = self.props["access_point"]
        if self.kind == "efs":
            service, arn = "elasticfilesystem", access_point.access_point_arn
            file_system = access_point.file_system.file_system_arn
            looks = ["elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"]
        else:
            service, arn = "s3files", access_point
            parts = cdk.Fn.split("/", arn)
            file_system = (
                f"{cdk.Fn.select(0, parts)}/{cdk.Fn.select(1, parts)}"
                if is_token(arn)
                else arn.partition("/access-point/")[0]
            )
            looks = ["s3files:GetAccessPoint", "s3files:GetFileSystem", "s3files:ListMountTargets"]
        uses = ["ClientMount"] if self.props["read_only"] else ["ClientMount", "ClientWrite"]
        return [
            allow(
                [f"{service}:{name}" for name in uses],
                file_system,
                ArnEquals={f"{service}:AccessPointArn": arn},
            ),
            allow(looks, file_system, arn),
        ]

    def render(self) -> agentcore.CfnHarness.FilesystemConfigurationProperty:
        """Return the L1's structure."""
        make = _L1.FilesystemConfigurationProperty
        if self.kind == "session":
            return make(session_storage=_L1.SessionStorageConfigurationProperty(mount_path=self.mount_path))
        access_point = self.props["access_point"]
        if self.kind == "efs":
            return make(
                efs_access_point=_L1.EfsAccessPointConfigurationProperty(
                    access_point_arn=access_point.access_point_arn, mount_path=self.mount_path
                )
            )
        return make(
            s3_files_access_point=_L1.S3FilesAccessPointConfigurationProperty(
                access_point_arn=access_point, mount_path=self.mount_path
            )
        )


@with_explained_calls
@dataclass(frozen=True, slots=True)
class HarnessTruncation:
    """What happens to a conversation that gets too long for the model; made with one of the factories.

    Attributes:
        strategy: ``none``, ``sliding_window`` or ``summarization``.
        props: What the factory was given.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-operations.html
    """

    strategy: str
    props: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)

    @staticmethod
    def none() -> HarnessTruncation:
        """Return nothing: the call fails."""
        return HarnessTruncation("none")

    @staticmethod
    def sliding_window(*, messages_count: int | None = None) -> HarnessTruncation:
        """Return that the newest messages are kept; how many. Default: AgentCore's number."""
        _check_count("messages_count", messages_count)
        return HarnessTruncation("sliding_window", {"messages_count": messages_count})

    @staticmethod
    def summarization(
        *,
        preserve_recent_messages: int | None = None,
        summary_ratio: float | None = None,
        system_prompt: str | None = None,
    ) -> HarnessTruncation:
        """Return that old messages are summarized.

        Args:
            preserve_recent_messages: How many of the newest stay as they are. Default: AgentCore's.
            summary_ratio: Which part is summarized, 0 to 1. Default: AgentCore's.
            system_prompt: How to summarize. Default: AgentCore's.

        Raises:
            PlanesError: A number out of its range.
        """
        _check_count("preserve_recent_messages", preserve_recent_messages)
        if summary_ratio is not None:
            check_number("summary_ratio", summary_ratio, 0, 1)
        check_length("system_prompt", system_prompt, 1, 100_000)
        return HarnessTruncation("summarization", dict(_given(locals())))

    def render(self) -> agentcore.CfnHarness.HarnessTruncationConfigurationProperty:
        """Return the L1's structure."""
        props, config = self.props, None
        if self.strategy == "sliding_window":
            config = _L1.HarnessTruncationStrategyConfigurationProperty(
                sliding_window=_L1.HarnessSlidingWindowConfigurationProperty(
                    messages_count=props["messages_count"]
                )
            )
        elif self.strategy == "summarization":
            config = _L1.HarnessTruncationStrategyConfigurationProperty(
                summarization=_L1.HarnessSummarizationConfigurationProperty(
                    preserve_recent_messages=props["preserve_recent_messages"],
                    summary_ratio=props["summary_ratio"],
                    summarization_system_prompt=props["system_prompt"],
                )
            )
        return _L1.HarnessTruncationConfigurationProperty(strategy=self.strategy, config=config)


@with_explained_calls
@dataclass(frozen=True, slots=True)
class MemoryRetrieval:
    """What is taken from the long-term memory of a namespace.

    Attributes:
        top_k: At most so many records. Default: AgentCore's.
        relevance_score: At least this score, 0 to 1. Default: AgentCore's.
        strategy_id: Of this strategy only. Default: of all.

    Raises:
        PlanesError: A number out of its range.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-memory.html
    """

    top_k: int | None = None
    relevance_score: float | None = None
    strategy_id: str | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        _check_count("top_k", self.top_k)
        if self.relevance_score is not None:
            check_number("relevance_score", self.relevance_score, 0, 1)

    def render(self) -> agentcore.CfnHarness.HarnessAgentCoreMemoryRetrievalConfigProperty:
        """Return the L1's structure."""
        return _L1.HarnessAgentCoreMemoryRetrievalConfigProperty(
            top_k=self.top_k, relevance_score=self.relevance_score, strategy_id=self.strategy_id
        )


def _given(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a factory's own arguments, without what it made of them."""
    return {name: value for name, value in values.items() if not name.startswith("_")}


def _check_has(prop: str, value: object, attribute: str, remedy: str) -> None:
    if not has_attribute(value, attribute):
        raise PlanesError(f"`{prop}` has a value of the type `{type(value).__name__}`: pass {remedy}")


def _check_count(prop: str, value: object) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int) or (value < 1 and value > -1e100)
    ):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a whole number from 1")


def _check_sampling(
    max_tokens: int | None, temperature: float | None, top_p: float | None, additional: object
) -> None:
    _check_count("max_tokens", max_tokens)
    if temperature is not None:
        check_number("temperature", temperature, 0, 2)
    if top_p is not None:
        check_number("top_p", top_p, 0, 1)
    if additional is not None and not hasattr(additional, "items"):
        raise PlanesError(f"`additional_params` has the value `{additional!r}`: pass a dictionary")
