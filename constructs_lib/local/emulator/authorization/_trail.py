# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""CloudTrail records: who called what, with the true principal, denials included.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail

from constructs_lib.local.emulator import VPC_ENDPOINT_HEADER
from constructs_lib.local.emulator.authorization._enforcement import role_arn

if TYPE_CHECKING:
    from constructs_lib.local.emulator.protocol import Request

__all__ = ["record"]

_MAX_PARAMETER_BYTES = 4096


def record(request: Request, *, error: str | None = None, message: str | None = None) -> None:
    """Add one record for `request`. Calls to CloudTrail itself are not recorded."""
    if request.service == "cloudtrail" or not request.operation:
        return
    service = (
        "bedrock"
        if request.service.startswith("bedrock-") and "core" not in request.service
        else request.service
    )
    identity = _identity(request.access_key)
    event: dict[str, Any] = {
        "eventVersion": "1.11",
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": request.operation,
        "awsRegion": get_region(),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": request.headers.get("user-agent"),
        "userIdentity": identity,
        "requestParameters": request.document if len(request.body) <= _MAX_PARAMETER_BYTES else None,
        "requestID": request.request_id,
        "eventID": str(uuid.uuid4()),
        "vpcEndpointId": request.headers.get(VPC_ENDPOINT_HEADER),
        "errorCode": error,
        "errorMessage": message,
        "recipientAccountId": get_account_id(),
    }
    cloudtrail._get_event_queue().append(
        {
            "EventId": event["eventID"],
            "EventName": request.operation,
            "EventSource": event["eventSource"],
            "EventTime": time.time(),
            "Username": str(identity["arn"]).rsplit("/", 1)[-1],
            "AccessKeyId": request.access_key,
            "ReadOnly": "true" if request.operation.startswith(("Get", "List", "Describe")) else "false",
            "Resources": [
                {"ResourceName": check.resource, "ResourceType": "AWS::Any"}
                for check in request.checks
                if check.resource != "*"
            ],
            "CloudTrailEvent": json.dumps({k: v for k, v in event.items() if v is not None}),
        }
    )


def _identity(access_key: str) -> dict[str, Any]:
    principal = iam_evaluator.resolve_principal(access_key, get_account_id())
    account = get_account_id()
    arn = getattr(principal, "arn", f"arn:aws:iam::{account}:root")
    kind = getattr(principal, "type", "Unknown")
    identity = {"type": kind, "arn": arn, "accountId": account, "accessKeyId": access_key}
    if kind == "AssumedRole":
        role = arn.split(":assumed-role/")[1].split("/")[0]
        issuer = {"type": "Role", "arn": role_arn(role), "userName": role}
        identity["sessionContext"] = {"sessionIssuer": issuer}
    return identity
