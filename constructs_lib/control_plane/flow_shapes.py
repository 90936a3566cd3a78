"""What the parts of a flow's definition may hold: names, types, limits and patterns, as the API has them.

CloudFormation's schema has the same in its own spelling; the tests compare the two.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_FlowNodeConfiguration.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrock-flow-flownodeconfiguration.html
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CONNECTION",
    "CONNECTIONS",
    "DATA_TYPES",
    "INPUT",
    "NAME",
    "NODES",
    "NODE_CONFIGURATIONS",
    "OUTPUT",
    "Free",
    "Items",
    "Number",
    "Object",
    "OneOf",
    "Shape",
    "Text",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    Attributes:
        high: The characters that it may have, if there is a limit.
        pattern: What the whole text must match, if anything.
        remedy: How to write it, for the message about the pattern.
        choices: The values that it may have, if they are few.

    """

    high: int | None = None
    pattern: str | None = None
    remedy: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``, a whole one unless it says otherwise."""

    low: float
    high: float
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Items:
    """A list of ``low`` to ``high`` items of one shape."""

    item: Shape
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object that has these fields, some of them in any case."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object that has one of these fields and no other."""

    fields: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class Free:
    """An object of any content, such as the fields that one model takes; or a definition inside another."""


Shape = Text | Number | Items | Object | OneOf | Free

DATA_TYPES = ("String", "Number", "Boolean", "Object", "Array")
# CloudFormation's limits for a flow: nodes, connections, and inputs and outputs of a node.
NODES, CONNECTIONS = 40, 100

_ARN = r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}"
NAME = Text(pattern=r"[a-zA-Z]([_]?[0-9a-zA-Z]){1,50}", remedy="use 2-51 letters, digits and single _")
_CONNECTION_NAME = Text(
    pattern=r"[a-zA-Z]([_]?[0-9a-zA-Z]){1,100}", remedy="use 2-101 letters, digits and single _"
)
_MODEL = Text(
    2048,
    r"(arn:aws(-[^:]{1,12})?:(bedrock|sagemaker):[a-z0-9-]{1,20}:([0-9]{12})?:([a-z-]+/)?)?([a-zA-Z0-9.-]{1,63})"
    r"{0,2}(([:][a-z0-9-]{1,63}){0,2})?(/[a-z0-9]{1,12})?",
    "pass the id or the ARN of a model or of an inference profile",
)
_BUCKET = Object(
    {
        "bucketName": Text(
            pattern=r"[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]", remedy="pass the name of a bucket, not its ARN"
        )
    },
    ("bucketName",),
)
_STORE = Object({"serviceConfiguration": OneOf({"s3": _BUCKET})}, ("serviceConfiguration",))
_GUARDRAIL = Object(
    {
        "guardrailIdentifier": Text(
            2048,
            rf"(([a-z0-9]+)|({_ARN}:[0-9]{{12}}:guardrail/[a-z0-9]+))",
            "pass the id or the ARN of a guardrail",
        ),
        "guardrailVersion": Text(
            pattern=r"(([0-9]{1,8})|(DRAFT))", remedy="pass a version's number, or DRAFT"
        ),
    }
)
_INFERENCE = OneOf(
    {
        "text": Object(
            {
                "maxTokens": Number(0, 4096),
                "stopSequences": Items(Text(), 0, 4),
                "temperature": Number(0, 1, is_whole=False),
                "topP": Number(0, 1, is_whole=False),
            }
        )
    }
)
_PROMPT_TEMPLATE = OneOf({"textPromptTemplate": Text(100_000)})
_FIELDS = Items(Object({"fieldName": Text(2000)}, ("fieldName",)), 1, 100)
_RERANKING = Object(
    {
        "type": Text(choices=("BEDROCK_RERANKING_MODEL",)),
        "bedrockRerankingConfiguration": Object(
            {
                "modelConfiguration": Object(
                    {
                        "modelArn": Text(
                            2048,
                            rf"({_ARN}::foundation-model/(.*))?",
                            "pass the ARN of a foundation model that reranks",
                        ),
                        "additionalModelRequestFields": Free(),
                    },
                    ("modelArn",),
                ),
                "numberOfRerankedResults": Number(1, 100),
                "metadataConfiguration": Object(
                    {
                        "selectionMode": Text(choices=("SELECTIVE", "ALL")),
                        "selectiveModeConfiguration": OneOf(
                            {"fieldsToInclude": _FIELDS, "fieldsToExclude": _FIELDS}
                        ),
                    },
                    ("selectionMode",),
                ),
            },
            ("modelConfiguration",),
        ),
    },
    ("type",),
)
_INLINE_PROMPT = Object(
    {
        "modelId": _MODEL,
        "templateType": Text(choices=("TEXT",)),
        "templateConfiguration": OneOf(
            {
                "text": Object(
                    {
                        "text": Text(200_000),
                        "inputVariables": Items(
                            Object(
                                {
                                    "name": Text(
                                        pattern=r"([0-9a-zA-Z][_-]?){1,100}",
                                        remedy="use 1-100 letters, digits and single - or _",
                                    )
                                }
                            ),
                            0,
                            20,
                        ),
                    },
                    ("text",),
                )
            }
        ),
        "inferenceConfiguration": _INFERENCE,
    },
    ("modelId", "templateConfiguration", "templateType"),
)
_CONDITION = Object({"name": NAME, "expression": Text(64)}, ("name",))

