"""Concrete requests that prove a finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib import catalogue
from constructs_lib.iam import UNRESOLVED, ActionSet, matches, names_of, remembered
from constructs_lib.review.model import Witness

if TYPE_CHECKING:
    from constructs_lib.review.facts import Facts, Held

__all__ = ["witness_for"]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_VALUES = {"Partition": "aws", "Region": "us-east-1", "Account": "111122223333"}
_MODEL = "anthropic.claude-sonnet-4-20250514-v1:0"
# Actions that reviewers recognise at once; the others follow in alphabetical order.
_TELLING = (
    "bedrock:InvokeModel",
    "bedrock:CreateAgent",
    "bedrock:Retrieve",
    "bedrock:InvokeAgent",
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock:CreateKnowledgeBase",
)


def witness_for(facts: Facts, held: Held, mask: ActionSet, because: str) -> Witness | None:
    """Return an allowed request for one of some actions, ``None`` if there is no proof.

    A resource that the input does not determine proves nothing.

    Args:
        facts: The principal.
        held: What it holds, on one pattern.
        mask: The actions to choose from.
        because: Why the request should not be allowed, as a clause.

    """
    actions = held.mask & mask
    request = facts.shared(
        ("witness", held.resource, id(held), actions), lambda: _request(facts, held, actions)
    )
    return Witness(*request, because) if request is not None else None


def _request(facts: Facts, held: Held, actions: ActionSet) -> tuple[str, str] | None:
    """Return an allowed request, action and resource, for one of some actions; ``None`` if there is none."""
    names = names_of(actions)
    for action in (*(name for name in _TELLING if name in names), *names):
        resource = _resource(facts, held, action)
        if resource is not None:
            return action, resource
    return None


def _resource(facts: Facts, held: Held, action: str) -> str | None:
    if UNRESOLVED in held.resource or "${" in held.resource:
        return None
    if facts.is_large:
        return facts.effective.resource_of(action, held.piece)
    for candidate in (*_candidates(action), held.resource):
        plain = not any(char in candidate for char in "*?") or candidate == "*"
        if plain and matches(held.resource, candidate) and facts.permits(action, candidate):
            return candidate
    example = facts.effective.resource_of(action, held.piece)
    return example if example is not None and facts.permits(action, example) else None


@remembered(1024)
def _candidates(action: str) -> tuple[str, ...]:
    """Return well-formed ARNs of the resource types that the action accepts."""
    found = catalogue.action(action)
    if found is None or not found.resource_types:
        return ("*",)
    known = catalogue.resource_types()
    # Readers know the ARN of a model at once; the other types follow in the catalogue's order.
    kinds = sorted(found.resource_types, key=lambda name: name != "bedrock:foundation-model")
    return tuple(_fill(arn, name) for name in kinds if name in known for arn in known[name].arns)


def _fill(arn: str, kind: str) -> str:
    identifier = _MODEL if kind == "bedrock:foundation-model" else "EXAMPLE123"
    return _VARIABLE.sub(lambda match: _VALUES.get(match.group(1), identifier), arn)
