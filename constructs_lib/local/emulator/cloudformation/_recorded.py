# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""Types that nothing emulates: validated against their schema and recorded, so that a stack deploys.

They have an id and attributes and no behaviour; the list says which they are.
"""

from __future__ import annotations

import functools
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.cloudformation._schemas import attributes, identifier, validated

__all__ = ["RECORDED", "install"]

RECORDED = (
    "AWS::Budgets::Budget",
    "AWS::CloudTrail::Trail",
    "AWS::Config::ConfigRule",
    "AWS::EC2::FlowLog",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::QueryDefinition",
)


def install() -> None:
    """Register the types that ministack doesn't have itself."""
    for type_name in RECORDED:
        handlers = {
            "create": functools.partial(_create, type_name),
            "update": functools.partial(_update, type_name),
            "delete": _delete,
        }
        provisioners._RESOURCE_HANDLERS.setdefault(type_name, handlers)


def _create(
    type_name: str, logical_id: str, properties: dict[str, Any], stack: str
) -> tuple[str, dict[str, Any]]:
    validated(type_name, properties)
    _, service, noun = type_name.lower().split("::")
    unique = uuid.uuid4().hex[:17]
    parts = {}
    for name in identifier(type_name):
        made = (
            f"arn:aws:{service}:{get_region()}:{get_account_id()}:{noun}/{unique}"
            if name.lower().endswith("arn")
            else f"{noun}-{unique}"
            if name in attributes(type_name)
            else provisioners._physical_name(stack, logical_id)
        )
        parts[name] = str(properties.get(name) or made)
    found = {name: parts.get(name, f"{noun}-{unique}") for name in attributes(type_name)}
    return "|".join(parts.values()), found


def _update(
    type_name: str, physical_id: str, _old: dict[str, Any], new: dict[str, Any], _stack: str
) -> tuple[str, dict[str, Any]]:
    validated(type_name, new)
    known = dict(zip(identifier(type_name), physical_id.split("|"), strict=True))
    return physical_id, {name: known.get(name, physical_id) for name in attributes(type_name)}


def _delete(_physical_id: str, _properties: dict[str, Any]) -> None:
    """Nothing was made."""
