"""The state of S3 Vectors, per account and Region."""

from __future__ import annotations

import time
from typing import Any, NoReturn

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from constructs_lib.local.emulator.protocol import AwsError

__all__ = ["arn", "buckets", "find_bucket", "find_index", "now", "policy_of", "reset", "tags", "tags_of"]

Record = dict[str, Any]

buckets = AccountRegionScopedDict()
"""Name -> bucket record; its `indexes` hold the indexes, whose `vectors` hold the vectors."""

tags = AccountRegionScopedDict()
"""ARN -> tags."""


def arn(bucket: str, index: str | None = None) -> str:
    """Return the ARN of a vector bucket, or of an index in it."""
    tail = f"/index/{index}" if index else ""
    return f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{bucket}{tail}"


def now() -> float:
    """Return the present as S3 Vectors gives times: seconds since 1970."""
    return time.time()


def _missing(message: str) -> NoReturn:
    raise AwsError("NotFoundException", message)


def find_bucket(document: Record) -> Record:
    """Return the bucket that a request names by name or by an ARN; raises NotFoundException."""
    given = (
        document.get("vectorBucketName") or document.get("vectorBucketArn") or document.get("indexArn") or ""
    )
    name = str(given).partition("bucket/")[2] if str(given).startswith("arn:") else str(given)
    name = name.split("/")[0]
    found: Record | None = buckets.get(name)
    return found if found is not None else _missing(f"The specified vector bucket could not be found: {name}")


def find_index(document: Record) -> Record:
    """Return the index that a request names; raises NotFoundException."""
    bucket = find_bucket(document)
    name = document.get("indexName") or str(document.get("indexArn", "")).partition("/index/")[2]
    found: Record | None = bucket["indexes"].get(name)
    return found if found is not None else _missing(f"The specified index could not be found: {name}")


def policy_of(resource: str) -> str | None:
    """Return the policy of the vector bucket that an ARN belongs to, if it has one."""
    name = resource.partition(":bucket/")[2].split("/")[0]
    bucket = buckets.get(name) if name else None
    return bucket["policy"] if bucket else None


def tags_of(resource: str) -> dict[str, str]:
    """Return the tags of a bucket or index."""
    return tags.get(resource) or {}


def reset() -> None:
    """Forget everything."""
    buckets.clear()
    tags.clear()
