"""What an interface endpoint of Bedrock serves, and the policy that admits this and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib import catalogue
from constructs_lib.catalogue import Plane
from constructs_lib.cdk_support import MARK, ROLE_PATHS, PlanesError, is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.data_plane import ExistingAppRole

__all__ = ["CORE", "FIPS", "SERVICES", "Caller", "caller", "planes_of", "statements"]

CORE = ("bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime")
"""What a VPC gets unless told otherwise."""

SERVICES = (
    *CORE,
    "bedrock-mantle",
    "bedrock-data-automation",
    "bedrock-data-automation-runtime",
    "bedrock-agentcore",
    "bedrock-agentcore-control",
    "bedrock-agentcore.gateway",
    "s3vectors",
)
"""The end of each service name, after ``com.amazonaws.REGION.``.

Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-interface-endpoints.html,
for AgentCore https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/vpc-interface-endpoints.html,
for data automation https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html,
for vectors https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-privatelink.html
"""

# Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
FIPS = frozenset({"bedrock", "bedrock-runtime", "bedrock-data-automation", "bedrock-data-automation-runtime"})
"""The services that have an endpoint of the same name with ``-fips``."""

_BOTH = frozenset({"bedrock-mantle", "s3vectors"})
_GATEWAY = "bedrock-agentcore.gateway"

# The data plane of S3 Vectors is what CloudTrail calls its data events.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-cloudtrail.html
_VECTORS = {
    Plane.DATA: ("DeleteVectors", "GetVectors", "ListVectors", "PutVectors", "QueryVectors"),
    # Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3vectors.html
    Plane.CONTROL: (
        "CreateIndex",
        "CreateVectorBucket",
        "DeleteIndex",
        "DeleteVectorBucket",
        "DeleteVectorBucketPolicy",
        "GetIndex",
        "GetVectorBucket",
        "GetVectorBucketPolicy",
        "ListIndexes",
        "ListTagsForResource",
        "ListVectorBuckets",
        "PutVectorBucketPolicy",
        "TagResource",
        "UntagResource",
    ),
}

# What callers with an OAuth token call; PRM is asked for before there are any credentials.
_OAUTH = {
    "bedrock-agentcore": (
        "bedrock-agentcore:GetRuntimeProtectedResourceMetadata",
        "bedrock-agentcore:InvokeAgentRuntime",
    ),
    _GATEWAY: ("bedrock-agentcore:InvokeGateway",),
}
_OAUTH_TYPES = {"bedrock-agentcore": "runtime", _GATEWAY: "gateway"}

_PLANE_OF_KIND = {"app": Plane.DATA, "deploy": Plane.CONTROL, "operator": Plane.CONTROL}


@dataclass(frozen=True, slots=True)
class Caller:
    """A role as a condition names it.

    Attributes:
        arn: What ``aws:PrincipalArn`` is compared with; it can end in ``*``.
        plane: The plane that the role is for, or ``None`` if only its own policies know.
    """

    arn: str
    plane: Plane | None


def caller(role: iam.IRole | iam.CfnRole | ExistingAppRole | str) -> Caller:
    """Return how a policy names a role without a reference to it.

    A reference would make the endpoint depend on the role, and the two stacks on each other as soon as the
    role needs something of the network. So the ARN is written from the name that is known at synth, or from
    the role's IAM path.

    Raises:
        PlanesError: The role has neither a name nor a path of its own, or the text isn't a role's ARN.
    """
    if isinstance(role, str):
        if not is_token(role) and re.fullmatch(r"arn:[\w*-]+:iam::(\d{12}|\*):role/\S+", role) is None:
            raise PlanesError(
                f"`for_roles` has `{role}`: give a role, or the ARN of one, such as "
                "arn:aws:iam::111122223333:role/bedrock-planes/app/*"
            )
        kinds = [kind for kind, path in ROLE_PATHS.items() if f":role{path}" in role]
        return Caller(role, _PLANE_OF_KIND.get(kinds[0]) if kinds else None)
    # What AppRole.from_role_arn returns is a construct around the role.
    role = getattr(role, "role", role)
    reference = getattr(role, "role_ref", None)
    if reference is None:
        raise PlanesError(
            f"`for_roles` has `{type(role).__name__}`: give roles, or the ARNs of roles as text"
        )
    resource = role if isinstance(role, iam.CfnRole) else role.node.default_child
    if not isinstance(resource, iam.CfnRole):
        return caller(str(reference.role_arn))
    stack = cdk.Stack.of(resource)
    path, name = resource.path or "/", resource.role_name
    known = name if name is not None and not is_token(name) else None
    if known is None and path == "/":
        raise PlanesError(
            f"`for_roles` has the role `{resource.node.path.removesuffix('/Resource')}`, whose name "
            "CloudFormation makes: give the role a `path` of its own or a `role_name`, since a reference to "
            "it would make the endpoints and the role depend on each other"
        )
    mark = resource.get_metadata(MARK)
    kind = mark.get("kind") if isinstance(mark, dict) else None
    return Caller(
        f"arn:{stack.partition}:iam::{stack.account}:role{path}{known or '*'}",
        _PLANE_OF_KIND.get(str(kind)),
    )


def planes_of(service: str) -> tuple[Plane, ...]:
    """Return the planes of a service's endpoint."""
    if service in _BOTH:
        return (Plane.CONTROL, Plane.DATA)
    family = catalogue.families()["bedrock-agentcore" if service == _GATEWAY else service]
    return (family.plane,)


def statements(
    service: str,
    callers: Sequence[Caller] | None,
    conditions: Mapping[str, Any],
    oauth_resources: Iterable[str],
) -> Iterator[dict[str, Any]]:
    """Yield the statements of one endpoint's policy.

    Args:
        service: One of :data:`SERVICES`.
        callers: The only roles, or ``None`` for all.
        conditions: What every signed request must fulfil.
        oauth_resources: The resources that callers with a token use. An endpoint policy can't tell such
            callers apart, so it admits everybody there.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/vpc-interface-endpoints.html
    """
    for plane in planes_of(service):
        condition = dict(conditions)
        if callers is not None:
            arns = sorted({c.arn for c in callers if c.plane in (plane, None)})
            if not arns:
                continue
            condition["ArnLike"] = {"aws:PrincipalArn": arns[0] if len(arns) == 1 else arns}
        yield {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": _actions(service, plane),
            "Resource": "*",
            "Condition": condition,
        }
    wanted = _OAUTH_TYPES.get(service)
    resources = sorted(r for r in oauth_resources if is_token(r) or f":{wanted}/" in r)
    if wanted and resources:
        yield {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": list(_OAUTH[service]),
            "Resource": resources[0] if len(resources) == 1 else resources,
        }


def _actions(service: str, plane: Plane) -> list[str]:
    """Return the actions of one plane that requests to this service are authorised by, sorted.

    A core service gets those of the other core service of its plane too: some operations are authorised by
    them (``TagResource`` is common to both control services, ``RetrieveAndGenerate`` checks ``InvokeModel``).
    """
    if service == "s3vectors":
        return [f"s3vectors:{name}" for name in _VECTORS[plane]]
    if service == _GATEWAY:
        return list(_OAUTH[_GATEWAY])
    families: tuple[str, ...] = CORE if service in CORE else (service,)
    if service == "bedrock-mantle":
        families = ("bedrock-mantle-control", "bedrock-mantle")
    called = {
        name
        for operation in catalogue.operations()
        if operation.client == service
        for name in operation.actions
    }
    return sorted(
        action.name
        for action in catalogue.actions().values()
        if action.plane is plane and (action.family in families or action.name in called)
    )
