"""The custom resource behind ``KnowledgeBaseSync``: syncs at deployment, and stops what runs at deletion.

- Creating and updating starts the state machine, where the app asked for it, and waits for its end. The
  deployment fails if the sync fails, and after 55 minutes: CloudFormation waits an hour at most.
- Deleting stops the executions of the state machine and the ingestion jobs of the data sources, and waits
  until none runs. A data source can't be deleted cleanly while a job writes its vectors.
- An update does the same with data sources that are no longer synced, also of a knowledge base that is
  replaced, before it starts anything.
- While a stack rolls back nothing is started: a sync that failed once would fail the rollback too.

A function runs 15 minutes at most. Before that it invokes itself with the same request. An execution is named
after the request, so it isn't started twice.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StopIngestionJob.html
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html (names)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html (16 invocations in a row)
"""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

import boto3

# Relative, because the function is packed without the package above.
from . import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Account", "SyncError", "handler", "serve"]

_LOG = logging.getLogger(__name__)
_ID = "bedrock-knowledge-base-sync"
_LONGEST = 55 * 60  # seconds from the first invocation to an answer; CloudFormation waits 60 minutes
_RESERVE = 60_000  # milliseconds of the function's time that are left when it hands over to itself
_PAUSE = 10  # seconds between two looks
_ACTIVE = frozenset({"STARTING", "IN_PROGRESS", "STOPPING"})


class SyncError(RuntimeError):
    """The sync failed, or nothing could be stopped; the text says why and what to do."""


class Account:
    """What the handler reads, starts and stops, with boto3.

    Args:
        session: A boto3 session.

    """

    def __init__(self, session: Any) -> None:
        self._agents = session.client("bedrock-agent")
        self._machines = session.client("stepfunctions")
        self._functions = session.client("lambda")
        self._stacks = session.client("cloudformation")

    def is_rolling_back(self, stack: str) -> bool:
        """Whether the stack goes back to what it was."""
        [found] = self._stacks.describe_stacks(StackName=stack)["Stacks"]
        return "ROLLBACK" in str(found["StackStatus"])

    def start(self, machine: str, name: str) -> str:
        """Start an execution unless one of this name was started, and return its ARN."""
        try:
            self._machines.start_execution(stateMachineArn=machine, name=name)
        except self._machines.exceptions.ExecutionAlreadyExists:  # this request comes again: it is followed
            _LOG.warning("the execution %s was started already", name)
        return f"{machine.replace(':stateMachine:', ':execution:', 1)}:{name}"

    def outcome(self, execution: str) -> tuple[str, str]:
        """Return the status of an execution, and what it says of its failure."""
        found = self._machines.describe_execution(executionArn=execution)
        return str(found["status"]), str(found.get("cause") or found.get("error") or "no reason is given")

    def stop_executions(self, machine: str) -> int:
        """Stop the executions that run, and return their number."""
        running = list(
            _pages(
                self._machines.list_executions, "executions", stateMachineArn=machine, statusFilter="RUNNING"
            )
        )
        for one in running:
            self._machines.stop_execution(
                executionArn=one["executionArn"], cause="the sync is deleted, or its data sources changed"
            )
        return len(running)

    def stop_jobs(self, knowledge_base: str, source: str, *, former: bool) -> int:
        """Ask the jobs of a data source to stop, and return the number of those that haven't ended.

        ``former`` says that the knowledge base isn't synced any more, and need not be this stack's.
        """
        active = 0
        try:
            jobs = list(
                _pages(
                    self._agents.list_ingestion_jobs,
                    "ingestionJobSummaries",
                    knowledgeBaseId=knowledge_base,
                    dataSourceId=source,
                )
            )
        except self._agents.exceptions.ResourceNotFoundException:  # its jobs went with it
            _LOG.warning("the data source %s is gone already", source)
            return 0
        except self._agents.exceptions.AccessDeniedException as error:
            if not former:
                raise
            # An imported knowledge base of which another id was given: its data sources stay as they are.
            _LOG.warning("the jobs of the data source %s are left alone: %s", source, error)
            return 0
        for job in jobs:
            if job["status"] not in _ACTIVE:
                continue
            active += 1
            if job["status"] != "STOPPING":
                self._stop_job(knowledge_base, source, job["ingestionJobId"])
        return active

    def _stop_job(self, knowledge_base: str, source: str, job: str) -> None:
        try:
            self._agents.stop_ingestion_job(
                knowledgeBaseId=knowledge_base, dataSourceId=source, ingestionJobId=job
            )
        except (
            self._agents.exceptions.ConflictException,
            self._agents.exceptions.ResourceNotFoundException,
            self._agents.exceptions.ValidationException,
        ) as error:
            _LOG.warning("the job %s ends by itself: %s", job, error)  # the next look tells

    def invoke_again(self, function: str, event: dict[str, Any]) -> None:
        """Invoke this function with the same request."""
        self._functions.invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode()
        )


