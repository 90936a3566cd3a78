"""Amazon S3 Vectors: vector buckets, their policies, and vector indexes."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.control_plane.s3_vectors.bucket import VectorBucket, VectorBucketBase
    from constructs_lib.control_plane.s3_vectors.bucket_policy import VectorBucketPolicy
    from constructs_lib.control_plane.s3_vectors.grants import VectorBucketGrants, VectorIndexGrants
    from constructs_lib.control_plane.s3_vectors.index import DistanceMetric, VectorIndex, VectorIndexBase

__all__ = [
    "DistanceMetric",
    "VectorBucket",
    "VectorBucketBase",
    "VectorBucketGrants",
    "VectorBucketPolicy",
    "VectorIndex",
    "VectorIndexBase",
    "VectorIndexGrants",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "bucket": ("VectorBucket", "VectorBucketBase"),
        "bucket_policy": ("VectorBucketPolicy",),
        "grants": ("VectorBucketGrants", "VectorIndexGrants"),
        "index": ("DistanceMetric", "VectorIndex", "VectorIndexBase"),
    },
)
