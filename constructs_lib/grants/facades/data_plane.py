"""The facade of an app role: what an application may be given, verb by verb."""

from __future__ import annotations

from constructs_lib.grants.facades.agentcore import AgentCoreGrants
from constructs_lib.grants.facades.agents import AgentGrants
from constructs_lib.grants.facades.data_automation import AutomationGrants
from constructs_lib.grants.facades.guardrails import GuardrailGrants
from constructs_lib.grants.facades.memory import MemoryGrants
from constructs_lib.grants.facades.model_calls import ModelGrants
from constructs_lib.grants.facades.quality import QualityGrants

__all__ = ["DataPlaneGrants"]


class DataPlaneGrants(
    ModelGrants, GuardrailGrants, AgentGrants, AutomationGrants, AgentCoreGrants, MemoryGrants, QualityGrants
):
    """Grants to one role or any other principal, each exact: named actions on the ARNs that the call needs.

    Resources are taken as constructs of this library, of the CDK or of others (anything with the CDK's
    reference interface), as ARNs, as ids of this account and Region, or as tokens of an ARN.

    Args:
        grantee: Who gets the permissions.
        scope: A construct of the stack whose account and Region ids belong to. Default: the grantee,
            which must be a construct then.
    """
