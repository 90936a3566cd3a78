"""The server process: ministack, plus what AWS does and ministack does not.

The processes that use the server import only the constants of this file.
"""

__all__ = ["READY_PATH", "RESET_PATH", "ROOT_SECRET_HEADER", "VPC_ENDPOINT_HEADER"]

VPC_ENDPOINT_HEADER = "x-bedrock-planes-vpce"
"""The request header that names the interface endpoint of a call, because no network here could tell."""

READY_PATH = "/_bedrock_planes/ready"
"""Answers 200 once the server takes requests."""

RESET_PATH = "/_bedrock_planes/reset"
"""Empties the account; a POST that carries the root user's secret access key."""

ROOT_SECRET_HEADER = "x-bedrock-planes-root-secret"  # noqa: S105 - a header's name
"""The request header that carries the root user's secret access key to `RESET_PATH`."""
