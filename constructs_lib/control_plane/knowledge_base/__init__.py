"""Knowledge bases: the construct, its types, and its vector stores."""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.control_plane.knowledge_base.base import KnowledgeBaseBase
    from constructs_lib.control_plane.knowledge_base.construct import KnowledgeBase
    from constructs_lib.control_plane.knowledge_base.embedding import VectorDataType
    from constructs_lib.control_plane.knowledge_base.grants import KnowledgeBaseGrants
    from constructs_lib.control_plane.knowledge_base.policy import KnowledgeBasePolicy
    from constructs_lib.control_plane.knowledge_base.sql import (
        CuratedQuery,
        Inclusion,
        QueryAuth,
        QueryColumn,
        QueryEngine,
        QueryTable,
        SqlStorage,
    )
    from constructs_lib.control_plane.knowledge_base.sync import KnowledgeBaseSync
    from constructs_lib.control_plane.knowledge_base.types import KnowledgeBaseType
    from constructs_lib.control_plane.knowledge_base.vector_store import VectorStore

__all__ = [
    "CuratedQuery",
    "Inclusion",
    "KnowledgeBase",
    "KnowledgeBaseBase",
    "KnowledgeBaseGrants",
    "KnowledgeBasePolicy",
    "KnowledgeBaseSync",
    "KnowledgeBaseType",
    "QueryAuth",
    "QueryColumn",
    "QueryEngine",
    "QueryTable",
    "SqlStorage",
    "VectorDataType",
    "VectorStore",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "base": ("KnowledgeBaseBase",),
        "construct": ("KnowledgeBase",),
        "embedding": ("VectorDataType",),
        "grants": ("KnowledgeBaseGrants",),
        "policy": ("KnowledgeBasePolicy",),
        "sql": (
            "CuratedQuery",
            "Inclusion",
            "QueryAuth",
            "QueryColumn",
            "QueryEngine",
            "QueryTable",
            "SqlStorage",
        ),
        "sync": ("KnowledgeBaseSync",),
        "types": ("KnowledgeBaseType",),
        "vector_store": ("VectorStore",),
    },
)
