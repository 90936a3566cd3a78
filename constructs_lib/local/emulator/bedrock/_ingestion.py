# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""StartIngestionJob: documents from the bucket, through the embedding model, into the store.

Everything is done as the knowledge base's service role. AWS answers a missing InvokeModel at once with a
ValidationException; what else is missing fails the job, with the reason in `failureReasons`.
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-data-source-sync-ingest.html
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent, s3

from constructs_lib.local.emulator.authorization import model_checks, refusal
from constructs_lib.local.emulator.bedrock import _jobs, _stores
from constructs_lib.local.emulator.bedrock._service_roles import embedding_model, knowledge_base_trusted
from constructs_lib.local.emulator.bedrock._stores import store_of
from constructs_lib.local.emulator.bedrock._vectors import chunks_of, vectors_of
from constructs_lib.local.emulator.protocol import AwsError, Check, answer

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.bedrock._stores import Store
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = [
    "delete_by_default",
    "delete_data_source",
    "delete_knowledge_base",
    "documents",
    "reset",
    "start",
]

Record = dict[str, Any]

documents = AccountRegionScopedDict()
"""`KB/DS/key` -> {"content": (document, metadata), "vectors": [keys in the store]}."""


class _Failed(Exception):  # noqa: N818 - the end of a job, not of the program
    """The job can't go on; the argument is the reason."""


def start(call: Call, request: Request) -> Response:
    """Do what a whole ingestion job does, and answer as for one that has just started."""
    kb_id, ds_id = call.labels["knowledgeBaseId"], call.labels["dataSourceId"]
    knowledge_base, source = _records(kb_id, ds_id)
    _check_model(knowledge_base)
    statistics = dict.fromkeys(_STATISTICS, 0)
    failures: list[str] = []
    try:
        _run(knowledge_base, source, statistics, failures)
        status = "COMPLETE"
    except _Failed as e:
        failures.append(str(e))
        status = "FAILED"
    now = bedrock_agent._now_iso()
    job = {
        "DataSourceId": ds_id,
        "KnowledgeBaseId": kb_id,
        "IngestionJobId": bedrock_agent._id("IJ"),
        "Status": status,
        "StartedAt": now,
        "UpdatedAt": now,
        "Description": request.document.get("description", ""),
        "Statistics": statistics,
        "FailureReasons": failures,
    }
    _jobs.begin(f"{kb_id}/{ds_id}/{job['IngestionJobId']}", job)
    started = {**job, "Status": "STARTING", "FailureReasons": [], "Statistics": dict.fromkeys(_STATISTICS, 0)}
    response: Response = bedrock_agent._json({"IngestionJob": started}, status=202)
    return response


_STATISTICS = (
    "NumberOfDocumentsScanned",
    "NumberOfMetadataDocumentsScanned",
    "NumberOfNewDocumentsIndexed",
    "NumberOfModifiedDocumentsIndexed",
    "NumberOfMetadataDocumentsModified",
    "NumberOfDocumentsDeleted",
    "NumberOfDocumentsFailed",
)


def _records(kb_id: str, ds_id: str) -> tuple[Record, Record]:
    knowledge_base = bedrock_agent._knowledge_bases.get(kb_id)
    source = bedrock_agent._data_sources.get(f"{kb_id}/{ds_id}")
    if knowledge_base is None:
        raise AwsError("ResourceNotFoundException", f"Knowledge Base with id {kb_id} does not exist")
    if source is None:
        raise AwsError("ResourceNotFoundException", f"Data source with id {ds_id} is not found")
    return knowledge_base, source


def _check_model(knowledge_base: Record) -> None:
    model = embedding_model(knowledge_base["KnowledgeBaseConfiguration"])
    if not model:  # the one that AWS manages
        return
    role = knowledge_base["RoleArn"]
    if sentence := refusal(role, *model_checks("bedrock:InvokeModel", model)):
        raise AwsError(
            "ValidationException",
            f"Knowledge base role {role} is not able to call specified embedding model {model}: {sentence} "
            "(Service: BedrockRuntime, Status Code: 403)",
        )


def _need(role: str, *checks: Check) -> None:
    if sentence := refusal(role, *checks):
        raise _Failed(f"Encountered error: {sentence}")


