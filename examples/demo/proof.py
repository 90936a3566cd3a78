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
    """The outcomes of one call: ``identity_only`` is ``None`` where the role has no permissions boundary.

    ``bounded`` says whether the role must have one.
    """

    bounded: bool
    before: Outcome
    identity_only: Outcome | None
    with_statement: Outcome
    after: Outcome

    @property
    def holds(self) -> bool:
        """Whether the call passed with all that it lacked and only with that."""
        if self.bounded != (self.identity_only is not None):
            return False
        refused = [self.before, self.after, *([self.identity_only] if self.identity_only else [])]
        return self.with_statement.verdict == "allowed" and all(o.verdict == "denied" for o in refused)


def prove(
    iam: Any, role_arn: str, action: str, resource: str | list[str], call: Callable[[], Any], *, bounded: bool
) -> Proof:
    """Make ``call`` before, with and after the one statement that it lacks.

    ``iam`` is the administrator's client. A permissions boundary is widened too, where the role has one, and
    the call is tried between the two changes: the boundary must refuse it then.
    """
    role_name = role_arn.rsplit("/", 1)[-1]
    statement: dict[str, str | list[str]] = {"Effect": "Allow", "Action": action, "Resource": resource}
    boundary = (
        iam.get_role(RoleName=role_name)["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    )
    before, identity_only = attempt(call), None
    with _inline(iam, role_name, statement):
        if boundary is None:
            with_statement = attempt(call)
        else:
            identity_only = attempt(call)
            with _widened(iam, role_name, boundary, statement):
                with_statement = attempt(call)
    return Proof(bounded, before, identity_only, with_statement, attempt(call))


@contextlib.contextmanager
def _inline(iam: Any, role_name: str, statement: dict[str, str | list[str]]) -> Iterator[None]:
    """Hold the statement as an inline policy of the role, for as long as the block lasts."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role_name, PolicyName=POLICY_NAME, PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role_name, PolicyName=POLICY_NAME)


@contextlib.contextmanager
def _widened(
    iam: Any, role_name: str, policy_arn: str, statement: dict[str, str | list[str]]
) -> Iterator[None]:
    """Give the role a wider copy of its boundary for as long as the block lasts."""
    version = iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
    if isinstance(document, str):
        document = json.loads(document)
    wider = json.dumps(document | {"Statement": [*document["Statement"], statement]})
    copy = iam.create_policy(PolicyName=POLICY_NAME, PolicyDocument=wider)["Policy"]["Arn"]
    try:
        iam.put_role_permissions_boundary(RoleName=role_name, PermissionsBoundary=copy)
        yield
    finally:
        iam.put_role_permissions_boundary(RoleName=role_name, PermissionsBoundary=policy_arn)
        iam.delete_policy(PolicyArn=copy)
