"""How Bedrock behaves where ministack doesn't: roles, ingestion, retrieval, agents, names, quotas."""

from constructs_lib.local.emulator.bedrock._operations import reset, serve

__all__ = ["reset", "serve"]
