# ruff: noqa: N803 - boto3's names of parameters
"""What syncs a knowledge base at deployment, and what stops before its data sources go."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.handlers import knowledge_base_sync
from constructs_lib.handlers.knowledge_base_sync import Account, SyncError, handler, serve

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Sync"


class MissingError(Exception):
    """The data source doesn't exist."""


class ConflictError(Exception):
    """The job ended meanwhile."""


class DeniedError(Exception):
    """The role may not do it."""


class Fake:
    """Bedrock, Step Functions, Lambda and CloudFormation, as the clients of boto3."""

    def __init__(self) -> None:
        self.jobs: dict[str, list[str]] = {}
        self.executions: dict[str, str] = {}
        self.cause = "DS1: 3 documents failed in the job J"
        self.stack_status = "UPDATE_IN_PROGRESS"
        self.stopped: list[str] = []
        self.again: list[dict[str, Any]] = []
        self.conflicts = False
        self.bases = {"KB"}
        self.exceptions = SimpleNamespace(
            ResourceNotFoundException=MissingError,
            ConflictException=ConflictError,
            AccessDeniedException=DeniedError,
            ValidationException=ConflictError,
            ExecutionAlreadyExists=FileExistsError,
        )

    def client(self, name: str) -> Fake:
        assert name in {"bedrock-agent", "stepfunctions", "lambda", "cloudformation"}
        return self

    def describe_stacks(self, *, StackName: str) -> Any:
        return {"Stacks": [{"StackStatus": self.stack_status}]}

    def start_execution(self, *, stateMachineArn: str, name: str) -> None:
        assert stateMachineArn == MACHINE
        if name in self.executions:
            raise FileExistsError
        self.executions[name] = "RUNNING"

    def describe_execution(self, *, executionArn: str) -> Any:
        machine, _, name = executionArn.rpartition(":")
        assert machine == MACHINE.replace(":stateMachine:", ":execution:")
        return {"status": self.executions[name], "cause": self.cause}

    def list_executions(self, *, stateMachineArn: str, statusFilter: str) -> Any:
        running = [name for name, status in self.executions.items() if status == statusFilter]
        return {"executions": [{"executionArn": f"x:{name}"} for name in running]}

    def stop_execution(self, *, executionArn: str, cause: str) -> None:
        self.executions[executionArn.removeprefix("x:")] = "ABORTED"
        self.stopped.append(executionArn)

    def list_ingestion_jobs(self, *, knowledgeBaseId: str, dataSourceId: str, nextToken: str = "") -> Any:
        if knowledgeBaseId not in self.bases:
            raise DeniedError(f"not authorized on {knowledgeBaseId}")
        if dataSourceId not in self.jobs:
            raise MissingError
        jobs = [
            {"ingestionJobId": f"{dataSourceId}-{number}", "status": status}
            for number, status in enumerate(self.jobs[dataSourceId])
        ]
        # One job a page.
        page = int(nextToken or 0)
        more = {"nextToken": str(page + 1)} if page + 1 < len(jobs) else {}
        return {"ingestionJobSummaries": jobs[page : page + 1], **more}

    def stop_ingestion_job(self, *, knowledgeBaseId: str, dataSourceId: str, ingestionJobId: str) -> None:
        if self.conflicts:
            raise ConflictError
        self.stopped.append(ingestionJobId)
        self.jobs[dataSourceId][int(ingestionJobId.rpartition("-")[2])] = "STOPPING"

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        assert (FunctionName, InvocationType) == ("arn:function", "Event")
        self.again.append(json.loads(Payload))


def request(kind: str, *, on_deploy: str = "yes", **more: Any) -> dict[str, Any]:
    properties = {"KnowledgeBase": "KB", "Sources": ["DS1"], "Machine": MACHINE, "OnDeploy": on_deploy}
    return {
        "RequestType": kind,
        "RequestId": "R",
        "StackId": "S",
        "LogicalResourceId": "L",
        "ResponseURL": "https://cloudformation.example/answer",
        "ResourceProperties": properties,
        **more,
    }


def former(**changed: Any) -> dict[str, Any]:
    return {**request("Update")["ResourceProperties"], **changed}


def test_creating_starts_one_sync_and_waits_for_its_end() -> None:
    fake, event = Fake(), request("Create")
    assert serve(event, Account(fake)) is None
    assert serve(event, Account(fake)) is None
    assert fake.executions == {"R": "RUNNING"}
    fake.executions["R"] = "SUCCEEDED"
    assert serve(event, Account(fake)) == "synced"


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_sync_that_fails_fails_the_deployment_with_its_cause(status: str) -> None:
    fake, event = Fake(), request("Create")
    serve(event, Account(fake))
    fake.executions["R"] = status
    with pytest.raises(SyncError, match=f"ended as {status}: DS1: 3 documents failed in the job J"):
        serve(event, Account(fake))


def test_nothing_starts_unless_it_was_asked_for() -> None:
    fake = Fake()
    assert serve(request("Create", on_deploy="no"), Account(fake)) == "nothing is synced at deployment"
    assert fake.executions == {}


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_nothing_starts_while_the_stack_rolls_back(status: str) -> None:
    fake = Fake()
    fake.stack_status = status
    assert "rolls back" in str(serve(request("Update"), Account(fake)))
    assert fake.executions == {}


def test_deleting_stops_executions_and_jobs_and_waits_until_none_runs() -> None:
    fake, event = Fake(), request("Delete")
    fake.executions = {"nightly": "RUNNING", "old": "SUCCEEDED"}
    fake.jobs = {"DS1": ["COMPLETE", "IN_PROGRESS", "STARTING"]}
    assert serve(event, Account(fake)) is None
    assert fake.stopped == ["x:nightly", "DS1-1", "DS1-2"]
    assert serve(event, Account(fake)) is None, "they stop, but haven't yet"
    assert fake.stopped == ["x:nightly", "DS1-1", "DS1-2"], "nothing is stopped twice"
    fake.jobs["DS1"] = ["COMPLETE", "STOPPED", "STOPPED"]
    assert serve(event, Account(fake)) == "no job runs"


