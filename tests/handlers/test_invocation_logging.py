"""The custom resource's handler, against an account with one setting and every way to fail."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from constructs_lib.handlers import invocation_logging
from constructs_lib.handlers.invocation_logging import former_logging, is_same
from constructs_lib.platform import FormerLogging
from tests.handlers.logging_account import Account, Stack

ROLE = "arn:aws:iam::111122223333:role/"
OURS: dict[str, Any] = {
    "cloudWatchConfig": {"logGroupName": "ours", "roleArn": f"{ROLE}ours"},
    "textDataDeliveryEnabled": True,
    "imageDataDeliveryEnabled": False,
}
CHANGED = {**OURS, "imageDataDeliveryEnabled": True}
THEIRS: dict[str, Any] = {
    "cloudWatchConfig": {"logGroupName": "/org/bedrock", "roleArn": f"{ROLE}OrgBedrockLogging"},
    "textDataDeliveryEnabled": True,
    "videoDataDeliveryEnabled": False,
}
SHARED: dict[str, Any] = {"s3Config": {"bucketName": "central"}, "textDataDeliveryEnabled": True}
OTHER: dict[str, Any] = {"s3Config": {"bucketName": "other", "keyPrefix": "x"}}
PASSABLE = {f"{ROLE}ours", f"{ROLE}OrgBedrockLogging"}


def account(setting: dict[str, Any] | None = None, **more: Any) -> Account:
    return Account(setting, set(PASSABLE), **more)


# ------------------------------------------------------------ single requests
def test_create_sets_and_delete_removes() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    assert there.setting == OURS
    assert stack.data["InForce"] == "ours"
    assert stack.delete()
    assert there.setting is None


def test_an_undeclared_setting_is_left_alone_and_the_reason_holds_the_line_to_paste() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS)
    assert not stack.create()
    assert there.writes == []
    line = former_logging(THEIRS)
    assert line in stack.reason
    pasted: FormerLogging = eval(line.removeprefix("takeover="), {"FormerLogging": FormerLogging})
    assert is_same(pasted.to_config(), THEIRS)


@pytest.mark.parametrize("config", [THEIRS, SHARED, OTHER], ids=["log group", "bucket", "prefix"])
def test_the_line_to_paste_declares_the_setting(config: dict[str, Any]) -> None:
    large = {
        **THEIRS,
        "cloudWatchConfig": {**THEIRS["cloudWatchConfig"], "largeDataDeliveryS3Config": OTHER["s3Config"]},
    }
    for each in (config, large):
        pasted: FormerLogging = eval(
            former_logging(each).removeprefix("takeover="), {"FormerLogging": FormerLogging}
        )
        assert is_same(pasted.to_config(), each)


def test_a_declared_setting_is_proven_replaced_and_put_back() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    assert there.writes == [THEIRS, OURS]
    assert stack.delete()
    assert there.setting == THEIRS


def test_a_declared_setting_that_cannot_be_put_back_stops_the_creation_before_any_change() -> None:
    there = account(THEIRS)
    there.passable.remove(f"{ROLE}OrgBedrockLogging")
    stack = Stack(there, OURS, THEIRS)
    assert not stack.create()
    assert there.setting == THEIRS
    assert "iam:PassRole" in stack.reason
    assert "takeover" in stack.reason


def test_a_deletion_that_cannot_put_back_fails_with_the_setting_and_the_remedies() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    there.passable.remove(f"{ROLE}OrgBedrockLogging")
    assert not stack.delete()
    assert there.setting == OURS
    assert "/org/bedrock" in stack.reason
    assert "OnDelete.SWITCH_OFF" in stack.reason
    there.passable.add(f"{ROLE}OrgBedrockLogging")
    assert stack.delete()
    assert there.setting == THEIRS


def test_a_failed_creation_puts_back_even_where_switching_off_is_chosen() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS, on_delete="SWITCH_OFF")
    there.faults = ["none", "none"] + ["lost answer"] * 6
    assert not stack.create()
    assert there.setting == THEIRS


def test_switching_off_is_a_choice() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS, on_delete="SWITCH_OFF")
    assert stack.create()
    assert stack.delete()
    assert there.setting is None


@pytest.mark.parametrize("fault", ["ThrottlingException", "InternalServerException", "lost answer"])
@pytest.mark.parametrize("call", [0, 1, 2])
def test_a_passing_fault_changes_nothing_in_the_end(fault: str, call: int) -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    there.faults = ["none"] * call + [fault]
    assert stack.create()
    there.faults = ["none"] * (call % 2) + [fault]
    assert stack.delete()
    assert there.setting == THEIRS


def test_a_fault_that_stays_while_putting_back_never_switches_off() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    there.faults = ["none"] + ["ThrottlingException"] * 20
    assert not stack.delete()
    assert there.setting == OURS
    there.faults = []
    assert stack.delete()
    assert there.setting == THEIRS


def test_a_creation_whose_answer_is_lost_for_good_is_undone() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    there.faults = ["none", "none"] + ["lost answer"] * 6
    assert not stack.create()
    assert there.setting == THEIRS


def test_a_foreign_change_is_left_alone_on_update_and_on_deletion_and_is_shown() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = OTHER
    assert stack.update(CHANGED)
    assert there.setting == OTHER
    assert stack.data["InForce"].startswith("foreign: ")
    assert "other" in stack.data["InForce"]
    assert stack.delete()
    assert there.setting == OTHER


def test_a_destination_that_somebody_adds_to_ours_makes_it_theirs() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = {**OURS, **OTHER}
    assert stack.delete()
    assert there.setting == {**OURS, **OTHER}


def test_an_update_that_is_rolled_back_leaves_the_old_setting() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    assert not stack.update(CHANGED, fails=True)
    assert there.setting == OURS
    assert stack.update(CHANGED)
    assert there.setting == CHANGED


@pytest.mark.parametrize("fault", ["crash before", "crash after", "lost answer", "ThrottlingException"])
@pytest.mark.parametrize("call", [0, 1, 2])
def test_an_update_that_declares_another_former_setting_and_fails_leaves_ours(fault: str, call: int) -> None:
    """The rollback knows the older properties only, so nothing but ours may be in force when it starts."""
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.faults = ["none"] * call + [fault] * 20
    stack.update(CHANGED, takeover=THEIRS)
    there.faults = []
    assert there.setting is not None
    assert is_same(stack.wanted, there.setting)
    assert stack.delete()
    assert there.setting == stack.former


def test_an_update_takes_a_foreign_setting_over_that_it_declares() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = THEIRS
    assert stack.update(CHANGED, takeover=THEIRS)
    assert there.writes[-2:] == [THEIRS, CHANGED]
    assert stack.delete()
    assert there.setting == THEIRS


@pytest.mark.parametrize(
    "fault", ["crash before", "crash after", "lost answer", "ThrottlingException", "none"]
)
@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("wanted", [OURS, CHANGED], ids=["same", "changed"])
def test_a_takeover_that_is_rolled_back_ends_with_the_former_setting(
    fault: str, call: int, wanted: dict[str, Any]
) -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = THEIRS
    there.faults = ["none"] * call + [fault] * 20
    assert not stack.update(wanted, takeover=THEIRS, fails=True)
    assert there.setting == THEIRS
    assert stack.delete()
    assert there.setting == THEIRS


def test_a_takeover_over_a_takeover_ends_with_what_it_replaced() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    there.setting = OTHER
    assert not stack.update(OURS, takeover=OTHER, fails=True)
    assert there.setting == OTHER
    assert stack.update(OURS, takeover=OTHER)
    assert there.setting == OURS
    assert not stack.update(CHANGED, fails=True)
    assert there.setting == OURS
    assert stack.delete()
    assert there.setting == OTHER


def test_what_is_removed_from_the_code_is_not_forgotten() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    assert not stack.update(CHANGED, takeover=None)
    assert former_logging(THEIRS) in stack.reason
    assert "OnDelete.SWITCH_OFF" in stack.reason
    assert there.setting == OURS
    assert stack.update(CHANGED, takeover=None, on_delete="SWITCH_OFF")
    assert there.setting == CHANGED
    assert stack.delete()
    assert there.setting is None


def test_what_is_removed_from_the_code_while_it_is_in_force_stays() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    there.setting = THEIRS
    assert stack.update(CHANGED, takeover=None)
    assert stack.delete()
    assert there.setting == THEIRS


def test_the_declared_setting_that_somebody_puts_back_is_left_alone() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS)
    assert stack.create()
    there.setting = THEIRS
    assert stack.update(CHANGED)
    assert there.setting == THEIRS
    assert stack.data["InForce"].startswith("former: ")


def test_another_ones_setting_that_is_equal_to_the_new_one_is_not_taken_for_ours() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = SHARED
    assert not stack.update(SHARED, is_unique=False)
    assert former_logging(SHARED) in stack.reason
    assert there.setting == SHARED
    assert stack.delete()
    assert there.setting == SHARED


BUCKET = {"s3Config": {"bucketName": "made-here"}, "textDataDeliveryEnabled": True}


@pytest.mark.parametrize(
    ("wanted", "former"), [(OURS, CHANGED), (BUCKET, {**BUCKET, "audioDataDeliveryEnabled": False})]
)
def test_what_the_stack_makes_is_no_former_setting(wanted: dict[str, Any], former: dict[str, Any]) -> None:
    there = account()
    stack = Stack(there, wanted)
    assert stack.create()
    assert not stack.update(wanted, takeover=former)
    assert "`takeover` declares what this stack makes itself" in stack.reason
    assert stack.delete()
    assert not Stack(there, wanted, former).create()
    assert there.writes == [wanted, None]


def test_a_rollback_that_cannot_put_back_what_was_taken_over_fails_with_the_setting() -> None:
    there = account()
    note = invocation_logging.look(look_event(THEIRS), account(THEIRS), clock=Now(1))
    old = {"LoggingConfig": json.dumps(OURS), "FormerConfig": json.dumps(THEIRS), "Look": note}
    there.setting = OURS
    there.passable.clear()
    event = {"RequestType": "Update", "ResourceProperties": {"LoggingConfig": json.dumps(OURS)}}
    with pytest.raises(invocation_logging.SettingError, match=r"continue the rollback.*/org/bedrock"):
        invocation_logging.apply({**event, "OldResourceProperties": old}, there, clock=Now(1))
    assert there.setting == OURS


def test_a_stack_of_the_time_before_there_were_looks_is_updated_and_rolled_back() -> None:
    there = account(THEIRS)
    stack = Stack(there, OURS, THEIRS, has_looks=False)
    assert stack.create()
    assert not stack.update(CHANGED, fails=True)
    assert there.setting == OURS
    assert stack.update(CHANGED)
    assert stack.delete()
    assert there.setting == THEIRS


class Now:
    """A clock that stands still."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def left(self) -> float:
        return 0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def look_event(former: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    properties = {"FormerConfig": json.dumps(former)} if former else {}
    return {"RequestType": "Create", "ResourceProperties": properties, **more}


@pytest.mark.parametrize(
    ("former", "wanted", "found"),
    [(THEIRS, None, "former"), (OTHER, None, "other"), (None, THEIRS, "equal"), (THEIRS, THEIRS, "former")],
)
def test_a_look_notes_what_is_in_force_and_when(
    former: dict[str, Any] | None, wanted: dict[str, Any] | None, found: str
) -> None:
    event = look_event(former)
    if wanted:
        event["ResourceProperties"]["LoggingConfig"] = json.dumps(wanted)
    there = account(THEIRS)
    note = invocation_logging.look(event, there, clock=Now(5))
    assert note.startswith(f"{found}-5000-")
    assert there.writes == []


def test_a_look_whose_values_are_parameters_knows_the_way_back() -> None:
    there = account(THEIRS)
    one = invocation_logging.look(look_event(THEIRS), there, clock=Now(1))
    update = {"RequestType": "Update", "PhysicalResourceId": one}
    assert invocation_logging.look(look_event(THEIRS, **update), there, clock=Now(2)) == one
    two = invocation_logging.look(look_event(OTHER, **update), there, clock=Now(2))
    assert two.startswith("other-2000-")
    update["PhysicalResourceId"] = two
    assert invocation_logging.look(look_event(THEIRS, **update), there, clock=Now(3)) == one
    three = invocation_logging.look(look_event(SHARED, **update), there, clock=Now(3))
    assert len(three) < 100
    delete = {"RequestType": "Delete", "PhysicalResourceId": three}
    there.faults = ["AccessDeniedException"]
    assert invocation_logging.look(look_event(SHARED, **delete), there, clock=Now(4)) == three


def test_an_update_that_cannot_put_back_what_it_takes_over_changes_nothing() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    there.setting = THEIRS
    there.passable.remove(f"{ROLE}OrgBedrockLogging")
    assert not stack.update(CHANGED, takeover=THEIRS)
    assert there.setting == THEIRS
    assert "takeover" in stack.reason


def test_a_setting_equal_to_one_that_exists_must_be_declared() -> None:
    there = account(SHARED)
    stack = Stack(there, SHARED, is_unique=False)
    assert not stack.create()
    assert there.setting == SHARED
    declared = Stack(there, SHARED, SHARED, is_unique=False)
    assert declared.create()
    assert declared.delete()
    assert there.setting == SHARED


@pytest.mark.parametrize("fault", ["crash before", "crash after", "AccessDeniedException"])
def test_a_creation_that_fails_before_it_is_refused_leaves_an_equal_setting(fault: str) -> None:
    there = account(SHARED)
    stack = Stack(there, SHARED, is_unique=False)
    there.faults = ["none"] + [fault] * 3
    assert not stack.create()
    there.faults = []
    assert stack.delete()
    assert there.setting == SHARED


@pytest.mark.parametrize("crashes", [1, 2, 3])
def test_a_creation_that_comes_again_knows_its_own_setting(crashes: int) -> None:
    there = account()
    stack = Stack(there, SHARED, is_unique=False)
    there.faults = ["none"] + ["none", "crash after"] + ["crash before"] * (crashes - 1)
    assert stack.create() == (crashes < 3)
    assert stack.delete()
    assert there.setting is None


@pytest.mark.parametrize("left_out", [None, "video", "audio"])
def test_flags_that_the_service_adds_or_leaves_out_do_not_make_it_foreign(left_out: str | None) -> None:
    there = account(left_out=left_out)
    stack = Stack(there, {**OURS, "videoDataDeliveryEnabled": False, "audioDataDeliveryEnabled": True})
    assert stack.create()
    assert stack.delete()
    assert there.setting is None


def test_empty_parts_are_no_difference() -> None:
    assert is_same(SHARED, {"s3Config": {"bucketName": "central", "keyPrefix": ""}, "cloudWatchConfig": {}})
    assert not is_same(SHARED, {"s3Config": {"bucketName": "central", "keyPrefix": "x"}})
    assert not is_same(SHARED, {**SHARED, "imageDataDeliveryEnabled": False})
    assert not is_same(SHARED, {**SHARED, "newConfig": {"a": "b"}})


@pytest.mark.parametrize("kind", ["Rename", ""])
def test_an_unknown_request_is_refused(kind: str) -> None:
    event = {"RequestType": kind, "ResourceProperties": {"LoggingConfig": json.dumps(OURS)}}
    with pytest.raises(invocation_logging.SettingError, match="unknown request type"):
        invocation_logging.apply(event, account(), clock=None)


def test_what_an_older_template_held_does_not_keep_a_stack_from_being_updated() -> None:
    there = account()
    stack = Stack(there, OURS)
    assert stack.create()
    event = {
        "RequestType": "Update",
        "ResourceProperties": stack.properties(),
        "OldResourceProperties": {"LoggingConfig": "no JSON"},
    }
    assert invocation_logging.apply(event, there, clock=None)["InForce"] == "ours"


# ------------------------------------------------------------ any sequence
FAULTS = (
    *("none",) * 3,
    "crash before",
    "crash after",
    "lost answer",
    "ThrottlingException",
    "InternalServerException",
    "AccessDeniedException",
)
REFUSED = "bedrock-invocation-logging-refused"


class LoggingMachine(RuleBasedStateMachine):
    """An account, one stack after another on it, and somebody else who changes the setting in between.

    What is in force after each step follows from what was before it: a step that fails changes nothing, and a
    step that succeeds replaces a setting only if it is the stack's own or newly declared.
    """

    @initialize(
        setting=st.sampled_from([None, THEIRS, SHARED, OTHER]), left_out=st.sampled_from([None, "audio"])
    )
    def begin(self, setting: dict[str, Any] | None, left_out: str | None) -> None:
        self.account = account(setting, left_out=left_out)
        self.stack: Stack | None = None

    @precondition(lambda self: self.stack is None)
    @rule(
        wanted=st.sampled_from([OURS, OURS, SHARED]),
        declares=st.booleans(),
        off=st.booleans(),
        has_looks=st.sampled_from([True, True, False]),
        faults=st.lists(st.sampled_from(FAULTS), max_size=8),
    )
    def create(
        self, wanted: dict[str, Any], *, declares: bool, off: bool, has_looks: bool, faults: list[str]
    ) -> None:
        held = self.account.setting
        faults = faults if has_looks else []  # made long ago, and well
        stack = Stack(
            self.account,
            wanted,
            held if declares else None,
            on_delete="SWITCH_OFF" if off else "RESTORE",
            is_unique=wanted is not SHARED,
            has_looks=has_looks,
        )
        self.account.faults = faults
        created = stack.create()
        self.account.faults = []
        if created:
            assert declares or held is None
            assert self._same(self.account.setting, wanted)
            self.stack = stack
        else:
            # The deletion that follows may have met faults too: a user deletes once more then.
            assert stack.delete()
            assert self._same(self.account.setting, held)

    @precondition(lambda self: self.stack is not None)
    @rule(
        wanted=st.sampled_from([OURS, CHANGED, SHARED]),
        takeover=st.sampled_from(["as before", "as before", "what is in force", None, THEIRS, SHARED]),
        off=st.sampled_from([None, None, "SWITCH_OFF", "RESTORE"]),
        fails=st.booleans(),
        faults=st.lists(st.sampled_from(FAULTS), max_size=8),
        faults_go_on=st.booleans(),
    )
    def update(
        self,
        wanted: dict[str, Any],
        takeover: dict[str, Any] | str | None,
        off: str | None,
        *,
        fails: bool,
        faults: list[str],
        faults_go_on: bool,
    ) -> None:
        assert self.stack is not None
        held, before, noted = self.account.setting, self.stack.version, set(self.stack.looks)
        was_ours = is_same(before.wanted, held)
        if takeover == "what is in force":
            takeover = "as before" if was_ours else held
        self.account.faults = faults
        done = self.stack.update(
            wanted,
            takeover=takeover,
            on_delete=off,
            is_unique=wanted is not SHARED,
            fails=fails,
            faults_go_on=faults_go_on,
        )
        self.account.faults = []
        now = self.stack.version
        if not done:
            assert now == before
            assert self._same(self.account.setting, held)
            return
        if was_ours:
            assert self._same(self.account.setting, now.wanted)
            kept = before.former is None or now.former is not None
            assert kept or now.on_delete == "SWITCH_OFF"
        elif is_same(now.former, held) and now.look_id not in noted:
            assert self._same(self.account.setting, now.wanted)  # and the deletion puts the former one back
        else:
            assert self._same(self.account.setting, held)
            assert now.look_id in noted or not is_same(now.wanted, held)

    @rule(setting=st.sampled_from([None, THEIRS, SHARED, OTHER]))
    def somebody_else(self, setting: dict[str, Any] | None) -> None:
        self.account.setting = setting

    @precondition(lambda self: self.stack is not None)
    @rule(faults=st.lists(st.sampled_from(FAULTS), max_size=8))
    def delete(self, faults: list[str]) -> None:
        assert self.stack is not None
        held = self.account.setting
        was_ours = is_same(self.stack.wanted, held)
        self.account.faults = faults
        done = self.stack.delete()
        self.account.faults = []
        if not done:
            assert self._same(self.account.setting, held) or (was_ours and self._is_restored())
            assert self.stack.delete()
        if was_ours:
            assert self._is_restored()
        else:
            assert self._same(self.account.setting, held)
        self.stack = None

    def _is_restored(self) -> bool:
        assert self.stack is not None
        off = self.stack.on_delete == "SWITCH_OFF"
        return self._same(self.account.setting, None if off else self.stack.former)

    @staticmethod
    def _same(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
        return one is None if other is None else is_same(other, one)


TestAnySequence = LoggingMachine.TestCase
TestAnySequence.settings = settings(max_examples=150, stateful_step_count=20, deadline=None, derandomize=True)


@pytest.mark.prove
def test_no_sequence_of_20000_steps_breaks_what_is_promised() -> None:
    steps = 0

    class Counted(LoggingMachine):
        @invariant()
        def each_step_counts(self) -> None:
            nonlocal steps
            steps += 1

    while steps < 20_000:
        run_state_machine_as_test(
            Counted, settings=settings(max_examples=400, stateful_step_count=50, deadline=None, database=None)
        )


# ------------------------------------------------------------ answering CloudFormation
EVENT: dict[str, Any] = {
    "RequestType": "Create",
    "ResourceProperties": {"LoggingConfig": json.dumps(OURS), "IsUnique": "true"},
    "ResponseURL": "https://cloudformation.invalid/answer?X-Amz-Date=20260101T000000Z&X-Amz-Expires=7200",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "Logging",
}
ASKED = 1767225600.0  # 2026-01-01T00:00:00Z


class Answers:
    """What CloudFormation received; `failures` is how often the connection breaks first."""

    def __init__(self) -> None:
        self.failures = 0
        self.now = ASKED + 1
        self.slept: list[float] = []
        self.account = account()
        self.bodies: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.headers: list[dict[str, str]] = []

    def urlopen(self, request: urllib.request.Request, timeout: float) -> io.BytesIO:
        if self.failures:
            self.failures -= 1
            raise urllib.error.URLError("unreachable")
        assert isinstance(request.data, bytes)
        assert timeout <= 10
        self.bodies.append(json.loads(request.data))
        self.sizes.append(len(request.data))
        self.headers.append(dict(request.header_items()))
        return io.BytesIO()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers()
    monkeypatch.setattr(urllib.request, "urlopen", made.urlopen)
    monkeypatch.setattr(invocation_logging, "AccountSetting", lambda _: made.account)
    monkeypatch.setattr(time, "sleep", made.slept.append)
    monkeypatch.setattr(time, "time", lambda: made.now)
    return made


def test_success_is_answered_with_the_id_and_what_is_in_force(answers: Answers) -> None:
    invocation_logging.handler(EVENT, None)
    [body] = answers.bodies
    assert (body["Status"], body["PhysicalResourceId"]) == ("SUCCESS", "bedrock-invocation-logging")
    assert body["Data"] == {"InForce": "ours"}
    assert {k: body[k] for k in ("StackId", "RequestId", "LogicalResourceId")} == {
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Logging",
    }
    assert answers.headers[0]["Content-type"] == ""


def test_a_refused_creation_is_answered_with_an_id_whose_deletion_touches_nothing(answers: Answers) -> None:
    answers.account.setting = OURS
    refused = {**EVENT, "ResourceProperties": {"LoggingConfig": json.dumps(OURS), "IsUnique": "false"}}
    invocation_logging.handler(refused, None)
    invocation_logging.handler({**refused, "RequestType": "Delete", "PhysicalResourceId": REFUSED}, None)
    assert [(b["Status"], b["PhysicalResourceId"]) for b in answers.bodies] == [
        ("FAILED", REFUSED),
        ("SUCCESS", REFUSED),
    ]
    assert answers.account.setting == OURS


def test_a_creation_that_failed_on_the_way_is_answered_with_an_id_of_its_own(answers: Answers) -> None:
    answers.account.faults = ["none", "AccessDeniedException"]
    invocation_logging.handler(EVENT, None)
    assert [b["PhysicalResourceId"] for b in answers.bodies] == ["bedrock-invocation-logging-failed"]
    assert "AccessDeniedException" in answers.bodies[0]["Reason"]


@pytest.mark.parametrize(
    "change", [{"ResourceProperties": {}}, {"RequestType": "Update", "PhysicalResourceId": "kept"}]
)
def test_every_failure_is_answered(answers: Answers, change: dict[str, Any]) -> None:
    answers.account.faults = ["AccessDeniedException"]
    invocation_logging.handler({**EVENT, **change}, None)
    [body] = answers.bodies
    assert body["Status"] == "FAILED"
    assert body["PhysicalResourceId"] == change.get("PhysicalResourceId", REFUSED)


def test_a_late_duplicate_does_nothing_and_answers_nobody(answers: Answers) -> None:
    answers.now = ASKED + 301
    invocation_logging.handler(EVENT, None)
    assert (answers.bodies, answers.account.writes) == ([], [])


@pytest.mark.parametrize("letter", ["x", "é", "漢", "\N{PILE OF POO}", '"', "\x00"])
def test_an_answer_fits_into_what_cloudformation_takes(answers: Answers, letter: str) -> None:
    invocation_logging.handler({**EVENT, "RequestType": letter * 9000}, None)
    assert 2000 < answers.sizes[0] <= 4096


def test_an_answer_that_does_not_get_through_is_sent_again(answers: Answers) -> None:
    answers.failures = 2
    invocation_logging.handler(EVENT, None)
    assert (len(answers.bodies), answers.slept) == (1, [1, 2])


def test_an_answer_that_never_gets_through_is_an_error_of_the_function(answers: Answers) -> None:
    answers.failures = 99
    with pytest.raises(urllib.error.URLError):
        invocation_logging.handler(EVENT, None)


# ------------------------------------------------------------ the API by signed HTTP
class Session:
    """A boto3 session of a made-up account."""

    class _Client:
        class meta:  # noqa: N801 - botocore's attribute
            endpoint_url = "https://bedrock.us-east-1.amazonaws.com"
            region_name = "us-east-1"

    def client(self, name: str) -> Any:
        assert name == "bedrock"
        return self._Client()

    def get_credentials(self) -> Any:
        from botocore.credentials import Credentials  # one test needs it

        return Credentials("AKIAEXAMPLE", "secret")


def test_calls_are_signed_and_send_fields_that_the_sdk_may_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[urllib.request.Request] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        assert timeout == 10
        sent.append(request)
        return io.BytesIO(b'{"loggingConfig": {"newField": 1}}' if request.method == "GET" else b"")

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    setting = invocation_logging.AccountSetting(Session())
    assert setting.get() == {"newField": 1}
    setting.put({"newField": 1})
    setting.delete()
    assert [(r.method, r.full_url) for r in sent] == [
        (method, "https://bedrock.us-east-1.amazonaws.com/logging/modelinvocations")
        for method in ("GET", "PUT", "DELETE")
    ]
    assert sent[1].data == b'{"loggingConfig": {"newField": 1}}'
    assert all("/us-east-1/bedrock/aws4_request" in r.get_header("Authorization", "") for r in sent)


@pytest.mark.parametrize(
    ("status", "headers", "body", "code"),
    [
        (
            400,
            {"x-amzn-errortype": "ValidationException:http://x/"},
            b'{"message": "no"}',
            "ValidationException",
        ),
        (403, {}, b'{"__type": "a#AccessDeniedException", "Message": "no"}', "AccessDeniedException"),
        (429, {}, b"slow down", "ThrottlingException"),
        (503, {}, b"<html>", "InternalServerException"),
        (418, {}, b"\xff", "HTTP 418"),
    ],
)
def test_an_error_of_the_api_has_its_code(
    monkeypatch: pytest.MonkeyPatch, status: int, headers: dict[str, str], body: bytes, code: str
) -> None:
    from email.message import Message  # one test needs it

    fields = Message()
    for name, value in headers.items():
        fields[name] = value

    def urlopen(request: urllib.request.Request, timeout: float) -> io.BytesIO:
        raise urllib.error.HTTPError(request.full_url, status, f"{timeout}", fields, io.BytesIO(body))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    with pytest.raises(invocation_logging.CallError) as caught:
        invocation_logging.AccountSetting(Session()).get()
    assert caught.value.code == code
