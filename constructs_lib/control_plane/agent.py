"""An agent of Amazon Bedrock Agents Classic, and its alias.

AWS closed Agents Classic to new customers on 2026-07-30 and points to Amazon Bedrock AgentCore. These
constructs are for accounts that have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_bedrock as bedrock
from aws_cdk.interfaces import aws_bedrock as refs

from constructs_lib import grants as _grants
from constructs_lib.cdk_support import (
    PlanesError,
    allow_given_role,
    check_arn,
    check_items,
    check_key_arn,
    check_length,
    check_name,
    check_path,
    check_role,
    check_tags,
    check_value,
    has_attribute,
    key_arn_of,
    service_role,
    with_explained_calls,
)
from constructs_lib.control_plane.fingerprint import FingerprintedName, RecordingAgent, fingerprint
from constructs_lib.control_plane.model_resource import check_answers_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces import aws_kms as kms_refs
    from constructs import Construct

    from constructs_lib.catalogue.verbs import Target
    from constructs_lib.grants import ModelLike

__all__ = ["Agent", "AgentAlias", "AgentAliasBase", "AgentBase"]


@jsii.implements(refs.IAgentRef)
class AgentBase(cdk.Resource):
    """What an agent of this app and an imported one have in common."""

    agent_arn: str
    agent_id: str

    @property
    def agent_ref(self) -> refs.AgentReference:
        """The reference that other libraries' constructs take."""
        return refs.AgentReference(agent_arn=self.agent_arn, agent_id=self.agent_id)


