"""The custom resource behind ``InvocationLogging``: sets the account's model invocation logging.

The setting is one per account and Region, may exist before the stack, and has no conditional write. So:

- A setting that is neither ours nor the declared former one is never overwritten. Creating then fails, and
  the reason holds the prop to add.
- The declared former setting comes with every event, so retries, rollbacks and renames have nothing to
  remember. Creating puts it once more before ours, which proves that it can be put back.
- Deleting puts the former setting back, or removes ours if none was declared. If that fails, the deletion
  fails and its reason holds the remedies. Nothing is switched off in place of being put back, unless that was
  chosen.
- A setting that somebody else made since is left alone, on update as on deletion, and is shown.
- An update takes over a setting that it newly declares, if that one is in force. Rolling the update back puts
  it back in force. An update that stops declaring what ours replaced is refused, unless switching off was
  chosen.

An update and the rollback of another one look the same: both bring properties and the older ones. So a
second resource, the *look*, notes what was in force when the properties were declared, and when.
CloudFormation makes a new one for each declaration before it updates the setting, and deletes the one that is
not needed at the end: the new one after a rollback, the old one after an update. The setting's properties
hold the note, so a request that goes to an older note than it comes from is a rollback, and the note says
what to put back. The answer with the note is taken before the setting is touched, so no crash loses it.

What can't be excluded, because the API has no conditional write: a change by somebody else between our last
read and our write is overwritten.

The API is called by signed HTTP: the boto3 that AWS Lambda ships may not know a field of the setting yet, and
would refuse to send it or leave it out of an answer.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutModelInvocationLoggingConfiguration.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes of policies take a moment)
"""

from __future__ import annotations

import calendar
import hashlib
import json
import logging
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

# Relative, because the function is packed without the package above.
from . import answers

__all__ = [
    "LOOK",
    "AccountSetting",
    "CallError",
    "SettingError",
    "apply",
    "former_logging",
    "handler",
    "is_same",
    "look",
]

_LOG = logging.getLogger(__name__)
LOOK = "Custom::BedrockInvocationLoggingLook"
"""The type of the resource that notes what was in force."""

_ID = "bedrock-invocation-logging"
# A creation that was refused before anything was set: its deletion touches nothing.
_REFUSED = f"{_ID}-refused"
# A creation that failed on the way: its deletion puts back what was there, also where `SWITCH_OFF` is chosen.
_FAILED = f"{_ID}-failed"
_FLAGS = {
    "textDataDeliveryEnabled": "text",
    "imageDataDeliveryEnabled": "image",
    "embeddingDataDeliveryEnabled": "embedding",
    "videoDataDeliveryEnabled": "video",
    "audioDataDeliveryEnabled": "audio",
}
# A role that was made a second ago may not be known to Bedrock yet, which says so as a ValidationException.
_RETRIED = frozenset(
    {
        "ConflictException",
        "InternalServerException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
        "Unreachable",
    }
)
_DELAYS = (1, 2, 4, 8, 16)
_TIMEOUT = 10  # seconds for one call
_RESERVE = 45  # seconds of the function's time that are kept for one more call and for answering
_PATIENCE = 300  # seconds that CloudFormation waits, the custom resource's ServiceTimeout


class SettingError(RuntimeError):
    """The setting can't be brought to what the request asks for; the text says why and what to do."""


