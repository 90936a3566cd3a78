"""The types of Bedrock and S3 Vectors: one row each says how it maps onto its service's API.

What a template lists inside of an agent (action groups, knowledge bases, collaborators) is a call of its own
on the agent's draft. An update compares what is there with what is wanted, and a
read reads every one, as the permissions of AWS's handlers say.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-agent.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator.cloudformation._properties import api_value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PROPERTIES", "TYPES", "ResourceType", "read_parts", "short", "sync_parts"]

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """One list: its property, the API's noun and verbs, the id in the API, the name that tells two apart."""

    property: str
    noun: str
    make: str
    take: str
    summaries: str
    identifier: str
    name: str


_PARTS = (
    _Part(
        "ActionGroups",
        "agent_action_group",
        "create",
        "delete",
        "actionGroupSummaries",
        "actionGroupId",
        "actionGroupName",
    ),
    _Part(
        "KnowledgeBases",
        "agent_knowledge_base",
        "associate",
        "disassociate",
        "agentKnowledgeBaseSummaries",
        "knowledgeBaseId",
        "knowledgeBaseId",
    ),
    _Part(
        "AgentCollaborators",
        "agent_collaborator",
        "associate",
        "disassociate",
        "agentCollaboratorSummaries",
        "collaboratorId",
        "collaboratorName",
    ),
)

PROPERTIES = tuple(part.property for part in _PARTS)
"""The properties that are no parameters of CreateAgent and UpdateAgent."""


# Any: botocore makes its clients at run time, from data.
def read_parts(client: Any, agent: str) -> None:
    """Read every part of the draft, as AWS's read handler does; nothing here needs the answers."""
    for part in _PARTS:
        for summary in _present(client, agent, part).values():
            getattr(client, f"get_{part.noun}")(**_draft(agent), **_identity(part, summary))


def sync_parts(client: Any, agent: str, old: Properties, new: Properties) -> None:
    """Take away what `new` doesn't list, add what is not there, update what `old` says otherwise."""
    for part in _PARTS:
        wanted = {_name(part, item): item for item in new.get(part.property) or []}
        present = _present(client, agent, part)
        for name in present.keys() - wanted.keys():
            getattr(client, f"{part.take}_{part.noun}")(**_draft(agent), **_identity(part, present[name]))
        for name, item in wanted.items():
            if name not in present:
                _call(client, f"{part.make}_{part.noun}", item, _draft(agent))
            elif item not in (old.get(part.property) or []):
                identity = {**_draft(agent), **_identity(part, present[name])}
                _call(client, f"update_{part.noun}", item, identity)


def _present(client: Any, agent: str, part: _Part) -> dict[str, Properties]:
    """Return the summaries of what the draft has, by the name that tells two apart."""
    answer = getattr(client, f"list_{part.noun}s")(**_draft(agent))
    return {str(summary[part.name]): summary for summary in answer[part.summaries]}


def _call(client: Any, operation: str, item: Properties, identity: Properties) -> None:
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    # SkipResourceInUseCheckOnDelete is a word to CloudFormation, not to the API.
    getattr(client, operation)(**{**api_value(shape.input_shape, item, strict=False), **identity})


def _draft(agent: str) -> Properties:
    return {"agentId": agent, "agentVersion": "DRAFT"}


def _identity(part: _Part, summary: Properties) -> Properties:
    return {part.identifier: summary[part.identifier]}


def _name(part: _Part, item: Properties) -> str:
    return next(str(value) for key, value in item.items() if key.lower() == part.name.lower())


def short(value: str) -> str:
    """Return the id at the end of a Bedrock ARN, and anything else as it is."""
    return value.rsplit("/", 1)[-1] if value.startswith("arn:aws:bedrock:") else value


@dataclass(frozen=True, slots=True)
class ResourceType:
    """How one type's properties, identifier and attributes map onto its service's API.

    `parameters` are the API's names of the identifier's parts, in the schema's order. `renamed` properties
    have another name in the API (their ARNs become ids); `dropped` ones are no parameters of that call.
    `finish`, `synchronize`, `read_more`, `before_delete` and `after_delete` make the further calls of AWS's
    handlers for create, update, read and delete; they get the client and the physical id.
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
    after_delete: Callable[[Any, str], None] | None = None
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


def _confirm_deletion(client: Any, physical_id: str) -> None:
    """Look whether the data source is gone, as AWS's delete handler does until it is.

    Raises:
        RuntimeError: Its vectors could not be deleted.

    """
    knowledge_base, _, source = physical_id.partition("|")
    try:
        found = client.get_data_source(knowledgeBaseId=knowledge_base, dataSourceId=source)["dataSource"]
    except client.exceptions.ResourceNotFoundException:  # what was wanted
        return
    if found["status"] == "DELETE_UNSUCCESSFUL":
        raise RuntimeError(" ".join(found.get("failureReasons") or [found["status"]]))


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


def _storage_locations(properties: dict[str, Any]) -> dict[str, Any]:
    """Give the places of multimodal content the API's names.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_SupplementalDataStorageConfiguration.html
    """
    configuration = dict(properties.get("KnowledgeBaseConfiguration") or {})
    for kind, value in configuration.items():
        given = value.get("SupplementalDataStorageConfiguration") if isinstance(value, dict) else None
        if given:
            places = [
                {"Type": one["SupplementalDataStorageLocationType"], "S3Location": one["S3Location"]}
                for one in given["SupplementalDataStorageLocations"]
            ]
            storage = {"StorageLocations": places}
            configuration[kind] = {**value, "SupplementalDataStorageConfiguration": storage}
    return {**properties, "KnowledgeBaseConfiguration": configuration}


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
        "bedrock-agent",
        "knowledge_base",
        ("knowledgeBaseId",),
        prepare=_storage_locations,
        before_delete=_look_for_data_sources,
    ),
    "AWS::Bedrock::DataSource": ResourceType(
        "bedrock-agent",
        "data_source",
        ("knowledgeBaseId", "dataSourceId"),
        after_delete=_confirm_deletion,
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
