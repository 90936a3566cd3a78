"""Every verb by its name."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from constructs_lib.catalogue.verbs import _agentcore, _agents, _automation, _inference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.catalogue.verbs._model import GrantVerb

__all__ = ["inner_call_actions", "verb", "verbs"]

_INVOKE = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:Retrieve"})


@cache
def verbs() -> Mapping[str, GrantVerb]:
    """Return every verb by its name."""
    table = (*_inference.rows(), *_agents.rows(), *_automation.rows(), *_agentcore.rows())
    return MappingProxyType({row.name: row for row in table})


def verb(name: str) -> GrantVerb:
    """Return one verb; raise ``KeyError`` with the known names for any other."""
    try:
        return verbs()[name]
    except KeyError:
        known = ", ".join(sorted(verbs()))
        raise KeyError(f"`{name}` is no verb of the grants table; there are: {known}") from None


@cache
def inner_call_actions() -> frozenset[str]:
    """Return the actions behind which AWS makes model calls of its own, without the caller's guardrail."""
    return frozenset(
        action
        for row in verbs().values()
        if row.inner_calls
        for part in row.parts
        for action in part.actions
        if action not in _INVOKE
    )
