"""Deterministic answers: the retrieved sentences that share most words with the question, with citations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.local.emulator.bedrock._embedding import words

__all__ = ["NO_ANSWER", "Answer", "compose"]

NO_ANSWER = "Sorry, I am unable to assist you with this request."
"""What Bedrock's default prompt makes a model say when nothing was found."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, and its citations as the API gives them."""

    text: str
    citations: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def plain(cls, text: str) -> Answer:
        """Return a text without sources."""
        return cls(text)


def compose(question: str, results: list[dict[str, Any]]) -> Answer:
    """Answer a question from retrieval results: at most one sentence of each of the best three."""
    asked = set(words(question))
    parts: list[tuple[str, dict[str, Any]]] = []
    for result in results[:_PARTS]:
        sentences = [s.strip() for s in _SENTENCE.split(result["content"]["text"]) if s.strip()]
        best = max(sentences, key=lambda s: len(asked & set(words(s))), default="")
        if best and best not in [text for text, _ in parts]:
            parts.append((best, result))
    if not parts:
        return Answer(NO_ANSWER)
    citations, position, texts = [], 0, []
    for text, result in parts:
        texts.append(text)
        citations.append(_citation(text, position, result))
        position += len(text) + 1
    return Answer(" ".join(texts), citations)


def _citation(text: str, start: int, result: dict[str, Any]) -> dict[str, Any]:
    reference = {name: result[name] for name in ("content", "location", "metadata")}
    part = {"text": text, "span": {"start": start, "end": start + len(text) - 1}}
    return {"generatedResponsePart": {"textResponsePart": part}, "retrievedReferences": [reference]}
