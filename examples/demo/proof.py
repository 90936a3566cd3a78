"""Shows that a refusal was the policy's: add the missing statement, call again, take it away, call again."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examples.demo.matrix import Outcome, attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Proof", "prove"]

POLICY_NAME = "BedrockPlanesDemo"


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcomes of one call: ``identity_only`` is ``None`` where the role has no permissions boundary."""

    before: Outcome
    identity_only: Outcome | None
    with_statement: Outcome
    after: Outcome

    @property
    def holds(self) -> bool:
        """Whether the call passed with the statement and only with it."""
        refused = [self.before, self.after, *([self.identity_only] if self.identity_only else [])]
        return self.with_statement.verdict == "allowed" and all(o.verdict == "denied" for o in refused)


def prove(iam: Any, role_arn: str, action: str, resource: str, call: Callable[[], Any]) -> Proof:
    """Make ``call`` before, with and after the one statement that it lacks.

    ``iam`` is the administrator's client. A permissions boundary is widened too, where the role has one, and
    the call is tried between the two changes: the boundary must refuse it then.
    """
    role_name = role_arn.rsplit("/", 1)[-1]
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    boundary = (
        iam.get_role(RoleName=role_name)["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    )
    before, identity_only = attempt(call), None
    with _inline(iam, role_name, statement):
        if boundary is None:
            with_statement = attempt(call)
        else:
            identity_only = attempt(call)
            with _widened(iam, boundary, statement):
                with_statement = attempt(call)
    return Proof(before, identity_only, with_statement, attempt(call))


@contextlib.contextmanager
def _inline(iam: Any, role_name: str, statement: dict[str, str]) -> Iterator[None]:
    """Hold the statement as an inline policy of the role, for as long as the block lasts."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role_name, PolicyName=POLICY_NAME, PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role_name, PolicyName=POLICY_NAME)


@contextlib.contextmanager
def _widened(iam: Any, policy_arn: str, statement: dict[str, str]) -> Iterator[None]:
    """Hold the statement in a new default version of a managed policy, for as long as the block lasts."""
    old = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=policy_arn, VersionId=old)["PolicyVersion"]["Document"]
    if isinstance(document, str):
        document = json.loads(document)
    wider = json.dumps(document | {"Statement": [*document["Statement"], statement]})
    new = iam.create_policy_version(PolicyArn=policy_arn, PolicyDocument=wider, SetAsDefault=True)
    try:
        yield
    finally:
        iam.set_default_policy_version(PolicyArn=policy_arn, VersionId=old)
        iam.delete_policy_version(PolicyArn=policy_arn, VersionId=new["PolicyVersion"]["VersionId"])
