# ruff: noqa: SLF001 - ministack has no public seams; _guard watches those used here
"""A guardrail's verdict on one text, from ministack's word, PII and pattern filters."""

from __future__ import annotations

from ministack.services import bedrock_runtime

from constructs_lib.local.emulator._errors import AwsError

__all__ = ["guarded"]


def guarded(identifier: str | None, version: str | None, source: str, text: str) -> str | None:
    """Return the message to show instead of `text` when the guardrail blocks it, else None.

    `source` is INPUT or OUTPUT. Raises ResourceNotFoundException for a guardrail that isn't there.
    """
    if not identifier:
        return None
    record = bedrock_runtime._resolve_guardrail(identifier, version or "DRAFT")
    if record is None:
        raise AwsError(
            "ResourceNotFoundException", f"The guardrail {identifier} version {version} does not exist"
        )
    verdict = bedrock_runtime._evaluate_guardrail(record, source, text)
    if not verdict["blocked"]:
        return None
    member = "BlockedInputMessaging" if source == "INPUT" else "BlockedOutputsMessaging"
    return str(record.get(member) or "")
