"""The operations of S3 Vectors, with its distances and metadata filters.

Each operation takes the JSON body and returns the JSON answer.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator.protocol import AwsError, answer
from constructs_lib.local.emulator.s3vectors._store import arn, buckets, find_bucket, find_index, now, tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.emulator.protocol import Response

__all__ = ["OPERATIONS", "distance", "matches", "operation", "serve"]


def distance(query: list[float], vector: list[float], metric: str) -> float:
    """Return the distance that S3 Vectors ranks by: squared Euclidean, or one minus the cosine."""
    if metric == "euclidean":
        return math.dist(query, vector) ** 2
    length = math.hypot(*query) * math.hypot(*vector)
    return 1 - sum(x * y for x, y in zip(query, vector, strict=True)) / length if length else 1


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    # (the metadata value, the filter's value); a list in the metadata matches through any of its items.
    "$eq": lambda own, given: given in _as_list(own),
    "$ne": lambda own, given: given not in _as_list(own),
    "$in": lambda own, given: any(item in given for item in _as_list(own)),
    "$nin": lambda own, given: not any(item in given for item in _as_list(own)),
    "$exists": lambda own, given: (own is not None) == given,
    "$gt": lambda own, given: own is not None and own > given,
    "$gte": lambda own, given: own is not None and own >= given,
    "$lt": lambda own, given: own is not None and own < given,
    "$lte": lambda own, given: own is not None and own <= given,
}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def matches(condition: dict[str, Any] | None, metadata: dict[str, Any]) -> bool:
    """Whether metadata satisfies a filter; raises ValidationException on an unknown operator."""
    for key, given in (condition or {}).items():
        if key == "$and":
            satisfied = all(matches(part, metadata) for part in given)
        elif key == "$or":
            satisfied = any(matches(part, metadata) for part in given)
        else:
            operations = given if isinstance(given, dict) else {"$eq": given}
            satisfied = all(_apply(name, metadata.get(key), value) for name, value in operations.items())
        if not satisfied:
            return False
    return True


def _apply(name: str, own: Any, given: Any) -> bool:
    operator = _OPERATORS.get(name)
    if operator is None:
        raise AwsError("ValidationException", f"Invalid operator in filter: {name}")
    try:
        return operator(own, given)
    except TypeError:  # a text is neither more nor less than a number: the filter leaves the vector out
        return False


Document = dict[str, Any]

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
_MAX_FILTERABLE_BYTES = 2048
_MAX_METADATA_BYTES = 40_960
_MAX_DIMENSION = 4096
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def _name(document: Document, member: str) -> str:
    name = str(document.get(member, ""))
    if not _NAME.fullmatch(name):
        raise _invalid(
            f"Invalid {member}: {name!r} must be 3-63 lower-case letters, digits, dots and hyphens"
        )
    return name


def _create_vector_bucket(document: Document) -> Document:
    name = _name(document, "vectorBucketName")
    if name in buckets:
        raise AwsError("ConflictException", "A vector bucket with the specified name already exists")
    buckets[name] = {
        "vectorBucketName": name,
        "vectorBucketArn": arn(name),
        "creationTime": now(),
        "encryptionConfiguration": document.get("encryptionConfiguration") or {"sseType": "AES256"},
        "indexes": {},
        "policy": None,
    }
    tags[arn(name)] = dict(document.get("tags") or {})
    return {"vectorBucketArn": arn(name)}


def _get_vector_bucket(document: Document) -> Document:
    bucket = find_bucket(document)
    return {"vectorBucket": {k: v for k, v in bucket.items() if k not in ("indexes", "policy")}}


def _list_vector_buckets(document: Document) -> Document:
    shown = ("vectorBucketName", "vectorBucketArn", "creationTime")
    prefix = str(document.get("prefix") or "")
    return {
        "vectorBuckets": [
            {k: b[k] for k in shown} for n, b in sorted(buckets.items()) if n.startswith(prefix)
        ]
    }


def _delete_vector_bucket(document: Document) -> Document:
    bucket = find_bucket(document)
    if bucket["indexes"]:
        raise AwsError("ConflictException", "The specified vector bucket is not empty")
    del buckets[bucket["vectorBucketName"]]
    tags.pop(bucket["vectorBucketArn"], None)
    return {}


def _put_policy(document: Document) -> Document:
    find_bucket(document)["policy"] = document["policy"]
    return {}


def _get_policy(document: Document) -> Document:
    policy = find_bucket(document)["policy"]
    if policy is None:
        raise AwsError("NotFoundException", "The specified vector bucket policy could not be found")
    return {"policy": policy}


def _delete_policy(document: Document) -> Document:
    find_bucket(document)["policy"] = None
    return {}


def _create_index(document: Document) -> Document:
    bucket, name = find_bucket(document), _name(document, "indexName")
    if name in bucket["indexes"]:
        raise AwsError("ConflictException", "An index with the specified name already exists")
    if not 1 <= int(document.get("dimension", 0)) <= _MAX_DIMENSION:
        raise _invalid(f"Invalid dimension: must be 1-{_MAX_DIMENSION}, got {document.get('dimension')}")
    index_arn = arn(bucket["vectorBucketName"], name)
    given = ("dataType", "dimension", "distanceMetric", "metadataConfiguration", "encryptionConfiguration")
    bucket["indexes"][name] = {
        "vectorBucketName": bucket["vectorBucketName"],
        "indexName": name,
        "indexArn": index_arn,
        "creationTime": now(),
        "vectors": {},
        **{member: document[member] for member in given if member in document},
    }
    tags[index_arn] = dict(document.get("tags") or {})
    return {"indexArn": index_arn}


def _get_index(document: Document) -> Document:
    return {"index": {k: v for k, v in find_index(document).items() if k != "vectors"}}


def _list_indexes(document: Document) -> Document:
    shown = ("vectorBucketName", "indexName", "indexArn", "creationTime")
    indexes = find_bucket(document)["indexes"]
    return {"indexes": [{k: index[k] for k in shown} for _, index in sorted(indexes.items())]}


def _delete_index(document: Document) -> Document:
    index = find_index(document)
    del find_bucket(document)["indexes"][index["indexName"]]
    tags.pop(index["indexArn"], None)
    return {}


def _put_vectors(document: Document) -> Document:
    index = find_index(document)
    hidden = set((index.get("metadataConfiguration") or {}).get("nonFilterableMetadataKeys") or [])
    for vector in document["vectors"]:
        length = len(vector["data"]["float32"])
        if length != index["dimension"]:
            raise _invalid(
                f"Invalid record for key '{vector['key']}': "
                f"vector must have length {index['dimension']}, got {length}"
            )
        metadata = vector.get("metadata") or {}
        filterable = {k: v for k, v in metadata.items() if k not in hidden}
        # This is why Bedrock's text and metadata must be non-filterable keys of the index.
        if len(json.dumps(filterable).encode()) > _MAX_FILTERABLE_BYTES:
            raise _invalid(
                f"Invalid record for key '{vector['key']}': "
                f"Filterable metadata must have at most {_MAX_FILTERABLE_BYTES} bytes"
            )
        if len(json.dumps(metadata).encode()) > _MAX_METADATA_BYTES:
            raise _invalid(
                f"Invalid record for key '{vector['key']}': "
                f"Metadata must have at most {_MAX_METADATA_BYTES} bytes"
            )
    index["vectors"].update({vector["key"]: vector for vector in document["vectors"]})
    return {}


def _view(vector: Document, document: Document) -> Document:
    shown = {"key": vector["key"]}
    if document.get("returnData"):
        shown["data"] = vector["data"]
    if document.get("returnMetadata"):
        shown["metadata"] = vector.get("metadata") or {}
    return shown


def _get_vectors(document: Document) -> Document:
    vectors = find_index(document)["vectors"]
    return {"vectors": [_view(vectors[key], document) for key in document["keys"] if key in vectors]}


def _list_vectors(document: Document) -> Document:
    return {"vectors": [_view(vector, document) for vector in find_index(document)["vectors"].values()]}


def _delete_vectors(document: Document) -> Document:
    vectors = find_index(document)["vectors"]
    for key in document["keys"]:
        vectors.pop(key, None)
    return {}


def _query_vectors(document: Document) -> Document:
    index, query = find_index(document), document["queryVector"]["float32"]
    if len(query) != index["dimension"]:
        raise _invalid(
            f"Query vector contains invalid values or is invalid for this index: {len(query)} values"
        )
    metric = index["distanceMetric"]
    ranked = sorted(
        (distance(query, vector["data"]["float32"], metric), key)
        for key, vector in index["vectors"].items()
        if matches(document.get("filter"), vector.get("metadata") or {})
    )[: int(document["topK"])]
    with_distance = document.get("returnDistance")
    found = [
        {**_view(index["vectors"][key], document), **({"distance": far} if with_distance else {})}
        for far, key in ranked
    ]
    return {"distanceMetric": metric, "vectors": found}


def _tag(document: Document) -> Document:
    tags[document["resourceArn"]] = {**(tags.get(document["resourceArn"]) or {}), **document["tags"]}
    return {}


def _untag(document: Document) -> Document:
    kept = tags.get(document["resourceArn"]) or {}
    tags[document["resourceArn"]] = {k: v for k, v in kept.items() if k not in document["tagKeys"]}
    return {}


def _list_tags(document: Document) -> Document:
    return {"tags": tags.get(document["resourceArn"]) or {}}


OPERATIONS: dict[str, Callable[[Document], Document]] = {
    "CreateVectorBucket": _create_vector_bucket,
    "GetVectorBucket": _get_vector_bucket,
    "ListVectorBuckets": _list_vector_buckets,
    "DeleteVectorBucket": _delete_vector_bucket,
    "PutVectorBucketPolicy": _put_policy,
    "GetVectorBucketPolicy": _get_policy,
    "DeleteVectorBucketPolicy": _delete_policy,
    "CreateIndex": _create_index,
    "GetIndex": _get_index,
    "ListIndexes": _list_indexes,
    "DeleteIndex": _delete_index,
    "PutVectors": _put_vectors,
    "GetVectors": _get_vectors,
    "ListVectors": _list_vectors,
    "DeleteVectors": _delete_vectors,
    "QueryVectors": _query_vectors,
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": _list_tags,
}


def operation(method: str, path: str) -> str:
    """Return the operation of a request: the path names it, tagging aside (`/tags/{arn}`)."""
    if path.startswith("/tags/"):
        return {"POST": "TagResource", "DELETE": "UntagResource"}.get(method, "ListTagsForResource")
    return path.strip("/")


def serve(name: str, document: Document) -> Response:
    """Run one operation."""
    run = OPERATIONS.get(name)
    if run is None:
        raise _invalid(f"The operation {name} of S3 Vectors is not emulated here")
    return answer(run(document))
