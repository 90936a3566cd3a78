"""The control reads that AWS documents for callers of models and guardrails."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONTROL_READS"]

CONTROL_READS: Mapping[str, str] = MappingProxyType(
    {
        "application-inference-profile": "bedrock:GetInferenceProfile",
        "custom-model": "bedrock:GetCustomModel",
        "guardrail": "bedrock:GetGuardrail",
        "imported-model": "bedrock:GetImportedModel",
        "inference-profile": "bedrock:GetInferenceProfile",
        "provisioned-model": "bedrock:GetProvisionedModelThroughput",
    }
)
"""By the type of the resource in the ARN. No grant gives them unless ``control_reads`` asks for them.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
"""
