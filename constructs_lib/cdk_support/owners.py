"""Statements for the policy of a bucket or key, and what the owner of an imported one has to add."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support.types import has_attribute

if TYPE_CHECKING:
    from aws_cdk.interfaces import IEnvironmentAware
    from constructs import IConstruct

__all__ = ["add_to_resource_policy", "ask_owner"]


def add_to_resource_policy(
    resource: IEnvironmentAware, statement: iam.PolicyStatement
) -> iam.AddToResourcePolicyResult:
    """Add a statement to the policy of a bucket or key, also of an L1, which keeps the policy that it has."""
    if has_attribute(resource, "add_to_resource_policy"):
        return cast("iam.IResourceWithPolicyV2", resource).add_to_resource_policy(statement)
    policy = iam.ResourceWithPolicies.of(resource)
    if policy is None:
        return iam.AddToResourcePolicyResult(statement_added=False)
    return policy.add_to_resource_policy(statement)


def ask_owner(
    scope: IConstruct, warning: str, place: str, statement: iam.PolicyStatement, consequence: str
) -> None:
    """Attach a warning with the statement that the owner of an imported bucket or key has to add.

    Args:
        scope: The construct that needs it.
        warning: The id of the warning, for those who acknowledge it.
        place: Which policy, such as "the policy of the key `Stack/Key`".
        statement: What to add.
        consequence: What happens until then, a sentence without its full stop.
    """
    text = json.dumps(cdk.Stack.of(scope).resolve(statement.to_statement_json()), sort_keys=True)
    cdk.Annotations.of(scope).add_warning_v2(
        warning,
        f"{place} is not of this app and can't be changed here. {consequence} until its owner adds this "
        f"statement: {text}",
    )
