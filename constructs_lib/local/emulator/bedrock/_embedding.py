"""A deterministic stand-in for an embedding model: hashed bags of words.

Texts that share words are near each other, which is all that the tests of retrieval need.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter

__all__ = ["dimension_of", "embed", "words"]

_STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "that",
        "the",
        "their",
        "there",
        "these",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)
_WORD = re.compile(r"[a-z0-9]+")
_SUFFIX = re.compile(r"(ies|ing|ed|es|s)$")

# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
_DIMENSIONS = {
    "amazon.titan-embed-text-v1": 1536,
    "amazon.titan-embed-text-v2:0": 1024,
    "amazon.titan-embed-image-v1": 1024,
    "cohere.embed-english-v3": 1024,
    "cohere.embed-multilingual-v3": 1024,
}


def dimension_of(model_arn: str, configured: int | None = None) -> int | None:
    """Return the length of the model's vectors, or None for a model that isn't known here."""
    return configured or _DIMENSIONS.get(model_arn.rpartition("/")[2])


def words(text: str) -> list[str]:
    """Return the words of a text that carry meaning, without their endings."""
    found = (word for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS)
    return [_SUFFIX.sub("", word) if len(word) > 4 else word for word in found]


def embed(text: str, dimension: int) -> list[float]:
    """Return a unit vector of `dimension` numbers for a text."""
    vector = [0.0] * dimension
    for word, count in Counter(words(text)).items():
        digest = zlib.crc32(word.encode())
        # The sign, from a bit that the position doesn't use, keeps collisions from adding up.
        vector[digest % dimension] += (1 + math.log(count)) * (1 if digest >> 31 else -1)
    length = math.hypot(*vector)
    if not length:
        # S3 Vectors takes no zero vector under the cosine metric.
        vector[0] = 1.0
        return vector
    return [value / length for value in vector]