# By the key of a node's configuration. What has no configuration takes an empty object.
NODE_CONFIGURATIONS: Mapping[str, Object] = MappingProxyType(
    {
        "input": Object({}),
        "output": Object({}),
        "iterator": Object({}),
        "collector": Object({}),
        "loopInput": Object({}),
        "condition": Object({"conditions": Items(_CONDITION, 1, 5)}, ("conditions",)),
        "prompt": Object(
            {
                "sourceConfiguration": OneOf(
                    {
                        "inline": _INLINE_PROMPT,
                        "resource": Object(
                            {
                                "promptArn": Text(
                                    pattern=rf"({_ARN}:[0-9]{{12}}:prompt/[0-9a-zA-Z]{{10}}(?::[0-9]{{1,5}})?)",
                                    remedy="pass the ARN of a prompt, or of its version",
                                )
                            },
                            ("promptArn",),
                        ),
                    }
                ),
                "guardrailConfiguration": _GUARDRAIL,
            },
            ("sourceConfiguration",),
        ),
        "agent": Object(
            {
                "agentAliasArn": Text(
                    2048,
                    rf"{_ARN}:[0-9]{{12}}:agent-alias/[0-9a-zA-Z]{{10}}/[0-9a-zA-Z]{{10}}",
                    "pass the ARN of an agent's alias",
                )
            },
            ("agentAliasArn",),
        ),
        "knowledgeBase": Object(
            {
                "knowledgeBaseId": Text(10, r"[0-9a-zA-Z]+", "pass the id of a knowledge base, not its ARN"),
                "modelId": _MODEL,
                "numberOfResults": Number(1, 100),
                "guardrailConfiguration": _GUARDRAIL,
                "inferenceConfiguration": _INFERENCE,
                "promptTemplate": _PROMPT_TEMPLATE,
                "orchestrationConfiguration": Object(
                    {
                        "additionalModelRequestFields": Free(),
                        "inferenceConfig": _INFERENCE,
                        "performanceConfig": Object({"latency": Text(choices=("standard", "optimized"))}),
                        "promptTemplate": _PROMPT_TEMPLATE,
                    }
                ),
                "rerankingConfiguration": _RERANKING,
            },
            ("knowledgeBaseId",),
        ),
        "storage": _STORE,
        "retrieval": _STORE,
        "lambdaFunction": Object(
            {
                "lambdaArn": Text(
                    2048,
                    r"arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}(-gov)?-[a-z]+-\d{1}:\d{12}:function:[a-zA-Z0-9-_\.]+"
                    r"(:(\$LATEST|[a-zA-Z0-9-_]+))?",
                    "pass the ARN of a function",
                )
            },
            ("lambdaArn",),
        ),
        "inlineCode": Object(
            {"code": Text(5_000_000), "language": Text(choices=("Python_3",))}, ("code", "language")
        ),
        "lex": Object(
            {
                "botAliasArn": Text(
                    78,
                    r"arn:aws(|-us-gov):lex:[a-z]{2}(-gov)?-[a-z]+-\d{1}:\d{12}:bot-alias/[0-9a-zA-Z]+/[0-9a-zA-Z]+",
                    "pass the ARN of a bot's alias",
                ),
                "localeId": Text(10),
            },
            ("botAliasArn", "localeId"),
        ),
        # The definition inside is checked as one of its own.
        "loop": Object({"definition": Free()}, ("definition",)),
        "loopController": Object(
            {"continueCondition": _CONDITION, "maxIterations": Number(1, 1000)}, ("continueCondition",)
        ),
    }
)
INPUT = Object(
    {
        "name": NAME,
        "type": Text(choices=DATA_TYPES),
        "expression": Text(64, r"(?s)\$\..+", "begin with `$.`, as `$.data` does"),
        "category": Text(choices=("LoopCondition", "ReturnValueToLoopStart", "ExitLoop")),
    },
    ("name", "type", "expression"),
)
OUTPUT = Object({"name": NAME, "type": Text(choices=DATA_TYPES)}, ("name", "type"))
CONNECTION = Object(
    {
        "name": _CONNECTION_NAME,
        "source": NAME,
        "target": NAME,
        "type": Text(choices=("Data", "Conditional")),
        "configuration": OneOf(
            {
                "data": Object({"sourceOutput": NAME, "targetInput": NAME}, ("sourceOutput", "targetInput")),
                "conditional": Object({"condition": NAME}, ("condition",)),
            }
        ),
    },
    ("name", "source", "target", "type"),
)
