"""The consumer of changes: one sync at a time, and no change without a sync that began after it."""

from __future__ import annotations

import itertools
from typing import Any

import boto3
import pytest

from constructs_lib.handlers import knowledge_base_changes as changes

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:M"


class ExistsError(Exception):
    """An execution of that name was started."""


class Machines:
    """A double of Step Functions."""

    exceptions = type("Exceptions", (), {"ExecutionAlreadyExists": ExistsError})

    def __init__(self) -> None:
        self.running: list[str] = []
        self.started: list[str] = []

    def list_executions(self, **given: Any) -> Any:
        assert given == {"stateMachineArn": MACHINE, "statusFilter": "RUNNING", "maxResults": 1}
        return {"executions": [{"name": name} for name in self.running[:1]]}

    def start_execution(self, *, name: str, **given: Any) -> None:
        assert given == {"stateMachineArn": MACHINE}
        if name in self.started:
            raise ExistsError
        assert not self.running  # one at a time
        self.started.append(name)
        self.running.append(name)


def batch(*ids: str) -> dict[str, Any]:
    return {"Records": [{"messageId": one, "body": "{}"} for one in ids]}


def failed(answer: dict[str, Any]) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_a_batch_starts_one_sync() -> None:
    machines = Machines()
    assert failed(changes.serve(batch("a", "b"), machines, MACHINE)) == []
    assert machines.started == ["change-a"]


def test_while_a_sync_runs_every_message_comes_again() -> None:
    machines = Machines()
    machines.running = ["of the schedule"]
    assert failed(changes.serve(batch("a", "b"), machines, MACHINE)) == ["a", "b"]
    assert machines.started == []


def test_a_message_that_comes_twice_starts_nothing_more() -> None:
    machines = Machines()
    changes.serve(batch("a"), machines, MACHINE)
    machines.running.clear()
    assert failed(changes.serve(batch("a"), machines, MACHINE)) == []
    assert machines.started == ["change-a"]


def test_an_error_of_the_service_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(**_given: Any) -> None:
        raise ConnectionError("throttled")

    machines = Machines()
    monkeypatch.setattr(machines, "start_execution", throttled)
    with pytest.raises(ConnectionError, match="throttled"):  # Lambda hands the messages out again
        changes.serve(batch("a"), machines, MACHINE)


@pytest.mark.parametrize("steps", list(itertools.product("mre", repeat=5)), ids="".join)
def test_in_any_order_each_change_has_a_sync_that_began_after_it(steps: tuple[str, ...]) -> None:
    """The steps: a message comes (m), the queue hands out what it has (r), what runs ends (e)."""
    machines = Machines()
    waiting: list[str] = []
    unsynced: set[str] = set()
    for number, step in enumerate([*steps, "e", "r"]):
        if step == "m":
            waiting.append(f"m{number}")
            unsynced.add(f"m{number}")
        elif step == "e":
            machines.running.clear()
        elif waiting:
            before = len(machines.started)
            back = failed(changes.serve(batch(*waiting), machines, MACHINE))
            if len(machines.started) > before:
                unsynced.clear()  # a sync that begins now sees all that came until now
            waiting = back
    assert unsynced == set()
    assert waiting == []


def test_the_function_asks_for_the_machine_of_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    machines = Machines()
    monkeypatch.setenv("MACHINE", MACHINE)
    monkeypatch.setattr(boto3, "client", lambda name: {"stepfunctions": machines}[name])
    assert changes.handler(batch("a"), None) == {"batchItemFailures": []}
    assert machines.started == ["change-a"]
