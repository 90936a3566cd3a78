"""Errors as AWS's JSON services answer them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local.emulator._request import Response

__all__ = ["AwsError", "answer"]

_STATUS = {
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "NotFoundException": 404,
    "ConflictException": 409,
    "ServiceQuotaExceededException": 402,
}


class AwsError(Exception):
    """An error that the caller shall see: `code` is the name that botocore gives to the exception class."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    def response(self) -> Response:
        """Return the HTTP response."""
        body = json.dumps({"__type": self.code, "message": self.message}).encode()
        headers = {"Content-Type": "application/json", "x-amzn-errortype": self.code}
        return _STATUS.get(self.code, 400), headers, body


def answer(document: dict[str, object], status: int = 200) -> Response:
    """Return a JSON response."""
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()
