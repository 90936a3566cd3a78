"""The types that are created through their service's API, one row each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator.cloudformation._agent_parts import PROPERTIES, read_parts, sync_parts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TYPES", "ResourceType", "short"]


def short(value: str) -> str:
    """Return the id at the end of a Bedrock ARN, and anything else as it is."""
    return value.rsplit("/", 1)[-1] if value.startswith("arn:aws:bedrock:") else value


@dataclass(frozen=True, slots=True)
class ResourceType:
    """How one type's properties, identifier and attributes map onto its service's API.

    `parameters` are the API's names of the identifier's parts, in the schema's order. `renamed` properties
    have another name in the API (their ARNs become ids); `dropped` ones are no parameters of that call.
    `finish`, `synchronize`, `read_more` and `before_delete` make the further calls of AWS's handlers for
    create, update, read and delete; they get the client and the physical id.
    """

    service: str
    noun: str
    parameters: tuple[str, ...]
    renamed: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    updatable: bool = True
    create: str = ""
    read: str = ""
    delete: str = ""
    delete_parameters: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    finish: Callable[[Any, str, dict[str, Any]], None] | None = None
    synchronize: Callable[[Any, str, dict[str, Any], dict[str, Any]], None] | None = None
    read_more: Callable[[Any, str], None] | None = None
    before_delete: Callable[[Any, str], None] | None = None
    name_property: str = ""

    def operation(self, verb: str) -> str:
        """Return the client's method for create, read, update or delete."""
        given = {"create": self.create, "read": self.read, "delete": self.delete}.get(verb)
        return given or f"{'get' if verb == 'read' else verb}_{self.noun}"


def _finish_agent(client: Any, agent: str, properties: dict[str, Any]) -> None:
    """Attach what the template lists inside of the agent, then prepare it."""
    _sync_agent(client, agent, {}, properties)


def _sync_agent(client: Any, agent: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Bring what the agent has to what the template lists, then prepare it."""
    sync_parts(client, agent, old, new)
    if str(new.get("AutoPrepare", "false")).lower() == "true":
        client.prepare_agent(agentId=agent)


def _look_for_data_sources(client: Any, knowledge_base: str) -> None:
    """Make the call of AWS's delete handler; the stack's own data sources are gone by then."""
    client.list_data_sources(knowledgeBaseId=knowledge_base)


def _inline_definition(properties: dict[str, Any]) -> dict[str, Any]:
    """Make a flow's Definition of its DefinitionString and the substitutions."""
    text = properties.pop("DefinitionString", None)
    substitutions = properties.pop("DefinitionSubstitutions", None) or {}
    if text is None:
        return properties
    for name, value in substitutions.items():
        text = text.replace(f"${{{name}}}", str(value))
    return {**properties, "Definition": json.loads(text)}


def _policy_text(properties: dict[str, Any]) -> dict[str, Any]:
    policy = properties.get("Policy")
    return {**properties, "Policy": json.dumps(policy)} if isinstance(policy, dict) else properties


def _prepare_flow(client: Any, flow: str, _properties: dict[str, Any]) -> None:
    client.prepare_flow(flowIdentifier=short(flow))


TYPES: dict[str, ResourceType] = {
    "AWS::Bedrock::Guardrail": ResourceType(
        "bedrock", "guardrail", ("guardrailIdentifier",), renamed={"KmsKeyArn": "kmsKeyId"}
    ),
    "AWS::Bedrock::GuardrailVersion": ResourceType(
        "bedrock",
        "guardrail_version",
        ("guardrailIdentifier", "guardrailVersion"),
        updatable=False,
        read="get_guardrail",
        delete="delete_guardrail",
    ),
    "AWS::Bedrock::ApplicationInferenceProfile": ResourceType(
        "bedrock", "inference_profile", ("inferenceProfileIdentifier",), updatable=False
    ),
    "AWS::Bedrock::Agent": ResourceType(
        "bedrock-agent",
        "agent",
        ("agentId",),
        dropped=(
            *PROPERTIES,
            "AutoPrepare",
            "SkipResourceInUseCheckOnDelete",
            "TestAliasTags",
        ),
        finish=_finish_agent,
        synchronize=_sync_agent,
        read_more=read_parts,
        delete_parameters={"skipResourceInUseCheck": True},
    ),
    "AWS::Bedrock::AgentAlias": ResourceType("bedrock-agent", "agent_alias", ("agentId", "agentAliasId")),
    "AWS::Bedrock::KnowledgeBase": ResourceType(
        "bedrock-agent", "knowledge_base", ("knowledgeBaseId",), before_delete=_look_for_data_sources
    ),
    "AWS::Bedrock::DataSource": ResourceType(
        "bedrock-agent", "data_source", ("knowledgeBaseId", "dataSourceId")
    ),
    "AWS::Bedrock::Flow": ResourceType(
        "bedrock-agent",
        "flow",
        ("flowIdentifier",),
        dropped=("TestAliasTags", "DefinitionS3Location"),
        prepare=_inline_definition,
        finish=_prepare_flow,
    ),
    "AWS::Bedrock::FlowVersion": ResourceType(
        "bedrock-agent",
        "flow_version",
        ("flowIdentifier", "flowVersion"),
        renamed={"FlowArn": "flowIdentifier"},
        updatable=False,
    ),
    "AWS::Bedrock::FlowAlias": ResourceType(
        "bedrock-agent",
        "flow_alias",
        ("aliasIdentifier", "flowIdentifier"),
        renamed={"FlowArn": "flowIdentifier"},
    ),
    "AWS::Bedrock::Prompt": ResourceType("bedrock-agent", "prompt", ("promptIdentifier",)),
    "AWS::Bedrock::PromptVersion": ResourceType(
        "bedrock-agent",
        "prompt_version",
        ("promptIdentifier",),
        renamed={"PromptArn": "promptIdentifier"},
        updatable=False,
        read="get_prompt",
        delete="delete_prompt",
    ),
    "AWS::S3Vectors::VectorBucket": ResourceType(
        "s3vectors", "vector_bucket", ("vectorBucketArn",), updatable=False, name_property="VectorBucketName"
    ),
    "AWS::S3Vectors::Index": ResourceType(
        "s3vectors", "index", ("indexArn",), updatable=False, name_property="IndexName"
    ),
    "AWS::S3Vectors::VectorBucketPolicy": ResourceType(
        "s3vectors",
        "vector_bucket_policy",
        ("vectorBucketArn",),
        create="put_vector_bucket_policy",
        prepare=_policy_text,
        updatable=False,
    ),
}
"""By type name."""
