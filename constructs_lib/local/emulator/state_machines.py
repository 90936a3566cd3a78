# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Calls of state machines to the client `bedrock-agent`, which ministack doesn't know, as the machine's role.

The calls go over HTTP like anyone's, so what the role may not do fails the task as on AWS, with the error
`BedrockAgent.AccessDeniedException`. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import stepfunctions

from constructs_lib.local.emulator import cloudformation
from constructs_lib.local.emulator.authorization import trusts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]

_SERVICE = "bedrockagent"
_PREFIX = "BedrockAgent"

_machine: ContextVar[str] = ContextVar("state machine", default="")
"""The ARN of the state machine that runs; ministack copies the context into the threads of an execution."""


def _running(stock: Callable[[str], None]) -> Callable[[str], None]:
    def run(execution: str) -> None:
        record = stepfunctions._executions.get(execution)
        _machine.set(record["stateMachineArn"] if record else "")
        stock(execution)

    return run


def _calling(stock: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def call(resource: str, arguments: Any) -> Any:
        service, action = resource.split(":")[6:8]
        return _call(action, arguments) if service == _SERVICE else stock(resource, arguments)

    return call


def _call(action: str, arguments: Any) -> Any:
    """Call an operation of `bedrock-agent`; names are spelt as in the SDK for Java, in both directions."""
    client = cloudformation.client_of_role("bedrock-agent", _role(), "StepFunctions")
    operation = action[0].upper() + action[1:]
    if operation not in client.meta.service_model.operation_names:
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The resource `aws-sdk:{_SERVICE}:{action}` is unknown"
        )
    model = client.meta.service_model.operation_model(operation)
    try:
        answer = getattr(client, xform_name(operation))(
            **stepfunctions._sdk_json_param_value(arguments or {}, model.input_shape)
        )
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise stepfunctions._ExecutionError(f"{_PREFIX}.{code}", message) from None
    except ParamValidationError as error:
        raise stepfunctions._ExecutionError(f"{_PREFIX}.ValidationException", str(error)) from None
    answer.pop("ResponseMetadata", None)
    return _plain(stepfunctions._sdk_json_value(answer, model.output_shape))


def _role() -> str:
    role = str((stepfunctions._state_machines.get(_machine.get()) or {}).get("roleArn"))
    if not trusts(role, "states.amazonaws.com", _machine.get()):
        raise stepfunctions._ExecutionError(
            "States.TaskFailed", f"states.amazonaws.com may not assume the role {role}"
        )
    return role


def _plain(value: Any) -> Any:
    """Return the value as JSON has it: moments as texts."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def install() -> None:
    """Enter the client into ministack's calls of state machines."""
    stepfunctions._run_execution = _running(stepfunctions._run_execution)
    stepfunctions._invoke_aws_sdk_integration = _calling(stepfunctions._invoke_aws_sdk_integration)