class CallError(RuntimeError):
    """A call of the Bedrock API that failed, with the error's ``code``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class AccountSetting:
    """The account's invocation logging in one Region, over signed HTTP.

    Args:
        session: A boto3 session: its credentials sign, its Region and endpoint are called.

    """

    def __init__(self, session: Any) -> None:
        client = session.client("bedrock")
        self._url = f"{client.meta.endpoint_url}/logging/modelinvocations"
        self._sign = SigV4Auth(session.get_credentials(), "bedrock", client.meta.region_name).add_auth

    def get(self) -> dict[str, Any] | None:
        """Return the setting in force, or ``None``."""
        found = self._call("GET").get("loggingConfig")
        return dict(found) if found else None

    def put(self, config: dict[str, Any]) -> None:
        """Set the setting, whatever it was."""
        self._call("PUT", {"loggingConfig": config})

    def delete(self) -> None:
        """Switch logging off."""
        self._call("DELETE")

    def _call(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if data is not None else {}
        signed = AWSRequest(method=method, url=self._url, data=data, headers=kind)
        self._sign(signed)
        headers = dict(signed.headers.items())
        request = urllib.request.Request(self._url, data=data, method=method, headers=headers)  # noqa: S310 - boto3's own endpoint
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - boto3's own endpoint
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise _call_error(error) from error
        except OSError as error:
            raise CallError("Unreachable", str(error)) from error
        parsed = json.loads(text) if text else {}
        return parsed if isinstance(parsed, dict) else {}


def _call_error(error: urllib.error.HTTPError) -> CallError:
    text = error.read().decode("utf-8", "replace")  # a proxy's page need not be UTF-8
    try:
        body = json.loads(text)
    except ValueError:  # a proxy's page and not the service's answer
        body = {}
    named = error.headers.get("x-amzn-errortype") or (body.get("__type") if isinstance(body, dict) else None)
    code = str(named).partition(":")[0].rpartition("#")[2] if named else ""
    if not code or error.code >= 500 or error.code == 429:
        code = "ThrottlingException" if error.code == 429 else code or f"HTTP {error.code}"
        code = "InternalServerException" if error.code >= 500 else code
    message = body.get("message") or body.get("Message") if isinstance(body, dict) else None
    return CallError(code, str(message or text[:300]))


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    physical = str(event.get("PhysicalResourceId") or _ID)
    data: dict[str, str] = {}
    if _is_stale(event, time.time()):
        _LOG.warning("the request is older than CloudFormation waits: a late duplicate, nothing is done")
        return
    try:
        setting, clock = AccountSetting(boto3.session.Session()), _Clock(context)
        if event.get("ResourceType") == LOOK:
            physical = look(event, setting, clock=clock)
        else:
            data = apply(event, setting, clock=clock)
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        refused = isinstance(error, SettingError)
        if event.get("RequestType") == "Create":
            physical = _REFUSED if refused else _FAILED
        reason = str(error) if refused else f"{type(error).__name__}: {error}"
        answers.send(event, context, "FAILED", reason, physical_id=physical)
    else:
        answers.send(event, context, "SUCCESS", "", physical_id=physical, data=data)


class _Clock:
    """How much of the function's time is left, and how to wait."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def left(self) -> float:
        """Return the seconds that are left."""
        read = getattr(self._context, "get_remaining_time_in_millis", None)
        return read() / 1000 if read else 180.0

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time()


