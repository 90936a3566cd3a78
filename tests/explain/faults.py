"""Faults planted in the permissions of a caller: what it holds, what AWS says, and what has to be explained.

A row is a call that lacks exactly one thing. ``asked`` is the action and the resource that AWS's sentence
names; the sentence itself is documented in
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ACCOUNT",
    "CLIENT_FAULTS",
    "CONVERSE",
    "FAULTS",
    "MODEL_ARN",
    "PROJECT",
    "Fault",
    "allow",
    "policy",
]

ACCOUNT, REGION = "111122223333", "us-east-1"
MODEL = "anthropic.claude-3-5-sonnet-20240620-v1:0"
MODEL_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/{MODEL}"
OWN = f"arn:aws:bedrock:{REGION}:{ACCOUNT}"
PROJECT = f"{OWN}:project/default"
PROFILE = f"{OWN}:inference-profile/us.{MODEL}"
GLOBAL = f"{OWN}:inference-profile/global.{MODEL}"
US_MODELS = [MODEL_ARN.replace(REGION, region) for region in ("us-east-1", "us-east-2", "us-west-2")]
INVOKE, STREAM = "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"
MESSAGES = [{"role": "user", "content": [{"text": "hello"}]}]
CONVERSE = {"modelId": MODEL, "messages": MESSAGES}
GUARDED = {**CONVERSE, "guardrailConfig": {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}}
APPLY = {
    "guardrailIdentifier": "abc123",
    "guardrailVersion": "1",
    "source": "INPUT",
    "content": [{"text": {"text": "x"}}],
}
RETRIEVE = {"knowledgeBaseId": "KB12345678", "retrievalQuery": {"text": "q"}}
KNOWLEDGE_BASE = f"{OWN}:knowledge-base/KB12345678"
RAG = {
    "input": {"text": "q"},
    "retrieveAndGenerateConfiguration": {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {"knowledgeBaseId": "KB12345678", "modelArn": MODEL_ARN},
    },
}
AGENT = {"agentId": "AGENT12345", "agentAliasId": "ALIAS12345", "sessionId": "session", "inputText": "x"}
INLINE = {"sessionId": "session", "foundationModel": MODEL, "instruction": "x" * 50, "inputText": "x"}
GUARDRAIL = {"name": "g", "blockedInputMessaging": "x", "blockedOutputsMessaging": "y"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/logging"
LOGGING = {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "g", "roleArn": ROLE}}}
INDEX = f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/b/index/i"
QUERY = {"indexArn": INDEX, "topK": 1, "queryVector": {"float32": [1.0]}, "returnMetadata": True}
LOGGED = "bedrock:PutModelInvocationLoggingConfiguration"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: object = "*", **condition: Any) -> dict[str, Any]:
    """Return an Allow statement."""
    found = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


@dataclass(frozen=True)
class Fault:
    """A call, what its caller holds, and what is wrong with it.

    Attributes:
        id: The fault in words.
        client: The client, as boto3 names it.
        method: Its method.
        arguments: The method's arguments.
        asked: The action and the resource that AWS denies first.
        why: A part of what keeps the nearest statement from matching, empty if there is none.
        held: The caller's statements.
        kind: The expected kind.

    """

    id: str
    client: str
    method: str
    arguments: dict[str, Any]
    asked: tuple[str, str]
    why: str
    held: list[dict[str, Any]] = field(default_factory=list)
    kind: str = "missing-action"

    @property
    def text(self) -> str:
        """AWS's sentence, from ``is not authorized``."""
        return (
            f"is not authorized to perform: {self.asked[0]} on resource: {self.asked[1]} "
            f"because no identity-based policy allows the {self.asked[0]} action"
        )


