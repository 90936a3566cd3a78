"""The consumer of the queue of changes: starts the sync of a knowledge base, one at a time.

A message says only that documents changed. While a sync runs the message goes back to the queue, since the
sync may have passed the document already. A message is taken only when an execution has been started after it
came, so no change is lost. The queue is FIFO with one group, so Lambda runs one such function at a time.

Sources:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (batchItemFailures)
    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html (a message may come twice)
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html (names)
"""

from __future__ import annotations

import logging
import os
from typing import Any

import boto3

__all__ = ["handler", "serve"]

_LOG = logging.getLogger(__name__)


def serve(event: dict[str, Any], machines: Any, machine: str) -> dict[str, Any]:
    """Start the state machine for a batch of messages unless it runs.

    Args:
        event: What Lambda hands over: ``Records`` with a ``messageId`` each.
        machines: A client of Step Functions.
        machine: The ARN of the state machine.

    Returns:
        The messages that go back to the queue, all or none.

    """
    messages = [str(one["messageId"]) for one in event["Records"]]
    running = machines.list_executions(stateMachineArn=machine, statusFilter="RUNNING", maxResults=1)
    if running["executions"]:
        _LOG.warning("a sync runs: %s messages come again", len(messages))
        return {"batchItemFailures": [{"itemIdentifier": one} for one in messages]}
    try:
        machines.start_execution(stateMachineArn=machine, name=f"change-{messages[0]}")
    except machines.exceptions.ExecutionAlreadyExists:  # the message came twice: its sync was started
        _LOG.warning("the sync of the message %s was started already", messages[0])
    return {"batchItemFailures": []}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Serve one batch of messages."""
    return serve(event, boto3.client("stepfunctions"), os.environ["MACHINE"])
