"""What is provably wrong about a name, and what is only unknown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from constructs_lib import catalogue
from constructs_lib.iam import KnownNames, fault_of_name, judge_name, known_names
from tests.older_catalogues import older_catalogues

if TYPE_CHECKING:
    from tests.older_catalogues import OlderCatalogue


def _known_on(older: OlderCatalogue) -> KnownNames:
    """Return what a catalogue of that date knew, with today's list of wrong names."""
    actions = {name.lower(): name for name in older.actions}
    clients = {f.client: f.prefix for f in catalogue.families().values() if f.client}
    prefixes = frozenset(name.partition(":")[0] for name in older.actions)
    operations = {
        f"{clients[client]}:{name}".lower(): (name, decided)
        for client, names in older.operations.items()
        for name in names
        if client in clients and f"{clients[client]}:{name}".lower() not in actions
        if (decided := _decided().get(f"{client}.{name}"))
    }
    return KnownNames(
        actions=actions,
        find_operations=lambda: operations,
        prefixes=prefixes,
        clients={
            client: prefix
            for client, prefix in clients.items()
            if client in older.operations and client not in prefixes
        },
        listed=known_names().listed,
        date=older.date,
    )


def _decided() -> dict[str, tuple[str, ...]]:
    return {d.subject: tuple(d.value.split()) for d in catalogue.decisions() if d.kind == "operation"}


@pytest.mark.parametrize("older", older_catalogues(), ids=lambda older: older.date)
def test_no_name_that_came_later_is_called_wrong(older: OlderCatalogue) -> None:
    known = _known_on(older)
    later = {name for name in catalogue.actions() if name.lower() not in known.actions}
    for other in older_catalogues():
        later |= {name for name in other.actions if name.lower() not in known.actions}
    faults = {name: judge_name(name, known) for name in sorted(later)}
    assert {name: fault for name, fault in faults.items() if fault and fault.is_wrong} == {}
    # A pattern that matches a known action has no fault, and is not judged.
    new = [name for name in sorted(later) if not any(key.startswith(name.lower()) for key in known.actions)]
    patterns = {name: judge_name(f"{name}*", known) for name in new}
    assert {name: fault for name, fault in patterns.items() if fault and fault.is_wrong} == {}


def test_enough_names_came_later_to_say_something() -> None:
    first = older_catalogues()[0].actions
    assert len(older_catalogues()) >= 6
    assert len([name for name in catalogue.actions() if name not in first]) > 20


