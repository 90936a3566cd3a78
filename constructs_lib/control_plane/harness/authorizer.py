"""Who may call a harness with a token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.cdk_support import (
    PlanesError,
    check_items,
    check_length,
    check_pattern,
    check_tags,
    check_types,
    with_explained_calls,
)
from constructs_lib.control_plane.harness.parts import EMPTY, L1, given, security_group_ids, subnet_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_bedrockagentcore as agentcore
    from aws_cdk.interfaces import aws_ec2 as ec2_refs


__all__ = ["HarnessAuthorizer", "JwtClaim", "PrivateEndpoint"]

_SCOPE = r"[\x21\x23-\x5B\x5D-\x7E]{1,255}"
_CLAIM_VALUE = r"[A-Za-z0-9_.-]{1,255}"


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

    def to_config(self) -> agentcore.CfnHarness.CustomClaimValidationTypeProperty:
        """Return the L1's structure."""
        several = self.operator == "CONTAINS_ANY"
        return L1.CustomClaimValidationTypeProperty(
            inbound_token_claim_name=self.name,
            inbound_token_claim_value_type="STRING" if self.operator == "EQUALS" else "STRING_ARRAY",
            authorizing_claim_match_value=L1.AuthorizingClaimMatchValueTypeProperty(
                claim_match_operator=self.operator,
                claim_match_value=L1.ClaimMatchValueTypeProperty(
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
    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

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
        return PrivateEndpoint("managed_vpc", dict(given(locals())))

    def to_config(self) -> agentcore.CfnHarness.PrivateEndpointProperty:
        """Return the L1's structure."""
        props = self.props
        if self.kind == "lattice":
            return L1.PrivateEndpointProperty(
                self_managed_lattice_resource=L1.SelfManagedLatticeResourceProperty(
                    resource_configuration_identifier=props["resource_configuration"]
                )
            )
        return L1.PrivateEndpointProperty(
            managed_vpc_resource=L1.ManagedVpcResourceProperty(
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

    props: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

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
        return HarnessAuthorizer(dict(given(locals())))

    def to_config(self) -> agentcore.CfnHarness.AuthorizerConfigurationProperty:
        """Return the L1's structure."""
        props = self.props
        own, overrides = props["private_endpoint"], props["private_endpoint_overrides"] or {}
        return L1.AuthorizerConfigurationProperty(
            custom_jwt_authorizer=L1.CustomJWTAuthorizerConfigurationProperty(
                discovery_url=props["discovery_url"],
                allowed_audience=list(props["allowed_audience"]) or None,
                allowed_clients=list(props["allowed_clients"]) or None,
                allowed_scopes=list(props["allowed_scopes"]) or None,
                custom_claims=[claim.to_config() for claim in props["custom_claims"]] or None,
                advertised_scope_mapping=dict(props["advertised_scopes"] or {}) or None,
                private_endpoint=own.to_config() if own is not None else None,
                private_endpoint_overrides=[
                    L1.PrivateEndpointOverrideProperty(domain=domain, private_endpoint=one.to_config())
                    for domain, one in overrides.items()
                ]
                or None,
            )
        )
