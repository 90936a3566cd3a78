"""IAM's quotas for the policies of one role, and how IAM counts their characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ATTACHED_POLICIES", "INLINE_POLICIES", "MANAGED_POLICY", "size_findings", "size_of"]

# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES = 10_240
"""Characters of all inline policies of a role together; white space doesn't count, here and below."""

MANAGED_POLICY = 6_144
"""Characters of one managed policy."""

ATTACHED_POLICIES = 20
"""The most attachments that AWS grants on request (10 without; the CDK warns above that)."""

_MANAGED_TYPE = "AWS::IAM::ManagedPolicy"
# An intrinsic function counts as the usual length of its value, never more.
_USUAL = {"AWS::Partition": 3, "AWS::AccountId": 12, "AWS::Region": 9}
_OTHER = 20


def size_of(value: Any) -> int:
    """Return how many characters IAM counts, at least: an intrinsic function counts as its usual length."""
    if isinstance(value, dict):
        if len(value) == 1:
            [(name, inner)] = value.items()
            if name == "Ref":
                return _USUAL.get(inner, _OTHER) + 2
            if name == "Fn::Join":
                return 2 + sum(size_of(part) - 2 for part in inner[1]) + len(inner[0]) * (len(inner[1]) - 1)
            if name.startswith("Fn::"):
                return _OTHER + 2
        return 1 + sum(len(json.dumps(key)) + 2 + size_of(inner) for key, inner in value.items())
    if isinstance(value, list):
        return 1 + sum(1 + size_of(one) for one in value)
    return len("".join(json.dumps(value).split()))


def size_findings(
    role: str, documents: Sequence[tuple[str, Mapping[str, Any]]], attached: int
) -> Iterator[str]:
    """Yield what outgrows a limit, by how much, and what to do."""
    inline = sum(size_of(document) for kind, document in documents if kind != _MANAGED_TYPE)
    if inline > INLINE_POLICIES:
        yield (
            f"the inline policies of the app role `{role}` have about {inline} characters, "
            f"{inline - INLINE_POLICIES} more than IAM takes ({INLINE_POLICIES}): move statements of other "
            "services into a managed policy, or use two roles"
        )
    managed = [size_of(document) for kind, document in documents if kind == _MANAGED_TYPE]
    for size in managed:
        if size > MANAGED_POLICY:
            yield (
                f"a managed policy of the app role `{role}` has about {size} characters, "
                f"{size - MANAGED_POLICY} more than IAM takes ({MANAGED_POLICY}): split it"
            )
    count = max(attached, len(managed))
    if count > ATTACHED_POLICIES:
        yield (
            f"the app role `{role}` has {count} managed policies, {count - ATTACHED_POLICIES} more than IAM "
            f"takes ({ATTACHED_POLICIES}): use several roles"
        )
