"""IAM's limits on what one role holds, counted on the finished template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["size_findings", "size_of"]

# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_INLINE, _MANAGED, _ATTACHED = 10_240, 6_144, 20
"""Characters of all inline policies of a role together, of one managed policy, and the most attachments that
AWS grants on request (10 without; the CDK warns above that). White space doesn't count."""

_MANAGED_TYPE = "AWS::IAM::ManagedPolicy"
# What stands in a template for a text of the deployment counts as its usual length, never more.
_USUAL = {"AWS::Partition": 3, "AWS::AccountId": 12, "AWS::Region": 9}
_OTHER = 20


def size_of(value: Any) -> int:
    """Return how many characters IAM counts, at least: what only the deployment knows counts as usual."""
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
    if inline > _INLINE:
        yield (
            f"the inline policies of the app role `{role}` have about {inline} characters, "
            f"{inline - _INLINE} more than IAM takes ({_INLINE}): move statements of other services into a "
            "managed policy, or use two roles"
        )
    managed = [size_of(document) for kind, document in documents if kind == _MANAGED_TYPE]
    for size in managed:
        if size > _MANAGED:
            yield (
                f"a managed policy of the app role `{role}` has about {size} characters, "
                f"{size - _MANAGED} more than IAM takes ({_MANAGED}): split it"
            )
    count = max(attached, len(managed))
    if count > _ATTACHED:
        yield (
            f"the app role `{role}` has {count} managed policies, {count - _ATTACHED} more than IAM takes "
            f"({_ATTACHED}): use several roles"
        )
