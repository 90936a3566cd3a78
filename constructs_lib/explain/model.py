"""The answer of ``bedrock-planes explain``, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Explanation", "Nearest", "Remedy"]

KINDS = (
    "wrong-client",
    "missing-action",
    "wrong-arn",
    "wrong-region",
    "profile-needed",
    "model-access",
    "explicit-deny",
    "boundary",
    "scp",
    "rcp",
    "endpoint-policy",
    "resource-policy",
    "session-policy",
    "kms",
    "pass-role",
    "trust",
    "project",
    "guardrail",
    "throttling",
    "quota",
    "validation",
    "not-found",
    "life-cycle",
    "inner-call",
    "service-fault",
    "sdk-too-old",
    "credentials",
    "network",
    "unknown",
)
"""Every kind of cause, as the JSON names them."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """The one change that repairs the error.

    Attributes:
        text: What to do, in sentences.
        statement: The IAM statement to add, if a missing permission is the cause.
        grant: The line of this library that gives the permission, if there is one.
        code: The line of application code that is right, in the language of the error.

    """

    text: str
    statement: Mapping[str, Any] | None = None
    grant: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The statement of a policy that comes nearest to the request, and why it does not allow it.

    Attributes:
        path: The file.
        pointer: The JSON pointer of the statement in it.
        line: Its line, 1 for the first, or ``None`` if the format has no lines.
        why: What keeps it from allowing the request.

    """

    path: str
    pointer: str
    line: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error means.

    Attributes:
        kind: One of :data:`KINDS`.
        cause: The cause in one sentence.
        remedy: What repairs it.
        plane: ``control``, ``data``, or ``None`` where no plane is involved or known.
        client: The SDK client that has the operation, as botocore names it.
        operation: The operation that was called.
        action: The IAM action that the error is about.
        resource: The ARN that the error is about.
        region: The Region of the call.
        principal: The ARN of the caller.
        nearest: The nearest statement, when policies were given.
        page: The page that documents the cause.
        message: AWS's own sentence in the text, where the cause doesn't repeat it.

    """

    kind: str
    cause: str
    remedy: Remedy = field(default_factory=lambda: Remedy(""))
    plane: str | None = None
    client: str | None = None
    operation: str | None = None
    action: str | None = None
    resource: str | None = None
    region: str | None = None
    principal: str | None = None
    nearest: Nearest | None = None
    page: str | None = None
    message: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the explanation in JSON's types, as schema ``bedrock-planes/explain/1``."""
        nearest = self.nearest and {
            "location": {
                "path": self.nearest.path,
                "pointer": self.nearest.pointer,
                "line": self.nearest.line,
            },
            "why": self.nearest.why,
        }
        return {
            "schema": "bedrock-planes/explain/1",
            "kind": self.kind,
            "plane": self.plane,
            "client": self.client,
            "operation": self.operation,
            "action": self.action,
            "resource": self.resource,
            "region": self.region,
            "principal": self.principal,
            "cause": self.cause,
            "message": self.message,
            "remedy": {
                "text": self.remedy.text,
                "statement": self.remedy.statement and dict(self.remedy.statement),
                "grant": self.remedy.grant,
                "code": self.remedy.code,
            },
            "nearest": nearest,
            "page": self.page,
        }
