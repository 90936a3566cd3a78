"""What the values of a harness have in common: statements, checks, and ids of a network."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    check_items,
    check_pattern,
    has_attribute,
    is_token,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.interfaces import aws_ec2 as ec2_refs
    from constructs import Construct


__all__ = [
    "EMPTY",
    "L1",
    "allow",
    "check_has",
    "check_whole",
    "credential_statements",
    "first_letter",
    "given",
    "security_group_ids",
    "subnet_ids",
]

L1 = agentcore.CfnHarness


EMPTY: Mapping[str, Any] = MappingProxyType({})


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


def given(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a factory's own arguments, without what it made of them."""
    return {name: value for name, value in values.items() if not name.startswith("_")}


def check_has(prop: str, value: object, attribute: str, remedy: str) -> None:
    """Refuse what lacks the attribute by which the CDK's interface is known."""
    if not has_attribute(value, attribute):
        raise PlanesError(f"`{prop}` has a value of the type `{type(value).__name__}`: pass {remedy}")


def check_whole(prop: str, value: object) -> None:
    """Refuse what is no whole number from 1; tokens pass."""
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int) or (value < 1 and value > -1e100)
    ):
        raise PlanesError(f"`{prop}` has the value `{value!r}`: pass a whole number from 1")


def first_letter(name: str) -> str:
    """Return the name with a letter first, as AgentCore wants it."""
    return name if name[0].isalpha() else f"h{name}"