_RUNTIME, _AGENTS = "bedrock-runtime", "bedrock-agent-runtime"
_TYPE = "is another resource type than"
FAULTS = [
    Fault("no model", _RUNTIME, "converse", CONVERSE, (INVOKE, MODEL_ARN), _TYPE, [allow(INVOKE, PROJECT)]),
    Fault(
        "no stream",
        _RUNTIME,
        "converse_stream",
        CONVERSE,
        (STREAM, MODEL_ARN),
        "streaming is an action of its own",
        [allow(INVOKE, [MODEL_ARN, PROJECT])],
    ),
    Fault(
        "an action that does not exist",
        _RUNTIME,
        "converse",
        CONVERSE,
        (INVOKE, MODEL_ARN),
        _TYPE,
        [allow("bedrock:Converse", MODEL_ARN), allow(INVOKE, PROJECT)],
    ),
    Fault(
        "another Region's model",
        _RUNTIME,
        "converse",
        CONVERSE,
        (INVOKE, MODEL_ARN),
        "the Region us-west-2 differs from us-east-1",
        [allow(INVOKE, [US_MODELS[2], PROJECT])],
    ),
    Fault(
        "another model",
        _RUNTIME,
        "converse",
        CONVERSE,
        (INVOKE, MODEL_ARN),
        "another name",
        [allow(INVOKE, [f"arn:aws:bedrock:{REGION}::foundation-model/anthropic.claude-v2", PROJECT])],
    ),
    Fault("no project", _RUNTIME, "converse", CONVERSE, (INVOKE, PROJECT), _TYPE, [allow(INVOKE, MODEL_ARN)]),
    Fault(
        "the models without their profile",
        _RUNTIME,
        "converse",
        {**CONVERSE, "modelId": f"us.{MODEL}"},
        (INVOKE, PROFILE),
        _TYPE,
        [allow(INVOKE, [*US_MODELS, PROJECT])],
    ),
    Fault(
        "a profile without its models",
        _RUNTIME,
        "converse",
        {**CONVERSE, "modelId": f"us.{MODEL}"},
        (INVOKE, US_MODELS[2]),
        "the Region us-east-",
        [allow(INVOKE, [PROFILE, *US_MODELS[:2], PROJECT])],
    ),
    Fault(
        "no global profile",
        _RUNTIME,
        "converse",
        {**CONVERSE, "modelId": f"global.{MODEL}"},
        (INVOKE, GLOBAL),
        _TYPE,
        [allow(INVOKE, [MODEL_ARN, PROJECT])],
    ),
    Fault(
        "no ApplyGuardrail",
        _RUNTIME,
        "converse",
        GUARDED,
        ("bedrock:ApplyGuardrail", f"{OWN}:guardrail/abc123"),
        "the request needs `bedrock:ApplyGuardrail`",
        [allow(INVOKE, [MODEL_ARN, PROJECT])],
    ),
    Fault(
        "another guardrail",
        _RUNTIME,
        "apply_guardrail",
        APPLY,
        ("bedrock:ApplyGuardrail", f"{OWN}:guardrail/abc123"),
        "another name",
        [allow("bedrock:ApplyGuardrail", f"{OWN}:guardrail/other1")],
    ),
    Fault(
        "counting with the action of a call",
        _RUNTIME,
        "count_tokens",
        {"modelId": MODEL, "input": {"converse": {"messages": MESSAGES}}},
        ("bedrock:CountTokens", MODEL_ARN),
        "the request needs `bedrock:CountTokens`",
        [allow(INVOKE, [MODEL_ARN, PROJECT])],
    ),
    Fault(
        "another knowledge base",
        _AGENTS,
        "retrieve",
        RETRIEVE,
        ("bedrock:Retrieve", KNOWLEDGE_BASE),
        "another name",
        [allow("bedrock:Retrieve", f"{OWN}:knowledge-base/OTHER12345")],
    ),
    Fault(
        "another account",
        _AGENTS,
        "retrieve",
        RETRIEVE,
        ("bedrock:Retrieve", KNOWLEDGE_BASE),
        "the account 444455556666 differs from 111122223333",
        [allow("bedrock:Retrieve", KNOWLEDGE_BASE.replace(ACCOUNT, "444455556666"))],
    ),
    Fault(
        "the agent for its alias",
        _AGENTS,
        "invoke_agent",
        AGENT,
        ("bedrock:InvokeAgent", f"{OWN}:agent-alias/AGENT12345/ALIAS12345"),
        "`agent` is another resource type than `agent-alias`",
        [allow("bedrock:InvokeAgent", f"{OWN}:agent/AGENT12345")],
    ),
    Fault(
        "an ARN for an action without resources",
        _AGENTS,
        "retrieve_and_generate",
        RAG,
        ("bedrock:RetrieveAndGenerate", "*"),
        "the request is for `*`",
        [
            allow("bedrock:RetrieveAndGenerate", KNOWLEDGE_BASE),
            allow("bedrock:Retrieve", KNOWLEDGE_BASE),
            allow(INVOKE, [MODEL_ARN, PROJECT]),
        ],
    ),
    Fault(
        "generating without retrieving",
        _AGENTS,
        "retrieve_and_generate",
        RAG,
        ("bedrock:Retrieve", KNOWLEDGE_BASE),
        "the request needs `bedrock:Retrieve`",
        [allow("bedrock:RetrieveAndGenerate"), allow(INVOKE, [MODEL_ARN, PROJECT])],
    ),
    Fault(
        "generating without the model",
        _AGENTS,
        "retrieve_and_generate",
        RAG,
        (INVOKE, MODEL_ARN),
        _TYPE,
        [
            allow(["bedrock:RetrieveAndGenerate", "bedrock:Retrieve"]),
            allow(INVOKE, PROJECT),
        ],
    ),
    Fault(
        "an inline agent",
        _AGENTS,
        "invoke_inline_agent",
        INLINE,
        ("bedrock:InvokeInlineAgent", "*"),
        "it allows `bedrock:InvokeAgent`",
        [allow("bedrock:InvokeAgent")],
    ),
    Fault(
        "preparing an agent",
        "bedrock-agent",
        "prepare_agent",
        {"agentId": "AGENT12345"},
        ("bedrock:PrepareAgent", f"{OWN}:agent/AGENT12345"),
        "it allows `bedrock:GetAgent`",
        [allow("bedrock:GetAgent", f"{OWN}:agent/AGENT12345")],
    ),
    Fault(
        "starting with the right to read",
        "bedrock-agent",
        "start_ingestion_job",
        {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"},
        ("bedrock:StartIngestionJob", KNOWLEDGE_BASE),
        "it allows `bedrock:GetIngestionJob`",
        [allow("bedrock:GetIngestionJob", KNOWLEDGE_BASE)],
    ),
    Fault(
        "a version for the guardrail",
        "bedrock",
        "create_guardrail",
        GUARDRAIL,
        ("bedrock:CreateGuardrail", ""),
        "it allows `bedrock:CreateGuardrailVersion`",
        [allow("bedrock:CreateGuardrailVersion")],
    ),
    Fault(
        "tags at creation",
        "bedrock",
        "create_guardrail",
        {**GUARDRAIL, "name": "tagged", "tags": [{"key": "team", "value": "x"}]},
        ("bedrock:TagResource", ""),
        "the request needs `bedrock:TagResource`",
        [allow("bedrock:CreateGuardrail")],
    ),
    Fault(
        "listing models",
        "bedrock",
        "list_foundation_models",
        {},
        ("bedrock:ListFoundationModels", "*"),
        "it allows `bedrock:GetFoundationModel`",
        [allow("bedrock:GetFoundationModel")],
    ),
    Fault(
        "passing a role",
        "bedrock",
        "put_model_invocation_logging_configuration",
        LOGGING,
        ("iam:PassRole", ROLE),
        "",
        [allow(LOGGED)],
        "pass-role",
    ),
    Fault(
        "passing a role to another service",
        "bedrock",
        "put_model_invocation_logging_configuration",
        LOGGING,
        ("iam:PassRole", ROLE),
        "condition",
        [
            allow(LOGGED),
            allow("iam:PassRole", ROLE, StringEquals={"iam:PassedToService": "lambda.amazonaws.com"}),
        ],
        "pass-role",
    ),
    Fault(
        "a condition that does not hold",
        _RUNTIME,
        "converse",
        CONVERSE,
        (INVOKE, MODEL_ARN),
        "condition",
        [allow(INVOKE, PROJECT), allow(INVOKE, MODEL_ARN, StringEquals={"aws:RequestedRegion": "us-west-2"})],
    ),
    Fault(
        "vectors with metadata",
        "s3vectors",
        "query_vectors",
        QUERY,
        ("s3vectors:GetVectors", INDEX),
        "it allows `s3vectors:QueryVectors`",
        [allow("s3vectors:QueryVectors", INDEX)],
    ),
]

CLIENT_FAULTS = [
    ("bedrock", "converse", CONVERSE),
    ("bedrock-agent-runtime", "converse", CONVERSE),
    ("bedrock-runtime", "list_foundation_models", {}),
    ("bedrock-agent", "retrieve", RETRIEVE),
    ("bedrock-runtime", "invoke_agent", AGENT),
    ("bedrock-agent-runtime", "prepare_agent", {"agentId": "AGENT12345"}),
    ("bedrock-runtime", "create_guardrail", {**GUARDRAIL, "name": "other"}),
]
"""A client, a method that it lacks, the method's arguments."""
