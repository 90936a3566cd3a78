"""Clients and IAM prefixes that may be Amazon Bedrock's: found in the packages, not remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue import prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_cloudformation_type", "may_be_client", "may_be_prefix"]

_NAME = re.compile(r"bedrock|agent|mantle|inference|foundation|guardrail|generative", re.IGNORECASE)
_TEXT = re.compile(
    r"bedrock|agentcore|foundation models?|generative ai|ai agents?\b|large language|agentic", re.IGNORECASE
)
_TYPE = re.compile(r"AWS::(\w+)::")


def may_be_client(client: str, service: Mapping[str, Any]) -> bool:
    """Whether a client may be Bedrock's, by its names, the prefix it signs for, or what it says it is."""
    metadata = service["metadata"]
    keys = ("endpointPrefix", "serviceId", "serviceFullName", "signingName")
    names = " ".join((client, *(str(metadata.get(key, "")) for key in keys)))
    said = re.sub(r"<[^>]+>", " ", service.get("documentation", ""))
    signs_as_ours = metadata.get("signingName") in prefixes()
    return signs_as_ours or bool(_NAME.search(names) or _TEXT.search(said))


def may_be_prefix(prefix: str, service_name: str) -> bool:
    """Whether an IAM prefix may be Bedrock's, by its name or the name of its service."""
    return _NAME.search(f"{prefix} {service_name}") is not None


def is_cloudformation_type(name: str) -> bool:
    """Whether a CloudFormation type is Bedrock's or of its vector store, whatever makes it."""
    found = _TYPE.match(name)
    services = {prefix.replace("-", "") for prefix in (*prefixes(), "s3vectors")}
    return found is not None and (found[1].lower() in services or found[1].startswith("Bedrock"))
