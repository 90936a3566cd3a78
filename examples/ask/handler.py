"""Answer a question over the knowledge base, with each data-plane client doing its own part.

Three ways to answer, chosen by ``mode`` in the event:

``generate`` (default)
    ``bedrock-agent-runtime`` retrieves and generates in one call (RetrieveAndGenerate).
``converse``
    ``bedrock-agent-runtime`` retrieves the passages, ``bedrock-runtime`` converses over them under
    the guardrail. The small model is asked first, the large one (where there is one) only if the small
    one doesn't find the answer; the passages stand before the question, so that the next question over
    the same ones reads them from the prompt cache.
``retrieve``
    The passages alone; no model is called.

The module needs boto3 and the runtime helper of this repository, which `bundle.py` packs beside it. No client
of the control plane is ever created: the role of the function could not use one.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-retrieve-generate.html
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from bedrock_planes_runtime import Clients, explain
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Settings", "handler"]

MAX_QUESTION = 1000
"""Characters that RetrieveAndGenerate takes as ``input.text`` (Retrieve would take 20,000).

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerateInput.html
"""

UNKNOWN = "UNKNOWN"
SYSTEM = f"Answer from the passages only. If they do not hold the answer, say {UNKNOWN} and nothing else."
NOT_FOUND = "The documents do not hold the answer."


class BadRequestError(Exception):
    """The event is not a question."""


class MisconfiguredError(Exception):
    """The function lacks an environment variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The ids that the function works with; ARNs and ids as CloudFormation outputs them."""

    knowledge_base_id: str
    model_id: str
    model_arn: str
    guardrail_id: str
    guardrail_version: str
    large_model_id: str | None = None
    caches_prompts: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read ``KNOWLEDGE_BASE_ID``, ``MODEL_ID``, ``GUARDRAIL_ID`` and ``GUARDRAIL_VERSION``.

        ``MODEL_ARN`` is for models that are not foundation models (an inference profile); without it the
        foundation model's ARN is made from ``MODEL_ID`` and ``AWS_REGION``, which Lambda sets.
        ``LARGE_MODEL_ID`` is asked in mode ``converse`` where the other model has no answer; without it none
        is. ``PROMPT_CACHE`` is ``true`` where the models take cache points; without it none is sent.

        Raises:
            MisconfiguredError: One of them is missing or empty; the message names all that are.
        """
        names = ("KNOWLEDGE_BASE_ID", "MODEL_ID", "GUARDRAIL_ID", "GUARDRAIL_VERSION", "AWS_REGION")
        missing = [name for name in names if not environment.get(name)]
        if missing:
            raise MisconfiguredError(f"set the environment variable(s) {', '.join(missing)} of the function")
        model_id, region = environment["MODEL_ID"], environment["AWS_REGION"]
        partition = boto3.Session().get_partition_for_region(region)
        return cls(
            knowledge_base_id=environment["KNOWLEDGE_BASE_ID"],
            model_id=model_id,
            model_arn=environment.get("MODEL_ARN")
            or f"arn:{partition}:bedrock:{region}::foundation-model/{model_id}",
            guardrail_id=environment["GUARDRAIL_ID"],
            guardrail_version=environment["GUARDRAIL_VERSION"],
            large_model_id=environment.get("LARGE_MODEL_ID") or None,
            caches_prompts=environment.get("PROMPT_CACHE") == "true",
        )


@cache
def _client(service: str) -> Any:
    """One client per container: a warm start reuses its connection."""
    return Clients().client(service)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes it
    """Answer ``{"question": "...", "mode": "generate"}``; in the body of an HTTP event too.

    Returns ``{"statusCode": int, "headers": ..., "body": json}``; the body has ``answer`` (null for
    ``retrieve``), ``mode``, ``citations`` (each with ``source`` and ``text``) and ``guardrail`` (true when it
    intervened), in mode ``converse`` also ``model`` and ``cached_tokens``, or ``error`` alone.
    """
    try:
        settings = Settings.from_environment(os.environ)
        question, mode = _request(event)
        return _response(200, MODES[mode](settings, question) | {"mode": mode})
    except BadRequestError as error:
        return _response(400, {"error": str(error)})
    except ClientError as error:
        return _response(*_client_error(error))
    except (BotoCoreError, MisconfiguredError) as error:
        print(json.dumps({"level": "error", "type": type(error).__name__, "message": str(error)}))  # noqa: T201 - Lambda's log
        return _response(500, {"error": "the function is misconfigured or cannot reach Amazon Bedrock"})


