"""A deterministic stand-in for an embedding model: hashed bags of words.

Texts that share words are near each other, which is all that the tests of retrieval need.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter

__all__ = ["embed", "words"]

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