@with_explained_calls
class Agent(AgentBase):
    """An agent that answers with one model, from knowledge bases, behind a guardrail.

    Args:
        agent_name: 1-100 letters, digits, ``-`` and ``_``, unique in the account and Region.
        foundation_model: Id or ARN of the model, or id of a system inference profile.
        instruction: What the agent is for, 40-4,000 characters.
        knowledge_bases: ``(knowledge base, when to use it)``; the second is 1-200 characters that the
            model reads. Default: none.
        guardrail: The version of a guardrail of this account and Region that every prompt and answer
            passes. Default: none.
        streaming: Whether callers ask for streamed answers, which the service role must be allowed.
            Default: no.
        idle_session_ttl: How long a session is kept without a call, 60-5,400 s. Default: 600 s.
        description: At most 200 characters. Default: none.
        encryption_key: The key that encrypts the agent, in its account and Region. Its key policy must leave
            permissions to IAM, as the default one does. Who deploys the agent or changes it needs
            ``kms:GenerateDataKey`` and ``kms:Decrypt`` on it too
            (https://docs.aws.amazon.com/bedrock/latest/userguide/cmk-agent-resources.html). Default: a key
            that AWS owns.
        role: The service role, which gets what the agent needs; one that can't be changed is warned about
            with it. Its trust lets Bedrock assume it. Default: one is made.
        tags: Keys and values. Default: those of the stack.
        role_path: The IAM path of the service role; another one replaces the role. The deploy role then needs
            it in its ``role_paths``. Default: ``/bedrock-planes/service/``.

    Attributes:
        agent_id: Its id.
        agent_arn: Its ARN.
        agent_status: Such as ``PREPARED``, known at deployment.
        agent_version: The version that is changed, ``DRAFT``.
        created_at: When it was made, in ISO 8601.
        prepared_at: When it was last prepared, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
        key_arn: The ARN of ``encryption_key``, or ``None``.
        role: The service role.

    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permission.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        agent_name: str,
        foundation_model: ModelLike,
        instruction: str,
        knowledge_bases: Sequence[tuple[refs.IKnowledgeBaseRef, str]] = (),
        guardrail: refs.IGuardrailVersionRef | None = None,
        streaming: bool = False,
        idle_session_ttl: cdk.Duration | None = None,
        description: str | None = None,
        encryption_key: kms_refs.IKeyRef | None = None,
        role: iam.IRole | None = None,
        tags: Mapping[str, str] | None = None,
        role_path: str | None = None,
    ) -> None:
        check_name("agent_name", agent_name)
        # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreateAgent.html
        check_length("instruction", instruction, 40, 4_000)
        check_length("description", description, 1, 200)
        check_path("role_path", role_path)
        check_role(role, role_path)
        check_tags(tags)
        check_value("streaming", streaming, "bool")
        _check_knowledge_bases(knowledge_bases)
        seconds = _idle_seconds(idle_session_ttl or cdk.Duration.minutes(10))
        super().__init__(scope, construct_id)
        targets = _grants.on_call(self, foundation_model, "foundation_model")
        check_answers_text("foundation_model", _grants.model_id(self, foundation_model, "foundation_model"))
        version = guardrail.guardrail_version_ref if guardrail is not None else None
        self.key_arn: str | None = key_arn_of(encryption_key)
        if self.key_arn is not None:
            check_key_arn("encryption_key", self.key_arn)
        statements = _statements(
            targets,
            [kb for kb, _ in knowledge_bases],
            _guardrail_targets(self, guardrail, version.guardrail_id) if version is not None else None,
            streaming=streaming,
        ) + _reads_and_key(
            _grants.control_read(self, foundation_model, targets["model"], "foundation_model"), self.key_arn
        )
        self.role: iam.IRole = role or service_role(
            self,
            "ServiceRole",
            source="agent/*",
            description=f"Bedrock answers for the agent {agent_name}",
            path=role_path,
            statements=statements,
        )
        self._l1 = RecordingAgent(
            self,
            "Resource",
            agent_name=agent_name,
            agent_resource_role_arn=self.role.role_arn,
            foundation_model=_grants.model_id(self, foundation_model, "foundation_model"),
            instruction=instruction,
            description=description,
            customer_encryption_key_arn=self.key_arn,
            tags=dict(tags) if tags else None,
            auto_prepare=True,
            idle_session_ttl_in_seconds=seconds,
            knowledge_bases=[_association(kb, use) for kb, use in knowledge_bases] or None,
            guardrail_configuration=(
                bedrock.CfnAgent.GuardrailConfigurationProperty(
                    guardrail_identifier=version.guardrail_id, guardrail_version=version.version
                )
                if version is not None
                else None
            ),
        )
        if role is not None:
            # Bedrock prepares the agent when it is created, so the role's policies come first.
            self._l1.node.add_dependency(*allow_given_role(self, role, statements, "agent"))
        self.agent_id: str = self._l1.attr_agent_id
        self.agent_arn: str = self._l1.attr_agent_arn
        self.agent_status: str = self._l1.attr_agent_status
        self.agent_version: str = self._l1.attr_agent_version
        self.created_at: str = self._l1.attr_created_at
        self.prepared_at: str = self._l1.attr_prepared_at
        self.updated_at: str = self._l1.attr_updated_at

    @staticmethod
    def from_agent_arn(scope: Construct, construct_id: str, agent_arn: str) -> AgentBase:
        """Refer to an agent that exists; callers are granted its alias, not the agent."""
        [found] = check_arn("agent_arn", agent_arn, "agent", "ABCDEF1234")
        imported = AgentBase(scope, construct_id)
        imported.agent_arn = agent_arn
        imported.agent_id = found
        return imported

    def fingerprint(self) -> str:
        """Return a short hash of everything that the service sees of this agent, without its tags."""
        return fingerprint(self._l1)

    def create_alias(
        self, construct_id: str = "Alias", *, agent_alias_name: str, tags: Mapping[str, str] | None = None
    ) -> AgentAlias:
        """Make an alias on the agent as it is at the end of the synthesis."""
        return AgentAlias(self, construct_id, agent=self, agent_alias_name=agent_alias_name, tags=tags)


@jsii.implements(refs.IAgentAliasRef)
class AgentAliasBase(cdk.Resource):
    """What an alias of this app and an imported one have in common."""

    agent_alias_arn: str
    agent_alias_id: str
    agent_id: str
    key_arn: str | None = None
    """The key of the agent, which its callers need too; ``None`` for AWS's own and for an imported alias."""

    @property
    def agent_alias_ref(self) -> refs.AgentAliasReference:
        """The reference that other libraries' constructs take."""
        return refs.AgentAliasReference(
            agent_alias_arn=self.agent_alias_arn, agent_alias_id=self.agent_alias_id, agent_id=self.agent_id
        )

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ``InvokeAgent`` on this alias, and the use of the agent's key (data plane)."""
        targets = {"agent_alias": _grants.on_arns(self.agent_alias_arn)}
        if self.key_arn is not None:
            targets["key"] = _grants.on_arns(self.key_arn)
        return _grants.grant(grantee, "invoke_agent", targets)

    def grant_memory(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow to read and to delete what the agent remembers through this alias (data plane)."""
        return _grants.grant(grantee, "agent_memory", {"agent_alias": _grants.on_arns(self.agent_alias_arn)})


@with_explained_calls
class AgentAlias(AgentAliasBase):
    """A name for a version of an agent; the permission to call the agent is on the alias.

    The alias keeps its id, which callers are granted; its description carries the fingerprint of the agent,
    so a change of the agent updates the alias, and Bedrock makes a new version for an update that names none
    (seen on AWS by the maintainers of two libraries, not documented:
    https://github.com/hashicorp/terraform-provider-aws/pull/42603 and
    https://github.com/awslabs/generative-ai-cdk-constructs/pull/1116).

    Args:
        agent: An agent of this app.
        agent_alias_name: 1-100 letters, digits, ``-`` and ``_``, unique in the agent.
        tags: Keys and values. Default: those of the stack.

    Attributes:
        agent_alias_id: Its id.
        agent_alias_arn: Its ARN.
        agent_alias_status: Such as ``PREPARED``, known at deployment.
        agent_id: The id of the agent.
        key_arn: The ARN of the agent's ``encryption_key``, or ``None``.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-agentalias.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        agent: Agent,
        agent_alias_name: str,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_name("agent_alias_name", agent_alias_name)
        check_tags(tags)
        super().__init__(scope, construct_id)
        self._l1 = bedrock.CfnAgentAlias(
            self,
            "Resource",
            agent_id=agent.agent_id,
            agent_alias_name=agent_alias_name,
            description=FingerprintedName("Content ", agent.fingerprint).name(),
            tags=dict(tags) if tags else None,
        )
        self.agent_alias_id: str = self._l1.attr_agent_alias_id
        self.agent_alias_arn: str = self._l1.attr_agent_alias_arn
        self.agent_alias_status: str = self._l1.attr_agent_alias_status
        self.created_at: str = self._l1.attr_created_at
        self.updated_at: str = self._l1.attr_updated_at
        self.agent_id: str = agent.agent_id
        self.key_arn = agent.key_arn

    @staticmethod
    def from_agent_alias_arn(scope: Construct, construct_id: str, agent_alias_arn: str) -> AgentAliasBase:
        """Refer to an alias that exists."""
        agent, alias = check_arn("agent_alias_arn", agent_alias_arn, "agent-alias", "ABCDEF1234/GHIJKL5678")
        imported = AgentAliasBase(scope, construct_id)
        imported.agent_alias_arn = agent_alias_arn
        imported.agent_id = agent
        imported.agent_alias_id = alias
        return imported


def _reads_and_key(read: tuple[str, str] | None, key_arn: str | None) -> list[dict[str, Any]]:
    """Return what the role needs beside its calls.

    AWS lists the read of a profile or of Provisioned Throughput beside the call, and Bedrock checks the role
    when the agent is created ("Ensure Agent role has valid permissions to use the inference profile").
    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html (the key)
    """
    found: list[dict[str, Any]] = []
    if read is not None:
        found.append({"Effect": "Allow", "Action": [read[0]], "Resource": [read[1]]})
    if key_arn is not None:
        found.append(
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": [key_arn]}
        )
    return found


def _guardrail_targets(
    scope: Construct, guardrail: refs.IGuardrailVersionRef | None, guardrail_id: str
) -> Mapping[str, Sequence[Target]]:
    """Return what the agent applies: the guardrail and what its callers need."""
    stack = cdk.Stack.of(scope)
    arn = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:guardrail/{guardrail_id}"
    return _grants.guardrail_targets(scope, arn, needs=getattr(guardrail, "needs", None))


def _idle_seconds(ttl: cdk.Duration) -> int | float:
    seconds = ttl.to_seconds()
    if not ttl.is_unresolved() and not 60 <= seconds <= 5400:
        raise PlanesError(f"`idle_session_ttl` is {seconds:g} s: Bedrock keeps a session 60 to 5,400 s")
    return seconds


def _check_knowledge_bases(values: Sequence[tuple[refs.IKnowledgeBaseRef, str]]) -> None:
    """Refuse what are no pairs, and a knowledge base that an agent would have twice."""
    check_items(
        "knowledge_bases",
        values,
        (tuple, list),
        "pairs of a knowledge base and the text that says when to use it",
    )
    seen: list[object] = []
    for pair in values:
        if len([*pair]) != 2 or not has_attribute(pair[0], "knowledge_base_ref"):
            raise PlanesError(
                f"`knowledge_bases` has `{pair!r}`: pass pairs of a knowledge base and a text, with "
                "`KnowledgeBase.from_knowledge_base_arn(...)` for one that exists"
            )
        check_items("knowledge_bases", [pair[1]], str, "a text that says when to use it")
        check_length("knowledge_bases", pair[1], 1, 200)
        if any(pair[0] is one for one in seen):
            raise PlanesError("`knowledge_bases` has one twice: give it once, with one text")
        seen.append(pair[0])


def _association(
    knowledge_base: refs.IKnowledgeBaseRef, use: str
) -> bedrock.CfnAgent.AgentKnowledgeBaseProperty:
    return bedrock.CfnAgent.AgentKnowledgeBaseProperty(
        knowledge_base_id=knowledge_base.knowledge_base_ref.knowledge_base_id,
        description=use,
        knowledge_base_state="ENABLED",
    )


def _statements(
    call: Mapping[str, Sequence[Target]],
    knowledge_bases: Sequence[refs.IKnowledgeBaseRef],
    guardrail: Mapping[str, Sequence[Target]] | None,
    *,
    streaming: bool,
) -> list[dict[str, Any]]:
    found = _grants.statement_json("invoke", call, streaming=streaming)
    for knowledge_base in knowledge_bases:
        arn = knowledge_base.knowledge_base_ref.knowledge_base_arn
        found += _grants.statement_json("retrieve", {"knowledge_base": _grants.on_arns(arn)})
    if guardrail is not None:
        found += _grants.statement_json("apply_guardrail", guardrail)
    return found