def _is_stale(event: dict[str, Any], now: float) -> bool:
    """Whether CloudFormation has stopped waiting: the address that it signed says when it asked."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(str(event.get("ResponseURL", ""))).query)
    signed = (query.get("X-Amz-Date") or query.get("x-amz-date") or [""])[0]
    if not re.fullmatch(r"\d{8}T\d{6}Z", signed):
        return False  # an address of another kind: nothing is known about its age
    return now - calendar.timegm(time.strptime(signed, "%Y%m%dT%H%M%SZ")) > _PATIENCE


def apply(event: dict[str, Any], setting: Any, *, clock: Any) -> dict[str, str]:
    """Bring the setting to what the request asks for and return the resource's attributes.

    Args:
        event: CloudFormation's request.
        setting: An :class:`AccountSetting`.
        clock: Says how many seconds are left (``left()``) and waits (``sleep(seconds)``).

    Raises:
        SettingError: The setting must not or can't be changed; the text has the remedy.
        CallError: A call failed for good.

    """
    properties = event["ResourceProperties"]
    wanted, former = _config(properties, "LoggingConfig"), _optional(properties, "FormerConfig")
    if wanted is None:
        raise SettingError(
            "`LoggingConfig` is missing: the resource is not one that `InvocationLogging` makes"
        )
    calls = _Calls(setting, clock)
    kind = event["RequestType"]
    note = _Note.read(properties)
    if kind == "Create":
        _check_former(properties, wanted, former)
        # Whether one that is equal to ours can only be ours: no other is, or none was there.
        was_not_there = note.at > 0 and note.found == "other"
        is_unique = properties.get("IsUnique") == "true" or was_not_there
        return _create(calls, wanted, former, is_unique=is_unique)
    if kind == "Update":
        old = event.get("OldResourceProperties") or {}
        if note.at > _Note.read(old).at:
            _check_former(properties, wanted, former)
        return _update(
            calls,
            wanted,
            _optional(old, "LoggingConfig"),
            new=_Declared(former, note, properties.get("OnDelete") == "SWITCH_OFF"),
            old=_Declared(_optional(old, "FormerConfig"), _Note.read(old)),
        )
    if kind == "Delete":
        is_made = event.get("PhysicalResourceId") == _ID
        if event.get("PhysicalResourceId") == _REFUSED or (not is_made and note.found == "equal"):
            return _in_force("none")  # the creation failed, and an equal setting was there before it
        return _delete(
            calls,
            wanted,
            former,
            switch_off=properties.get("OnDelete") == "SWITCH_OFF" and is_made,
        )
    raise SettingError(f"unknown request type {kind!r}")


def _check_former(properties: dict[str, Any], wanted: dict[str, Any], former: dict[str, Any] | None) -> None:
    """Raise :class:`SettingError` if the former setting has a role or bucket that goes with this stack."""
    if former is None or properties.get("IsUnique") != "true":
        return
    part, name = (
        ("cloudWatchConfig", "roleArn") if "cloudWatchConfig" in wanted else ("s3Config", "bucketName")
    )
    own, declared = ((config.get(part) or {}).get(name) for config in (wanted, former))
    if own is not None and own == declared:
        raise SettingError(
            f"`takeover` declares what this stack makes itself ({own}), which can't be put back when the "
            "stack is gone; nothing was changed. Remove `takeover`, or declare the setting that was there "
            "before this stack"
        )


def _create(
    calls: _Calls, wanted: dict[str, Any], former: dict[str, Any] | None, *, is_unique: bool
) -> dict[str, str]:
    current = calls.get()
    if is_same(wanted, current) and (is_unique or former is not None):
        return _in_force("ours")  # the same request came before, and its answer was lost
    if current is not None and not is_same(former, current):
        raise _undeclared(current)
    if former is not None:
        _prove(calls, former)
    calls.put(wanted)
    return _in_force("ours")


@dataclass(frozen=True)
class _Note:
    """What was in force when properties were declared.

    A look's physical id is its text, such as ``former-1767225600000-0123456789ab``. ``found`` is ``former``
    for the declared former setting, ``equal`` for another one that is the same as the one wanted, ``other``
    for anything else; ``at`` is when, in milliseconds since 1970.
    """

    found: str = "other"
    at: int = 0  # a template that was deployed before there were looks is the oldest
    digest: str = ""

    @classmethod
    def read(cls, properties: dict[str, Any]) -> _Note:
        """Return the note in the setting's properties."""
        return cls.parse(properties.get("Look"))

    @classmethod
    def parse(cls, text: object) -> _Note:
        """Return the note that a text is."""
        match = re.fullmatch(r"(former|equal|other)-(\d+)-(\w+)", str(text).partition("~")[0])
        return cls(match[1], int(match[2]), match[3]) if match else cls()


@dataclass(frozen=True)
class _Declared:
    """What a version of the template declares beside the setting that it wants."""

    former: dict[str, Any] | None
    note: _Note
    switch_off: bool = False


def look(event: dict[str, Any], setting: Any, *, clock: Any) -> str:
    """Note what is in force before the setting's resource is touched, and return the note, a physical id.

    Args:
        event: CloudFormation's request for the look.
        setting: An :class:`AccountSetting`.
        clock: As for :func:`apply`, and says what time it is (``now()``).

    Raises:
        SettingError: A property is no setting.
        CallError: A call failed for good.

    """
    before = str(event.get("PhysicalResourceId") or "")
    if event["RequestType"] == "Delete":
        return before
    properties = event["ResourceProperties"]
    wanted, former = _config(properties, "LoggingConfig"), _config(properties, "FormerConfig")
    digest = hashlib.sha256(json.dumps([wanted, former], sort_keys=True).encode()).hexdigest()[:12]
    # Where the values are parameters, they change without another resource. The id then remembers the note
    # before, and going back to that is a rollback.
    for known in before.split("~"):
        if _Note.parse(known).digest == digest:
            return known
    current = _Calls(setting, clock).get()
    found = "other"
    if is_same(former, current):
        found = "former"
    elif is_same(wanted, current):
        found = "equal"
    note = f"{found}-{int(clock.now() * 1000)}-{digest}"
    return f"{note}~{before.partition('~')[0]}" if before else note


