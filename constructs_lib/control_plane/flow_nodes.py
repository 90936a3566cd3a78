"""What each type of node of a flow takes, gives and is configured with.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/flows-nodes.html (summary tables) and
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_FlowNodeConfiguration.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANY", "NODE_TYPES", "NodeType"]

ANY = "Any"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NodeType:
    """A type of node.

    Attributes:
        key: Its key in a node's ``configuration``.
        inputs: The inputs by name with their data type; ``None`` for inputs of any name.
        outputs: The outputs by name with their data type; ``None`` for outputs of any name.
        optional: The inputs that a node may leave out.
        is_configured: Whether a node needs its configuration.

    """

    key: str
    inputs: Mapping[str, str] | None
    outputs: Mapping[str, str] | None
    optional: frozenset[str] = frozenset()
    is_configured: bool = field(default=True)


_ATTRIBUTES = frozenset({"promptAttributes", "requestAttributes", "sessionAttributes"})

NODE_TYPES: Mapping[str, NodeType] = MappingProxyType(
    {
        "Input": NodeType("input", _NONE, {"document": ANY}, is_configured=False),
        "Output": NodeType("output", {"document": ANY}, _NONE, is_configured=False),
        "Condition": NodeType("condition", None, _NONE),
        "Iterator": NodeType(
            "iterator", {"array": "Array"}, {"arrayItem": ANY, "arraySize": "Number"}, is_configured=False
        ),
        "Collector": NodeType(
            "collector",
            {"arrayItem": ANY, "arraySize": "Number"},
            {"collectedArray": "Array"},
            is_configured=False,
        ),
        "Prompt": NodeType("prompt", None, {"modelCompletion": "String"}),
        "Agent": NodeType(
            "agent",
            {"agentInputText": "String", "promptAttributes": "Object", "sessionAttributes": "Object"},
            {"agentResponse": "String"},
            _ATTRIBUTES,
        ),
        # It gives `retrievalResults`, and with a model `outputText`: see the check of its outputs.
        "KnowledgeBase": NodeType(
            "knowledgeBase",
            {"retrievalQuery": "String"},
            {"outputText": "String", "retrievalResults": "Array"},
        ),
        "Storage": NodeType(
            "storage",
            {"content": ANY, "objectKey": "String"},
            {"s3Uri": "String"},
        ),
        "Retrieval": NodeType("retrieval", {"objectKey": "String"}, {"s3Content": ANY}),
        "LambdaFunction": NodeType("lambdaFunction", None, {"functionResponse": ANY}),
        "InlineCode": NodeType("inlineCode", None, {"response": ANY}),
        "Lex": NodeType(
            "lex",
            {"inputText": "String", "requestAttributes": "Object", "sessionAttributes": "Object"},
            {"predictedIntent": "String"},
            _ATTRIBUTES,
        ),
        "Loop": NodeType("loop", None, None),
        "LoopInput": NodeType("loopInput", _NONE, None, is_configured=False),
        "LoopController": NodeType("loopController", None, _NONE),
    }
)
