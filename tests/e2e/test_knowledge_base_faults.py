"""Ingestion under faults: each ends as docs/sync.md says, with the real templates, handlers and roles.

Jobs take their time here, and CloudFormation has the policy that `deploy-policy` derives, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_scheduler as scheduler

from constructs_lib import KnowledgeBaseType
from constructs_lib.local import LocalAws
from tests.e2e.life import DOCUMENT, Life, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOURLY = scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))
LONG, SHORT = 300.0, 2.0
"""Seconds of a job that only stopping ends within a test, and of one that a sync waits for."""


@pytest.fixture(scope="module")
def slow() -> Iterator[LocalAws]:
    with LocalAws(ingestion_seconds=SHORT) as aws:
        yield aws


@pytest.fixture(scope="module")
def endless() -> Iterator[LocalAws]:
    with LocalAws(ingestion_seconds=LONG) as aws:
        yield aws


def test_a_job_of_somebody_else_is_waited_for(slow: LocalAws, tmp_path: Path) -> None:
    life = Life(slow, tmp_path, derived=True)
    assert life.deploy(sync={}) == "CREATE_COMPLETE", life.failed
    foreign = life.start_job()
    execution = life.start_sync()
    assert until(lambda: "BedrockAgent.ConflictException" in life.history(execution))
    assert life.job(foreign) == "IN_PROGRESS"
    assert until(lambda: life.execution(execution) != "RUNNING")
    assert (life.execution(execution), life.job(foreign)) == ("SUCCEEDED", "COMPLETE")
    assert life.found() == [DOCUMENT]
    assert (life.delete(), life.failed) == ("DELETE_COMPLETE", [])


def test_a_sync_that_outlives_a_function_is_followed_by_the_next(slow: LocalAws, tmp_path: Path) -> None:
    """A function hands over to itself a minute before its end; here a second after its start."""
    life = Life(slow, tmp_path, derived=True)
    life.code["_RESERVE = 60_000"] = "_RESERVE = 899_000"
    assert life.deploy(sync={"on_deploy": True}) == "CREATE_COMPLETE", life.failed
    assert life.found() == [DOCUMENT]
    assert len(life.executions()) == 1
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))


def test_a_sync_that_takes_too_long_fails_the_deployment_and_is_stopped(
    endless: LocalAws, tmp_path: Path
) -> None:
    life = Life(endless, tmp_path, derived=True)
    life.code["_LONGEST = 55 * 60"] = "_LONGEST = 4"
    assert life.deploy(sync={"on_deploy": True}) == "ROLLBACK_COMPLETE", life.failed
    assert any("it took longer than 55 minutes" in one for one in life.failed), life.failed
    assert not any("DELETE_FAILED" in one for one in life.failed), life.failed
    assert life.left() == (0, 0, 0)


@pytest.mark.parametrize("by", ["sync", "somebody else"])
def test_a_job_that_runs_at_deletion_is_stopped_and_nothing_stays(
    endless: LocalAws, tmp_path: Path, by: str
) -> None:
    life = Life(endless, tmp_path, derived=True)
    assert life.deploy(sync={"every": HOURLY}) == "CREATE_COMPLETE", life.failed
    if by == "sync":
        life.start_sync()
        until(life.jobs)
    else:
        life.start_job()
    assert life.jobs() == ["IN_PROGRESS"]
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))


def test_without_the_sync_a_job_that_runs_keeps_its_data_source(endless: LocalAws, tmp_path: Path) -> None:
    """What the sync prevents: the test above would see it."""
    life = Life(endless, tmp_path)
    assert life.deploy() == "CREATE_COMPLETE", life.failed
    life.start_job()
    life.delete()
    assert any("DELETE_FAILED" in one and "runs" in one for one in life.failed), life.failed


def test_deletion_goes_from_what_starts_syncs_to_what_is_synced(slow: LocalAws, tmp_path: Path) -> None:
    life = Life(slow, tmp_path, derived=True)
    sync = {"every": HOURLY, "on_change": cdk.Duration.minutes(5)}
    assert life.deploy(sync=sync) == "CREATE_COMPLETE", life.failed
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))
    gone = life.deleted()
    stopper = gone.index("Custom::BedrockKnowledgeBaseSync")
    starters = (
        "AWS::Events::Rule",
        "AWS::Lambda::EventSourceMapping",
        "AWS::SQS::Queue",
        "AWS::Scheduler::Schedule",
    )
    assert all(gone.index(kind) < stopper for kind in starters), gone
    for kind in (
        "AWS::StepFunctions::StateMachine",
        "AWS::Bedrock::DataSource",
        "AWS::Bedrock::KnowledgeBase",
    ):
        assert gone.index(kind) > stopper, gone


def test_a_data_source_that_goes_while_its_job_runs_stops_it_first(endless: LocalAws, tmp_path: Path) -> None:
    life = Life(endless, tmp_path, derived=True)
    assert life.deploy(sync={}) == "CREATE_COMPLETE", life.failed
    life.start_sync()
    until(life.jobs)
    old = life.outputs["DataSourceId"]
    assert life.deploy(sync={}, chunking=life.other_chunking) == "UPDATE_COMPLETE", life.failed
    assert life.outputs["DataSourceId"] != old
    assert life.failed == []
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))


def test_a_knowledge_base_that_is_replaced_while_its_job_runs_leaves_nothing(
    endless: LocalAws, tmp_path: Path
) -> None:
    life = Life(endless, tmp_path, derived=True)
    assert life.deploy(sync={}) == "CREATE_COMPLETE", life.failed
    life.start_sync()
    until(life.jobs)
    assert life.deploy(sync={}, type=KnowledgeBaseType.vector(dimension=512)) == "UPDATE_COMPLETE", (
        life.failed
    )
    assert life.failed == []
    assert life.left()[:2] == (1, 1)
    assert (life.delete(), life.failed, life.left()) == ("DELETE_COMPLETE", [], (0, 0, 0))


def test_a_schedule_starts_the_sync(slow: LocalAws, tmp_path: Path) -> None:
    life = Life(slow, tmp_path, derived=True)
    past = scheduler.ScheduleExpression.expression("at(2026-01-01T00:00:00)")
    assert life.deploy(sync={"every": past}) == "CREATE_COMPLETE", life.failed
    [execution] = until(life.executions)
    assert until(lambda: life.execution(execution) != "RUNNING")
    assert life.execution(execution) == "SUCCEEDED"
    assert life.found() == [DOCUMENT]
    assert (life.delete(), life.failed) == ("DELETE_COMPLETE", [])
