"""How Bedrock behaves where ministack doesn't: service roles, ingestion, retrieval, answers, guardrails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack import app

from constructs_lib.local.emulator.bedrock import _repairs

if TYPE_CHECKING:
    from constructs_lib.local.emulator._request import Request, Response
    from constructs_lib.local.emulator.authorization._operations import Call

__all__ = ["reset", "serve"]


async def serve(call: Call, request: Request) -> Response:
    """Serve an authorized call; raises `AwsError` for what the caller did wrong."""
    for check in _repairs.BEFORE.get(call.operation, ()):
        check(call, request)
    own = _repairs.INSTEAD.get(call.operation)
    if own is not None:
        return own(call, request)
    handler = app.SERVICE_HANDLERS[call.client]
    response: Response = await handler(
        request.method, _repairs.stock_path(call, request), request.headers, request.body, request.query
    )
    for repair in _repairs.AFTER.get(call.operation, ()):
        response = repair(call, request, response)
    return response


def reset() -> None:
    """Forget what is kept here; ministack's own stores are reset by ministack."""
    _repairs.reset()
