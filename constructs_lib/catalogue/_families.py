"""The families, in the order that gives an action its home."""

from __future__ import annotations

from constructs_lib.catalogue._model import Family, Plane

__all__ = ["FAMILIES", "PREFIXES"]

FAMILIES = (
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
)
"""Control families first, each family with its plane, IAM prefix and botocore client."""

PREFIXES = ("bedrock", "bedrock-agentcore", "bedrock-mantle", "bedrock-websearch")
"""The IAM service prefixes of Amazon Bedrock."""
