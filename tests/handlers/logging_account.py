"""An account's invocation logging, CloudFormation's stacks on it, and every way in which a call can fail."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.handlers.invocation_logging import CallError, SettingError, apply

__all__ = ["Account", "CrashError", "Stack"]

_FLAGS = ("text", "image", "embedding", "video", "audio")


class CrashError(BaseException):
    """The function was killed: nothing after this line of it ran, and nobody was answered."""


@dataclass
class Account:
    """The API: one setting, no conditional write. ``faults`` are used up by the calls that follow."""

    setting: dict[str, Any] | None = None
    passable: set[str] = field(default_factory=set)
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
        if role is not None and role not in self.passable:
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
    def __init__(self) -> None:
        self.slept: list[float] = []

    def left(self) -> float:
        return 180 - sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Stack:
    """A stack with the resource, as CloudFormation drives it: retries, failures, rollbacks."""

    account: Account
    wanted: dict[str, Any]
    former: dict[str, Any] | None = None
    on_delete: str = "RESTORE"
    is_unique: bool = True
    physical: str | None = None
    reason: str = ""
    data: dict[str, str] = field(default_factory=dict)

    def properties(self) -> dict[str, str]:
        return {
            "LoggingConfig": json.dumps(self.wanted),
            "OnDelete": self.on_delete,
            "IsUnique": str(self.is_unique).lower(),
            **({"FormerConfig": json.dumps(self.former)} if self.former else {}),
        }

    def create(self) -> bool:
        """Create; where it fails, CloudFormation deletes what may be there. Whether it succeeded."""
        if self._send({"RequestType": "Create", "ResourceProperties": self.properties()}):
            return True
        self.delete()
        return False

    def update(
        self, wanted: dict[str, Any], *, takeover: dict[str, Any] | None = None, fails: bool = False
    ) -> bool:
        """Update; where it (or another resource: ``fails``) fails, roll back. Whether it succeeded.

        ``takeover`` is declared from now on. The faults that are left when it fails don't meet the rollback.
        """
        old, before = self.properties(), (self.wanted, self.former)
        self.wanted = wanted
        self.former = takeover or self.former
        event = {
            "RequestType": "Update",
            "ResourceProperties": self.properties(),
            "OldResourceProperties": old,
        }
        if self._send(event) and not fails:
            return True
        new, (self.wanted, self.former) = self.properties(), before
        self.account.faults = []
        self._send({"RequestType": "Update", "ResourceProperties": old, "OldResourceProperties": new})
        return False

    def delete(self) -> bool:
        """Delete. Whether it succeeded."""
        return self._send({"RequestType": "Delete", "ResourceProperties": self.properties()})

    def _send(self, event: dict[str, Any]) -> bool:
        if self.physical is not None:
            event["PhysicalResourceId"] = self.physical
        for _ in range(3):  # a crashed function is started again, or CloudFormation gives up
            try:
                self.data = apply(event, self.account, clock=_Clock())
            except CrashError:  # Lambda or CloudFormation tries again
                continue
            except SettingError as error:
                if event["RequestType"] == "Create":
                    self.physical = "bedrock-invocation-logging-refused"
                self.reason = str(error)
                return False
            except CallError as error:
                if event["RequestType"] == "Create":
                    self.physical = "bedrock-invocation-logging-failed"
                self.reason = str(error)
                return False
            self.physical = self.physical or "bedrock-invocation-logging"
            return True
        self.reason = "timed out"
        return False


def _update(wanted: dict[str, str], old: dict[str, str]) -> dict[str, Any]:
    return {"RequestType": "Update", "ResourceProperties": wanted, "OldResourceProperties": old}
