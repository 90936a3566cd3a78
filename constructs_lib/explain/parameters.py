"""Parameters that boto3 refuses before it sends a request: newer than the SDK, or of no operation.

botocore checks a request against its own copy of the operation's shape and says which names it knows. Today's
are in https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NamedTuple

__all__ = ["INNER", "MEMBERS", "UnknownParameter", "find_unknown_parameter"]

MEMBERS = {
    "ApplyGuardrail": ("content guardrailIdentifier guardrailVersion outputScope source"),
    "Converse": (
        "additionalModelRequestFields additionalModelResponseFieldPaths guardrailConfig inferenceConfig "
        "messages modelId outputConfig performanceConfig promptVariables requestMetadata serviceTier "
        "system toolConfig"
    ),
    "ConverseStream": (
        "additionalModelRequestFields additionalModelResponseFieldPaths guardrailConfig inferenceConfig "
        "messages modelId outputConfig performanceConfig promptVariables requestMetadata serviceTier "
        "system toolConfig"
    ),
    "CountTokens": ("input modelId"),
    "InvokeModel": (
        "accept body contentType guardrailIdentifier guardrailVersion modelId performanceConfigLatency "
        "requestMetadata serviceTier trace"
    ),
    "InvokeModelWithResponseStream": (
        "accept body contentType guardrailIdentifier guardrailVersion modelId performanceConfigLatency "
        "requestMetadata serviceTier trace"
    ),
    "StartAsyncInvoke": ("clientRequestToken modelId modelInput outputDataConfig tags"),
    "InvokeAgent": (
        "agentAliasId agentId bedrockModelConfigurations enableTrace endSession inputText memoryId "
        "promptCreationConfigurations sessionId sessionState sourceArn streamingConfigurations"
    ),
    "InvokeFlow": (
        "enableTrace executionId flowAliasIdentifier flowIdentifier inputs modelPerformanceConfiguration"
    ),
    "InvokeInlineAgent": (
        "actionGroups agentCollaboration agentName bedrockModelConfigurations collaboratorConfigurations "
        "collaborators customOrchestration customerEncryptionKeyArn enableTrace endSession "
        "foundationModel guardrailConfiguration idleSessionTTLInSeconds inlineSessionState inputText "
        "instruction knowledgeBases orchestrationType promptCreationConfigurations "
        "promptOverrideConfiguration sessionId streamingConfigurations"
    ),
    "Rerank": ("nextToken queries rerankingConfiguration sources"),
    "Retrieve": (
        "guardrailConfiguration knowledgeBaseId nextToken retrievalConfiguration retrievalQuery userContext"
    ),
    "RetrieveAndGenerate": (
        "input retrieveAndGenerateConfiguration sessionConfiguration sessionId userContext"
    ),
    "RetrieveAndGenerateStream": (
        "input retrieveAndGenerateConfiguration sessionConfiguration sessionId userContext"
    ),
}
"""The parameters of the operations that applications call, by operation."""
INNER = frozenset(
    [
        "additionalModelRequestFields",
        "any",
        "audio",
        "auto",
        "body",
        "bucketOwner",
        "bytes",
        "cachePoint",
        "citations",
        "citationsContent",
        "content",
        "context",
        "converse",
        "description",
        "document",
        "documentChar",
        "documentChunk",
        "documentIndex",
        "documentPage",
        "domain",
        "effort",
        "enabled",
        "end",
        "error",
        "format",
        "guardContent",
        "guardrailIdentifier",
        "guardrailVersion",
        "image",
        "input",
        "inputSchema",
        "invokeModel",
        "json",
        "jsonSchema",
        "key",
        "kmsKeyId",
        "latency",
        "location",
        "maxTokens",
        "message",
        "messages",
        "name",
        "qualifiers",
        "reasoningContent",
        "reasoningText",
        "redactedContent",
        "role",
        "s3Location",
        "s3OutputDataConfig",
        "s3Uri",
        "schema",
        "searchResult",
        "searchResultIndex",
        "searchResultLocation",
        "serverName",
        "signature",
        "source",
        "sourceContent",
        "start",
        "status",
        "stopSequences",
        "streamProcessingMode",
        "strict",
        "structure",
        "system",
        "systemTool",
        "temperature",
        "text",
        "textFormat",
        "title",
        "tool",
        "toolAddition",
        "toolChoice",
        "toolConfig",
        "toolRemoval",
        "toolResult",
        "toolSpec",
        "toolUse",
        "toolUseId",
        "tools",
        "topP",
        "trace",
        "ttl",
        "type",
        "uri",
        "url",
        "value",
        "video",
        "web",
    ]
)
"""The names inside of the parameters of ``bedrock-runtime``."""
_SENTENCE = re.compile(r"Unknown parameter in ([\w.\[\]]+): \W*(\w+)\W+must be one of: ([\w, ]+)")
_INPUT = "input"


class UnknownParameter(NamedTuple):
    """A parameter that the SDK doesn't know.

    Attributes:
        name: The name.
        place: Where in the request it stands, ``input`` for the request itself.
        operation: The operation, empty if neither the error nor its list of names tells.
        is_new: Whether the operation has it today, ``None`` if that isn't known here.
        meant: The name that the SDK knows and that is most like it, empty if none is.
        others: The operations that have a parameter of that name.

    """

    name: str
    place: str
    operation: str
    is_new: bool | None
    meant: str
    others: tuple[str, ...]


def find_unknown_parameter(line: str, operation: str = "") -> UnknownParameter | None:
    """Return the parameter that botocore refuses in a text of one line, ``None`` if it refuses none.

    Args:
        line: The text.
        operation: The operation, where the error names it.

    """
    found = _SENTENCE.search(line)
    if found is None:
        return None
    place, name = found[1], found[2]
    listed = found[3].replace(",", " ").split()
    meant = {_plain(one): one for one in listed}
    like = meant.get(_plain(name)) or next(
        (meant[key] for key in get_close_matches(_plain(name), meant, 1, 0.75)), ""
    )
    if place != _INPUT:
        return UnknownParameter(name, place, operation, not like and name in INNER, like, ())
    if operation not in MEMBERS:
        having = (one for one, names in MEMBERS.items() if set(listed) <= set(names.split()))
        operation = operation or next(having, "")
    is_new = name in MEMBERS[operation].split() if operation in MEMBERS else None
    others = tuple(one for one, names in MEMBERS.items() if name in names.split())
    return UnknownParameter(name, place, operation, is_new, "" if is_new else like, others)


def _plain(name: str) -> str:
    """Return a name without letter case and underscores, in which misspelt names differ."""
    return name.replace("_", "").lower()
