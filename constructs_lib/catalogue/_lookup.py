"""Families, actions, operations and resource types, built from the committed data on first use."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue._types import (
    Access,
    Action,
    Decision,
    Family,
    Operation,
    Plane,
    ResourceType,
    Sources,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DATA_FILE",
    "action",
    "actions",
    "client_names",
    "cloudformation_types",
    "decisions",
    "families",
    "operations",
    "operations_of",
    "prefixes",
    "read_data",
    "resource_types",
    "sources",
]

DATA_FILE = Path(__file__).with_name("catalogue.json")
"""The committed data of a checkout, made by `bedrock-planes catalogue update`; :func:`read_data` reads it."""

_FAMILIES = (
    # The order decides the home of a name that several clients expose: the first family that has it.
    Family("bedrock", Plane.CONTROL, "bedrock", "bedrock", "Bedrock"),
    Family("bedrock-agent", Plane.CONTROL, "bedrock", "bedrock-agent", "BedrockAgent"),
    Family(
        "bedrock-data-automation",
        Plane.CONTROL,
        "bedrock",
        "bedrock-data-automation",
        "BedrockDataAutomation",
    ),
    Family(
        "bedrock-agentcore-control",
        Plane.CONTROL,
        "bedrock-agentcore",
        "bedrock-agentcore-control",
        "BedrockAgentCoreControl",
    ),
    Family("bedrock-mantle-control", Plane.CONTROL, "bedrock-mantle", None),
    Family(
        "agent-registry-control",
        Plane.CONTROL,
        "agent-registry",
        "agent-registry-control",
        "AgentRegistryControl",
    ),
    Family("bedrock-runtime", Plane.DATA, "bedrock", "bedrock-runtime", "BedrockRuntime"),
    Family("bedrock-agent-runtime", Plane.DATA, "bedrock", "bedrock-agent-runtime", "BedrockAgentRuntime"),
    Family(
        "bedrock-data-automation-runtime",
        Plane.DATA,
        "bedrock",
        "bedrock-data-automation-runtime",
        "BedrockDataAutomationRuntime",
    ),
    Family("bedrock-agentcore", Plane.DATA, "bedrock-agentcore", "bedrock-agentcore", "BedrockAgentCore"),
    Family("bedrock-mantle", Plane.DATA, "bedrock-mantle", None),
    Family("bedrock-websearch", Plane.DATA, "bedrock-websearch", None),
    Family("agent-registry", Plane.DATA, "agent-registry", "agent-registry", "AgentRegistry"),
    Family("agent-discovery", Plane.DATA, "agent-discovery", "agent-discovery", "AgentDiscovery"),
)
"""Control families first, each family with its plane, IAM prefix and botocore client."""

_PREFIXES = (
    "agent-discovery",
    "agent-registry",
    "bedrock",
    "bedrock-agentcore",
    "bedrock-mantle",
    "bedrock-websearch",
)
"""The IAM service prefixes of Amazon Bedrock."""


@cache
def read_data() -> dict[str, Any]:
    """Return ``catalogue.json`` as plain values; callers must not change them."""
    # The package may lie in a zip, where its loader reads. `importlib.resources` asks the same loader, after
    # 15 ms of imports: a tenth of what `which` takes.
    text = __spec__.loader.get_data(str(DATA_FILE))  # type: ignore[union-attr]  # loaders of files have it
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def families() -> Mapping[str, Family]:
    """Return the families by name, control families first."""
    return MappingProxyType({family.name: family for family in _FAMILIES})


def prefixes() -> tuple[str, ...]:
    """Return the IAM service prefixes of Amazon Bedrock, sorted."""
    return _PREFIXES


@cache
def client_names() -> tuple[str, ...]:
    """Return botocore's client names that are often written as an IAM prefix, but are none, sorted.

    ``bedrock-runtime:InvokeModel`` matches nothing: the action is ``bedrock:InvokeModel``.
    """
    return tuple(sorted({f.client for f in _FAMILIES if f.client} - set(_PREFIXES)))


@cache
def actions() -> Mapping[str, Action]:
    """Return every IAM action by its canonical name (``bedrock:InvokeModel``), sorted without letter case.

    The order is fixed, so that an index into ``tuple(actions())`` can serve as a bit in a set.
    """
    return MappingProxyType({row["name"]: _action(row) for row in read_data()["actions"]})


def _action(row: Mapping[str, Any]) -> Action:
    plane = families()[row["family"]].plane
    read = row.get("read", False)
    return Action(
        name=row["name"],
        family=row["family"],
        plane=plane,
        access=Access.READ if read else Access.WRITE,
        data_read=read and plane is Plane.DATA,
        tagging=row.get("tagging", False),
        releases_credential=row.get("credential", False),
        resource_types=tuple(row.get("types", ())),
        condition_keys=tuple(row.get("keys", ())),
        dependent_actions=tuple(row.get("dependent", ())),
        streaming_twin=row.get("twin"),
        in_reference=not row.get("new", False),
        level=row.get("level", ""),
        description=row.get("description", ""),
    )


@cache
def _by_lower_name() -> Mapping[str, Action]:
    return {name.lower(): found for name, found in actions().items()}


def action(name: str) -> Action | None:
    """Return the action of that name in any letter case, or ``None`` if there is none.

    IAM ignores the case of ASCII letters and compares all other characters exactly.
    """
    return _by_lower_name().get(name.lower()) if name.isascii() else None


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation of the clients, sorted by family and name."""
    return tuple(_operation(row) for row in read_data()["operations"])


def _operation(row: Mapping[str, Any]) -> Operation:
    family = families()[row["family"]]
    return Operation(
        name=row["name"],
        family=family.name,
        plane=family.plane,
        client=family.client or "",
        actions=tuple(row.get("actions", (f"{family.prefix}:{row['name']}",))),
        streams=row.get("streams", 0) > 0,
        bidirectional=row.get("streams", 0) > 1,
    )


@cache
def operations_of(action_name: str) -> tuple[Operation, ...]:
    """Return the operations that the action (canonical name) authorises, alone or with others."""
    return tuple(operation for operation in operations() if action_name in operation.actions)


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Return every resource type by its name with the prefix (``bedrock:foundation-model``)."""
    return MappingProxyType(
        {
            row["name"]: ResourceType(
                name=row["name"],
                arns=tuple(row["arns"]),
                condition_keys=tuple(row.get("keys", ())),
                plane=Plane.DATA if row.get("data") else Plane.CONTROL,
            )
            for row in read_data()["resource_types"]
        }
    )


@cache
def cloudformation_types() -> Mapping[str, str]:
    """Return the action that makes a resource of each CloudFormation type, by the type's name, sorted.

    These are all types of Bedrock, AgentCore, Mantle, the Agent Registry and S3 Vectors.
    """
    return MappingProxyType({row["name"]: row["made_by"] for row in read_data()["cloudformation_types"]})


@cache
def decisions() -> tuple[Decision, ...]:
    """Return the hand decisions and the facts documented beyond the reference, each with reason and page."""
    return tuple(Decision(*row) for row in read_data()["decisions"])


def sources() -> Sources:
    """Return the packages that the committed data was made from, and the day on which it last changed."""
    return Sources(**read_data()["sources"], date=read_data()["date"])
