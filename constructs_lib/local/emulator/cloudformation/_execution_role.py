# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""The principal of CloudFormation's calls: the role that the stack was given, else the caller.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, sts

from constructs_lib.local.emulator.authorization import denial, session_of, trusts
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["client", "client_of_role", "principal_of", "remember", "reset"]

_ACTIONS = ("CreateStack", "CreateChangeSet", "UpdateStack", "ExecuteChangeSet", "DeleteStack", "ImportStack")

_roles: dict[str, str] = {}
"""Stack name -> role ARN."""

_callers: dict[str, tuple[str, str, str]] = {}
"""Stack name -> access key, secret key and session token of the caller of a stack without role."""

_sessions: dict[str, tuple[str, str, str]] = {}
"""Role ARN -> the session that CloudFormation holds."""

_clients: dict[tuple[str, str, str], Any] = {}

_session = botocore.session.get_session()


def remember(request: Request) -> Response | None:
    """Note role and caller of a stack operation; return the refusal when the caller may not pass the role."""
    form = request.form
    if form.get("Action") not in _ACTIONS or not form.get("StackName"):
        return None
    stack = _name(form["StackName"])
    _callers[stack] = _keys_of(request)
    role = form.get("RoleARN")
    if not role:
        return None
    refusal = _may_pass(request, role)
    if refusal is None:
        _roles[stack] = role
    return refusal


def _name(stack: str) -> str:
    return stack.split("/")[1] if stack.startswith("arn:") else stack


def _keys_of(request: Request) -> tuple[str, str, str]:
    session = sts._sessions.get(request.access_key) or {}
    secret = session.get("SecretAccessKey") or (iam._access_keys.get(request.access_key) or {}).get(
        "SecretAccessKey"
    )
    return request.access_key, secret or _root_secret(), session.get("SessionToken") or ""


def _root_secret() -> str:
    return os.environ["AWS_SECRET_ACCESS_KEY"]


def _may_pass(request: Request, role: str) -> Response | None:
    caller = iam_evaluator.resolve_principal(request.access_key, get_account_id())
    if not isinstance(caller, iam_evaluator.PrincipalInfo):
        return None  # ministack's own dispatcher refuses it
    check = Check("iam:PassRole", role, {"iam:passedtoservice": "cloudformation.amazonaws.com"})
    sentence = denial(caller, check)
    if sentence is not None:
        # Looked up at each call: _dispatch puts a function in its place.
        response: Response = iam_actions.access_denied_response(
            "cloudformation",
            check.action,
            caller.arn,
            request.request_id,
            message=sentence,
            resource_arn=role,
        )
        return response
    if not trusts(role, "cloudformation.amazonaws.com"):
        message = f"Role {role} is invalid or cannot be assumed"
        refused: Response = _validation_error(message, request.request_id)
        return refused
    return None


def _validation_error(message: str, request_id: str) -> Response:
    body = (
        '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>'
        f"<Code>ValidationError</Code><Message>{message}</Message></Error><RequestId>{request_id}</RequestId>"
        "</ErrorResponse>"
    )
    return 400, {"Content-Type": "text/xml"}, body.encode()


def principal_of(stack: str) -> iam_evaluator.PrincipalInfo | None:
    """Return the principal that CloudFormation acts as for a stack, or None for one that nobody made here."""
    role = _roles.get(stack)
    if role is not None:
        return session_of(role, "AWSCloudFormation")
    caller = _callers.get(stack)
    found = iam_evaluator.resolve_principal(caller[0], get_account_id()) if caller else None
    return found if isinstance(found, iam_evaluator.PrincipalInfo) else None


def _credentials(stack: str | None) -> tuple[str, str, str]:
    role = _roles.get(stack or "")
    if role is None:
        return _callers.get(stack or "") or (get_account_id(), _root_secret(), "")
    if role not in _sessions:
        answer = _make("sts", (get_account_id(), _root_secret(), "")).assume_role(
            RoleArn=role, RoleSessionName="AWSCloudFormation"
        )["Credentials"]
        _sessions[role] = (answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
    return _sessions[role]


def client_of_role(service: str, role: str, name: str) -> Any:
    """Return a botocore client of this very server as `role`, for a service that has checked its trust."""
    key = (service, get_region(), f"{role} {name}")
    if key not in _clients:
        access_key = sts._gen_session_access_key()
        credentials = (access_key, sts._gen_secret(), sts._gen_session_token())
        sts.register_session(
            access_key,
            {
                "Arn": session_of(role, name).arn,
                "UserId": f"AROA{role.rpartition('/')[2]}:{name}",
                "SecretAccessKey": credentials[1],
                "SessionToken": credentials[2],
                "AccountId": get_account_id(),
                "PrincipalType": "AssumedRole",
            },
        )
        _clients[key] = _make(service, credentials)
    return _clients[key]


# Any: botocore makes its clients at run time, from data.
def client(service: str, stack: str | None) -> Any:
    """Return a botocore client of this very server, as the principal of `stack`."""
    credentials = _credentials(stack)
    key = (service, get_region(), credentials[0])
    if key not in _clients:
        _clients[key] = _make(service, credentials)
    return _clients[key]


def _make(service: str, credentials: tuple[str, str, str]) -> Any:
    access_key, secret_key, token = credentials
    return _session.create_client(
        service,
        region_name=get_region(),
        endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        verify=os.environ["AWS_CA_BUNDLE"],
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=token or None,
        config=Config(retries={"max_attempts": 1}),
    )


def reset() -> None:
    """Forget all stacks."""
    for kept in (_roles, _callers, _sessions, _clients):
        kept.clear()
