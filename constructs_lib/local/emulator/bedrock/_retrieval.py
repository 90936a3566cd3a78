# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Retrieve, RetrieveAndGenerate and its stream, over the documents that were ingested.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-retrieve.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock_agent, bedrock_agent_runtime

from constructs_lib.local.emulator.authorization import model_checks, refusal
from constructs_lib.local.emulator.bedrock._guardrails import guarded
from constructs_lib.local.emulator.bedrock._service_roles import embedding_model, knowledge_base_trusted
from constructs_lib.local.emulator.bedrock._stores import store_of
from constructs_lib.local.emulator.bedrock._vectors import METADATA_KEY, TEXT_KEY, URI_KEY, embed
from constructs_lib.local.emulator.protocol import AwsError, answer

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.bedrock._stores import Store
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = [
    "NO_ANSWER",
    "Answer",
    "compose",
    "retrieve",
    "retrieve_and_generate",
    "retrieve_and_generate_stream",
    "search",
]

NO_ANSWER = "Sorry, I am unable to assist you with this request."
"""What Bedrock's default prompt makes a model say when nothing was found."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, and its citations as the API gives them."""

    text: str
    citations: list[dict[str, Any]] = field(default_factory=list)


def compose(results: list[dict[str, Any]]) -> Answer:
    """Answer with the text of the best result, and cite it."""
    if not results:
        return Answer(NO_ANSWER)
    best = results[0]
    text = best["content"]["text"]
    reference = {name: best[name] for name in ("content", "location", "metadata")}
    part = {"text": text, "span": {"start": 0, "end": len(text) - 1}}
    citation = {"generatedResponsePart": {"textResponsePart": part}, "retrievedReferences": [reference]}
    return Answer(text, [citation])


_DEFAULT_RESULTS = 5


def search(
    knowledge_base_id: str, text: str, configuration: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return retrieval results, best first, as the API gives them.

    Everything is done as the knowledge base's service role; AWS answers the caller with a ValidationException
    that quotes the inner denial.
    """
    knowledge_base = bedrock_agent._knowledge_bases.get(knowledge_base_id)
    if knowledge_base is None:
        raise AwsError(
            "ResourceNotFoundException", f"Knowledge Base with id {knowledge_base_id} does not exist"
        )
    store = store_of(knowledge_base)
    if store is None:
        raise AwsError(
            "ValidationException", "The local AWS retrieves from S3 Vectors and managed knowledge bases only"
        )
    _check_role(knowledge_base, store)
    given = configuration or {}
    settings = given.get("managedSearchConfiguration") or given.get("vectorSearchConfiguration") or {}
    wanted = int(settings.get("numberOfResults") or _DEFAULT_RESULTS)
    found = store.query(embed(text, store.dimension))
    results = [_result(vector) for vector in found]
    keep = bedrock_agent_runtime._filter_matches
    return [r for r in results if r["score"] > 0 and keep(settings.get("filter"), r["metadata"])][:wanted]


def _check_role(knowledge_base: dict[str, Any], store: Store) -> None:
    role = knowledge_base["RoleArn"]
    if not knowledge_base_trusted(role, knowledge_base["KnowledgeBaseId"]):
        raise AwsError("ValidationException", "Bedrock Knowledge Base was unable to assume the given role.")
    model = embedding_model(knowledge_base["KnowledgeBaseConfiguration"])
    steps = (
        ("BedrockRuntime", model_checks("bedrock:InvokeModel", model) if model else []),
        # Metadata comes back with the vectors, which takes GetVectors as well.
        ("S3Vectors", store.checks("QueryVectors", "GetVectors")),
    )
    for service, checks in steps:
        if sentence := refusal(role, *checks):
            raise AwsError("ValidationException", f"{sentence} (Service: {service}, Status Code: 403)")


def _result(vector: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(vector["metadata"])
    text = metadata.pop(TEXT_KEY, "")
    metadata.pop(METADATA_KEY, None)
    return {
        "content": {"text": text, "type": "TEXT"},
        "location": {"type": "S3", "s3Location": {"uri": metadata.get(URI_KEY, "")}},
        "score": round(1 - vector["distance"], 6),
        "metadata": metadata,
    }


def retrieve(call: Call, request: Request) -> Response:
    """Serve Retrieve."""
    query = request.document.get("retrievalQuery") or {}
    if not query.get("text"):
        raise AwsError("ValidationException", "retrievalQuery.text is required")
    results = search(
        call.labels["knowledgeBaseId"], query["text"], request.document.get("retrievalConfiguration")
    )
    return answer({"retrievalResults": results})


def _check_generates(knowledge_base_id: str | None) -> None:
    """Refuse a managed knowledge base, which answers Retrieve and AgenticRetrieveStream.

    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed.html
    """
    record = bedrock_agent._knowledge_bases.get(knowledge_base_id) or {}
    if (record.get("KnowledgeBaseConfiguration") or {}).get("type") == "MANAGED":
        raise AwsError(
            "ValidationException", "RetrieveAndGenerate is not supported for managed knowledge bases"
        )


def _generated(request: Request) -> tuple[Answer, str]:
    """Return the answer and the guardrail's action (NONE or INTERVENED)."""
    text = str((request.document.get("input") or {}).get("text", ""))
    if not text:
        raise AwsError("ValidationException", "input.text is required")
    outer = request.document.get("retrieveAndGenerateConfiguration") or {}
    config = outer.get("knowledgeBaseConfiguration") or {}
    _check_generates(config.get("knowledgeBaseId"))
    generation = config.get("generationConfiguration") or {}
    guardrail = generation.get("guardrailConfiguration") or {}
    blocked = guarded(guardrail.get("guardrailId"), guardrail.get("guardrailVersion"), "INPUT", text)
    if blocked is not None:
        return Answer(blocked), "INTERVENED"
    results = (
        search(config["knowledgeBaseId"], text, config.get("retrievalConfiguration"))
        if config.get("knowledgeBaseId")
        else []
    )
    made = compose(results)
    blocked = guarded(guardrail.get("guardrailId"), guardrail.get("guardrailVersion"), "OUTPUT", made.text)
    return (Answer(blocked), "INTERVENED") if blocked is not None else (made, "NONE")


def retrieve_and_generate(_call: Call, request: Request) -> Response:
    """Serve RetrieveAndGenerate."""
    made, action = _generated(request)
    return answer(
        {
            "sessionId": request.document.get("sessionId") or str(uuid.uuid4()),
            "output": {"text": made.text},
            "citations": made.citations,
            "guardrailAction": action,
        }
    )


def retrieve_and_generate_stream(_call: Call, request: Request) -> Response:
    """Serve RetrieveAndGenerateStream: the text, then each citation, then the guardrail's action."""
    made, action = _generated(request)
    event = bedrock_agent_runtime._es_event
    stream = event("output", {"text": made.text})
    for citation in made.citations:
        stream += event("citation", {"citation": citation})
    stream += event("guardrail", {"action": action})
    session = str(request.document.get("sessionId") or uuid.uuid4())
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "x-amzn-bedrock-knowledge-base-session-id": session,
    }
    return 200, headers, stream
