"""The resource policy of an AgentCore runtime, endpoint or gateway: who outside its account may call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces import aws_bedrockagentcore as refs

from constructs_lib.cdk_support import (
    PlanesError,
    as_list,
    check_length,
    check_pattern,
    is_token,
    with_explained_calls,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

__all__ = ["ResourcePolicy"]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-resourcepolicy.html
_MOST = 20_480


@with_explained_calls
@jsii.implements(refs.IResourcePolicyRef)
class ResourcePolicy(cdk.Resource):
    """A resource policy of AgentCore; a resource has one.

    Args:
        resource_arn: The ARN of the runtime, of its endpoint, or of the gateway; another one replaces the
            policy.
        statements: Who may do what, each with principals and actions of ``bedrock-agentcore``. A statement
            without resources is on ``resource_arn``. A principal ``*`` needs a condition.

    Attributes:
        resource_arn: The ARN of the resource that has the policy.

    Raises:
        PlanesError: A statement is open to everybody, has no principal, or another service's actions.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        resource_arn: str,
        statements: Sequence[iam.PolicyStatement],
    ) -> None:
        check_pattern(
            "resource_arn",
            resource_arn,
            r"arn:[a-z0-9-]+:bedrock-agentcore:[a-z0-9-]*:\d{12}:.+",
            "pass the ARN of a runtime, of an endpoint or of a gateway",
        )
        if not statements:
            raise PlanesError("`statements` is empty: name who may do what, or leave the policy out")
        check_length("resource_arn", resource_arn, 20, 1011)
        for statement in statements:
            _check(statement)
        super().__init__(scope, construct_id)
        # Copies: a statement may be used for other resources too.
        own = [one if one.resources else one.copy(resources=[resource_arn]) for one in statements]
        document = iam.PolicyDocument(statements=own, minimize=False)
        size = len(json.dumps(document.to_json(), separators=(",", ":")))
        if size > _MOST:
            raise PlanesError(
                f"`statements` make a policy of {size:,} characters, and AgentCore takes {_MOST:,}: name an "
                "organization in place of many accounts, or leave some out"
            )
        self._l1 = agentcore.CfnResourcePolicy(
            self,
            "Resource",
            resource_arn=resource_arn,
            policy=cdk.Stack.of(self).to_json_string(document.to_json()),
        )
        self.resource_arn: str = resource_arn

    @property
    def resource_policy_ref(self) -> refs.ResourcePolicyReference:
        """The reference that other libraries' constructs take."""
        return refs.ResourcePolicyReference(resource_arn=self.resource_arn)


def _check(statement: iam.PolicyStatement) -> None:
    shown = statement.to_statement_json()
    if "NotAction" in shown or "NotPrincipal" in shown:
        raise PlanesError("`statements`: list the actions and the principals; `Not...` also means later ones")
    principal = shown.get("Principal")
    if not principal:
        raise PlanesError("`statements`: a statement has no principal; name the account or the role")
    named = as_list(principal.get("AWS")) if isinstance(principal, dict) else [principal]
    if shown.get("Effect", "Allow") == "Allow" and "*" in named and not shown.get("Condition"):
        raise PlanesError(
            "`statements`: a statement lets everybody in; name the account or the role, or add a condition "
            "such as `aws:PrincipalOrgID`"
        )
    for action in as_list(shown.get("Action")):
        if not str(action).startswith("bedrock-agentcore:"):
            raise PlanesError(
                f"`statements` has the action `{action}`: a resource policy of AgentCore takes actions of "
                "`bedrock-agentcore` only"
            )
    for resource in map(str, as_list(shown.get("Resource"))):
        if resource != "*" and not is_token(resource) and ":bedrock-agentcore:" not in resource:
            raise PlanesError(
                f"`statements` has the resource `{resource}`, which is none of AgentCore: leave it out for "
                "`resource_arn`"
            )
