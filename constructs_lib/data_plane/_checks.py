"""What an app role refuses at once, whichever door it comes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from constructs_lib.cdk_support import PlanesError, is_token
from constructs_lib.grants import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.grants import RoleLimits

__all__ = ["check_document", "check_managed", "refuse"]

# AWS managed policies for the runtime of an application that touch neither Bedrock nor IAM.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_HARMLESS = frozenset(
    {
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AWSLambdaSQSQueueExecutionRole",
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "AmazonSSMManagedInstanceCore",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchAgentServerPolicy",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)


def refuse(path: str, statement: Mapping[str, Any], limits: RoleLimits) -> None:
    """Raise :class:`PlanesError` when an app role may not hold the statement."""
    found = refusals(statement, limits)
    if found:
        raise PlanesError("; ".join(refusal.message(path) for refusal in found))


def check_document(path: str, document: iam.PolicyDocument, limits: RoleLimits) -> None:
    """Refuse a document that has a statement which an app role may not hold."""
    # The CDK renders a document without statements (a default policy a moment after its birth) as nothing.
    for statement in (document.to_json() or {}).get("Statement", ()):
        refuse(path, statement, limits)


def check_managed(path: str, policy: iam.IManagedPolicy, limits: RoleLimits) -> None:
    """Check a managed policy of this app by its content, an AWS managed policy by its name."""
    if isinstance(policy, iam.ManagedPolicy):
        check_document(path, policy.document, limits)
        return
    arn = policy.managed_policy_arn
    name = arn.partition(":policy/")[2]
    if name in _HARMLESS:
        return
    shown = name if name and not is_token(name) else "a policy from elsewhere"
    raise PlanesError(
        f"the app role `{path}` can't take the managed policy `{shown}`: what it allows can't be seen here, "
        "or is more than an application needs; write the statements that it needs with `add_to_policy`, or "
        "use a grant"
    )
