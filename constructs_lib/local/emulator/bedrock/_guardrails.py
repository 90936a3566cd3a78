# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""A guardrail's verdict on one text, from ministack's filters of words, PII and patterns; its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.services import bedrock, bedrock_runtime

from constructs_lib.local.emulator.protocol import AwsError, answer

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["delete_version", "guarded"]


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


def delete_version(call: Call, request: Request) -> Response | None:
    """Serve DeleteGuardrail for one version, where ministack deletes the whole guardrail.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_DeleteGuardrail.html

    Returns:
        The answer, or None where no version is named.

    Raises:
        AwsError: There is no such version.

    """
    version = "".join(request.query.get("guardrailVersion") or [])
    if not version:
        return None
    key = f"{call.labels['guardrailIdentifier'].rsplit('/', 1)[-1]}/{version}"
    if bedrock._guardrail_versions.pop(key, None) is None:
        raise AwsError("ResourceNotFoundException", f"The guardrail version {key} does not exist")
    return answer({}, status=202)
