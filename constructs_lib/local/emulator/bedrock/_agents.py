# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""InvokeAgent: guardrail, retrieval and answer, all as the agent's service role.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock_agent, bedrock_agent_runtime

from constructs_lib.local.emulator.authorization import (
    BEDROCK,
    arn,
    guardrail_checks,
    model_checks,
    refusal,
    trusts,
)
from constructs_lib.local.emulator.bedrock._guardrails import guarded
from constructs_lib.local.emulator.bedrock._retrieval import Answer, compose, search
from constructs_lib.local.emulator.protocol import AwsError, Check

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["invoke"]

_TEST_ALIAS = "TSTALIASID"


def invoke(call: Call, request: Request) -> Response:
    """Serve InvokeAgent: one chunk with its citations, or an exception event for what the role lacks."""
    agent = _agent(call.labels["agentId"], call.labels["agentAliasId"])
    text = str(request.document.get("inputText", ""))
    event = bedrock_agent_runtime._es_event
    streamed = bool((request.document.get("streamingConfigurations") or {}).get("streamFinalResponse"))
    sentence = _refusal(agent, streamed=streamed)
    if sentence is not None:
        # AWS has begun to answer by then, so the denial comes inside of the stream.
        body = _exception("accessDeniedException", sentence)
    else:
        made = _answer(agent, text)
        chunk: dict[str, Any] = {"bytes": base64.b64encode(made.text.encode()).decode()}
        if made.citations:
            chunk["attribution"] = {"citations": made.citations}
        body = event("chunk", chunk)
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "x-amz-bedrock-agent-session-id": call.labels["sessionId"],
        "x-amzn-bedrock-agent-content-type": "application/json",
    }
    return 200, headers, body


def _agent(agent_id: str, alias_id: str) -> dict[str, Any]:
    agent = bedrock_agent._agents.get(agent_id)
    known = alias_id == _TEST_ALIAS or f"{agent_id}/{alias_id}" in bedrock_agent._agent_aliases
    if agent is None or not known:
        raise AwsError(
            "ResourceNotFoundException", f"Could not find the agent {agent_id} with alias {alias_id}"
        )
    found: dict[str, Any] = agent
    return found


def _knowledge_bases(agent: dict[str, Any]) -> list[str]:
    prefix = f"{agent['AgentId']}/DRAFT/"
    return [
        record["KnowledgeBaseId"]
        for key, record in bedrock_agent._agent_knowledge_bases.items()
        if key.startswith(prefix) and record.get("KnowledgeBaseState", "ENABLED") == "ENABLED"
    ]


def _guardrail(agent: dict[str, Any]) -> tuple[str | None, str | None]:
    config = agent.get("GuardrailConfiguration") or {}
    return config.get("guardrailIdentifier"), config.get("guardrailVersion")


def _refusal(agent: dict[str, Any], *, streamed: bool) -> str | None:
    """Return what the agent's role lacks, if anything: the model, the guardrail, the knowledge bases."""
    role = agent.get("AgentResourceRoleArn") or ""
    if not trusts(role, BEDROCK, arn(f"agent/{agent['AgentId']}")):
        return f"Amazon Bedrock is not able to assume the role {role}"
    checks = model_checks("bedrock:InvokeModel", agent.get("FoundationModel") or "")
    if streamed:
        checks += model_checks("bedrock:InvokeModelWithResponseStream", agent.get("FoundationModel") or "")
    checks += guardrail_checks(*_guardrail(agent))[0]
    checks += [Check("bedrock:Retrieve", arn(f"knowledge-base/{kb_id}")) for kb_id in _knowledge_bases(agent)]
    return refusal(role, *checks)


def _answer(agent: dict[str, Any], text: str) -> Answer:
    identifier, version = _guardrail(agent)
    blocked = guarded(identifier, version, "INPUT", text)
    if blocked is not None:
        return Answer(blocked)
    results = [result for kb_id in _knowledge_bases(agent) for result in search(kb_id, text)]
    made = compose(sorted(results, key=lambda result: -result["score"]))
    blocked = guarded(identifier, version, "OUTPUT", made.text)
    return Answer(blocked) if blocked is not None else made


def _exception(kind: str, message: str) -> bytes:
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    encoded: bytes = bedrock_agent_runtime._es_encode_message(
        headers, json.dumps({"message": message}).encode()
    )
    return encoded
