# ruff: noqa: SLF001 - ministack has no public seams; the guard watches those used here
"""Ingestion jobs that take their time: one of a knowledge base at a time, and none after it was stopped.

Without `ingestion_seconds=` a job has ended when StartIngestionJob answers. With it the documents are read at
the start, and the job ends so many seconds later; a job that is stopped ends a second later.
https://docs.aws.amazon.com/general/latest/gr/bedrock.html (one job of a knowledge base at a time)
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StopIngestionJob.html
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack.services import bedrock_agent

from constructs_lib.local.emulator.protocol import AwsError

if TYPE_CHECKING:
    from constructs_lib.local.emulator.authorization import Call
    from constructs_lib.local.emulator.protocol import Request, Response

__all__ = ["begin", "check_none_runs", "check_none_runs_of_source", "reset", "settle", "stop"]

_SECONDS = float(os.environ.get("BEDROCK_PLANES_INGESTION_SECONDS") or 0)

_STOPPING = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Running:
    """A job that hasn't ended: when it does, and what it is then."""

    ends_at: float
    outcome: dict[str, Any]


_running: dict[str, _Running] = {}
"""`KB/DS/job` -> what it comes to."""


def begin(key: str, job: dict[str, Any]) -> None:
    """Enter a job whose outcome is known; it shows after the seconds of the server."""
    bedrock_agent._ingestion_jobs[key] = job
    if _SECONDS:
        shown = ("Status", "Statistics", "FailureReasons")
        _running[key] = _Running(time.monotonic() + _SECONDS, {name: job[name] for name in shown})
        job.update(Status="IN_PROGRESS", Statistics=dict.fromkeys(job["Statistics"], 0), FailureReasons=[])


def settle() -> None:
    """End the jobs whose time has come."""
    for key, one in tuple(_running.items()):
        job = bedrock_agent._ingestion_jobs.get(key)
        if job is None:  # it went with its data source
            _running.pop(key, None)
        elif one.ends_at <= time.monotonic():
            job.update(one.outcome, UpdatedAt=bedrock_agent._now_iso())
            _running.pop(key, None)


def check_none_runs(call: Call, _request: Request) -> None:
    """Refuse to start a second job of a knowledge base."""
    prefix = f"{call.labels['knowledgeBaseId']}/"
    if found := [key for key in _running if key.startswith(prefix)]:
        raise _conflict(f"the ingestion job {found[0].rpartition('/')[2]} of this knowledge base runs")


def check_none_runs_of_source(call: Call, _request: Request) -> None:
    """Refuse to delete a data source while its documents are ingested."""
    prefix = f"{call.labels['knowledgeBaseId']}/{call.labels['dataSourceId']}/"
    if found := [key for key in _running if key.startswith(prefix)]:
        raise _conflict(f"the ingestion job {found[0].rpartition('/')[2]} of this data source runs")


def stop(call: Call, _request: Request) -> Response | None:
    """Serve StopIngestionJob; ministack says that there is no such job, where there is none."""
    key = "/".join(call.labels[name] for name in ("knowledgeBaseId", "dataSourceId", "ingestionJobId"))
    job = bedrock_agent._ingestion_jobs.get(key)
    if job is None:
        return None
    if key not in _running:
        raise _conflict(f"the ingestion job has ended as {job['Status']}")
    if job["Status"] != "STOPPING":
        stopped = {**_running[key].outcome, "Status": "STOPPED"}
        _running[key] = _Running(time.monotonic() + _STOPPING, stopped)
        job["Status"] = "STOPPING"
    response: Response = bedrock_agent._json({"IngestionJob": job}, status=202)
    return response


def _conflict(message: str) -> AwsError:
    return AwsError("ConflictException", message, HTTPStatus.CONFLICT)


def reset() -> None:
    """Forget the jobs."""
    _running.clear()
