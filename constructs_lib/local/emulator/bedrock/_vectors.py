"""Documents as vectors: cut into chunks, embedded, and described with the metadata that Bedrock writes.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html
"""

from __future__ import annotations

import json
import math
import re
import uuid
import zlib
from typing import Any

__all__ = ["METADATA_KEY", "TEXT_KEY", "URI_KEY", "chunks_of", "embed", "vectors_of"]

TEXT_KEY = "AMAZON_BEDROCK_TEXT"
METADATA_KEY = "AMAZON_BEDROCK_METADATA"
URI_KEY = "x-amz-bedrock-kb-source-uri"
_SOURCE_KEY = "x-amz-bedrock-kb-data-source-id"

_DEFAULT_TOKENS = 300
_CHARACTERS_PER_TOKEN = 4
_WORD = re.compile(r"[a-z0-9]{4,}")


def embed(text: str, dimension: int) -> list[float]:
    """Return a unit vector for a text: each word of four or more letters counts in the place of its hash.

    Texts that share words are near each other, which is all that tests of retrieval need.
    """
    vector = [0.0] * dimension
    for word in _WORD.findall(text.lower()):
        vector[zlib.crc32(word.encode()) % dimension] += 1
    length = math.hypot(*vector)
    if not length:
        vector[0] = length = 1.0  # S3 Vectors takes no zero vector under the cosine metric
    return [value / length for value in vector]


def chunks_of(text: str, source: dict[str, Any]) -> list[str]:
    """Cut a text into chunks of the configured number of tokens (default 300); NONE leaves it whole."""
    config = (source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    if config.get("chunkingStrategy") == "NONE":
        return [text]
    tokens = (config.get("fixedSizeChunkingConfiguration") or {}).get("maxTokens") or _DEFAULT_TOKENS
    limit = int(tokens) * _CHARACTERS_PER_TOKEN
    return [text[start : start + limit] for start in range(0, len(text), limit)]


def vectors_of(
    dimension: int,
    source: dict[str, Any],
    uri: str,
    chunks: list[str],
    attributes: dict[str, Any],
) -> list[dict[str, Any]]:
    """Return the vectors of a document's chunks, as long as the store wants them."""
    shown = {**attributes, URI_KEY: uri, _SOURCE_KEY: source["DataSourceId"]}
    return [
        {
            "key": str(uuid.uuid4()),
            "data": {"float32": embed(chunk, dimension)},
            "metadata": {**shown, TEXT_KEY: chunk, METADATA_KEY: json.dumps({"source": uri})},
        }
        for chunk in chunks
    ]
