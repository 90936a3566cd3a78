"""The custom resource behind ``GuardrailVersion(keep=...)``: makes room for the next version of a guardrail.

AWS allows 20 versions of a guardrail, and each change of its content makes one. CloudFormation asks this
handler before the new version is made. It deletes the oldest versions beyond the number to keep, and never:

- a version of the stack that asks, because a rollback goes back to it;
- a version that is pinned;
- a version that the account or its organization enforces;
- a version that an agent of the account names, in its draft or in one of its versions.

What can't be read can't be known, so a read that fails deletes nothing and fails the deployment. While a
stack rolls back, and when it is deleted, nothing is deleted.

Sources:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListGuardrails.html
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_DeleteGuardrail.html
    https://docs.aws.amazon.com/general/latest/gr/bedrock.html (versions for each guardrail)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import boto3

# Relative, because the function is packed without the package above.
from . import answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Account", "KeepError", "handler", "make_room"]

_LOG = logging.getLogger(__name__)
_ID = "bedrock-guardrail-versions"
_QUOTA = 20


class KeepError(RuntimeError):
    """There is no room for a new version; the text says why and what to do."""


class Account:
    """What the handler reads and deletes, with boto3.

    Args:
        session: A boto3 session.

    """

    def __init__(self, session: Any) -> None:
        self._bedrock = session.client("bedrock")
        self._agents = session.client("bedrock-agent")
        self._stacks = session.client("cloudformation")

    def versions(self, guardrail: str) -> set[int]:
        """Return the numbers of the guardrail's versions, without the draft."""
        found = _pages(self._bedrock.list_guardrails, "guardrails", guardrailIdentifier=guardrail)
        return {int(one["version"]) for one in found if str(one["version"]).isdecimal()}

    def enforced(self, guardrail: str) -> set[int]:
        """Return the versions that the account or its organization enforces."""
        found = _pages(self._bedrock.list_enforced_guardrails_configuration, "guardrailsConfig")
        return {
            int(one["guardrailVersion"])
            for one in found
            if guardrail in {one.get("guardrailId"), str(one.get("guardrailArn", "")).rpartition("/")[2]}
            and str(one.get("guardrailVersion", "")).isdecimal()
        }

    def of_agents(self, guardrail: str) -> set[int]:
        """Return the versions that agents of the account name, in drafts and in versions."""
        named: set[int] = set()
        for agent in _pages(self._agents.list_agents, "agentSummaries"):
            versions = _pages(
                self._agents.list_agent_versions, "agentVersionSummaries", agentId=agent["agentId"]
            )
            for one in (agent, *versions):
                given = one.get("guardrailConfiguration") or {}
                identifier = str(given.get("guardrailIdentifier", "")).rpartition("/")[2]
                number = str(given.get("guardrailVersion", ""))
                if identifier == guardrail and number.isdecimal():
                    named.add(int(number))
        return named

    def of_stack(self, stack: str, guardrail: str) -> set[int]:
        """Return the versions that are resources of the stack; their physical id is ``GUARDRAIL|NUMBER``."""
        found = _pages(
            self._stacks.list_stack_resources,
            "StackResourceSummaries",
            following="NextToken",
            StackName=stack,
        )
        own: set[int] = set()
        for one in found:
            identifier, _, number = str(one.get("PhysicalResourceId", "")).rpartition("|")
            is_version = one.get("ResourceType") == "AWS::Bedrock::GuardrailVersion"
            if is_version and identifier.rpartition("/")[2] == guardrail and number.isdecimal():
                own.add(int(number))
        return own

    def is_rolling_back(self, stack: str) -> bool:
        """Whether the stack goes back to what it was."""
        [found] = self._stacks.describe_stacks(StackName=stack)["Stacks"]
        return "ROLLBACK" in str(found["StackStatus"])

    def delete(self, guardrail: str, version: int) -> bool:
        """Delete one version; return whether it is gone, which it isn't where AWS says that it is in use."""
        try:
            self._bedrock.delete_guardrail(guardrailIdentifier=guardrail, guardrailVersion=str(version))
        except self._bedrock.exceptions.ConflictException as error:
            _LOG.warning("version %s stays: %s", version, error)
            return False
        except self._bedrock.exceptions.ResourceNotFoundException:
            _LOG.warning("version %s is gone already", version)  # the request came twice
        return True


