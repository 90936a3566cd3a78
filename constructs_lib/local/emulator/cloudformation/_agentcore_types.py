"""Harnesses of AgentCore, their endpoints and resource policies, as far as a deployment goes.

Nothing runs them here. What CloudFormation's handlers are allowed, and whether AgentCore may assume the role,
is checked as on AWS:
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.authorization import denial, trusts
from constructs_lib.local.emulator.cloudformation import _execution_role as execution_role
from constructs_lib.local.emulator.cloudformation._other_types import record, recorded_update
from constructs_lib.local.emulator.cloudformation._properties import identifier
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install", "reset"]

_SERVICE = "bedrock-agentcore.amazonaws.com"
# What each call needs beside itself is on the page above.
_CALLS: dict[str, dict[str, tuple[str, ...]]] = {
    "Harness": {
        "create": ("CreateHarness", "CreateAgentRuntime"),
        "update": ("UpdateHarness", "UpdateAgentRuntime"),
        "delete": ("DeleteHarness", "DeleteAgentRuntime"),
    },
    "HarnessEndpoint": {
        "create": ("CreateHarnessEndpoint",),
        "update": ("UpdateHarnessEndpoint",),
        "delete": ("DeleteHarnessEndpoint",),
    },
    "ResourcePolicy": {
        "create": ("PutResourcePolicy",),
        "update": ("PutResourcePolicy",),
        "delete": ("DeleteResourcePolicy",),
    },
}

_owners: dict[tuple[str, str], str] = {}
"""(Type, physical id) -> stack: ministack's delete handlers don't know whose resource they delete."""


def install() -> None:
    """Register the types."""
    for noun in _CALLS:
        kind = f"AWS::BedrockAgentCore::{noun}"
        provisioners._RESOURCE_HANDLERS[kind] = {  # noqa: SLF001 - ministack has no public seam for types
            "create": _creating(noun, kind),
            "update": _updating(noun, kind),
            "delete": _deleting(noun, kind),
        }


def reset() -> None:
    """Forget whose the resources were."""
    _owners.clear()


def _creating(noun: str, kind: str) -> Callable[..., Any]:
    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        _demand(noun, "create", properties, stack)
        if noun == "Harness":
            # HarnessId, as AWS makes it: the name and ten characters.
            name, arn = str(properties["HarnessName"]), f"arn:aws:bedrock-agentcore:{get_region()}"
            harness_id = f"{name}-{secrets.token_hex(5)}"
            _, found = record(kind, logical_id, properties, stack)
            found.update(HarnessId=harness_id, Arn=f"{arn}:{get_account_id()}:harness/{harness_id}")
            physical_id = str(found["HarnessId"] if identifier(kind) == ["HarnessId"] else found["Arn"])
        else:
            physical_id, found = record(kind, logical_id, properties, stack)
        _owners[kind, physical_id] = stack
        return physical_id, found

    return create


def _updating(noun: str, kind: str) -> Callable[..., Any]:
    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, *_: Any) -> Any:
        _demand(noun, "update", new, stack)
        return recorded_update(kind, physical_id, old, new, stack)

    return update


def _deleting(noun: str, kind: str) -> Callable[..., Any]:
    def delete(physical_id: str, properties: dict[str, Any], *_: Any) -> None:
        stack = _owners.get((kind, physical_id))
        if stack is not None:
            _demand(noun, "delete", properties, stack)
        _owners.pop((kind, physical_id), None)

    return delete


def _demand(noun: str, verb: str, properties: dict[str, Any], stack: str) -> None:
    """Raise what AWS answers where a permission is missing, or the role can't be assumed."""
    principal = execution_role.principal_of(stack)
    here = f"arn:aws:bedrock-agentcore:{get_region()}:{get_account_id()}"
    role = str(properties.get("ExecutionRoleArn", ""))
    checks = [
        Check(f"bedrock-agentcore:{name}", str(properties.get("ResourceArn") or f"{here}:harness/made"))
        for name in _CALLS[noun][verb]
    ]
    if role and verb != "delete":
        checks.append(Check("iam:PassRole", role, {"iam:passedtoservice": _SERVICE}))
    for check in checks if principal is not None else ():
        if sentence := denial(principal, check):
            raise PermissionError(sentence)
    if role and verb != "delete" and not trusts(role, _SERVICE, f"{here}:harness/made"):
        raise ValueError(f"AgentCore can't assume the role {role}: look at its trust policy")
