"""The answer of a custom resource to CloudFormation.

An answer that is not taken hangs the stack for its whole time-out, so it is cut to what CloudFormation takes
and sent again when it does not get through.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["send"]

_LIMIT = 4096  # bytes that CloudFormation takes
_TIMEOUT = 10  # seconds for one attempt
_DELAYS = (1, 2, 4, 8, 16)


def send(
    event: Mapping[str, Any],
    context: Any,
    status: Literal["SUCCESS", "FAILED"],
    reason: str,
    *,
    physical_id: str,
    data: Mapping[str, str] | None = None,
) -> None:
    """Answer a request.

    Args:
        event: The request.
        context: Lambda's context, whose log stream the reason names.
        status: Whether it was served.
        reason: What was done, or why it failed; cut to what fits.
        physical_id: The id of the resource.
        data: The attributes of the resource; none by default.

    Raises:
        OSError: No attempt got through.

    """
    stream = getattr(context, "log_stream_name", "unknown")
    answer: dict[str, Any] = {
        "Status": status,
        "Reason": "",
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": dict(data or {}),
    }
    room = _LIMIT - len(_encoded(answer)) - len(stream) - 40
    answer["Reason"] = f"{_cut(reason, room)} (log stream {stream})"
    body = _encoded(answer)
    # The empty content type is part of what CloudFormation signed for the address.
    headers = {"Content-Type": "", "Content-Length": str(len(body))}
    for delay in (*_DELAYS, None):
        request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers=headers)  # noqa: S310 - CloudFormation's own https address
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310 - CloudFormation's own https address
                return
        except OSError:
            if delay is None:
                raise
            time.sleep(delay)


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _cut(reason: str, room: int) -> str:
    """Return as much of a text as fits into a number of bytes when written as JSON."""
    text = reason[: max(room, 0)]
    while text and len(_encoded(text)) - 2 > room:
        text = text[: -max(1, len(text) // 50)]
    return text
