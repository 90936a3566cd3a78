"""What knowledge bases ingest: where documents come from, and how they are read, split and enriched.

``construct`` puts a data source together; ``document_sources`` and ``managed_sources`` are the places,
``ingestion`` what happens on the way, ``access`` what the service role needs for it.
"""

from __future__ import annotations

from constructs_lib.lazily import exports

TYPE_CHECKING = False  # as typing's, without the cost of importing typing
if TYPE_CHECKING:
    from constructs_lib.control_plane.data_source.auth import ConnectorAuth
    from constructs_lib.control_plane.data_source.construct import (
        DataDeletionPolicy,
        DataSource,
        DataSourceBase,
    )
    from constructs_lib.control_plane.data_source.document_sources import (
        CrawlFilter,
        CrawlScope,
        DocumentSource,
    )
    from constructs_lib.control_plane.data_source.ingestion import (
        Chunking,
        Enrichment,
        Parsing,
        Transformation,
    )
    from constructs_lib.control_plane.data_source.managed_sources import (
        DayOfWeek,
        ManagedSource,
        MediaExtraction,
        SyncSchedule,
        WebScope,
    )

__all__ = [
    "Chunking",
    "ConnectorAuth",
    "CrawlFilter",
    "CrawlScope",
    "DataDeletionPolicy",
    "DataSource",
    "DataSourceBase",
    "DayOfWeek",
    "DocumentSource",
    "Enrichment",
    "ManagedSource",
    "MediaExtraction",
    "Parsing",
    "SyncSchedule",
    "Transformation",
    "WebScope",
]

__getattr__, __dir__ = exports(
    __name__,
    {
        "auth": ("ConnectorAuth",),
        "construct": ("DataDeletionPolicy", "DataSource", "DataSourceBase"),
        "document_sources": ("CrawlFilter", "CrawlScope", "DocumentSource"),
        "ingestion": ("Chunking", "Enrichment", "Parsing", "Transformation"),
        "managed_sources": ("DayOfWeek", "ManagedSource", "MediaExtraction", "SyncSchedule", "WebScope"),
    },
)
