"""Private ways into Amazon Bedrock: interface endpoints whose policies keep to one plane."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from constructs_lib.cdk_support import PlanesError, check_pattern, is_token, with_explained_calls
from constructs_lib.platform.endpoint_policies import (
    CORE,
    FIPS,
    SERVICES,
    Caller,
    caller,
    planes_of,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.data_plane import ExistingAppRole

__all__ = ["BedrockVpcEndpoints"]

# Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
_MAX_POLICY = 20_480

# Where Bedrock has FIPS endpoints. Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
_FIPS_REGION = re.compile(r"(us|us-gov|ca)-[a-z]+-\d")


@with_explained_calls
class BedrockVpcEndpoints(Construct):
    """Interface endpoints for Bedrock, each with a policy that admits its own plane and nothing else.

    Whoever may reach only the runtime endpoints can't configure anything, whatever his role says. The
    endpoints of ``bedrock-mantle`` and ``s3vectors`` serve both planes; with ``for_roles`` each role gets its
    own plane there too.

    Args:
        vpc: The VPC, made here or imported. Private DNS is on, so its DNS support and hostnames must be too.
        services: Any of ``bedrock``, ``bedrock-agent``, ``bedrock-runtime``, ``bedrock-agent-runtime``,
            ``bedrock-mantle``, ``bedrock-data-automation``, ``bedrock-data-automation-runtime``,
            ``bedrock-agentcore``, ``bedrock-agentcore-control``, ``bedrock-agentcore.gateway`` and
            ``s3vectors``. Default: the first four, with ``for_roles`` those of them that the roles are for.
        subnets: Default: the isolated subnets of the VPC; without any the private ones, and without any of
            those the public ones (the endpoints have private addresses there too), which an info message of
            the synthesis says.
        clients: What may connect: security groups, or ranges such as ``ec2.Peer.ipv4("10.0.0.0/8")``.
            Default: the range of the VPC, which an imported VPC has to know.
        for_roles: The only roles that may call, as roles or as ARNs (``*`` is a wildcard in them). The
            policies name a role as text, by its name if that is known at synth or else by its IAM path
            (``/bedrock-planes/app/`` for app roles), so nothing depends on the role and the two can be in
            different stacks, in either order. A role of one plane is named in the endpoints of that plane
            only. Default: every principal of the account.
        organization_id: The organization that callers must belong to, such as ``o-exampleorgid``, in place
            of the account; with ``for_roles`` in addition. Default: the account alone.
        oauth_resources: ARNs of the AgentCore runtimes and gateways whose callers bring an OAuth token. An
            endpoint policy can't tell such callers apart, so everybody in the VPC may call exactly these.
            Default: none, and such calls are refused.
        fips: Whether the FIPS endpoints are made, which ``bedrock``, ``bedrock-runtime`` and the two of data
            automation have in the Regions of the United States and Canada. Default: no.
        ip_address_type: ``DUALSTACK`` or ``IPV6`` in a VPC with IPv6. Which services offer it in a Region
            is shown by ``aws ec2 describe-vpc-endpoint-services``. Default: IPv4.

    Attributes:
        security_group: The security group of all endpoints; it admits HTTPS from the clients.
        endpoints: The endpoints by service.

    Raises:
        PlanesError: A prop is wrong, or an endpoint would admit nobody. A policy of more than 20,480
            characters fails the synthesis.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        services: Sequence[str] | None = None,
        subnets: ec2.SubnetSelection | None = None,
        clients: Sequence[ec2.IPeer] | None = None,
        for_roles: Sequence[iam.IRole | iam.CfnRole | ExistingAppRole | str] | None = None,
        organization_id: str | None = None,
        oauth_resources: Sequence[str] = (),
        fips: bool = False,
        ip_address_type: ec2.VpcEndpointIpAddressType | None = None,
    ) -> None:
        callers = _callers(for_roles)
        chosen = _chosen(services, callers, fips=fips)
        check_pattern(
            "organization_id",
            organization_id,
            r"o-[a-z0-9]{10,32}",
            "give the organization's id, such as o-exampleorgid",
        )
        _check_oauth(oauth_resources, chosen)
        if fips:
            _check_region(cdk.Stack.of(scope).region)
        super().__init__(scope, construct_id)
        self._ip_address_type = ip_address_type
        self.security_group = self._group(vpc, clients)
        selection = subnets or self._subnets(vpc)
        conditions = (
            {"aws:PrincipalOrgID": organization_id}
            if organization_id is not None
            # Credentials of other accounts carried into the VPC must not get data out of it.
            else {"aws:PrincipalAccount": cdk.Stack.of(self).account}
        )
        # The ARNs of the roles name the account already.
        equals = {"StringEquals": conditions} if callers is None or organization_id is not None else {}
        self.endpoints: Mapping[str, ec2.InterfaceVpcEndpoint] = {
            service: self._endpoint(
                f"{service}-fips" if fips else service,
                vpc,
                selection,
                [*statements(service, callers, equals, oauth_resources)],
            )
            for service in chosen
        }

    def _group(self, vpc: ec2.IVpc, clients: Sequence[ec2.IPeer] | None) -> ec2.SecurityGroup:
        origin = "HTTPS from the clients"
        if clients is None:
            clients, origin = [_range(vpc)], "HTTPS from the VPC"
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description=f"{origin} to the Bedrock endpoints",
            allow_all_outbound=False,
        )
        if origin == "HTTPS from the VPC":
            cdk.Validations.of(group).acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions::AwsSolutions-EC23",
                    reason="The range is the VPC's own, an attribute that the rule can't resolve.",
                )
            )
        for peer in clients:
            group.add_ingress_rule(peer, ec2.Port.tcp(443), origin)
        return group

    def _subnets(self, vpc: ec2.IVpc) -> ec2.SubnetSelection:
        """Return the most private subnets that the VPC has, and say so where they aren't isolated."""
        if vpc.isolated_subnets:
            return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        for kind, name, found in (
            (ec2.SubnetType.PRIVATE_WITH_EGRESS, "private", vpc.private_subnets),
            (ec2.SubnetType.PUBLIC, "public", vpc.public_subnets),
        ):
            if found:
                cdk.Annotations.of(self).add_info_v2(
                    "bedrock-planes:endpoint-subnets",
                    f"the VPC has no isolated subnets, so the endpoints are in the {name} ones; "
                    "choose others with `subnets`",
                )
                return ec2.SubnetSelection(subnet_type=kind)
        raise PlanesError(
            f"the VPC `{vpc.node.path}` was imported without subnets: pass `subnets`, or import it with "
            "`isolated_subnet_ids` or `private_subnet_ids`"
        )

    def _endpoint(
        self,
        service: str,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        policy: Sequence[Mapping[str, Any]],
    ) -> ec2.InterfaceVpcEndpoint:
        endpoint = ec2.InterfaceVpcEndpoint(
            self,
            "".join(word.capitalize() for word in re.split(r"[-.]", service)),
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService(service),
            subnets=subnets,
            security_groups=[self.security_group],
            open=False,
            private_dns_enabled=True,
            ip_address_type=self._ip_address_type,
        )
        for statement in policy:
            endpoint.add_to_policy(iam.PolicyStatement.from_json(statement))
        endpoint.node.add_validation(_PolicySize(endpoint, service))
        return endpoint


