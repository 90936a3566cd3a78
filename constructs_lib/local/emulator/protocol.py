"""Requests, checks, answers and errors, in the forms that every part of the server exchanges."""

from __future__ import annotations

import contextvars
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

__all__ = ["AwsError", "Check", "Request", "Response", "answer", "current", "entered", "raw_path_of_request"]

Response = tuple[int, dict[str, str], bytes]
"""Status, headers, body: the shape of ministack's handlers."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that AWS authorizes: an action on a resource, with the condition keys of this call."""

    action: str
    resource: str = "*"
    context: dict[str, Any] = field(default_factory=dict)


@dataclass
class Request:
    """One HTTP request, as ministack hands it on (`path` is decoded, `raw_path` is as sent)."""

    method: str
    path: str
    raw_path: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]
    request_id: str
    access_key: str = ""
    service: str = ""
    operation: str = ""
    checks: list[Check] = field(default_factory=list)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON body, or an empty dictionary."""
        try:
            parsed = json.loads(self.body) if self.body else {}
        except ValueError:  # the body of another protocol
            return {}
        return parsed if isinstance(parsed, dict) else {}

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters of a query-protocol request (IAM, CloudFormation), from body and query string."""
        is_form = self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        pairs = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True) if is_form else {}
        return {k: v[0] if isinstance(v, list) else v for k, v in {**pairs, **self.query}.items() if v}


entered: contextvars.ContextVar[Request | None] = contextvars.ContextVar(
    "bedrock_planes_request", default=None
)
"""Set by the dispatcher for the task that serves the request."""


raw_path_of_request: contextvars.ContextVar[str] = contextvars.ContextVar(
    "bedrock_planes_raw_path", default=""
)
"""The path as sent, percent-encoded: ministack's dispatcher sees only the decoded one."""


def current() -> Request | None:
    """Return the request in hand, or None outside of one."""
    return entered.get()


_STATUS = {
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "NotFoundException": 404,
    "ConflictException": 409,
    "ServiceQuotaExceededException": 402,
}


class AwsError(Exception):
    """An error that the caller shall see: `code` is the name that botocore gives to the exception class."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.status = status or _STATUS.get(code, 400)

    def response(self) -> Response:
        """Return the HTTP response."""
        body = json.dumps({"__type": self.code, "message": self.message}).encode()
        headers = {"Content-Type": "application/json", "x-amzn-errortype": self.code}
        return self.status, headers, body


def answer(document: dict[str, object], status: int = 200) -> Response:
    """Return a JSON response."""
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()
