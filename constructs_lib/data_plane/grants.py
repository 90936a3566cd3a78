"""The facade of an app role: what an application may be given, verb by verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib import _grants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs

    from constructs_lib._grants import ModelLike
    from constructs_lib.catalogue.grants import Target

__all__ = ["DataPlaneGrants"]


class DataPlaneGrants:
    """Grants to one role or any other principal, each exact: named actions on the ARNs that the call needs.

    Resources are taken as constructs of this library, of the CDK or of others (anything with the CDK's
    reference interface), as ARNs, as ids of this account and Region, or as tokens that stand for an ARN.
    """

    def __init__(self, role: iam.Role) -> None:
        self._role = role

    def converse(self, model: ModelLike, *, streaming: bool = False) -> iam.Grant:
        """Allow ``Converse``, and with ``streaming`` also ``ConverseStream``."""
        return self._give(
            "converse", {"model": _grants.model_targets(self._role, model)}, streaming=streaming
        )

    def invoke(self, model: ModelLike, *, streaming: bool = False) -> iam.Grant:
        """Allow ``InvokeModel``, and with ``streaming`` also ``InvokeModelWithResponseStream``."""
        return self._give("invoke", {"model": _grants.model_targets(self._role, model)}, streaming=streaming)

    def apply_guardrail(self, guardrail: str | refs.IGuardrailRef) -> iam.Grant:
        """Allow ``ApplyGuardrail``, by itself and inside a model call."""
        arn = _grants.guardrail_arn(self._role, guardrail)
        return self._give("apply_guardrail", {"guardrail": _grants.target(arn)})

    def retrieve(self, knowledge_base: str | refs.IKnowledgeBaseRef) -> iam.Grant:
        """Allow ``Retrieve`` on one knowledge base."""
        arn = _grants.knowledge_base_arn(self._role, knowledge_base)
        return self._give("retrieve", {"knowledge_base": _grants.target(arn)})

    def retrieve_and_generate(
        self, knowledge_base: str | refs.IKnowledgeBaseRef, model: ModelLike
    ) -> iam.Grant:
        """Allow ``RetrieveAndGenerate`` and its stream over one knowledge base with one generation model."""
        targets = {
            "knowledge_base": _grants.target(_grants.knowledge_base_arn(self._role, knowledge_base)),
            "model": _grants.model_targets(self._role, model),
        }
        return self._give("retrieve_and_generate", targets)

    def invoke_agent(self, agent_alias: str | refs.IAgentAliasRef) -> iam.Grant:
        """Allow ``InvokeAgent`` on one alias."""
        arn = _grants.agent_alias_arn(self._role, agent_alias)
        return self._give("invoke_agent", {"agent_alias": _grants.target(arn)})

    def _give(
        self, verb: str, targets: Mapping[str, Sequence[Target]], *, streaming: bool = False
    ) -> iam.Grant:
        return _grants.grant(self._role, verb, targets, streaming=streaming)
