# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Names that must be unique in an account and Region, and the number of versions that a guardrail may have.

ConflictException is documented for each of these calls, such as
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_CreateKnowledgeBase.html
Quotas: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock, bedrock_agent

from constructs_lib.local.emulator.protocol import AwsError

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request

__all__ = ["NAMED_OPERATIONS", "check_guardrail_versions", "check_name"]

_MAX_GUARDRAIL_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class _Named:
    """One type: its noun in the message, ministack's store, and the path labels that identify a resource.

    A data source's name is unique within its knowledge base, whose id starts the store's key.
    """

    noun: str
    store: Any
    labels: tuple[str, ...]
    member: str = "name"


_TYPES = {
    "Agent": _Named("Agent", bedrock_agent._agents, ("agentId",), "agentName"),
    "DataSource": _Named("DataSource", bedrock_agent._data_sources, ("knowledgeBaseId", "dataSourceId")),
    "Flow": _Named("Flow", bedrock_agent._flows, ("flowIdentifier",)),
    "Guardrail": _Named("Guardrail", bedrock._guardrails, ("guardrailIdentifier",)),
    "KnowledgeBase": _Named("KnowledgeBase", bedrock_agent._knowledge_bases, ("knowledgeBaseId",)),
    "Prompt": _Named("Prompt", bedrock_agent._prompts, ("promptIdentifier",)),
}

NAMED_OPERATIONS = tuple(f"{verb}{name}" for verb in ("Create", "Update") for name in _TYPES)
"""The operations that set a name which must be unique."""


def check_name(call: Call, request: Request) -> None:
    """Refuse a name that another resource of the type has, with ConflictException.

    Raises:
        AwsError: The name is taken.

    """
    named = _TYPES[call.operation.removeprefix("Create").removeprefix("Update")]
    given = [call.labels[label].rsplit("/", 1)[-1] for label in named.labels if label in call.labels]
    own = "/".join(given)
    parent = f"{given[0]}/" if len(named.labels) > 1 else ""
    name = request.document.get(named.member)
    attribute = f"{named.member[0].upper()}{named.member[1:]}"
    for key, record in named.store.items():
        if key != own and key.startswith(parent) and name and record.get(attribute) == name:
            raise AwsError("ConflictException", f"{named.noun} with name {name} already exists.")


def check_guardrail_versions(call: Call, _request: Request) -> None:
    """Refuse the version beyond the quota of 20, drafts aside.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrailVersion.html

    Raises:
        AwsError: The guardrail has all versions that it may have.

    """
    guardrail = call.labels["guardrailIdentifier"].rsplit("/", 1)[-1]
    numbered = [key for key in bedrock._guardrail_versions if key.startswith(f"{guardrail}/")]
    if len(numbered) >= _MAX_GUARDRAIL_VERSIONS:
        # 400 here; the clients of agents and knowledge bases answer the same exception with 402.
        raise AwsError(
            "ServiceQuotaExceededException",
            f"The number of versions of the guardrail {guardrail} exceeds the limit of "
            f"{_MAX_GUARDRAIL_VERSIONS}",
            status=400,
        )
