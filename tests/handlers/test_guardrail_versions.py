"""What is deleted to make room for a guardrail's next version, and what never is."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.handlers import guardrail_versions
from constructs_lib.handlers.guardrail_versions import KeepError, handler, make_room

numbers = st.sets(st.integers(1, 30), max_size=20)


class Fake:
    """An account with one guardrail."""

    def __init__(self, present: set[int], **protected: Any) -> None:
        self.present = set(present)
        self.protected: dict[str, Any] = protected
        self.rolling_back = False

    def versions(self, guardrail: str) -> set[int]:
        assert guardrail == "g"
        return set(self.present)

    def enforced(self, guardrail: str) -> set[int]:
        return set(self.protected.get("enforced", ()))

    def of_agents(self, guardrail: str) -> set[int]:
        return set(self.protected.get("agents", ()))

    def of_stack(self, stack: str, guardrail: str) -> set[int]:
        return set(self.protected.get("stack", ()))

    def is_rolling_back(self, stack: str) -> bool:
        return self.rolling_back

    def delete(self, guardrail: str, version: int) -> bool:
        if version in self.protected.get("in_use", ()):
            return False
        self.present.remove(version)
        return True


def test_the_oldest_beyond_the_number_to_keep_are_deleted() -> None:
    account = Fake({*range(1, 13)}, stack={12})
    assert make_room(account, "g", "s", 10, [2]) == [1, 3]
    assert account.present == {2, *range(4, 13)}


@pytest.mark.parametrize("reason", ["enforced", "agents", "stack", "in_use"])
def test_a_protected_version_stays(reason: str) -> None:
    account = Fake({*range(1, 13)}, **{reason: {1}})
    assert make_room(account, "g", "s", 10, []) == [2, 3]
    assert 1 in account.present


@given(present=numbers, pinned=numbers, enforced=numbers, agents=numbers, keep=st.integers(2, 20))
def test_after_it_there_is_room_and_nothing_protected_is_gone(
    present: set[int], pinned: set[int], enforced: set[int], agents: set[int], keep: int
) -> None:
    newest = max(present, default=0)
    account = Fake(present, enforced=enforced, agents=agents, stack={newest})
    protected = present & (pinned | enforced | agents | {newest})
    try:
        deleted = make_room(account, "g", "s", keep, pinned)
    except KeepError:  # all are protected, so there is nothing to compare
        assert account.present == present
        assert len(protected | {*sorted(present)[max(0, len(present) - keep + 1) :]}) >= 20
        return
    assert account.present == present - set(deleted)
    assert protected <= account.present
    assert {*sorted(present)[max(0, len(present) - keep + 1) :]} <= account.present
    assert len(account.present) < 20
    assert len(account.present - protected) < keep


def test_without_anything_to_delete_the_reason_says_what_is_protected_and_what_to_do() -> None:
    account = Fake({*range(1, 21)}, enforced={3}, stack={20})
    with pytest.raises(
        KeepError, match=r"3 are enforced; 20 are the stack's own.*Lower `keep`, unpin versions"
    ):
        make_room(account, "g", "s", 5, range(1, 20))


def _serve(monkeypatch: pytest.MonkeyPatch, account: Fake, **event: Any) -> dict[str, Any]:
    """Run the handler and return its answer to CloudFormation."""
    answers: list[dict[str, Any]] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert timeout
        assert isinstance(request.data, bytes)
        answers.append(json.loads(request.data))
        return contextlib.nullcontext()

    monkeypatch.setattr(guardrail_versions, "Account", lambda session: account)
    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    handler(
        {
            "RequestType": "Update",
            "ResourceProperties": {"GuardrailId": "g", "Keep": "2", "Pinned": ["1"]},
            "StackId": "s",
            "RequestId": "r",
            "LogicalResourceId": "l",
            "ResponseURL": "https://answer",
            **event,
        },
        SimpleNamespace(log_stream_name="stream"),
    )
    [answer] = answers
    return answer


def test_the_answer_reports_what_was_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _serve(monkeypatch, Fake({1, 2, 3, 4}, stack={4}))
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"Deleted": "2, 3"})
    assert answer["Reason"] == "deleted the versions 2, 3 (log stream stream)"


@pytest.mark.parametrize("event", [{"RequestType": "Delete"}, {}])
def test_nothing_is_deleted_with_the_stack_or_while_it_rolls_back(
    monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    account = Fake({1, 2, 3, 4})
    account.rolling_back = not event
    assert _serve(monkeypatch, account, **event)["Data"] == {"Deleted": ""}
    assert account.present == {1, 2, 3, 4}


def test_a_read_that_fails_deletes_nothing_and_fails_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Fake({1, 2, 3, 4})
    monkeypatch.setattr(account, "of_agents", lambda guardrail: 1 / 0)
    answer = _serve(monkeypatch, account)
    assert (answer["Status"], account.present) == ("FAILED", {1, 2, 3, 4})
    assert answer["Reason"].startswith("ZeroDivisionError")
