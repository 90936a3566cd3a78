"""Resolve the principals and services that a policy or a trust names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.iam import ASSUME_ROLE, UNRESOLVED, matches, may_overlap

if TYPE_CHECKING:
    from constructs_lib.iam import ForeignGrant, Statement
    from constructs_lib.review.chains.nodes import Node

__all__ = [
    "account_of",
    "allows_assuming",
    "fill_open_parts",
    "folder_of",
    "has_generated_name",
    "may_pass_to",
    "pattern_covers_arn",
    "pattern_covers_role",
    "trust_names_account",
    "trust_names_principal",
    "trusts_service",
]


def pattern_covers_role(pattern: str, role: Node, holder: Node) -> bool:
    """Whether a resource pattern of a principal's policies covers a role.

    Partition and account may be open on either side. The role's name must be covered for certain: an open
    name in the pattern is some other role unless it is spelled as the role's own. A name that CloudFormation
    generates for a stack of unknown name is a role of the same template.

    Args:
        pattern: The resource pattern.
        role: The role.
        holder: The principal whose policies have the pattern.

    """
    return pattern_covers_arn(pattern, role.arn, same_template=holder.origin.path == role.origin.path)


def pattern_covers_arn(pattern: str, arn: str, *, same_template: bool) -> bool:
    """Whether a resource pattern covers an ARN; ``same_template`` says whether both are of one template."""
    if pattern.strip("*") == "" and pattern:
        return True
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return matches(pattern, arn)
    if not matches(ours[5], theirs[5]):
        return False
    if has_generated_name(ours[5]) and not same_template:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def fill_open_parts(arn: str, pattern: str) -> str:
    """Return an ARN that a pattern covers, its open parts before the name replaced by the pattern's."""
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if UNRESOLVED not in arn or len(ours) < 6 or len(theirs) < 6:
        return arn
    known = [one if UNRESOLVED in other else other for one, other in zip(ours[:5], theirs[:5], strict=True)]
    return ":".join((*known, theirs[5]))


def has_generated_name(arn: str) -> bool:
    """Whether an ARN's name is one that CloudFormation generates for a stack of unknown name."""
    return f"/{UNRESOLVED}" in arn or f":{UNRESOLVED}" in arn


def trust_names_principal(value: str, principal: Node, role: Node) -> bool:
    """Whether a principal in a role's trust is this principal.

    Args:
        value: What the trust names.
        principal: The principal in question.
        role: The role whose trust it is.

    """
    ours, theirs = value.split(":", 5), principal.arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        return value == principal.arn
    if f"/{UNRESOLVED}" in ours[5] and principal.origin.path != role.origin.path:
        return False
    return all(may_overlap(one, other) for one, other in zip(ours[:5], theirs[:5], strict=True))


def trust_names_account(value: str, principal: Node, role: Node) -> bool:
    """Whether a principal in a role's trust is everybody, or the account of this principal.

    Args:
        value: What the trust names.
        principal: The principal in question.
        role: The role whose trust it is.

    """
    if value == "*":
        return True
    named = value if ":" not in value else account_of(value) if value.endswith(":root") else None
    if named is None:
        return False
    if UNRESOLVED not in named:
        return named == account_of(principal.arn)
    # An account that is open on both sides is the stack's own (`AWS::AccountId`), if it is one deployment:
    # the stacks of an assembly are in one folder.
    is_open = account_of(principal.arn) in {UNRESOLVED, account_of(role.arn)}
    return is_open and folder_of(principal) == folder_of(role)


def folder_of(node: Node) -> str:
    """Return the folder of the file that defines a principal."""
    return node.origin.path.rpartition("/")[0]


def account_of(arn: str) -> str:
    """Return the account of an ARN, empty where there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) > 4 else ""


def allows_assuming(statement: Statement) -> bool:
    """Whether a statement of a trust lets the principals that it names assume the role."""
    if statement.effect != "Allow" or statement.actions is None:
        return False
    return any(matches(text, ASSUME_ROLE, ignore_case=True) for text in statement.actions)


def may_pass_to(permission: ForeignGrant, service: str) -> bool:
    """Whether the statement's conditions on `iam:PassedToService` let it pass a role to a service."""
    tests = [
        c
        for c in permission.conditions
        if c.key.lower() == "iam:passedtoservice" and "not" not in c.operator.lower()
    ]
    return all(
        any(
            UNRESOLVED in value or matches(_commercial(value), service, ignore_case=True)
            for value in test.values
        )
        for test in tests
    )


def trusts_service(role: Node, service: str) -> bool:
    """Whether a role's trust lets a service run as it."""
    trust = role.trust
    return trust is not None and any(
        kind == "Service" and (value == "*" or _is_service(value, service))
        for statement in trust.statements
        if statement.effect == "Allow"
        for kind, value in statement.principals or ()
    )


def _is_service(value: str, service: str) -> bool:
    """Whether a service principal is this service's, global or of a Region (``states.eu-west-1...``)."""
    name = _commercial(value.lower())
    return name == service or (
        name.endswith(".amazonaws.com") and name.partition(".")[0] == service.removesuffix(".amazonaws.com")
    )


def _commercial(value: str) -> str:
    """Return a service principal of China (``ec2.amazonaws.com.cn``) as it is called elsewhere."""
    return value.removesuffix(".cn")
