"""The custom resource behind ``InvocationLogging``: sets the account's model invocation logging.

The setting is one per account and Region and may exist before the stack. The setting before it is kept in
the physical resource id, so that deleting the stack puts it back; a setting that somebody changed since then
is kept. CloudFormation is always answered, so a failure never hangs a stack.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import base64
import json
import logging
import time
import urllib.request
import zlib
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["apply", "handler"]

_LOG = logging.getLogger(__name__)
_ID = "bedrock-invocation-logging"
_ID_LIMIT = 1024
# A role that was made a second ago may not be known to Bedrock yet, which says so as a ValidationException.
_RETRIED = frozenset(
    {
        "ConflictException",
        "InternalServerException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
    }
)
_DELAYS = (1, 2, 4, 8, 16)


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    physical = event.get("PhysicalResourceId") or _ID
    try:
        physical = apply(event, boto3.client("bedrock"))
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        _answer(event, context, "FAILED", physical, f"{type(error).__name__}: {error}")
    else:
        _answer(event, context, "SUCCESS", physical, "")


def apply(event: dict[str, Any], client: Any, *, sleep: Any = time.sleep) -> str:
    """Bring the setting to what the request asks for and return the physical resource id.

    ``client`` is a boto3 ``bedrock`` client. Raises what the client raises once the retries are used up, and
    ``ValueError`` for a request that can't be understood.
    """
    kind = event["RequestType"]
    if kind == "Create":
        wanted = _wanted(event["ResourceProperties"])
        current = _current(client)
        # The same request may come twice; then the setting is already ours and no predecessor.
        physical = _encode(None if _is_ours(wanted, current) else current)
        _retry(lambda: client.put_model_invocation_logging_configuration(loggingConfig=wanted), sleep)
        return physical
    physical = str(event["PhysicalResourceId"])
    if kind == "Update":
        wanted = _wanted(event["ResourceProperties"])
        _retry(lambda: client.put_model_invocation_logging_configuration(loggingConfig=wanted), sleep)
    elif kind == "Delete":
        _delete(event, client, physical, sleep)
    else:
        raise ValueError(f"unknown request type {kind!r}")
    return physical


def _delete(event: dict[str, Any], client: Any, physical: str, sleep: Any) -> None:
    if not physical.startswith(f"{_ID}:"):
        _LOG.info("the creation never got as far as setting anything")
        return
    if not _is_ours(_wanted(event["ResourceProperties"]), _current(client)):
        _LOG.warning("somebody else changed the setting: it is left alone")
        return
    previous = _decode(physical)
    if previous is not None:
        try:
            _retry(lambda: client.put_model_invocation_logging_configuration(loggingConfig=previous), sleep)
        except ClientError:
            # Its bucket, log group or role may be gone by now; a stack must be deletable all the same.
            _LOG.exception("the former setting is no longer accepted: logging is switched off instead")
        else:
            return
    _retry(client.delete_model_invocation_logging_configuration, sleep)


def _wanted(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the ``loggingConfig`` of the request.

    It comes as JSON text, because CloudFormation turns every boolean of a custom resource into a string.
    """
    config = json.loads(properties["LoggingConfig"])
    if not isinstance(config, dict):
        raise TypeError("LoggingConfig is not a JSON object")
    return config


def _is_ours(wanted: dict[str, Any], current: dict[str, Any] | None) -> bool:
    # The service may answer with settings that the request left out.
    return current is not None and all(current.get(key) == value for key, value in wanted.items())


def _current(client: Any) -> dict[str, Any] | None:
    found = client.get_model_invocation_logging_configuration().get("loggingConfig")
    return dict(found) if found else None


def _retry(call: Any, sleep: Any) -> None:
    for delay in (*_DELAYS, None):
        try:
            call()
        except (BotoCoreError, ClientError) as error:
            # A BotoCoreError never reached the service, or its answer never came back: that may pass.
            final = isinstance(error, ClientError) and error.response["Error"]["Code"] not in _RETRIED
            if delay is None or final:
                raise
            _LOG.info("retrying in %s s after: %s", delay, error)
            sleep(delay)
        else:
            return


def _encode(previous: dict[str, Any] | None) -> str:
    """Return a physical id that carries the former setting; raise ``ValueError`` when it doesn't fit."""
    packed = zlib.compress(json.dumps(previous, sort_keys=True).encode(), 9)
    physical = f"{_ID}:{base64.urlsafe_b64encode(packed).decode()}"
    if len(physical) > _ID_LIMIT:
        raise ValueError(
            "the account's present invocation logging is too long to be kept for the stack's deletion: "
            "remove it with `aws bedrock delete-model-invocation-logging-configuration` and deploy again"
        )
    return physical


def _decode(physical: str) -> dict[str, Any] | None:
    try:
        previous = json.loads(zlib.decompress(base64.urlsafe_b64decode(physical.removeprefix(f"{_ID}:"))))
    except (ValueError, zlib.error):  # an id of somebody else's making: the setting can only be taken away
        _LOG.warning("the physical id holds no former setting")
        return None
    return previous if isinstance(previous, dict) else None


def _answer(event: dict[str, Any], context: Any, status: str, physical: str, reason: str) -> None:
    body = json.dumps(
        {
            "Status": status,
            "Reason": f"{reason[:800]} (log stream {getattr(context, 'log_stream_name', 'unknown')})",
            "PhysicalResourceId": physical,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
        }
    ).encode()
    # The empty content type is part of what CloudFormation signed for the address.
    headers = {"Content-Type": "", "Content-Length": str(len(body))}
    for delay in (*_DELAYS, None):
        request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers=headers)  # noqa: S310 - CloudFormation's own https address
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - CloudFormation's own https address
                return
        except OSError:
            if delay is None:
                raise
            time.sleep(delay)