def _pages(call: Any, member: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {}
    while True:
        answer = call(**parameters, **page)
        yield from answer.get(member) or ()
        if not answer.get("nextToken"):
            return
        page = {"nextToken": answer["nextToken"]}


def serve(event: dict[str, Any], account: Any) -> str | None:
    """Do the next step of a request of CloudFormation.

    Args:
        event: The request, with ``Handler``, what earlier steps left there.
        account: An :class:`Account`.

    Returns:
        What was done, or ``None`` while it isn't.

    Raises:
        SyncError: The sync failed.

    """
    state = event.setdefault("Handler", {})
    properties = event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        base, sources = properties["KnowledgeBase"], properties["Sources"]
        return None if _drain(state, account, properties["Machine"], base, sources) else "no job runs"
    if "Rollback" not in state:
        state["Rollback"] = account.is_rolling_back(event["StackId"])
    former = event.get("OldResourceProperties") or properties
    gone = sorted({*former["Sources"]} - {*properties["Sources"]})
    if gone and not state.get("Drained"):
        base = former["KnowledgeBase"]
        if _drain(
            state, account, properties["Machine"], base, gone, former=base != properties["KnowledgeBase"]
        ):
            return None
        state["Drained"] = True
    if state["Rollback"]:
        return "nothing is synced while the stack rolls back"
    if properties["OnDeploy"] == "no":
        return "nothing is synced at deployment"
    execution = account.start(properties["Machine"], event["RequestId"])
    status, cause = account.outcome(execution)
    if status == "RUNNING":
        return None
    if status != "SUCCEEDED":
        raise SyncError(f"the sync {execution} ended as {status}: {cause}")
    return "synced"


def _drain(
    state: dict[str, Any],
    account: Any,
    machine: str,
    knowledge_base: str,
    sources: Iterable[str],
    *,
    former: bool = False,
) -> int:
    """Stop what runs, and return the number of jobs that haven't ended."""
    if not state.get("Stopped"):
        _LOG.warning("stopped %s executions", account.stop_executions(machine))
        state["Stopped"] = True
    return sum(account.stop_jobs(knowledge_base, source, former=former) for source in sources)


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    physical_id = event.get("PhysicalResourceId") or _ID
    try:
        done = _until_done(event, context, Account(boto3.session.Session()))
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        explained = isinstance(error, SyncError)
        reason = str(error) if explained else f"{type(error).__name__}: {error}"
        answers.send(event, context, "FAILED", reason, physical_id=physical_id)
    else:
        if done is not None:
            answers.send(event, context, "SUCCESS", done, physical_id=physical_id)


def _until_done(event: dict[str, Any], context: Any, account: Account) -> str | None:
    """Return what was done, or ``None`` when the function was invoked again to go on."""
    state = event.setdefault("Handler", {})
    began = state.setdefault("Began", int(time.time()))
    while (done := serve(event, account)) is None:
        if time.time() - began > _LONGEST:
            raise SyncError(
                "it took longer than 55 minutes, and CloudFormation waits an hour: jobs that were started go "
                "on; leave `on_deploy` out and use `every` for so many documents, or delete again later"
            )
        if context.get_remaining_time_in_millis() < _RESERVE:
            account.invoke_again(context.invoked_function_arn, event)
            return None
        time.sleep(_PAUSE)
    return done
