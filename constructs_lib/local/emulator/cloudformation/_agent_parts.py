"""What a template lists inside of an agent: its action groups, knowledge bases and collaborators.

Each is a call of its own on the agent's draft. An update compares what is there with what is wanted, and a
read reads every one, as the permissions of AWS's handlers say.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-agent.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from constructs_lib.local.emulator.cloudformation._shapes import api_value

__all__ = ["PROPERTIES", "read_parts", "sync_parts"]

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
