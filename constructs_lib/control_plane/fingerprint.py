"""A short hash of what the service sees of a resource: a version is new when it changes, and only then."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock

if TYPE_CHECKING:
    # At run time the L1 beside it is the base, so that jsii sees one class of the CDK and not two.
    from aws_cdk import CfnResource as _Resource
else:
    _Resource = object

__all__ = ["RecordingAgent", "RecordingFlow", "RecordingGuardrail", "RecordingPrompt", "fingerprint"]

# Resolving drops what is None, so a deletion is recorded as something that no override can be.
_DELETED = {"deleted": True}


class _Recording(_Resource):
    """Makes an L1 remember its overrides: no public API gives them back, and they are content too."""

    def __init__(self, *args: Any, **props: Any) -> None:
        self.overrides: dict[str, Any] = {}
        super().__init__(*args, **props)

    def add_override(self, path: str, value: Any) -> None:
        # All four ways to override end here, deletions with no value.
        self.overrides[path] = _DELETED if value is None else value
        super().add_override(path, value)


class RecordingAgent(_Recording, bedrock.CfnAgent):
    """The L1 of an agent, for :func:`fingerprint`."""


class RecordingFlow(_Recording, bedrock.CfnFlow):
    """The L1 of a flow, for :func:`fingerprint`."""


class RecordingGuardrail(_Recording, bedrock.CfnGuardrail):
    """The L1 of a guardrail, for :func:`fingerprint`."""


class RecordingPrompt(_Recording, bedrock.CfnPrompt):
    """The L1 of a prompt, for :func:`fingerprint`."""


def fingerprint(resource: RecordingAgent | RecordingFlow | RecordingGuardrail | RecordingPrompt) -> str:
    """Return 8 hexadecimal digits over the resolved properties without tags, and the overrides.

    Only once the aspects have run is the content final; references to other resources count by name.
    """
    stack = cdk.Stack.of(resource)
    content = dict(stack.resolve(resource._cfn_properties))  # noqa: SLF001 - the rendered props have no public name
    for tags in ("Tags", "tags"):
        content.pop(tags, None)
    overrides = stack.resolve(resource.overrides) if resource.overrides else {}
    text = json.dumps([content, overrides], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()
