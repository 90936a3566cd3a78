"""Names of the stacks and reading of their outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.demo.console import DemoError
from examples.demo.targets import Deployment

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ADMINISTRATORS", "DEPLOY_ROLE", "deployment", "outputs"]

DEPLOY_ROLE = "BedrockPlanesDeployRole"
AUDIT = "AuditOfBedrockPlanes"
ADMINISTRATORS = (DEPLOY_ROLE, AUDIT)
"""The stacks that an administrator deploys: what restrains the deploy role, and what watches it."""
CONTROL_PLANE = "BedrockPlanesControlPlane"
APP = "BedrockPlanesApp"


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """Read the outputs of a deployed stack."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def deployment(cloudformation: Any, *, account: str, region: str) -> Deployment:
    """Read everything that the calls aim at.

    Raises:
        DemoError: A stack lacks an output that the demo needs.
    """
    role, control, app = (outputs(cloudformation, stack) for stack in (DEPLOY_ROLE, CONTROL_PLANE, APP))
    return Deployment(
        region=region,
        account=account,
        deploy_role_arn=_take(role, DEPLOY_ROLE, "DeployRoleArn"),
        operator_role_arn=_take(control, CONTROL_PLANE, "OperatorRoleArn"),
        knowledge_base_id=_take(control, CONTROL_PLANE, "KnowledgeBaseId"),
        data_source_id=_take(control, CONTROL_PLANE, "DataSourceId"),
        documents_bucket=_take(control, CONTROL_PLANE, "DocumentsBucketName"),
        guardrail_id=_take(control, CONTROL_PLANE, "GuardrailId"),
        guardrail_version=_take(control, CONTROL_PLANE, "GuardrailVersion"),
        agent_id=_take(control, CONTROL_PLANE, "AgentId"),
        agent_alias_id=_take(control, CONTROL_PLANE, "AgentAliasId"),
        app_role_arn=_take(app, APP, "AppRoleArn"),
        model_id=_take(app, APP, "ModelId"),
        function_name=_take(app, APP, "FunctionName"),
    )


def _take(found: Mapping[str, str], stack: str, key: str) -> str:
    try:
        return found[key]
    except KeyError:
        raise DemoError(
            f"the stack `{stack}` has no output `{key}` (it has {', '.join(sorted(found)) or 'none'})",
            remedy="add the output to the stack in `stacks/`",
        ) from None