@jsii.implements(IValidation)
class _PolicySize:
    """Fails the synthesis for a policy above the limit, also if statements were added later."""

    def __init__(self, endpoint: ec2.InterfaceVpcEndpoint, service: str) -> None:
        self._endpoint = endpoint
        self._service = service

    def validate(self) -> list[str]:
        """Return what is wrong."""
        resource = self._endpoint.node.default_child
        if not isinstance(resource, ec2.CfnVPCEndpoint):
            return []
        document = cdk.Stack.of(resource).resolve(resource.policy_document)
        size = len(json.dumps(document, separators=(",", ":")))
        if size <= _MAX_POLICY:
            return []
        fault = (
            f"the policy of the endpoint of `{self._service}` has about {size:,} characters, and an endpoint "
            f"takes {_MAX_POLICY:,}: name the roles of `for_roles` by a path that they share, such as "
            "arn:aws:iam::111122223333:role/team/*"
        )
        return [fault]


def _callers(
    roles: Sequence[iam.IRole | iam.CfnRole | ExistingAppRole | str] | None,
) -> list[Caller] | None:
    if roles is None:
        return None
    if isinstance(roles, str) or not roles:
        raise PlanesError("`for_roles` must be a list of roles: give at least one, or leave it out")
    return [caller(role) for role in roles]


def _chosen(services: Sequence[str] | None, callers: list[Caller] | None, *, fips: bool) -> list[str]:
    """Return the services to make endpoints for, after checks."""
    planes = {c.plane for c in callers} if callers is not None else {None}

    def usable(service: str) -> bool:
        return None in planes or bool(planes & {*planes_of(service)})

    if services is None:
        return [s for s in CORE if usable(s) and (not fips or s in FIPS)]
    given = [services] if isinstance(services, str) else [*services]
    unknown = [service for service in given if service not in SERVICES]
    if unknown or not given:
        raise PlanesError(
            f"`services` has the value `{', '.join(map(str, unknown)) or 'none'}`: "
            f"choose from {', '.join(SERVICES)}"
        )
    for service in given:
        if fips and service not in FIPS:
            raise PlanesError(
                f"`services` has `{service}`, which has no FIPS endpoint: put it into a second "
                "BedrockVpcEndpoints without `fips`"
            )
        if not usable(service):
            raise PlanesError(
                f"no role of `for_roles` is for the plane of `{service}`, so its endpoint would admit "
                "nobody: leave it out of `services`, or add a role of that plane"
            )
    return [*dict.fromkeys(given)]


def _check_oauth(resources: Sequence[str], services: Sequence[str]) -> None:
    kinds = {"runtime": "bedrock-agentcore", "gateway": "bedrock-agentcore.gateway"}
    for resource in [resources] if isinstance(resources, str) else resources:
        if is_token(resource):
            continue
        found = re.fullmatch(r"arn:[\w-]+:bedrock-agentcore:[\w*-]+:(\d{12}):(runtime|gateway)/\S+", resource)
        if found is None:
            raise PlanesError(
                f"`oauth_resources` has `{resource}`: give ARNs of AgentCore runtimes and gateways, such as "
                "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/chat"
            )
        if kinds[found[2]] not in services:
            raise PlanesError(
                f"`oauth_resources` has `{resource}`, whose endpoint is not made: add "
                f"`{kinds[found[2]]}` to `services`"
            )


def _check_region(region: str) -> None:
    if not is_token(region) and _FIPS_REGION.fullmatch(region) is None:
        raise PlanesError(
            f"`fips` is True in `{region}`, where Bedrock has no FIPS endpoints: they are in the Regions of "
            "the United States and Canada"
        )


def _range(vpc: ec2.IVpc) -> ec2.IPeer:
    try:
        return ec2.Peer.ipv4(vpc.vpc_cidr_block)
    except RuntimeError as error:  # the CDK's own message names neither the prop nor this construct
        raise PlanesError(
            f"the VPC `{vpc.node.path}` was imported without its range: pass `clients`, or import it with "
            "`vpc_cidr_block`"
        ) from error
