"""Amazon S3 Vectors: buckets, policies, indexes, vectors, exact nearest neighbours with metadata filters."""

from constructs_lib.local.emulator.s3vectors._operations import OPERATIONS, operation, serve
from constructs_lib.local.emulator.s3vectors._store import policy_of, reset, tags_of

__all__ = ["OPERATIONS", "operation", "policy_of", "reset", "serve", "tags_of"]
