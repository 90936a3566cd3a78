"""Knowledge bases, agents, flows and sessions: ``bedrock-agent-runtime``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import PlanesError, key_arn_of
from constructs_lib.grants.facades.base import GrantsTo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_bedrock as refs
    from aws_cdk.interfaces import aws_kms as kms_refs

    from constructs_lib.grants import HasAliasArn, ModelLike

    AgentAliasLike = str | refs.IAgentAliasRef | HasAliasArn
    KnowledgeBaseLike = str | refs.IKnowledgeBaseRef

__all__ = ["AgentGrants"]


class AgentGrants(GrantsTo):
    """Grants of knowledge bases, agents, flows and sessions.

    ``project`` is the project of the model calls inside, as for :class:`ModelGrants`.
    """

    def retrieve(self, knowledge_base: KnowledgeBaseLike) -> iam.Grant:
        """Allow ``Retrieve`` on one knowledge base."""
        return self._give("retrieve", {"knowledge_base": self._on("knowledge_base", knowledge_base)})

    def retrieve_and_generate(
        self,
        knowledge_base: KnowledgeBaseLike,
        model: ModelLike,
        *,
        project: str = "default",
        behind: Sequence[ModelLike] = (),
    ) -> iam.Grant:
        """Allow ``RetrieveAndGenerate`` and its stream over one knowledge base with one generation model.

        Managed knowledge bases are refused, because AWS refuses the call there.
        """
        _grants.check_generates(getattr(knowledge_base, "type_name", None))
        targets = {
            "knowledge_base": self._on("knowledge_base", knowledge_base),
            **self._call(model, "retrieve_and_generate", project, behind),
        }
        return self._give("retrieve_and_generate", targets)

    def rerank(self, model: ModelLike, *, project: str = "default") -> iam.Grant:
        """Allow ``Rerank`` with one reranking model, by itself and inside a retrieval."""
        return self._give("rerank", self._call(model, "rerank", project))

    def agentic_retrieve(
        self, *knowledge_bases: KnowledgeBaseLike, model: ModelLike | None = None, project: str = "default"
    ) -> iam.Grant:
        """Allow ``AgenticRetrieveStream`` over these knowledge bases.

        Args:
            *knowledge_bases: What is retrieved from.
            model: The model that plans and answers. Default: the one that AWS manages.
            project: The project of the calls of ``model``. Default: the account's default project.
        """
        if not knowledge_bases:
            raise PlanesError("`knowledge_bases` is empty: name at least one")
        targets = {"knowledge_base": self._on("knowledge_base", *knowledge_bases)}
        if model is not None:
            targets.update(self._call(model, "agentic_retrieve", project))
        return self._give("agentic_retrieve", targets)

    def generate_query(self) -> iam.Grant:
        """Allow ``GenerateQuery``, which has no resource in IAM."""
        return self._give("generate_query", {})

    def document_content(self, knowledge_base: KnowledgeBaseLike) -> iam.Grant:
        """Allow ``GetDocumentContent``, which is checked for ``Retrieve`` too, on one knowledge base."""
        return self._give("document_content", {"knowledge_base": self._on("knowledge_base", knowledge_base)})

    def document_acl(self) -> iam.Grant:
        """Allow to ask who may see an ingested document, which has no resource in IAM."""
        return self._give("document_acl", {})

    def optimize_prompt(self) -> iam.Grant:
        """Allow ``OptimizePrompt``, which has no resource in IAM."""
        return self._give("optimize_prompt", {})

    def invoke_agent(
        self, agent_alias: AgentAliasLike, *, key: str | kms_refs.IKeyRef | None = None
    ) -> iam.Grant:
        """Allow ``InvokeAgent`` on one alias.

        Args:
            agent_alias: The alias.
            key: The key that the agent is encrypted with. Default: that of the construct, and AWS's own for
                an ARN or id.
        """
        targets = {"agent_alias": self._on("agent_alias", agent_alias)}
        key_arn = key_arn_of(key) or getattr(agent_alias, "key_arn", None)
        if key_arn is not None:
            targets["key"] = _grants.on_arns(key_arn)
        return self._give("invoke_agent", targets)

    def agent_memory(self, agent_alias: AgentAliasLike) -> iam.Grant:
        """Allow to read and to delete what an agent remembers, on one alias."""
        return self._give("agent_memory", {"agent_alias": self._on("agent_alias", agent_alias)})

    def inline_agent(
        self,
        model: ModelLike,
        *,
        agent_names: Sequence[str] = (),
        knowledge_bases: Sequence[KnowledgeBaseLike] = (),
        streaming: bool = False,
        project: str = "default",
        behind: Sequence[ModelLike] = (),
    ) -> iam.Grant:
        """Allow ``InvokeInlineAgent``; the agent runs with the caller's permissions.

        Args:
            model: The model that the agent runs on.
            agent_names: Names that the inline agent may have. Default: any.
            knowledge_bases: What the agent may retrieve from. Default: none.
            streaming: Whether the agent streams its answer. Default: no.
            project: The project of the model calls. Default: the account's default project.
            behind: The models behind an application inference profile or a prompt router. Default: those that
                the construct names.
        """
        targets = self._call(model, "inline_agent", project, behind)
        if knowledge_bases:
            targets["knowledge_base"] = self._on("knowledge_base", *knowledge_bases)
        return self._give(
            "inline_agent", targets, streaming=streaming, values={"agent_names": tuple(agent_names)}
        )

    def invoke_flow(self, flow_alias: str | refs.IFlowAliasRef) -> iam.Grant:
        """Allow ``InvokeFlow`` on one alias."""
        return self._give("invoke_flow", {"flow_alias": self._on("flow_alias", flow_alias)})

    def flow_executions(self, flow_alias: str | refs.IFlowAliasRef) -> iam.Grant:
        """Allow to start, follow, list and stop executions of a flow through one alias."""
        alias = _grants.arn_of(self._scope, "flow_alias", flow_alias)
        flow = self._flow_arn(flow_alias, alias)
        targets = {
            "flow_and_alias": _grants.on_arns(flow, alias),
            "flow_executions": _grants.on_arns(flow, alias, f"{alias}/execution/*"),
        }
        return self._give("flow_executions", targets)

    @staticmethod
    def _flow_arn(flow_alias: Any, alias_arn: str) -> str:
        if "/alias/" in alias_arn:
            return alias_arn.partition("/alias/")[0]
        if not isinstance(flow_alias, str):
            return str(flow_alias.flow_alias_ref.flow_arn)
        return cdk.Fn.select(0, cdk.Fn.split("/alias/", alias_arn))

    def sessions(self, *sessions: str | refs.ISessionRef) -> iam.Grant:
        """Allow to create sessions, and to use, end and delete them with their invocations and steps.

        Args:
            sessions: Which sessions. Default: all of this account and Region, since the id of a session
                is made when it begins.
        """
        on = self._on("session", *sessions) if sessions else self._own("bedrock", "session/*")
        return self._give("sessions", {"session": on})
