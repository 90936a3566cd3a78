"""What the calls of the matrix aim at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Deployment", "Targets"]

NOTHING = "ABSENT0000"
"""An id that no resource has: what a destructive call gets when its throw-away could not be made."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the stacks deployed, from their outputs. ARNs are whole, ids are as the APIs take them."""

    region: str
    account: str
    app_role_arn: str
    deploy_role_arn: str
    operator_role_arn: str
    knowledge_base_id: str
    data_source_id: str
    documents_bucket: str
    guardrail_id: str
    guardrail_version: str
    agent_id: str
    agent_alias_id: str
    model_id: str
    function_name: str

    @property
    def other_model_id(self) -> str:
        """A model that exists and that no role of the stacks may call."""
        nova_lite, nova_pro = "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
        return nova_pro if self.model_id == nova_lite else nova_lite

    def model_arn(self, model_id: str) -> str:
        """Make the foundation model's ARN in the deployment's Region."""
        return f"arn:aws:bedrock:{self.region}::foundation-model/{model_id}"

    @property
    def project_arn(self) -> str:
        """The project of every model call that names none."""
        return f"arn:aws:bedrock:{self.region}:{self.deploy_role_arn.split(':')[4]}:project/default"


@dataclass(slots=True)
class Targets:
    """One role's view: the app role aims at what the stacks deployed, the deploy role at its own throw-aways.

    The app role is expected to be refused, so it may aim at the real thing, which shows more. The deploy role
    is expected to succeed, so whatever it changes or deletes is what it made a moment before.
    """

    deployment: Deployment
    role: Literal["app", "deploy"]
    scratch: dict[str, Any] = field(default_factory=dict)

    def victim(self, kind: Literal["guardrail", "knowledge_base"]) -> str:
        """Choose the guardrail or knowledge base that a call may change or delete."""
        if self.role == "deploy":
            return str(self.scratch.get(kind, NOTHING))
        return self.deployment.guardrail_id if kind == "guardrail" else self.deployment.knowledge_base_id
