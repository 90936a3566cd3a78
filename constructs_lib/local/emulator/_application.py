# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The ASGI application: Bedrock and S3 Vectors are authorized and served here, the rest by ministack."""

from __future__ import annotations

import os
import re
import sys
import types
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import detect_service

from constructs_lib.local.emulator import (
    authorization,
    bedrock,
    cloudformation,
    data_api,
    deliveries,
    open_search,
    s3vectors,
    state_machines,
)
from constructs_lib.local.emulator._door import behind_the_door
from constructs_lib.local.emulator.authorization import (
    bedrock_plan,
    denial,
    operation_of,
    record,
    s3vectors_plan,
)
from constructs_lib.local.emulator.protocol import AwsError, Check, Request, entered, raw_path_of_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Response

__all__ = ["application"]

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/(?P<service>[^/]+)/")

_stock_dispatch = app._dispatch_service_request
_stock_denied = iam_actions.access_denied_response


async def _dispatch(  # noqa: PLR0917 - the signature is ministack's
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Response:
    raw_path = raw_path_of_request.get() or path
    request = Request(method, path, raw_path, headers, body, query, request_id)
    request.access_key = app.extract_access_key_id(headers, query) or ""
    entered.set(request)
    scope = _SCOPE.search(headers.get("authorization", ""))
    service = scope["service"] if scope else ""
    if service == "bedrock" and (call := operation_of(method, raw_path)) is not None:
        return await _serve_bedrock(call, request)
    if service == "s3vectors":
        return await _serve_s3vectors(request)
    if service == "aoss" and raw_path.startswith(open_search.PATH):
        return _serve_endpoint(request)
    request.service = detect_service(
        method, path, headers, app._routing_params(method, path, headers, body, query)
    )
    request.operation = _name_of(request)
    if request.service == "cloudformation":
        failure = cloudformation.remember(request)
        if failure is not None:
            return failure
    response: Response = await _stock_dispatch(method, path, headers, body, query, request_id)
    return response


async def _serve_bedrock(call: Call, request: Request) -> Response:
    request.service, request.operation = call.client, call.operation
    request.checks = bedrock_plan(call, request)
    if refused := _refuse(request):
        return refused
    try:
        response = await bedrock.serve(call, request)
    except AwsError as e:
        response = e.response()
    return _finished(request, response)


async def _serve_s3vectors(request: Request) -> Response:
    request.service, request.operation = "s3vectors", s3vectors.operation(request.method, request.path)
    if request.path.startswith("/tags/"):
        request.document["resourceArn"] = unquote(request.path.removeprefix("/tags/"))
        request.document["tagKeys"] = request.query.get("tagKeys") or []
    request.checks = s3vectors_plan(request.operation, request)
    if refused := _refuse(request):
        return refused
    try:
        response = s3vectors.serve(request.operation, request.document)
    except AwsError as e:
        response = e.response()
    return _finished(request, response)


def _serve_endpoint(request: Request) -> Response:
    """Serve what a collection's endpoint is asked for: whether an index is there."""
    collection = request.raw_path.removeprefix(open_search.PATH).partition("/")[0]
    arn = f"arn:aws:aoss:{get_region()}:{get_account_id()}:collection/{collection}"
    request.service, request.operation = "aoss", "GetIndex"
    request.checks = [Check("aoss:APIAccessAll", arn)]
    if refused := _refuse(request):
        return refused
    principal = iam_evaluator.resolve_principal(request.access_key, get_account_id())
    asked = principal if isinstance(principal, iam_evaluator.PrincipalInfo) else None
    named = asked.arn if asked is not None and asked.policies is not None else None
    return _finished(request, open_search.get(request.raw_path, named))


def _refuse(request: Request) -> Response | None:
    """Authenticate the caller and make all checks; return the refusal, or None when the call may go on."""
    action = request.checks[0].action
    account = get_account_id()
    failure: Any = iam_evaluator.check_credentials(request.access_key, request.service)
    if iam_evaluator._anonymous.get():
        failure = iam_evaluator.AuthError("MissingAuthenticationToken", "Missing Authentication Token")
    if failure is not None:
        refusal: Response = app._credential_failure(
            request.service, action, request.request_id, failure, request.headers
        )
        return refusal
    principal = iam_evaluator.resolve_principal(request.access_key, account)
    for check in request.checks:
        if sentence := denial(principal, check):
            record(request, error="AccessDenied", message=sentence)
            return _finished(request, AwsError("AccessDeniedException", sentence).response(), recorded=True)
    return None


def _finished(request: Request, response: Response, *, recorded: bool = False) -> Response:
    status, headers, body = response
    if not recorded:
        record(request)
    headers = {**headers, "x-amzn-requestid": request.request_id, "x-amz-request-id": request.request_id}
    return status, headers, body


def _name_of(request: Request) -> str:
    """Return the operation of a call that ministack serves, for the trail."""
    action = iam_actions.extract_iam_action(
        request.service,
        request.method,
        request.path,
        request.headers,
        request.body,
        app._routing_params(request.method, request.path, request.headers, request.body, request.query),
    )
    return action.partition(":")[2] if action else ""


def _record(*_arguments: object) -> None:
    """Stand in for ministack's recorder, which knows only the access key."""
    if request := entered.get():
        record(request)


def _denied_by_ministack(
    service: str, action: str, principal: str, request_id: str, **details: Any
) -> Response:
    """Record what ministack's own evaluation refuses, and name the resource as AWS does."""
    request = entered.get()
    resource = details.get("resource_arn") or "*"
    failed_login = bool(details.get("error_code"))
    if not failed_login and not details.get("message") and not details.get("resource_policy_arn"):
        explicit = bool(details.get("explicit_deny"))
        details["message"] = iam_actions.identity_denial_message(action, principal, resource, explicit)
    if request is not None and not failed_login:
        record(request, error="AccessDenied", message=details.get("message"))
    response: Response = _stock_denied(service, action, principal, request_id, **details)
    return response


def application() -> Callable[..., Any]:
    """Return the patched ASGI application; call it once, before anything is served."""
    authorization.install()
    data_api.install()
    deliveries.install()
    open_search.install()
    cloudformation.install()
    state_machines.install()
    app._dispatch_service_request = _dispatch
    app._maybe_record_cloudtrail = _record
    iam_actions.access_denied_response = _denied_by_ministack
    _register("bedrock_planes", _reset)

    async def serve(scope: dict[str, Any], receive: object, send: object) -> None:
        if scope["type"] == "http":
            raw_path_of_request.set((scope.get("raw_path") or b"").decode("latin-1"))
        await app.app(scope, receive, send)

    port, root_secret = int(os.environ["GATEWAY_PORT"]), os.environ["AWS_SECRET_ACCESS_KEY"]
    return behind_the_door(serve, port=port, root_secret=root_secret)


def _reset() -> None:
    s3vectors.reset()
    bedrock.reset()
    cloudformation.reset()
    data_api.reset()
    open_search.reset()


def _register(name: str, reset: Callable[[], None]) -> None:
    """Enter a module into ministack's registry, so that its reset calls ours."""
    module: Any = types.ModuleType(f"ministack.services.{name}")
    module.reset = reset
    module.get_state = lambda: None
    module.load_persisted_state = lambda _state: None
    sys.modules[module.__name__] = module
    app._loaded_modules[name] = module
    app.SERVICE_REGISTRY[name] = {"module": name}