def _update(
    calls: _Calls,
    wanted: dict[str, Any],
    old_wanted: dict[str, Any] | None,
    *,
    new: _Declared,
    old: _Declared,
) -> dict[str, str]:
    current = calls.get()
    if new.note.at < old.note.at:
        return _roll_back(calls, wanted, old_wanted, current, new=new, old=old)
    is_newer, is_ours = new.note.at > old.note.at, is_same(old_wanted, current)
    takes_over = is_newer and new.note.found == "former"
    if takes_over and new.former is not None and is_same(new.former, current):
        # Only while it is in force: put over ours, a fault before the next call would leave it there.
        _prove(calls, new.former)
    elif not is_ours and not is_same(wanted, current):
        return _in_force(_owner(new.former, current), current)
    elif is_newer and new.note.found == "equal" and not is_ours and current is not None:
        raise _undeclared(current)
    elif is_newer and new.former is None and old.former is not None and not new.switch_off:
        raise SettingError(
            "`takeover` was removed while this stack's logging is in force, so deleting the stack could no "
            "longer put back the setting that it names; nothing was changed. Keep the line, or set "
            f"`on_delete=OnDelete.SWITCH_OFF` to go without that setting: {former_logging(old.former)}"
        )
    if not is_same(wanted, current):
        calls.put(wanted)
    return _in_force("ours")


def _roll_back(
    calls: _Calls,
    wanted: dict[str, Any],
    failed: dict[str, Any] | None,
    current: dict[str, Any] | None,
    *,
    new: _Declared,
    old: _Declared,
) -> dict[str, str]:
    """Undo an update that wanted ``failed``: from ``old`` back to ``new``, which is the older one."""
    # What is equal to the failed one since before the update is somebody else's: the update was refused.
    is_ours = is_same(wanted, current) or (old.note.found != "equal" and is_same(failed, current))
    if not is_ours:
        return _in_force(_owner(new.former, current), current)
    if old.note.found == "former" and old.former is not None:
        try:
            calls.put(old.former)
        except CallError as error:
            raise SettingError(
                f"what the failed takeover replaced can't be put back ({error}), so this stack's logging "
                "stays in force. Make what the other needs available again and continue the rollback, or set "
                "another one first with `aws bedrock put-model-invocation-logging-configuration`. To be put "
                f"back: {json.dumps(old.former, sort_keys=True)}"
            ) from error
        return _in_force(_owner(new.former, old.former), old.former)
    if not is_same(wanted, current):
        calls.put(wanted)
    return _in_force("ours")


def _delete(
    calls: _Calls, wanted: dict[str, Any], former: dict[str, Any] | None, *, switch_off: bool
) -> dict[str, str]:
    current = calls.get()
    if not is_same(wanted, current):
        # The creation never got this far, the former setting is back, or somebody else set another one.
        return _in_force(_owner(former, current), current)
    if switch_off or former is None:
        calls.delete()
        return _in_force("none")
    try:
        calls.put(former)
    except CallError as error:
        raise SettingError(
            f"the former invocation logging can't be put back ({error}), so this stack's stays in force. "
            "Make what it needs available again and delete once more, or set another one with `aws bedrock "
            "put-model-invocation-logging-configuration`, or deploy `on_delete=OnDelete.SWITCH_OFF` first to "
            f"go without. The former setting: {json.dumps(former, sort_keys=True)}"
        ) from error
    return _in_force("former")


def _undeclared(current: dict[str, Any]) -> SettingError:
    return SettingError(
        "the account already has invocation logging that this stack doesn't know, and it was left as it "
        "is. To replace it, and have it put back when this construct is deleted, add "
        f"{former_logging(current)}"
    )


