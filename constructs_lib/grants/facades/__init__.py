"""The facade of an app role: what an application may be given, verb by verb."""

from __future__ import annotations

from constructs_lib.grants.facades._agentcore import AgentCoreGrants
from constructs_lib.grants.facades._agents import AgentGrants
from constructs_lib.grants.facades._automation import AutomationGrants
from constructs_lib.grants.facades._guardrails import GuardrailGrants
from constructs_lib.grants.facades._models import ModelGrants, other_tiers

__all__ = ["DataPlaneGrants", "other_tiers"]


class DataPlaneGrants(ModelGrants, GuardrailGrants, AgentGrants, AutomationGrants, AgentCoreGrants):
    """Grants to one role or any other principal, each exact: named actions on the ARNs that the call needs.

    Resources are taken as constructs of this library, of the CDK or of others (anything with the CDK's
    reference interface), as ARNs, as ids of this account and Region, or as tokens that stand for an ARN.

    :param grantee: Who gets the permissions.
    :param scope: A construct of the stack whose account and Region ids belong to. Default: the grantee,
        which must be a construct then.
    """
