"""Uses a deployment as the operator and the application would."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.deployment import Deployment

__all__ = ["UseFailed", "ask", "ingest", "invoke_agent", "retrieve", "use"]

TEXT = b"# Streaming\nConverseStream is authorised by bedrock:InvokeModelWithResponseStream."


class UseFailed(Exception):  # noqa: N818 - reads as what happened in `pytest.raises`
    """An ingestion did not complete, or the function failed."""


def ingest(deployment: Deployment) -> dict[str, Any]:
    """Ingest what is in the bucket, as the operator; return the statistics."""
    out = deployment.outputs
    client = deployment.aws.client("bedrock-agent", role_arn=out["OperatorRoleArn"])
    where = {"knowledgeBaseId": out["KnowledgeBaseId"], "dataSourceId": out["DataSourceId"]}
    job = client.start_ingestion_job(**where)["ingestionJob"]
    deadline = time.monotonic() + 30
    while job["status"] not in ("COMPLETE", "FAILED") and time.monotonic() < deadline:
        time.sleep(0.02)
        job = client.get_ingestion_job(**where, ingestionJobId=job["ingestionJobId"])["ingestionJob"]
    if job["status"] != "COMPLETE":
        raise UseFailed(f"ingestion: {job.get('failureReasons')}")
    statistics: dict[str, Any] = job["statistics"]
    return statistics


def retrieve(deployment: Deployment, text: str = "ConverseStream") -> list[Any]:
    """Retrieve as the application."""
    client = deployment.aws.client("bedrock-agent-runtime", role_arn=deployment.outputs["AppRoleArn"])
    found = client.retrieve(
        knowledgeBaseId=deployment.outputs["KnowledgeBaseId"], retrievalQuery={"text": text}
    )
    results: list[Any] = found["retrievalResults"]
    return results


def invoke_agent(deployment: Deployment) -> str:
    """Ask the agent as the application."""
    out = deployment.outputs
    client = deployment.aws.client("bedrock-agent-runtime", role_arn=out["AppRoleArn"])
    answer = client.invoke_agent(
        agentId=out["AgentId"], agentAliasId=out["AgentAliasId"], sessionId="session-1", inputText="Which?"
    )
    return b"".join(event["chunk"]["bytes"] for event in answer["completion"] if "chunk" in event).decode()


def ask(deployment: Deployment, **more: str) -> dict[str, Any]:
    """Invoke the application's function."""
    done = deployment.aws.client("lambda").invoke(
        FunctionName=deployment.outputs["FunctionName"],
        Payload=json.dumps({"question": "What authorises ConverseStream?", **more}),
    )
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    if "FunctionError" in done:
        raise UseFailed(f"function: {answer}")
    return answer


def use(deployment: Deployment) -> None:
    """Publish a document, ingest, retrieve, ask the agent, then delete the document and ingest again."""
    out = deployment.outputs
    s3 = deployment.aws.client("s3", role_arn=out["OperatorRoleArn"])
    s3.put_object(Bucket=out["DocumentsBucketName"], Key="streaming.md", Body=TEXT)
    if ingest(deployment)["numberOfNewDocumentsIndexed"] != 1:
        raise UseFailed("the document was not indexed")
    if not retrieve(deployment):
        raise UseFailed("nothing was retrieved")
    invoke_agent(deployment)
    s3.delete_object(Bucket=out["DocumentsBucketName"], Key="streaming.md")
    ingest(deployment)
