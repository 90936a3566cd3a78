# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""A guardrail's verdict on one text, from ministack's filters of words, PII and patterns; its versions."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock, bedrock_runtime

from constructs_lib.local.emulator.protocol import AwsError, answer

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["delete_version", "enforce", "enforced", "guarded", "list_versions", "release", "reset"]

_ENFORCED: dict[str, dict[str, Any]] = {}
"""The account's enforced configurations by id."""


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


def list_versions(_call: Call, request: Request) -> Response | None:
    """Serve ListGuardrails for one guardrail: its draft and its versions, where ministack lists all.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListGuardrails.html

    Returns:
        The answer, or None where no guardrail is named.

    Raises:
        AwsError: There is no such guardrail.

    """
    named = "".join(request.query.get("guardrailIdentifier") or []).rsplit("/", 1)[-1]
    if not named:
        return None
    draft = bedrock._guardrails.get(named)
    if draft is None:
        raise AwsError("ResourceNotFoundException", f"The guardrail {named} does not exist")
    versions = {
        key.partition("/")[2]: record
        for key, record in bedrock._guardrail_versions.items()
        if key.startswith(f"{named}/")
    }
    members = {"Id": "GuardrailId", "Arn": "GuardrailArn"}
    names = ("Id", "Arn", "Status", "Name", "Description", "CreatedAt", "UpdatedAt")
    summaries = [
        {
            **{f"{name[0].lower()}{name[1:]}": record.get(members.get(name, name)) for name in names},
            "version": version,
        }
        for version, record in {"DRAFT": draft, **versions}.items()
    ]
    shown = [{name: value for name, value in one.items() if value is not None} for one in summaries]
    return answer({"guardrails": shown})


def enforce(_call: Call, request: Request) -> Response:
    """Serve PutEnforcedGuardrailConfiguration: one more of the account's, or another version of one.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutEnforcedGuardrailConfiguration.html
    """
    given = request.document.get("guardrailInferenceConfig") or {}
    config = str(request.document.get("configId") or secrets.token_hex(6))
    identifier = str(given.get("guardrailIdentifier", "")).rsplit("/", 1)[-1]
    if f"{identifier}/{given.get('guardrailVersion')}" not in bedrock._guardrail_versions:
        raise AwsError("ResourceNotFoundException", f"The guardrail {identifier} has no such version")
    record = bedrock._guardrails[identifier]
    _ENFORCED[config] = {
        **{name: value for name, value in given.items() if name != "guardrailIdentifier"},
        "configId": config,
        "guardrailId": identifier,
        "guardrailArn": record["GuardrailArn"],
        "owner": "ACCOUNT",
    }
    return answer({"configId": config})


def enforced(_call: Call, _request: Request) -> Response:
    """Serve ListEnforcedGuardrailsConfiguration."""
    return answer({"guardrailsConfig": [*_ENFORCED.values()]})


def release(call: Call, _request: Request) -> Response:
    """Serve DeleteEnforcedGuardrailConfiguration.

    Raises:
        AwsError: There is no such configuration.

    """
    if _ENFORCED.pop(call.labels["configId"], None) is None:
        raise AwsError("ResourceNotFoundException", "The enforced configuration does not exist")
    return answer({})


def reset() -> None:
    """Enforce nothing."""
    _ENFORCED.clear()