def _run(knowledge_base: Record, source: Record, statistics: dict[str, int], failures: list[str]) -> None:
    role, kb_id = knowledge_base["RoleArn"], knowledge_base["KnowledgeBaseId"]
    if not knowledge_base_trusted(role, kb_id):
        raise _Failed(f"Encountered error: Bedrock Knowledge Base was unable to assume the given role {role}")
    store = store_of(knowledge_base)
    if store is None:
        raise _Failed(
            "The local AWS ingests into S3 Vectors, managed knowledge bases, and collections and clusters "
            "that are made in it; make it one of these"
        )
    bucket, keys = _listed(role, source, statistics)
    prefix = f"{kb_id}/{source['DataSourceId']}/"
    gone = [known for known in documents if known.startswith(prefix) and known[len(prefix) :] not in keys]
    for known in gone:
        _forget(role, store, known)
        statistics["NumberOfDocumentsDeleted"] += 1
    for key in keys:
        _need(role, Check("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"))
        _ingest_one(knowledge_base, source, store, bucket, key, statistics, failures)


def _listed(role: str, source: Record, statistics: dict[str, int]) -> tuple[str, list[str]]:
    """Return the bucket's name and the keys of the documents that the data source includes."""
    bucket, prefixes, listed = _place(source)
    for prefix in listed:
        context = {"s3:prefix": prefix} if prefix else {}
        _need(role, Check("s3:ListBucket", f"arn:aws:s3:::{bucket}", context))
    found = s3._buckets.get(bucket)
    if found is None:
        raise _Failed(f"Encountered error: The specified bucket does not exist: {bucket}")
    keys = [
        key for key in sorted(found["objects"]) if key.startswith(tuple(prefixes)) and not key.endswith("/")
    ]
    metadata = [key for key in keys if key.endswith(".metadata.json")]
    keys = [key for key in keys if not key.endswith(".metadata.json")]
    statistics["NumberOfMetadataDocumentsScanned"] += len(metadata)
    statistics["NumberOfDocumentsScanned"] += len(keys)
    return bucket, keys


def _place(source: Record) -> tuple[str, list[str], list[str]]:
    """Return the bucket's name, the prefixes of its documents, and the prefixes that are listed.

    A connector of a managed knowledge base lists the whole bucket:
    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-s3.html
    """
    config = source["DataSourceConfiguration"]
    if config.get("type") == "MANAGED_KNOWLEDGE_BASE_CONNECTOR":
        given = config["managedKnowledgeBaseConnectorConfiguration"]["connectorParameters"]
        if given.get("type") != "S3":
            raise _Failed(f"The local AWS ingests from S3 only, not from {given.get('type')}")
        included = (given.get("filterConfiguration") or {}).get("inclusionPrefixes") or [""]
        return str(given["connectionConfiguration"]["bucketName"]), included, [""]
    if config.get("type") != "S3":
        raise _Failed(f"The local AWS ingests from S3 only, not from {config.get('type')}")
    settings = config["s3Configuration"]
    prefixes = settings.get("inclusionPrefixes") or [""]
    return str(settings["bucketArn"]).rpartition(":")[2], prefixes, prefixes


def _ingest_one(  # noqa: PLR0917 - one document's whole way
    knowledge_base: Record,
    source: Record,
    store: Store,
    bucket: str,
    key: str,
    statistics: dict[str, int],
    failures: list[str],
) -> None:
    role = knowledge_base["RoleArn"]
    doc_id = f"{knowledge_base['KnowledgeBaseId']}/{source['DataSourceId']}/{key}"
    data = s3._get_object_data(bucket, key) or b""
    sidecar = s3._get_object_data(bucket, f"{key}.metadata.json") or b""
    known = documents.get(doc_id)
    content = (data, sidecar)
    if known is not None and known["content"] == content:
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:  # AWS too leaves such a document out and goes on
        statistics["NumberOfDocumentsFailed"] += 1
        failures.append(f"Ignored file s3://{bucket}/{key}: it is not UTF-8 text")
        return
    if known is not None:
        _forget(role, store, doc_id)
    _need(role, *store.checks("PutVectors"))
    attributes = bedrock_agent._metadata_attributes(sidecar)
    try:
        vectors = vectors_of(
            store.dimension, source, f"s3://{bucket}/{key}", chunks_of(text, source), attributes
        )
        store.put(vectors)
    except AwsError as e:
        raise _Failed(f"Encountered error: {e.message}") from None
    documents[doc_id] = {"content": content, "vectors": [vector["key"] for vector in vectors]}
    _list_document(doc_id, f"s3://{bucket}/{key}")
    statistics["NumberOfNewDocumentsIndexed" if known is None else "NumberOfModifiedDocumentsIndexed"] += 1


