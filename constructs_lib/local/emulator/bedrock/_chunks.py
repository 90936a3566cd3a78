"""Documents cut into chunks, and chunks made into vectors with the metadata that Bedrock writes.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from constructs_lib.local.emulator import s3vectors
from constructs_lib.local.emulator.bedrock._embedding import embed
from constructs_lib.local.emulator.bedrock._roles import index_arn

__all__ = ["METADATA_KEY", "TEXT_KEY", "URI_KEY", "chunks_of", "vectors_of"]

TEXT_KEY = "AMAZON_BEDROCK_TEXT"
METADATA_KEY = "AMAZON_BEDROCK_METADATA"
URI_KEY = "x-amz-bedrock-kb-source-uri"
_SOURCE_KEY = "x-amz-bedrock-kb-data-source-id"

_DEFAULT_TOKENS = 300
_CHARACTERS_PER_TOKEN = 4


def chunks_of(text: str, source: dict[str, Any]) -> list[str]:
    """Cut a text at empty lines into chunks of about the configured number of tokens (default 300)."""
    config = (source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    if config.get("chunkingStrategy") == "NONE":
        return [text]
    tokens = (config.get("fixedSizeChunkingConfiguration") or {}).get("maxTokens") or _DEFAULT_TOKENS
    limit = int(tokens) * _CHARACTERS_PER_TOKEN
    chunks: list[str] = []
    for paragraph in (part.strip() for part in text.split("\n\n")):
        for start in range(0, len(paragraph), limit):
            piece = paragraph[start : start + limit]
            if chunks and len(chunks[-1]) + len(piece) + 2 <= limit:
                chunks[-1] = f"{chunks[-1]}\n\n{piece}"
            else:
                chunks.append(piece)
    return chunks


def vectors_of(
    knowledge_base: dict[str, Any],
    source: dict[str, Any],
    uri: str,
    chunks: list[str],
    attributes: dict[str, Any],
) -> list[dict[str, Any]]:
    """Return the vectors of a document's chunks, as long as the index wants them."""
    index = index_arn(knowledge_base.get("StorageConfiguration"))
    dimension = s3vectors.OPERATIONS["GetIndex"]({"indexArn": index})["index"]["dimension"]
    shown = {**attributes, URI_KEY: uri, _SOURCE_KEY: source["DataSourceId"]}
    return [
        {
            "key": str(uuid.uuid4()),
            "data": {"float32": embed(chunk, dimension)},
            "metadata": {**shown, TEXT_KEY: chunk, METADATA_KEY: json.dumps({"source": uri})},
        }
        for chunk in chunks
    ]