def test_a_data_source_that_is_gone_has_no_jobs() -> None:
    assert serve(request("Delete"), Account(Fake())) == "no job runs"


def test_a_job_that_ends_by_itself_meanwhile_is_waited_for() -> None:
    fake, event = Fake(), request("Delete")
    fake.jobs, fake.conflicts = {"DS1": ["IN_PROGRESS"]}, True
    assert serve(event, Account(fake)) is None
    fake.jobs["DS1"] = ["COMPLETE"]
    assert serve(event, Account(fake)) == "no job runs"


def test_an_update_stops_the_jobs_of_a_data_source_that_goes_before_it_syncs() -> None:
    fake = Fake()
    fake.jobs = {"OLD": ["IN_PROGRESS"], "DS1": ["IN_PROGRESS"]}
    event = request("Update", OldResourceProperties=former(Sources=["OLD"]))
    assert serve(event, Account(fake)) is None
    assert (fake.stopped, fake.executions) == (["OLD-0"], {})
    fake.jobs["OLD"] = ["STOPPED"]
    assert serve(event, Account(fake)) is None
    assert fake.executions == {"R": "RUNNING"}


def test_an_update_with_the_same_data_sources_stops_nothing() -> None:
    fake = Fake()
    fake.executions, fake.jobs = {"nightly": "RUNNING"}, {"DS1": ["IN_PROGRESS"]}
    serve(request("Update", OldResourceProperties=former()), Account(fake))
    assert fake.stopped == []


def test_the_jobs_of_a_knowledge_base_that_is_replaced_are_stopped_first() -> None:
    fake = Fake()
    fake.bases = {"KB", "FORMER"}
    fake.executions = {"nightly": "RUNNING"}
    fake.jobs = {"OLD": ["COMPLETE", "IN_PROGRESS"]}
    event = request("Update", OldResourceProperties=former(KnowledgeBase="FORMER", Sources=["OLD"]))
    assert serve(event, Account(fake)) is None
    assert (fake.executions, fake.stopped) == ({"nightly": "ABORTED"}, ["x:nightly", "OLD-1"])
    assert serve(event, Account(fake)) is None  # it is stopping
    fake.jobs["OLD"][1] = "STOPPED"
    assert serve(event, Account(fake)) is None
    assert fake.executions == {"nightly": "ABORTED", "R": "RUNNING"}


def test_the_jobs_of_a_former_knowledge_base_that_was_imported_are_left_alone() -> None:
    fake = Fake()
    fake.executions = {"nightly": "RUNNING"}
    event = request("Update", OldResourceProperties=former(KnowledgeBase="FORMER", Sources=["OLD"]))
    assert serve(event, Account(fake)) is None
    assert fake.executions == {"nightly": "ABORTED", "R": "RUNNING"}


@pytest.mark.parametrize("kind", ["Delete", "Update"])
def test_a_denial_on_the_knowledge_base_of_today_fails(kind: str) -> None:
    fake = Fake()
    fake.bases = set()
    old = former(Sources=["DS1", "OLD"])
    with pytest.raises(DeniedError, match="not authorized on KB"):
        serve(request(kind, OldResourceProperties=old), Account(fake))


class Answers:
    """CloudFormation's address, which takes answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fake: Fake) -> None:
        self.taken: list[dict[str, Any]] = []
        self.clock = 1000.0
        session = SimpleNamespace(session=SimpleNamespace(Session=lambda: fake))
        monkeypatch.setattr(knowledge_base_sync, "boto3", session)
        clock = SimpleNamespace(sleep=self.pass_time, time=lambda: self.clock)
        monkeypatch.setattr(knowledge_base_sync, "time", clock)
        monkeypatch.setattr(urllib.request, "urlopen", self.take)

    def pass_time(self, seconds: float) -> None:
        self.clock += seconds

    def take(self, sent: Any, timeout: float) -> Any:
        self.taken.append(json.loads(sent.data))
        return contextlib.nullcontext()

    def context(self) -> Any:
        ends = self.clock + 900
        return SimpleNamespace(
            log_stream_name="stream",
            invoked_function_arn="arn:function",
            get_remaining_time_in_millis=lambda: (ends - self.clock) * 1000,
        )


def test_the_function_hands_over_to_itself_and_gives_up_before_cloudformation_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = Fake()
    answers = Answers(monkeypatch, fake)
    handler(request("Create"), answers.context())
    invocations = 1
    while not answers.taken:
        assert len(fake.again) == invocations
        handler(fake.again[-1], answers.context())
        invocations += 1
    [answer] = answers.taken
    assert answer["Status"] == "FAILED"
    assert "longer than 55 minutes" in answer["Reason"]
    assert answers.clock - 1000 < 3600
    assert invocations < 16, "Lambda stops a function that invokes itself 16 times"
    assert fake.executions == {"R": "RUNNING"}


def test_success_and_failure_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake()
    answers = Answers(monkeypatch, fake)
    fake.executions["R"] = "SUCCEEDED"
    handler(request("Create"), answers.context())
    fake.executions["R"] = "FAILED"
    handler(request("Update"), answers.context())
    broken = request("Create")
    del broken["ResourceProperties"]["Sources"]
    handler(broken, answers.context())
    assert [one["Status"] for one in answers.taken] == ["SUCCESS", "FAILED", "FAILED"]
    assert answers.taken[0]["PhysicalResourceId"] == "bedrock-knowledge-base-sync"