def _prove(calls: _Calls, former: dict[str, Any]) -> None:
    """Put the former setting once more, which changes nothing and shows that it can be put back."""
    try:
        # The permission to pass its role may have been given a moment ago.
        calls.put(former, also="AccessDeniedException")
    except CallError as error:
        raise SettingError(
            f"the former setting in `takeover` could not be put back later: Bedrock answers {error}. Nothing "
            "was changed. Check its role and destinations, or remove the setting and `takeover`."
        ) from error


def _owner(former: dict[str, Any] | None, current: dict[str, Any] | None) -> str:
    """Return whose a setting is that is not ours."""
    if current is None:
        return "none"
    return "former" if is_same(former, current) else "foreign"


def _in_force(owner: str, current: dict[str, Any] | None = None) -> dict[str, str]:
    # An attribute of a custom resource must fit into the answer beside everything else.
    shown = f": {json.dumps(current, sort_keys=True)}"[:1500] if current else ""
    return {"InForce": f"{owner}{shown}"}


class _Calls:
    """The calls, each tried again while that may help and the function's time lasts."""

    def __init__(self, setting: Any, clock: Any) -> None:
        self._setting = setting
        self._clock = clock

    def get(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._retry(self._setting.get)
        return found

    def put(self, config: dict[str, Any], *, also: str | None = None) -> None:
        self._retry(lambda: self._setting.put(config), also)

    def delete(self) -> None:
        self._retry(self._setting.delete)

    def _retry(self, call: Any, also: str | None = None) -> Any:
        for delay in (*_DELAYS, None):
            try:
                return call()
            except CallError as error:
                passes = error.code in _RETRIED or error.code == also
                if delay is None or not passes or self._clock.left() < delay + _RESERVE:
                    raise
                _LOG.info("retrying in %s s after: %s", delay, error)
                self._clock.sleep(delay)
        raise AssertionError("the last try returns or raises")


def is_same(declared: dict[str, Any] | None, current: dict[str, Any] | None) -> bool:
    """Whether the setting in force is a declared one.

    The service fills in what a request left out: an unset flag is answered as true, an empty part may be
    answered or not, and some Regions leave a flag out. Everything else has to be equal.
    """
    if declared is None or current is None:
        return False
    ours, theirs = _plain(declared), _plain(current)
    for name in {*ours, *theirs}:
        if name in ours and name in theirs:
            if ours[name] != theirs[name]:
                return False
        elif name in theirs:
            if theirs[name] is not True:
                return False
        elif name not in _FLAGS:
            return False
    return True


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """Return a setting without its empty parts."""
    cleaned = {name: _plain(value) if isinstance(value, dict) else value for name, value in config.items()}
    return {name: value for name, value in cleaned.items() if value not in (None, "", {})}


def former_logging(config: dict[str, Any]) -> str:
    """Return the line of Python that declares a setting: ``takeover=FormerLogging(...)``."""
    cloud_watch = config.get("cloudWatchConfig") or {}
    bucket = config.get("s3Config") or {}
    large = cloud_watch.get("largeDataDeliveryS3Config") or {}
    values = {
        "log_group_name": cloud_watch.get("logGroupName"),
        "role_arn": cloud_watch.get("roleArn"),
        "large_data_bucket_name": large.get("bucketName"),
        "large_data_key_prefix": large.get("keyPrefix"),
        "bucket_name": bucket.get("bucketName"),
        "key_prefix": bucket.get("keyPrefix"),
        **{prop: False for name, prop in _FLAGS.items() if config.get(name) is False},
    }
    written = ", ".join(f"{name}={value!r}" for name, value in values.items() if value not in (None, ""))
    return f"takeover=FormerLogging({written})"


def _config(properties: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return a setting of the request.

    It comes as JSON text, because CloudFormation turns every boolean of a custom resource into a string.
    """
    if not properties.get(name):
        return None
    config = json.loads(properties[name])
    if not isinstance(config, dict):
        raise SettingError(f"`{name}` is not a JSON object")
    return config


def _optional(properties: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return a setting of the request, or ``None`` where it is missing or was never one."""
    try:
        return _config(properties, name)
    except (SettingError, TypeError, ValueError):
        if name == "FormerConfig":
            raise
        return (
            None  # what an older template held can't be ours, and must not keep the stack from being updated
        )
