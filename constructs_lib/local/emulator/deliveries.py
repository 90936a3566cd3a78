# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""What EventBridge, its scheduler and Lambda need, which ministack takes for granted.

- EventBridge sends to a queue only what the queue's policy lets that rule send; what it doesn't, is dropped.
  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
- A schedule starts a state machine as its role, which the service assumes on behalf of the schedule's group.
  https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
- Lambda makes an event source mapping only if the function's role may read the queue, and if the function
  ends before the queue shows a message again.
  https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, scheduler, sqs
from ministack.services.cloudformation import provisioners

from constructs_lib.local.emulator.authorization import lets_service, refusal, trusts
from constructs_lib.local.emulator.protocol import Check

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]

_log = logging.getLogger("bedrock-planes")
_MAPPING = "AWS::Lambda::EventSourceMapping"
_READS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def install() -> None:
    """Put the checks before ministack's own functions."""
    eventbridge._invoke_target = _delivering(eventbridge._invoke_target)
    handlers = provisioners._RESOURCE_HANDLERS[_MAPPING]
    handlers["create"] = _mapping(handlers["create"])
    schedules = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]
    schedules["create"] = _new_schedule(schedules["create"])


def _delivering(stock: Callable[..., None]) -> Callable[..., None]:
    def invoke(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], *more: Any) -> None:
        arn, source = str(target.get("Arn", "")), str(rule.get("Arn"))
        if (":sqs:" in arn and not _lets_in(arn, source)) or (
            ":scheduler:" in source and not _may_start(str(target.get("RoleArn")), arn, rule)
        ):
            _log.warning("%s may not reach %s", source, arn)
            return
        stock(target, event, rule, *more)

    return invoke


def _may_start(role: str, machine: str, schedule: dict[str, Any]) -> bool:
    group = f"schedule-group/{schedule.get('GroupName') or 'default'}"
    on_behalf = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:{group}"
    return (
        trusts(role, "scheduler.amazonaws.com", on_behalf)
        and refusal(role, Check("states:StartExecution", machine), session="Scheduler") is None
    )


def _new_schedule(stock: Callable[..., Any]) -> Callable[..., Any]:
    """Forget when a former schedule of the same name fired: ministack remembers it after a deletion."""

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        made = stock(logical_id, properties, stack)
        for key in [key for key in scheduler._schedule_last_fired if str(key[-1]).endswith(f"/{made[0]}")]:
            scheduler._schedule_last_fired.pop(key, None)
        return made

    return create


def _lets_in(queue_arn: str, rule_arn: str) -> bool:
    queue = sqs._queue_by_arn(queue_arn)
    text = (queue or {}).get("attributes", {}).get("Policy")
    keys = {"aws:sourceaccount": get_account_id(), "aws:sourcearn": rule_arn, "aws:securetransport": "true"}
    document = json.loads(text) if isinstance(text, str) and text else text or {}
    return lets_service(document, "events.amazonaws.com", Check("sqs:SendMessage", queue_arn, keys))


def _mapping(stock: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        queue = sqs._queue_by_arn(str(properties.get("EventSourceArn", "")))
        if queue is not None:
            _check(queue, str(properties["EventSourceArn"]), str(properties.get("FunctionName", "")))
        return stock(logical_id, properties, stack)

    return create


def _check(queue: dict[str, Any], arn: str, function: str) -> None:
    """Refuse a mapping as Lambda does."""
    _, configuration = lambda_svc._get_func_record_for_qualifier(function.rpartition(":function:")[2], None)
    role, timeout = str(configuration.get("Role")), int(configuration.get("Timeout", 3))
    for call in _READS:
        if refusal(role, Check(f"sqs:{call}", arn), session=function.rpartition(":")[2]):
            raise PermissionError(
                f"The provided execution role does not have permissions to call {call} on SQS"
            )
    visible_again = int(queue["attributes"].get("VisibilityTimeout", 30))
    if visible_again < timeout:
        raise ValueError(
            f"Queue visibility timeout: {visible_again} seconds is less than "
            f"Function timeout: {timeout} seconds"
        )