def _list_document(doc_id: str, uri: str) -> None:
    """Enter the document where ListKnowledgeBaseDocuments looks."""
    bedrock_agent._kb_documents[doc_id] = {
        "DocumentIdentifier": {"dataSourceType": "S3", "s3": {"uri": uri}},
        "KnowledgeBaseId": doc_id.split("/", maxsplit=1)[0],
        "DataSourceId": doc_id.split("/")[1],
        "Status": "INDEXED",
        "UpdatedAt": bedrock_agent._now_iso(),
    }


def _forget(role: str, store: Store, doc_id: str) -> None:
    """Take a document's vectors out of the store."""
    _need(role, *store.checks("DeleteVectors"))
    store.delete(documents[doc_id]["vectors"])
    documents.pop(doc_id, None)
    bedrock_agent._kb_documents.pop(doc_id, None)


def delete_data_source(call: Call, _request: Request) -> Response | None:
    """Serve DeleteDataSource where the vectors can't be deleted; otherwise delete them and return None.

    The deletion policy DELETE, AWS's default, empties the vector store as the knowledge base's service role.
    If that fails, the answer is the usual one, and the data source stays with the status DELETE_UNSUCCESSFUL
    and the reasons: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-ds-delete.html
    """
    kb_id, ds_id = call.labels["knowledgeBaseId"], call.labels["dataSourceId"]
    knowledge_base = bedrock_agent._knowledge_bases.get(kb_id)
    source = bedrock_agent._data_sources.get(f"{kb_id}/{ds_id}")
    if knowledge_base is None or source is None or source.get("DataDeletionPolicy") == "RETAIN":
        return None
    store = store_of(knowledge_base)
    if store is None:
        return None  # a store that nothing is ingested into here
    try:
        _delete_vectors(knowledge_base, f"{kb_id}/{ds_id}/", store)
    except _Failed as e:
        reason = f"Unable to delete data from vector store for data source with ID {ds_id}. {e}"
        source.update({"Status": "DELETE_UNSUCCESSFUL", "FailureReasons": [reason]})
        return answer({"knowledgeBaseId": kb_id, "dataSourceId": ds_id, "status": "DELETING"}, status=202)
    return None


def _delete_vectors(knowledge_base: Record, prefix: str, store: Store) -> None:
    role = knowledge_base["RoleArn"]
    if not knowledge_base_trusted(role, knowledge_base["KnowledgeBaseId"]):
        raise _Failed(f"Bedrock Knowledge Base was unable to assume the given role {role}")
    _need(role, *store.checks("DeleteVectors"))
    try:
        _ = store.dimension  # whether it is there
    except AwsError as e:
        raise _Failed(e.message) from None
    for doc_id in [known for known in documents if known.startswith(prefix)]:
        _forget(role, store, doc_id)


def delete_knowledge_base(call: Call, _request: Request) -> Response | None:
    """Before DeleteKnowledgeBase is served: what a managed one keeps goes with it."""
    kb_id = call.labels["knowledgeBaseId"]
    _stores.forget(kb_id)
    for doc_id in [known for known in documents if known.startswith(f"{kb_id}/")]:
        documents.pop(doc_id, None)
    return None


def delete_by_default(_call: Call, request: Request, response: Response) -> Response:
    """After CreateDataSource without a deletion policy: set DELETE, which is AWS's default.

    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-ds-delete.html
    """
    status, headers, body = response
    if status != HTTPStatus.OK or request.document.get("dataDeletionPolicy"):
        return response
    document = json.loads(body)
    made = document["dataSource"]
    made["dataDeletionPolicy"] = "DELETE"
    key = f"{made['knowledgeBaseId']}/{made['dataSourceId']}"
    bedrock_agent._data_sources[key]["DataDeletionPolicy"] = "DELETE"
    return status, headers, json.dumps(document).encode()


def reset() -> None:
    """Forget what was ingested."""
    documents.clear()
    _stores.reset()
