"""Puts the documents into the data source's bucket and ingests them, as the operator."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.demo.console import DemoError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DOCUMENTS", "documents", "ingest", "upload"]

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
SECONDS = 60
"""How long an ingestion may take."""


def documents() -> list[Path]:
    """List the Markdown pages of ``examples/documents``, in the order of their names."""
    return sorted(DOCUMENTS.glob("*.md"))


def upload(s3: Any, bucket: str, pages: Sequence[Path]) -> None:
    """Put each page into the bucket under its own name."""
    for page in pages:
        s3.put_object(Bucket=bucket, Key=page.name, Body=page.read_bytes(), ContentType="text/markdown")


def ingest(agent: Any, knowledge_base_id: str, data_source_id: str) -> dict[str, int]:
    """Start an ingestion job with a ``bedrock-agent`` client and wait for its end; return its statistics.

    Raises:
        DemoError: The job failed or took longer than :data:`SECONDS`.
    """
    ids = {"knowledgeBaseId": knowledge_base_id, "dataSourceId": data_source_id}
    job = agent.start_ingestion_job(**ids)["ingestionJob"]
    deadline = time.monotonic() + SECONDS
    while job["status"] not in {"COMPLETE", "FAILED", "STOPPED"}:
        if time.monotonic() > deadline:
            raise DemoError(
                f"the ingestion job was still {job['status']} after {SECONDS} s",
                remedy="run `make demo` again, with fewer programs beside it",
            )
        time.sleep(0.2)
        job = agent.get_ingestion_job(**ids, ingestionJobId=job["ingestionJobId"])["ingestionJob"]
    if job["status"] != "COMPLETE":
        raise DemoError(
            f"the ingestion job ended with {job['status']}",
            remedy="give the knowledge base's service role what the reasons below name",
            tail="\n".join(job.get("failureReasons", [])),
        )
    statistics: dict[str, int] = job["statistics"]
    return statistics
