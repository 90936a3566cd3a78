"""Which knowledge bases answer ``RetrieveAndGenerate``."""

from __future__ import annotations

from constructs_lib.cdk_support import PlanesError

__all__ = ["check_generates"]


def check_generates(type_name: str | None) -> None:
    """Raise :class:`PlanesError` for a managed knowledge base: ``RetrieveAndGenerate`` is refused on it.

    Managed knowledge bases answer ``Retrieve`` and ``AgenticRetrieveStream``.
    Source: https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed.html

    Args:
        type_name: CloudFormation's name of the type; ``None`` where it isn't known.
    """
    if type_name == "MANAGED":
        raise PlanesError(
            "`knowledge_base` is managed, and AWS refuses `RetrieveAndGenerate` there: grant `retrieve`, or "
            "`agentic_retrieve` for answers"
        )