def _request(event: Mapping[str, Any]) -> tuple[str, str]:
    """Question and mode of a direct invocation or of an HTTP event, whose body is JSON text."""
    # A direct invocation may send any JSON value.
    body: Any = event.get("body", event) if isinstance(event, dict) else event
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError as error:
            raise BadRequestError('the body must be JSON: {"question": "..."}') from error
    question = body.get("question") if isinstance(body, dict) else None
    if not isinstance(question, str) or not 0 < len(question.strip()) <= MAX_QUESTION:
        raise BadRequestError(f"`question` must be a text of 1 to {MAX_QUESTION} characters")
    mode = body.get("mode", "generate")
    if not isinstance(mode, str) or mode not in MODES:
        raise BadRequestError(f"`mode` must be one of {', '.join(MODES)}")
    return question.strip(), mode


def _generate(settings: Settings, question: str) -> dict[str, Any]:
    """Retrieve and generate in one call, under the guardrail."""
    answer = _client("bedrock-agent-runtime").retrieve_and_generate(
        input={"text": question},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": settings.knowledge_base_id,
                "modelArn": settings.model_arn,
                "generationConfiguration": {
                    "guardrailConfiguration": {
                        "guardrailId": settings.guardrail_id,
                        "guardrailVersion": settings.guardrail_version,
                    }
                },
            },
        },
    )
    references = [
        reference
        for citation in answer.get("citations", [])
        for reference in citation.get("retrievedReferences", [])
    ]
    return {
        "answer": answer["output"]["text"],
        "citations": [_citation(reference) for reference in references],
        "guardrail": answer.get("guardrailAction") == "INTERVENED",
    }


def _retrieve(settings: Settings, question: str) -> dict[str, Any]:
    """Find the nearest passages; no model is called."""
    found = _client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=settings.knowledge_base_id,
        retrievalQuery={"text": question},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 4}},
    )
    citations = [_citation(result) for result in found["retrievalResults"]]
    return {"answer": None, "citations": citations, "guardrail": False}


def _converse(settings: Settings, question: str) -> dict[str, Any]:
    """Retrieve, then converse over the passages, both visible to the caller: small model first."""
    found = _retrieve(settings, question)
    passages = "\n\n".join(citation["text"] for citation in found["citations"])
    told = _told(settings, settings.model_id, passages, question)
    if told["answer"] == UNKNOWN and settings.large_model_id:
        told = _told(settings, settings.large_model_id, passages, question)
    if told["answer"] == UNKNOWN:
        told["answer"] = NOT_FOUND
    return found | told


def _told(settings: Settings, model_id: str, passages: str, question: str) -> dict[str, Any]:
    """Ask one model.

    The cache keeps what stands before the cache point, if it is long enough for the model (Amazon Nova: 1,000
    tokens).
    Everything is in the message and nothing in ``system``, which a guardrail doesn't look at.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """
    point = [{"cachePoint": {"type": "default"}}] if settings.caches_prompts else []
    content = [{"text": f"Passages:\n{passages}"}, *point, {"text": f"Question: {question}"}]
    answer = _client("bedrock-runtime").converse(
        modelId=model_id,
        system=[{"text": SYSTEM}],
        messages=[{"role": "user", "content": content}],
        inferenceConfig={"maxTokens": 512, "temperature": 0.0},
        guardrailConfig={
            "guardrailIdentifier": settings.guardrail_id,
            "guardrailVersion": settings.guardrail_version,
        },
    )
    text = "".join(block.get("text", "") for block in answer["output"]["message"]["content"]).strip()
    usage = answer["usage"]
    return {
        "answer": UNKNOWN if text.rstrip(".").upper() == UNKNOWN else text,
        "guardrail": answer["stopReason"] == "guardrail_intervened",
        "model": model_id,
        "cached_tokens": usage.get("cacheReadInputTokens", 0),
    }


MODES = {"generate": _generate, "converse": _converse, "retrieve": _retrieve}


def _citation(reference: Mapping[str, Any]) -> dict[str, str]:
    """Where a passage comes from, and the passage."""
    location = reference.get("location", {})
    uri = location.get("s3Location", {}).get("uri") or location.get("type", "unknown")
    return {"source": uri, "text": reference.get("content", {}).get("text", "")}


def _client_error(error: ClientError) -> tuple[int, dict[str, str]]:
    """Say what the caller may know; the log has the whole message, which can name ARNs."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    found = explain(error)
    line = {"level": "error", "operation": error.operation_name, "code": code, "message": message}
    line |= {"kind": found.kind, "action": found.action, "remedy": found.remedy.text}
    print(json.dumps(line))  # noqa: T201 - Lambda's log
    if code in {"ThrottlingException", "ServiceQuotaExceededException", "ModelNotReadyException"}:
        return 429, {"error": f"{error.operation_name} is busy; try again"}
    if code == "AccessDeniedException":
        return 403, {"error": f"the role of the function may not call {error.operation_name}"}
    return 502, {"error": f"{error.operation_name} failed: {code}"}


def _response(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body, ensure_ascii=False),
    }
