"""What is checked first: the host that a request names, its path, and the headers of the answer.

A web page that somebody opens on this machine can send requests to 127.0.0.1, and by DNS rebinding under a
name of its own; so the `Host` is checked, no answer allows another origin to read it, and ministack's own
endpoints, which need no signature, are closed.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS
"""

from __future__ import annotations

import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from constructs_lib.local.emulator import READY_PATH, RESET_PATH, ROOT_SECRET_HEADER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = ["behind_the_door"]

_CLOSED = ("/_ministack", "/_localstack", "/_bedrock_planes", "/health")
"""Ministack's own endpoints, and what is not an endpoint of ours."""

_OPEN = re.compile(r"/_ministack/cfn-(response|signal)/[^/]+")
"""Where a function answers CloudFormation: each address holds a random token, as the presigned URL on AWS."""

_MINISTACK_RESET = "/_ministack/reset"


def _host_pattern(port: int) -> re.Pattern[str]:
    """Return the pattern of the hosts that this server answers for.

    Names below `localhost` and `amazonaws.com` are those of buckets, APIs and function URLs; nobody but AWS
    and this machine can make them resolve to this address.
    """
    names = r"127\.0\.0\.1|localhost|(?:[a-z0-9_-]+\.)+(?:localhost|amazonaws\.com)"
    return re.compile(rf"(?:{names})(?::{port})?", re.IGNORECASE)


def behind_the_door(application: Application, *, port: int, root_secret: str) -> Application:
    """Return the application with the checks in front of it.

    Args:
        application: The ASGI application.
        port: The port that it is served on.
        root_secret: The secret access key of the account's root user, which a reset needs.

    """
    hosts = _host_pattern(port)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if not _known_host(scope, hosts) or _is_closed(scope["path"]):
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await application(scope, receive, send)
            return
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        path, outgoing = scope["path"], _without_cors(send)
        if not _known_host(scope, hosts):
            await _answer(outgoing, 421, "this server answers for 127.0.0.1 and localhost only")
        elif path == READY_PATH:
            await _answer(outgoing, 200, "ready")
        elif path == RESET_PATH:
            if scope["method"] == "POST" and hmac.compare_digest(_sent_secret(scope), root_secret.encode()):
                inner = {**scope, "path": _MINISTACK_RESET, "raw_path": _MINISTACK_RESET.encode()}
                await application({**inner, "query_string": b""}, receive, outgoing)
            else:
                await _answer(outgoing, 403, "a reset is a POST with the secret access key of the root user")
        elif _is_closed(path):
            await _answer(outgoing, 404, "there is nothing here")
        else:
            await application(scope, receive, outgoing)

    return serve


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope.get("headers", []) if key.lower() == name]


def _known_host(scope: Scope, hosts: re.Pattern[str]) -> bool:
    sent = _headers(scope, b"host")
    return len(sent) == 1 and hosts.fullmatch(sent[0].decode("latin-1")) is not None


def _sent_secret(scope: Scope) -> bytes:
    return next(iter(_headers(scope, ROOT_SECRET_HEADER.encode())), b"")


def _is_closed(path: str) -> bool:
    below = f"/{path.lstrip('/').lower()}"
    if _OPEN.fullmatch(path):
        return False
    return any(below == start or below.startswith(f"{start}/") for start in _CLOSED)


def _without_cors(send: Send) -> Send:
    """Return `send` without the headers by which ministack lets pages of every origin read answers."""

    async def outgoing(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message.get("headers", [])
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return outgoing


async def _answer(send: Send, status: int, message: str) -> None:
    body = json.dumps({"message": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