WRONG = [
    ("agent-core:InvokeAgentRuntime", "prefix", "bedrock-agentcore:InvokeAgentRuntime"),
    ("InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("converse", "prefix", "bedrock:InvokeModel"),
    ("InvokeAgentRuntime", "prefix", "bedrock-agentcore:InvokeAgentRuntime"),
    ("bedrock.InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("bedrock/Converse", "prefix", "bedrock:InvokeModel"),
    ("bedrock-runtime.InvokeModel*", "prefix", "bedrock:InvokeModel*"),
    ("bedrock-agent_GetPrompt", "prefix", "bedrock:GetPrompt"),
    ("bedrock:Converse", "operation", "bedrock:InvokeModel"),
    ("bedrock:converse-stream", "operation", "bedrock:InvokeModelWithResponseStream"),
    ("bedrock:Converse*", "operation", "bedrock:InvokeModel bedrock:InvokeModelWithResponseStream"),
    ("bedrock:StartAsyncInvoke", "operation", "bedrock:InvokeModel"),
    ("bedrock:RetrieveAndGenerateStream", "operation", "bedrock:RetrieveAndGenerate"),
    ("bedrock:ConverseStreem", "spelling", "bedrock:InvokeModelWithResponseStream"),
    ("bedrock:InvokeModle", "spelling", "bedrock:InvokeModel"),
    ("bedrock:InvkeModel", "spelling", "bedrock:InvokeModel"),
    ("bedrock:invokemodell", "spelling", "bedrock:InvokeModel"),
    ("bedrock:invoke_model", "spelling", "bedrock:InvokeModel"),
    ("bedrock:Retreive", "spelling", "bedrock:Retrieve"),
    ("bedrock:InvokeModle*", "spelling", "bedrock:InvokeModel*"),
    ("bedrock-agentcore:InvokeAgentRuntme", "spelling", "bedrock-agentcore:InvokeAgentRuntime"),
    ("bedrock:UseInferenceProfile", "listed", "bedrock:InvokeModel"),
    ("bedrock:UseInferenceProf*", "listed", "bedrock:InvokeModel"),
    ("bedrock-agentcore:InvokeAgent", "listed", "bedrock-agentcore:InvokeAgentRuntime"),
    ("bedrock-agentcore:GetWorkloadIdentityToken", "listed", "bedrock-agentcore:GetWorkloadAccessToken"),
    ("bedrock:InvokePrompt", "listed", "bedrock:InvokeModel bedrock:RenderPrompt"),
    ("bedrock-runtime:InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("bedrock-runtime:Converse", "prefix", "bedrock:InvokeModel"),
    ("bedrock-runtime:*", "prefix", ""),
    ("bedrock-agent:Get*", "prefix", "bedrock:Get*"),
    ("bedrockruntime:invokemodel", "prefix", "bedrock:InvokeModel"),
    ("bedrock_runtime:InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("agent-runtime:InvokeAgent", "prefix", "bedrock:InvokeAgent"),
    ("agentregistry:InvokeRegistryMcp", "prefix", "agent-registry:InvokeRegistryMcp"),
    ("agent_discovery:SearchPublicRecords", "prefix", "agent-discovery:SearchPublicRecords"),
    ("agentcore:InvokeAgentRuntime", "prefix", "bedrock-agentcore:InvokeAgentRuntime"),
    ("mantle:CreateInference", "prefix", "bedrock-mantle:CreateInference"),
    ("websearch:InvokeWebSearch", "prefix", "bedrock-agentcore:InvokeWebSearch"),
    ("amazonbedrock:InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("aws-bedrock:InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("bedrok:InvokeModel", "prefix", "bedrock:InvokeModel"),
    ("bedrock-agents:InvokeAgent", "prefix", "bedrock:InvokeAgent"),
    ("bedrock-mantel:CreateInference", "prefix", "bedrock-mantle:CreateInference"),
    ("bedrock-agentcore-control:CreateMemory", "prefix", "bedrock-agentcore:CreateMemory"),
    ("bedrock:InvokeModel ", "characters", "bedrock:InvokeModel"),
    ("bedrock: InvokeModel", "characters", "bedrock:InvokeModel"),
    ("b\u0435drock:InvokeModel", "characters", "bedrock:InvokeModel"),
    ("bedrock:Converse ", "characters", "bedrock:InvokeModel"),
]


@pytest.mark.parametrize(("name", "kind", "meant"), WRONG)
def test_a_wrong_name_says_what_was_meant(name: str, kind: str, meant: str) -> None:
    fault = fault_of_name(name)
    assert fault is not None
    assert (fault.kind, " ".join(fault.meant)) == (kind, meant)


UNKNOWN = [
    ("bedrock:CreateZephyrPlan", ""),
    ("bedrock:InvokeAgents", ""),
    ("bedrock:ListKnowledgeBase", ""),
    ("bedrock:InvokeModelV2", ""),
    ("bedrock:GetTool", ""),
    ("bedrock:*Zephyr*", ""),
    ("bedrock:GetMemory", "bedrock-agentcore:GetMemory"),
    ("bedrock:DescribeGuardrail", "bedrock:CreateGuardrail"),
    ("bedrock-observatory:ListThings", ""),
    ("bedrock-observatory:TagResource", ""),
]


@pytest.mark.parametrize(("name", "similar"), UNKNOWN)
def test_a_name_that_may_be_newer_is_unknown_with_the_date_of_the_data(name: str, similar: str) -> None:
    fault = fault_of_name(name)
    assert fault is not None
    assert fault.kind == "unknown"
    assert catalogue.sources().date in fault.why
    assert similar in " ".join(fault.similar)
    assert not any("Delete" in item for item in fault.similar)


@pytest.mark.parametrize(
    "name",
    [
        "bedrock:invokemodel",
        "BEDROCK:Retrieve",
        "bedrock:Invoke*",
        "s3:NoSuchAction",
        "s3:*",
        "*",
        "*:*",
        "agents:InvokeAgent",
        "runtime:Start",
        "b*:InvokeModel",
        "ListTables",
        "Invoke*",
        "s3.GetObject",
    ],
)
def test_a_name_that_counts_and_one_of_another_service_have_no_fault(name: str) -> None:
    assert fault_of_name(name) is None


@pytest.mark.parametrize("pattern", ["b*:InvokeModel", "*:InvokeModel", "bedrock*:*"])
def test_an_undocumented_pattern_is_wrong_in_a_deny_only(pattern: str) -> None:
    fault = fault_of_name(pattern, "Deny")
    assert fault is not None
    assert fault.kind == "grammar"
    assert fault_of_name(pattern, "Allow") is None


def test_thousands_of_unknown_names_are_judged_quickly() -> None:
    start = time.process_time()
    for index in range(1000):
        fault_of_name(f"bedrock:CreateThing{index}x")
    # 0.4 s here; comparing each name with every known one took 13 s.
    assert time.process_time() - start < 5
