"""The resources that the actions of IAM, IAM Identity Center and AWS Organizations accept.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycentersuccessortoawssinglesign-on.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import UNRESOLVED, arns_may_overlap, covers, matches

if TYPE_CHECKING:
    from constructs_lib.iam import ForeignGrant

__all__ = ["accepted_by", "accepted_resources", "example_resource"]

# A word in the name of an IAM action tells its resource type: the first that fits; without one it is `user`.
_NOUNS = (
    ("InstanceProfile", "instance-profile"),
    ("OpenIDConnectProvider", "oidc-provider"),
    ("SAMLProvider", "saml-provider"),
    ("Group", "group"),
    ("PolicyVersion", "policy"),
    ("Role", "role"),
)
# Actions of other services than IAM. What is in neither takes no resource.
_OTHERS = {
    "identitystore:CreateGroupMembership": "arn:aws:identitystore:::group/*",
    "organizations:DeletePolicy": "arn:aws:organizations::*:policy/*",
    "organizations:DetachPolicy": "arn:aws:organizations::*:policy/*",
    "organizations:UpdatePolicy": "arn:aws:organizations::*:policy/*",
}
_ACCOUNT = "111122223333"
_OPEN = frozenset(f"*?${UNRESOLVED}")


def accepted_by(action: str) -> str:
    """Return the pattern of the ARNs that an action accepts, `*` if it takes no resource."""
    service, _, name = action.partition(":")
    if service == "sso":
        return "arn:aws:sso:::permissionSet/*"
    if service != "iam":
        return _OTHERS.get(action, "*")
    kind = next((kind for noun, kind in _NOUNS if noun in name), "user")
    return f"arn:aws:iam::*:{kind}/*"


def accepted_resources(item: ForeignGrant, action: str) -> tuple[str, ...]:
    """Return the resource patterns of a statement that may match a resource that the action accepts."""
    if any(covers(text, _beside(text, action)) for text in item.statement.not_resources or ()):
        return ()
    if accepted_by(action) == "*":
        return tuple(text for text in item.resources if text.strip("*") == "")
    return tuple(text for text in item.resources if arns_may_overlap(text, _beside(text, action)))


def _beside(pattern: str, action: str) -> str:
    """Return what the action accepts, in the partition that a pattern names."""
    parts = pattern.split(":", 2)
    if len(parts) < 3 or parts[0] != "arn" or _OPEN & set(parts[1]):
        return accepted_by(action)
    return accepted_by(action).replace("arn:aws:", f"arn:{parts[1]}:", 1)


def example_resource(pattern: str, action: str) -> str | None:
    """Return an ARN that a pattern matches and the action accepts, ``None`` if the input leaves it open."""
    if UNRESOLVED in pattern or "${" in pattern:
        return None
    if not _OPEN & set(pattern) or accepted_by(action) == "*":
        return pattern
    account = next((part for part in pattern.split(":")[4:5] if part and not _OPEN & set(part)), _ACCOUNT)
    taken = _beside(pattern, action).replace("::*:", f"::{account}:")
    named = pattern.replace("::*:", f"::{account}:").replace("*", "Administrator")
    for candidate in (taken.replace("*", "Administrator"), named):
        if matches(pattern, candidate) and matches(taken, candidate):
            return candidate
    return None
