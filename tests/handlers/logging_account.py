"""An account's invocation logging, CloudFormation's stacks on it, and every way in which a call can fail."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.handlers.invocation_logging import LOOK, CallError, SettingError, apply, look

__all__ = ["Account", "CrashError", "Stack"]

_FLAGS = ("text", "image", "embedding", "video", "audio")


class CrashError(BaseException):
    """The function was killed: nothing after this line of it ran, and nobody was answered."""


@dataclass
class Account:
    """The API: one setting, no conditional write. ``faults`` are used up by the calls that follow."""

    setting: dict[str, Any] | None = None
    passable: set[str] = field(default_factory=set)
    granted: set[str] | None = None  # the roles that the handler's policies name; all where nothing is known
    faults: list[str] = field(default_factory=list)
    left_out: str | None = None
    writes: list[dict[str, Any] | None] = field(default_factory=list)

    def get(self) -> dict[str, Any] | None:
        self._before()
        answer = None if self.setting is None else self._answered()
        self._after()
        return answer

    def put(self, config: dict[str, Any]) -> None:
        self._before()
        role = config.get("cloudWatchConfig", {}).get("roleArn")
        is_granted = self.granted is None or role in self.granted
        if role is not None and (role not in self.passable or not is_granted):
            raise CallError("AccessDeniedException", f"not authorized to perform: iam:PassRole on {role}")
        self.setting = json.loads(json.dumps(config))
        self.writes.append(self.setting)
        self._after()

    def delete(self) -> None:
        self._before()
        self.setting = None
        self.writes.append(None)
        self._after()

    def _answered(self) -> dict[str, Any]:
        """Return the setting as the service shows it: unset flags are true, and a Region may omit one."""
        assert self.setting is not None
        flags = {f"{name}DataDeliveryEnabled": True for name in _FLAGS}
        shown = {**flags, **json.loads(json.dumps(self.setting))}
        if self.left_out is not None:
            shown.pop(f"{self.left_out}DataDeliveryEnabled")
        return shown

    def _before(self) -> None:
        fault = self.faults.pop(0) if self.faults else "none"
        self._late = fault
        if fault == "crash before":
            raise CrashError
        if fault not in {"none", "crash after", "lost answer"}:
            raise CallError(fault, "because")

    def _after(self) -> None:
        if self._late == "crash after":
            raise CrashError
        if self._late == "lost answer":
            raise CallError("Unreachable", "read timed out")


class _Clock:
    seconds = 1_767_225_600.0  # goes on from one request to the next

    def __init__(self) -> None:
        self.slept: list[float] = []

    def left(self) -> float:
        return 180 - sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> float:
        _Clock.seconds += 0.002
        return _Clock.seconds


@dataclass(frozen=True)
class Version:
    """What a template says of the construct."""

    wanted: dict[str, Any]
    former: dict[str, Any] | None = None
    on_delete: str = "RESTORE"
    is_unique: bool = True

    @property
    def look_id(self) -> str:
        """The logical id of its look, which is another one for each declaration."""
        return json.dumps([self.former, None if self.is_unique else self.wanted], sort_keys=True)

    def look_properties(self) -> dict[str, str]:
        return {
            **({} if self.is_unique else {"LoggingConfig": json.dumps(self.wanted)}),
            **({"FormerConfig": json.dumps(self.former)} if self.former else {}),
        }

    def properties(self, note: str | None) -> dict[str, str]:
        return {
            "LoggingConfig": json.dumps(self.wanted),
            "OnDelete": self.on_delete,
            "IsUnique": str(self.is_unique).lower(),
            **({"Look": note} if note else {}),
            **({"FormerConfig": json.dumps(self.former)} if self.former else {}),
        }


class Stack:
    """A stack with the construct, as CloudFormation drives it: retries, failures, rollbacks.

    The resource with the setting is updated in place. The look is a resource of its own for each declaration:
    made before the setting is updated, deleted when the update or its rollback is over.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
    """

    def __init__(
        self,
        account: Account,
        wanted: dict[str, Any],
        former: dict[str, Any] | None = None,
        on_delete: str = "RESTORE",
        *,
        is_unique: bool = True,
        has_looks: bool = True,
    ) -> None:
        self.account = account
        self.version = Version(wanted, former, on_delete, is_unique)
        self.has_looks = has_looks  # not with templates of the time before there were any
        self.looks: dict[str, str] = {}
        self.physical: str | None = None
        self.reason = ""
        self.data: dict[str, str] = {}

    @property
    def wanted(self) -> dict[str, Any]:
        return self.version.wanted

    @property
    def former(self) -> dict[str, Any] | None:
        return self.version.former

    @property
    def on_delete(self) -> str:
        return self.version.on_delete

    def properties(self) -> dict[str, str]:
        return self.version.properties(self.looks.get(self.version.look_id))

    def create(self) -> bool:
        """Create; where it fails, CloudFormation deletes what may be there. Whether it succeeded."""
        self._grant(self.version)
        if not self._look(self.version):
            self.physical = "bedrock-invocation-logging-refused"  # never made, so its deletion does nothing
            return False
        if self._send({"RequestType": "Create", "ResourceProperties": self.properties()}):
            return True
        self.delete()
        return False

    def update(
        self,
        wanted: dict[str, Any],
        *,
        takeover: dict[str, Any] | str | None = "as before",
        on_delete: str | None = None,
        is_unique: bool | None = None,
        fails: bool = False,
        faults_go_on: bool = False,
    ) -> bool:
        """Update; where it (or another resource: ``fails``) fails, roll back. Whether it succeeded.

        The faults that are left when it fails don't meet the rollback, unless ``faults_go_on``: the rollback
        fails then and is continued without any.
        """
        before = self.version
        self.has_looks = True
        new = Version(
            wanted,
            before.former if isinstance(takeover, str) else takeover,
            on_delete or before.on_delete,
            before.is_unique if is_unique is None else is_unique,
        )
        looks = dict(self.looks)
        is_there = self._look(new)
        self._grant(new)
        old = before.properties(looks.get(before.look_id))
        properties = new.properties(self.looks.get(new.look_id))
        done = is_there
        if is_there and properties != old:
            done = self._send(
                {"RequestType": "Update", "ResourceProperties": properties, "OldResourceProperties": old}
            )
        if done and not fails:
            self._grant(new)
            self.version, self.looks = new, {new.look_id: self.looks[new.look_id]}
            return True
        reason = self.reason
        self._grant(before)  # the policy of the other declaration goes when the rollback is over
        if not faults_go_on:
            self.account.faults = []
        if is_there and properties != old:
            back = {"RequestType": "Update", "ResourceProperties": old, "OldResourceProperties": properties}
            if not self._send(back):
                self.account.faults = []
                assert self._send(back), self.reason
        self.looks, self.reason = looks, reason
        return False

    def delete(self) -> bool:
        """Delete. Whether it succeeded."""
        return self._send({"RequestType": "Delete", "ResourceProperties": self.properties()})

    def _grant(self, version: Version) -> None:
        """Give the handler the permissions of a version, and of all declarations that are there."""
        formers = [version.former, *(json.loads(look_id)[0] for look_id in self.looks)]
        self.account.granted = {
            one["cloudWatchConfig"]["roleArn"]
            for one in (version.wanted, *formers)
            if one and "cloudWatchConfig" in one
        }

    def _look(self, version: Version) -> bool:
        """Make the look of a version if it isn't there. Whether it is there now."""
        if not self.has_looks or version.look_id in self.looks:
            return True
        event = {
            "RequestType": "Create",
            "ResourceType": LOOK,
            "ResourceProperties": version.look_properties(),
        }
        try:
            self.looks[version.look_id] = look(event, self.account, clock=_Clock())
        except (CrashError, CallError) as error:
            self.reason = str(error)
            return False
        return True

    def _send(self, event: dict[str, Any]) -> bool:
        event = dict(event)
        if self.physical is not None:
            event["PhysicalResourceId"] = self.physical
        for _ in range(3):  # a crashed function is started again, or CloudFormation gives up
            try:
                self.data = apply(event, self.account, clock=_Clock())
            except CrashError:  # Lambda or CloudFormation tries again
                continue
            except (SettingError, CallError) as error:
                if event["RequestType"] == "Create":
                    kind = "refused" if isinstance(error, SettingError) else "failed"
                    self.physical = f"bedrock-invocation-logging-{kind}"
                self.reason = str(error)
                return False
            self.physical = self.physical or "bedrock-invocation-logging"
            return True
        self.physical = self.physical or "Stack-BedrockInvocationLogging-MADE-BY-CLOUDFORMATION"
        self.reason = "timed out"
        return False