def _pages(
    call: Any, member: str, *, following: str = "nextToken", **parameters: Any
) -> Iterator[dict[str, Any]]:
    page: dict[str, Any] = {}
    while True:
        answer = call(**parameters, **page)
        yield from answer.get(member) or ()
        if not answer.get(following):
            return
        page = {following: answer[following]}


def make_room(account: Any, guardrail: str, stack: str, keep: int, pinned: Iterable[int]) -> list[int]:
    """Delete the oldest versions beyond ``keep``, the new one counted, and return their numbers.

    Args:
        account: An :class:`Account`.
        guardrail: The guardrail's id.
        stack: The id of the stack that asks.
        keep: How many versions stay besides the protected ones.
        pinned: Versions that stay.

    Raises:
        KeepError: All 20 versions are protected.

    """
    present = sorted(account.versions(guardrail))
    newest = set(present[max(0, len(present) - (keep - 1)) :])
    if len(present) <= len(newest):
        return []
    protected = {
        "are pinned": set(pinned),
        "are enforced": account.enforced(guardrail),
        "are named by agents": account.of_agents(guardrail),
        "are the stack's own": account.of_stack(stack, guardrail),
    }
    kept = newest.union(*protected.values())
    surplus = [version for version in present if version not in kept]
    if len(present) - len(surplus) >= _QUOTA:
        why = "; ".join(
            f"{_numbers(found & {*present})} {reason}"
            for reason, found in protected.items()
            if found & {*present}
        )
        raise KeepError(
            f"the guardrail {guardrail} has {len(present)} versions, AWS allows {_QUOTA}, and none can be "
            f"deleted: {why or 'all are among the newest'}. Lower `keep`, unpin versions, or move agents and "
            "enforced configurations to a newer version"
        )
    deleted = [version for version in surplus if account.delete(guardrail, version)]
    if len(present) - len(deleted) >= _QUOTA:
        raise KeepError(
            f"the guardrail {guardrail} has {len(present)} versions, AWS allows {_QUOTA}, and says of "
            f"{_numbers(surplus)} that they are in use: take them out of use, or lower `keep`"
        )
    return deleted


def _numbers(versions: Iterable[int]) -> str:
    return ", ".join(str(version) for version in sorted(versions))


def handler(event: dict[str, Any], context: Any) -> None:
    """Serve one request of CloudFormation and answer it, whatever happens."""
    physical_id = event.get("PhysicalResourceId") or _ID
    try:
        deleted = _serve(event, Account(boto3.session.Session()))
    except Exception as error:  # noqa: BLE001 - an unanswered request would hang the stack for its whole time-out
        _LOG.exception("request failed")
        explained = isinstance(error, KeepError)
        reason = str(error) if explained else f"{type(error).__name__}: {error}"
        answers.send(event, context, "FAILED", reason, physical_id=physical_id)
    else:
        report = f"deleted the versions {_numbers(deleted)}" if deleted else "deleted no version"
        _LOG.warning("%s of the guardrail %s", report, event["ResourceProperties"]["GuardrailId"])
        data = {"Deleted": _numbers(deleted)}
        answers.send(event, context, "SUCCESS", report, physical_id=physical_id, data=data)


def _serve(event: dict[str, Any], account: Any) -> list[int]:
    properties = event["ResourceProperties"]
    if event["RequestType"] == "Delete" or account.is_rolling_back(event["StackId"]):
        return []
    return make_room(
        account,
        properties["GuardrailId"],
        event["StackId"],
        int(properties["Keep"]),
        [int(version) for version in properties.get("Pinned") or ()],
    )
